"""The page on which somebody is moved to another route of the study."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.audit.service import record_view
from journey.auth.access import Researcher
from journey.models import Participant
from journey.participant.person import Person, get_person
from journey.participant.queries import get_writable
from journey.participant.route_change import RouteMove, change_route, list_moves, list_other_routes
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class RoutePage:
    person: Person
    others: tuple[tuple[str, str], ...]
    moves: tuple[RouteMove, ...]
    form: Form


@router.get("/participants/{code}/route")
def show_route(visit: Researcher, code: str) -> Response:
    participant = get_writable(visit.work, code)
    record_view(visit.house, visit.work, "participant.view", participant.code)
    return _page(visit, participant, Form())


@router.post("/participants/{code}/route")
def move(visit: Researcher, code: str) -> Response:
    """Asked twice: which route, and that it is meant."""
    participant = get_writable(visit.work, code)
    form = visit.form()
    route = form.text("route", required=True, most=60)
    if route and not form.checked("sure"):
        form.refuse("sure", _("Zet een vinkje: dit kunt u niet met één tik terugdraaien."))
    if form.ok:
        with form.attempt(visit.work):
            change_route(visit.work, participant, route)
    if form.ok:
        return redirect(f"/participants/{participant.code}")
    return _page(visit, participant, form, status=422)


def _page(visit: Visit, participant: Participant, form: Form, *, status: int = 200) -> Response:
    work = visit.work
    page = RoutePage(
        person=get_person(work, participant),
        others=tuple(list_other_routes(work, participant)),
        moves=tuple(list_moves(work, participant)),
        form=form,
    )
    return render(visit, "participant/route.html", page, status=status)
