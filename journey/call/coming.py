"""When somebody is called next, for the person who waits for it. Only what stands in a round or follows from the
rhythm; where nothing is certain, nothing is said.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam
from sqlmodel import col, select

from journey.call.appointments import slot_of
from journey.clock import local_day
from journey.models import Call, Participant, Study
from journey.rules.appointments import Slot
from journey.rules.cadence import CadenceSettings, round_of
from journey.rules.calendar import is_holiday
from journey.rules.calltimes import callback_due
from journey.study.cadence import cadence_of
from journey.work import Work

_LATEST = (
    select(Call)
    .where(col(Call.participant_id) == bindparam("participant"))
    .order_by(col(Call.week).desc())
    .limit(1)
)


class Coming(StrEnum):
    """How sure the next call is."""

    agreed = "agreed"
    promised = "promised"
    day = "day"
    from_day = "from_day"
    this_week = "this_week"
    next_week = "next_week"


@dataclass(frozen=True)
class NextCall:
    """`slot` of what was agreed; `day` of a promise (at the latest), of the one day, or the first day it may be."""

    kind: Coming
    day: date | None = None
    slot: Slot | None = None


def find_next_call(work: Work, participant: Participant) -> NextCall | None:
    """None for who is not called: stopped, paused without an end, followed in another way, or the study is over."""
    study = work.session.get_one(Study, participant.study_id)
    if participant.state != "active" or study.closed_at is not None:
        return None
    call = _latest(work, participant)
    agreed = slot_of(call) if call is not None else None
    if agreed is not None and agreed.ends_at > work.now:
        return NextCall(Coming.agreed, slot=agreed)
    if call is not None and call.state == "open" and call.asked_back_at is not None:
        due = local_day(callback_due(call.asked_back_at))
        return NextCall(Coming.promised, max(due, work.today))
    if participant.calls_paused:
        return None
    if participant.rest_until is not None and participant.rest_until > work.today:
        return NextCall(Coming.from_day, participant.rest_until) if participant.channel == "call" else None
    if call is not None and call.state == "open":
        return _in_round(work, call, cadence_of(study))
    return NextCall(Coming.next_week) if participant.channel == "call" else None


def _in_round(work: Work, call: Call, settings: CadenceSettings) -> NextCall:
    planned = _next_day(call.next_at)
    first = max(filter(None, (planned, call.due_on)))
    if first > work.today:
        return NextCall(Coming.day, first)
    sunday = round_of(work.today) + timedelta(days=6)
    ahead = (work.today + timedelta(days=days) for days in range((sunday - work.today).days + 1))
    may_be = any(settings.hours.get(day.weekday()) and not is_holiday(day) for day in ahead)
    return NextCall(Coming.this_week if may_be else Coming.next_week)


def _next_day(moment: datetime | None) -> date | None:
    return local_day(moment) if moment is not None else None


def _latest(work: Work, participant: Participant) -> Call | None:
    return work.session.exec(_LATEST, params={"participant": participant.id}).first()
