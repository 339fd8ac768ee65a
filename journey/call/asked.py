"""What people ask by text or on their own page about being called: rest for two weeks, another day, a part of a day,
or another way than the phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.call.appointments import record_in_calendar
from journey.call.service import plan_appointment
from journey.clock import AMSTERDAM, at_local
from journey.models import Call, Participant, Study, stored_id
from journey.participant.queries import hold, refuse_if_gone
from journey.participant.service import change_preferences
from journey.rules.appointments import LONGEST_WINDOW, Slot
from journey.rules.cadence import CadenceSettings, round_of
from journey.rules.calendar import is_holiday
from journey.rules.calltimes import DayPart
from journey.study.cadence import cadence_of
from journey.texts.service import cancel_texts, remind_appointment
from journey.work import Work

PAUSE: Final = timedelta(days=14)
DAYS_SHOWN: Final = 6
FURTHEST: Final = timedelta(days=28)
LEAST_WINDOW: Final = timedelta(hours=1)
WHOLE_DAY: Final = "day"


@dataclass(frozen=True)
class CallDay:
    """A day on which we call, with the parts of it (aware moments) that are still to come."""

    day: date
    parts: dict[DayPart, Slot]


def pause_calls(work: Work, participant: Participant) -> date:
    """No call for two weeks; the first day after it. What was agreed is taken back, and nothing unasked is texted."""
    participant.rest_until = work.today + PAUSE
    work.session.add(participant)
    end_round(work, participant)
    cancel_texts(work, participant, ("call_announced", "missed_call", "step_to_rate", "staff_to_rate"))
    record_act(work, "call.pause", participant.code)
    return participant.rest_until


def end_pause(work: Work, participant: Participant) -> None:
    """The rest is over today: who is due is called in the round of this week again."""
    participant.rest_until = None
    work.session.add(participant)
    record_act(work, "call.resume", participant.code)


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


def list_call_days(work: Work, participant: Participant) -> list[CallDay]:
    """Today and the next days on which somebody may be called, at most six."""
    found: list[CallDay] = []
    for ahead in range(FURTHEST.days + 1):
        one = _call_day(work, participant, work.today + timedelta(days=ahead))
        if one.parts and len(found) < DAYS_SHOWN:
            found.append(one)
    return found


def find_call_slot(work: Work, participant: Participant, day: date, part: str) -> Slot | None:
    """The part of that day (a DayPart or `day`) as times; None when nobody is called then, or it is over or too far
    away."""
    if not work.today <= day <= work.today + FURTHEST:
        return None
    parts = _call_day(work, participant, day).parts
    if part != WHOLE_DAY:
        return parts.get(DayPart(part))
    if not parts:
        return None
    slots = list(parts.values())
    return Slot(slots[0].at, min(slots[-1].ends_at, slots[0].at + LONGEST_WINDOW))


def agree_call(work: Work, participant: Participant, slot: Slot) -> None:
    """Somebody says when to call: an appointment like any other, in the round of this week or the next one."""
    hold(work, participant)
    refuse_if_gone(participant)
    statement = select(Call).where(Call.participant_id == participant.id)
    call = work.session.exec(statement.order_by(col(Call.week).desc()).limit(1)).first()
    if call is None:
        call = Call(
            participant_id=stored_id(participant),
            week=round_of(work.today),
            due_on=work.today,
            created_at=work.now,
        )
        work.session.add(call)
        work.session.flush()
    plan_appointment(work, call, slot.at, slot.until)


def change_channel(work: Work, participant: Participant, channel: str) -> None:
    """Another way to be followed. Who wants no phone is not called in this round either; Invalid without the way to
    reach them."""
    hold(work, participant)
    refuse_if_gone(participant)
    before = participant.channel
    change_preferences(work, participant, channel=channel, language=participant.language)
    if channel == before:
        return
    if channel != "call":
        end_round(work, participant)
        cancel_texts(work, participant, ("call_announced", "missed_call"))
    record_act(work, "participant.channel", participant.code)


def _call_day(work: Work, participant: Participant, day: date) -> CallDay:
    settings = _rhythm(work, participant)
    hours = settings.hours.get(day.weekday())
    if hours is None or is_holiday(day):
        return CallDay(day, {})
    first = work.now.astimezone(AMSTERDAM)
    rounded = first + timedelta(minutes=30 - first.minute % 15)
    earliest = rounded.replace(second=0, microsecond=0)
    found: dict[DayPart, Slot] = {}
    for part, begins, ends in _parts(settings):
        start = datetime.combine(day, max(begins, hours[0]), AMSTERDAM)
        end = datetime.combine(day, min(ends, hours[1]), AMSTERDAM)
        start = max(start, earliest)
        if end - start >= LEAST_WINDOW:
            found[part] = Slot(start, end)
    return CallDay(day, found)


def _parts(settings: CadenceSettings) -> Iterator[tuple[DayPart, time, time]]:
    yield DayPart.morning, time.min, settings.afternoon_from
    yield DayPart.afternoon, settings.afternoon_from, settings.evening_from
    yield DayPart.evening, settings.evening_from, time.max


def end_round(work: Work, participant: Participant) -> None:
    """The open round ends without a call, and what was agreed in it is taken back."""
    call = _find_open(work, participant)
    if call is not None:
        call.state, call.closed_at = "cancelled", work.now
        call.asked_back_at = None
        _take_back(work, participant, call)


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
