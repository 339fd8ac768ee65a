"""A number that turned out to be somebody else's, mended on the call screen: another number, another way, or a mark
that was a mistake.
"""

from fastapi import APIRouter, Response

from journey.auth.access import Researcher
from journey.call.asked import change_channel
from journey.call.pages import answer_tap
from journey.call.queries import get_call
from journey.models import Participant
from journey.participant.queries import refuse_if_gone
from journey.participant.service import correct_number
from journey.participant.wrong_number import confirm_number, mark_wrong
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.visit import UnitOfWork
from journey.work import Work

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

ACTS = ("wrong", "right", "correct", "paper")


@router.post("/calls/{call_id}/number")
def mend_number(visit: Researcher, call_id: int) -> Response:
    """What the pressed button says: it is wrong, it is right after all, this is the new one, or on by letter."""
    call = get_call(visit.work, call_id)
    person = visit.work.session.get_one(Participant, call.participant_id)
    refuse_if_gone(person)
    form = visit.form()
    act = form.choice("act", ACTS, required=True)
    if act is not None:
        with form.attempt(visit.work):
            _mend(visit.work, person, act, form)
    return answer_tap(visit, call, form, "number")


def _mend(work: Work, person: Participant, act: str, form: Form) -> None:
    match act:
        case "wrong":
            mark_wrong(work, person)
        case "right":
            confirm_number(work, person)
        case "paper":
            change_channel(work, person, "paper")
        case _ if phone := form.text("phone", most=40, required=True):
            if person.state == "active":
                correct_number(work, person, phone)
            else:
                form.refuse("phone", _("Deze deelnemer wordt niet meer gevolgd."))
