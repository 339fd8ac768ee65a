"""Appointments of the live demo: the agenda of each researcher has a window, two that clash, and a later week."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time

from journey.call.service import plan_appointment
from journey.clock import AMSTERDAM
from journey.rules.calltimes import is_calling_time
from journey.seeding.days import DAY
from journey.seeding.live import Follower
from journey.work import Work

# Days on which is called from tomorrow on, start, end of the window: for the first people of each researcher.
AGREED = (
    (0, time(14), time(16)),
    (0, time(15, 30), None),
    (1, time(10), None),
    (5, time(13), time(15)),
)


def agree_some(work: Work, followers: Sequence[Follower]) -> None:
    """With people nobody made another arrangement with; always the same for the same day."""
    days = _calling_days(work.today)
    given: dict[int | None, int] = {}
    for one in followers:
        if one.participant is None or one.who.state != "active" or one.person.story:
            continue
        number = given.get(one.who.researcher_id, 0)
        call = one.this_call(work)
        if number == len(AGREED) or call is None:
            continue
        if call.appointment_at or call.asked_back_at or call.next_at:
            continue
        ahead, start, end = AGREED[number]
        given[one.who.researcher_id] = number + 1
        until = _at(days[ahead], end) if end else None
        plan_appointment(replace(work, actor=one.researcher), call, _at(days[ahead], start), until)


def _calling_days(today: date) -> list[date]:
    days = [today + ahead * DAY for ahead in range(1, 15)]
    return [day for day in days if is_calling_time(_at(day, time(14)))]


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, AMSTERDAM)
