"""Taking back what was tapped by mistake: an attempt with all that followed from it, or the last answer about a step.

What is taken back leaves its table, so that it counts nowhere, and is kept whole in `taken_back` with who did it.
"""

from datetime import date, datetime
from typing import Any, Final

from sqlmodel import SQLModel, col, delete, select

from journey.audit.service import record_act
from journey.call.appointments import record_in_calendar
from journey.models import (
    Attempt,
    Call,
    Contact,
    Message,
    Participant,
    QuoteEdit,
    Rating,
    TakenBack,
    stored_id,
)
from journey.models.message import NOT_YET_SENT
from journey.participant.queries import hold, refuse_if_gone
from journey.participant.wrong_number import confirm_number
from journey.rules.cadence import Outcome
from journey.rules.errors import Conflict, NotFound
from journey.texts.service import remind_appointment
from journey.work import Work

OF_THE_ROUND: Final = (
    *("state", "closed_at", "appointment_at", "appointment_until", "asked_back_at", "next_at", "due_on"),
)
OF_THE_PERSON: Final = ("channel", "calls_paused", "rest_until")
# They empty the contact store at once; the screen asks twice before.
FOR_GOOD: Final = frozenset({Outcome.stop, Outcome.deceased})


def state_before(work: Work, call: Call, participant: Participant) -> dict[str, Any]:
    """How round and person stand now, as plain values, to put back when the attempt turns out a mistake."""
    contact = work.session.get(Contact, participant.id)
    return {
        "wrong_number": contact is not None and contact.phone_wrong_at is not None,
        "round": {name: _plain(getattr(call, name)) for name in OF_THE_ROUND},
        "person": {name: _plain(getattr(participant, name)) for name in OF_THE_PERSON},
    }


def find_to_take_back(work: Work, call: Call) -> Attempt | None:
    """The last attempt of a round, when it can still be taken back."""
    statement = select(Attempt).where(Attempt.call_id == call.id).order_by(col(Attempt.id).desc())
    last = work.session.exec(statement).first()
    return last if last is not None and last.before and last.outcome not in FOR_GOOD else None


def take_back_attempt(work: Work, call: Call, outcome: str = "") -> Outcome:
    """The last attempt of this round did not happen: round, person and texts are as they were before it.

    `outcome` is what the reader saw recorded: Conflict when something else was recorded since.
    """
    participant = work.session.get_one(Participant, call.participant_id)
    hold(work, participant)
    refuse_if_gone(participant)
    work.session.refresh(call, with_for_update=True)
    attempt = find_to_take_back(work, call)
    if attempt is None:
        raise NotFound("Er is niets om terug te draaien.")
    if outcome and outcome != attempt.outcome:
        raise Conflict("Er is intussen iets anders vastgelegd. Kijk eerst wat er nu staat.")
    _refuse_second_round(work, call)
    moment = attempt.recorded_at
    _put_back(call, attempt.before["round"])
    _put_back(participant, attempt.before["person"])
    if attempt.outcome == Outcome.wrong_number and not attempt.before["wrong_number"]:
        confirm_number(work, participant)
    _keep(work, participant, "attempt", attempt)
    work.session.exec(
        delete(Message).where(
            col(Message.participant_id) == participant.id,
            col(Message.occasion) == "missed_call",
            col(Message.state).in_(NOT_YET_SENT),
            col(Message.created_at) == moment,
        )
    )
    work.session.add(call)
    work.session.add(participant)
    record_in_calendar(work, call)
    work.session.flush()
    coming = call.appointment_at if call.appointment_at and call.appointment_at > work.now else None
    remind_appointment(work, participant, coming, call.appointment_until if coming else None)
    record_act(work, "call.undo", participant.code)
    return Outcome(attempt.outcome)


def take_back_rating(work: Work, participant: Participant, rating: Rating) -> None:
    """An answer that was never given, such as one about the wrong subject: the one before it counts again.

    Conflict once somebody made a quote of its words.
    """
    refuse_if_gone(participant)
    used = select(QuoteEdit.id).where(QuoteEdit.rating_id == rating.id).limit(1)
    if work.session.exec(used).first() is not None:
        raise Conflict("Van deze woorden is al een citaat gemaakt. Trek eerst het citaat in.")
    _keep(work, participant, "rating", rating)
    record_act(work, "rating.undo", f"{participant.code} {rating.step} {rating.subject}")


def _refuse_second_round(work: Work, call: Call) -> None:
    other = select(Call.id).where(
        Call.participant_id == call.participant_id, Call.state == "open", Call.id != call.id
    )
    if work.session.exec(other.limit(1)).first() is not None:
        raise Conflict("Deze belronde is al afgesloten.")


def _keep(work: Work, participant: Participant, kind: str, row: SQLModel) -> None:
    work.session.add(
        TakenBack(
            participant_id=stored_id(participant),
            kind=kind,
            content={name: _plain(value) for name, value in row.model_dump().items()},
            recorded_by=work.actor.label,
            recorded_at=work.now,
        )
    )
    work.session.delete(row)
    work.session.flush()


def _put_back(row: Call | Participant, before: dict[str, Any]) -> None:
    for name, value in before.items():
        setattr(row, name, _read(name, value))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name.endswith("_at") or name == "appointment_until":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name in ("due_on", "rest_until") else value
