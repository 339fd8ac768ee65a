"""What people ask by text about being called: rest for two weeks, or another day of this week."""

from datetime import date, timedelta
from typing import Final

from sqlmodel import select

from journey.audit.service import record_act
from journey.call.appointments import record_in_calendar
from journey.clock import at_local
from journey.models import Call, Participant, Study
from journey.rules.cadence import CadenceSettings
from journey.rules.calendar import is_holiday
from journey.study.cadence import cadence_of
from journey.texts.service import cancel_texts, remind_appointment
from journey.work import Work

PAUSE: Final = timedelta(days=14)


def pause_calls(work: Work, participant: Participant) -> date:
    """No call for two weeks; the first day after it. What was agreed is taken back, and nothing unasked is texted."""
    participant.rest_until = work.today + PAUSE
    work.session.add(participant)
    call = _find_open(work, participant)
    if call is not None:
        call.state, call.closed_at = "cancelled", work.now
        call.asked_back_at = None
        _take_back(work, participant, call)
    cancel_texts(work, participant, ("call_announced", "missed_call", "step_to_rate"))
    record_act(work, "call.pause", participant.code)
    return participant.rest_until


def list_days_left(work: Work, participant: Participant) -> list[date]:
    """The days after today, up to Sunday, on which we call; empty when no round is open."""
    if _find_open(work, participant) is None:
        return []
    hours = _rhythm(work, participant).hours
    days = [work.today + timedelta(days=n) for n in range(1, 7 - work.today.weekday())]
    return [day for day in days if hours.get(day.weekday()) and not is_holiday(day)]


def move_call(work: Work, participant: Participant, day: date) -> None:
    """The prompt of this week comes on that day (one of `list_days_left`); an appointment is taken back."""
    call = _find_open(work, participant)
    assert call is not None  # noqa: S101 - days are left only in an open round
    hours = _rhythm(work, participant).hours[day.weekday()]
    assert hours is not None  # noqa: S101 - days left are days with calling hours
    _take_back(work, participant, call)
    call.due_on, call.next_at = day, at_local(day, hours[0].hour, hours[0].minute)
    work.session.add(call)
    work.session.flush()
    record_act(work, "call.move", participant.code)


def _take_back(work: Work, participant: Participant, call: Call) -> None:
    call.appointment_at = call.appointment_until = call.next_at = None
    work.session.add(call)
    record_in_calendar(work, call)
    work.session.flush()
    remind_appointment(work, participant, None)


def _find_open(work: Work, participant: Participant) -> Call | None:
    statement = select(Call).where(Call.participant_id == participant.id, Call.state == "open")
    return work.session.exec(statement).first()


def _rhythm(work: Work, participant: Participant) -> CadenceSettings:
    return cadence_of(work.session.get_one(Study, participant.study_id))
