"""Promises to call back: who waits, and taking one down for anybody in the study, also a colleague's person."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import Researcher
from journey.call.find import find_by_code
from journey.call.pages import go_on
from journey.call.promises import OpenPromise, list_open_promises
from journey.call.service import record_call_back
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class PromisesPage:
    """`noted` is whose promise was just taken down, when that person still waits."""

    promises: tuple[OpenPromise, ...]
    form: Form
    noted: OpenPromise | None


@router.get("/call-backs")
def list_promises(visit: Researcher) -> Response:
    """Who waits for a call."""
    return _page(visit, Form())


@router.post("/call-backs")
def promise(visit: Researcher) -> Response:
    """Somebody phoned and asks to be called back. Asking twice is one promise."""
    form = visit.form()
    typed = form.figures("code", required=True, most=20)
    person = find_by_code(visit.work, typed)
    if form.ok and person is None:
        form.refuse("code", _("Deze deelnemer is er niet."))
    if form.ok and person is not None:
        with form.attempt(visit.work):
            record_call_back(visit.work, person, visit.tapped_at, via="phone")
    if not form.ok or person is None:
        return _page(visit, form, status=422)
    return go_on(visit, f"/call-backs?noted={person.code}")


def _page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    waiting = tuple(list_open_promises(visit.work))
    code = visit.request.query_params.get("noted", "")
    noted = next((one for one in waiting if one.participant == code), None)
    return render(visit, "call/promises.html", PromisesPage(waiting, form, noted), status=status)
