"""Is this message or call real? For everyone, without an account; and a sheet for the front desk.

The answer says whether we know a number, a name or a code, in the same shape for what we know and what we do not; never
whether somebody takes part. A POST, so that no address holds what was asked.
"""

from fastapi import APIRouter, Response

from journey.auth.access import Everyone
from journey.auth.throttle import TooManyTries
from journey.portal.languages import choose
from journey.portal.pages import Address, CheckPage, Frame
from journey.portal.tries import count_question
from journey.portal.trust import recognise
from journey.web.forms import Form, said
from journey.web.i18n import use_language
from journey.web.templating import render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

LONGEST = 60


@router.get("/check")
def check(visit: Everyone) -> Response:
    return _page(visit, "check", Form())


@router.post("/check")
def ask(visit: Everyone) -> Response:
    _speak(visit)
    form = visit.form()
    typed = form.figures("what", required=True, most=LONGEST)
    if not form.ok:
        return _page(visit, "check", form, status=422)
    try:
        count_question(visit.work)
    except TooManyTries as refusal:
        form.refuse("what", said(refusal))
        return _page(visit, "check", form, status=refusal.status)
    return _page(visit, "check", form, answer=recognise(visit.work, typed))


@router.get("/check/desk")
def show_desk_sheet(visit: Everyone) -> Response:
    """One page to print for who works at the desk."""
    return _page(visit, "check/desk", Form())


def _speak(visit: Visit) -> str:
    """Use the language of the address; "" when none was asked for."""
    asked = visit.request.query_params.get("lang", "")
    use_language(choose(visit.work, asked))
    return asked if choose(visit.work, asked) == asked else ""


def _page(visit: Visit, name: str, form: Form, *, status: int = 200, answer: str = "") -> Response:
    address = Address(f"/{name}", _speak(visit))
    frame = Frame.of_nobody(visit.work, address.languages(visit.work))
    page = CheckPage(frame, address, form, answer)
    return render(visit, f"portal/{name.replace('/', '_')}.html", page, status=status)
