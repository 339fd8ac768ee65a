"""Handing a participant over to a colleague, and "would rather have somebody else"."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.audit.service import record_view
from journey.auth.access import Researcher
from journey.auth.scope import get_participant
from journey.models import Participant
from journey.models.desk import HAND_OVER_REASONS
from journey.participant.handover import (
    HandOverLine,
    Receiver,
    hand_over,
    list_hand_overs,
    list_receivers,
    may_hand_over,
    record_wish,
)
from journey.participant.person import Person, get_person
from journey.participant.queries import get_writable, refuse_if_gone
from journey.rules.errors import Forbidden
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class HandOverPage:
    person: Person
    wants_other: bool
    receivers: tuple[Receiver, ...]
    reasons: tuple[str, ...]
    history: tuple[HandOverLine, ...]
    form: Form


@router.get("/participants/{code}/hand-over")
def show_hand_over(visit: Researcher, code: str) -> Response:
    """Who may receive, with the appointments that clash; and the earlier hand-overs."""
    participant = get_participant(visit.work, code)
    refuse_if_gone(participant)
    if not may_hand_over(visit.work, participant):
        raise Forbidden("Alleen de eigen onderzoeker of de teamleider draagt iemand over.")
    record_view(visit.house, visit.work, "participant.view", participant.code)
    typed = {"reason": "asked"} if participant.wants_other else {}
    return _page(visit, participant, Form(typed))


@router.post("/participants/{code}/hand-over")
def record_hand_over(visit: Researcher, code: str) -> Response:
    participant, form = get_writable(visit.work, code), visit.form()
    to_id = form.choice("to", [str(one.id) for one in _receivers(visit, participant)], required=True)
    reason = form.choice("reason", HAND_OVER_REASONS, required=True)
    if form.ok:
        with form.attempt(visit.work):
            hand_over(visit.work, participant, int(to_id or 0), reason, form.typed("card"))
    return redirect(f"/participants/{participant.code}") if form.ok else _page(visit, participant, form)


@router.post("/participants/{code}/wants-other")
def change_wish(visit: Researcher, code: str) -> Response:
    """`wants_other` is yes or no; from the call screen (`call`) one goes back there."""
    participant, form = get_writable(visit.work, code), visit.form()
    record_wish(visit.work, participant, form.typed("wants_other") == "yes")
    call = form.typed("call")
    address = f"/calls/{call}" if call.isdecimal() and len(call) < 10 else f"/participants/{participant.code}"
    return redirect(address)


def _receivers(visit: Visit, participant: Participant) -> list[Receiver]:
    return list_receivers(visit.work, participant.study_id, [participant])


def _page(visit: Visit, participant: Participant, form: Form) -> Response:
    page = HandOverPage(
        person=get_person(visit.work, participant),
        wants_other=participant.wants_other,
        receivers=tuple(_receivers(visit, participant)),
        reasons=HAND_OVER_REASONS,
        history=tuple(list_hand_overs(visit.work, participant)),
        form=form,
    )
    return render(visit, "participant/hand_over.html", page, status=200 if form.ok else 422)
