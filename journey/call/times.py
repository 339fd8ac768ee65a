"""Times to call: what a participant named as good times, as hours of the week, and moments to propose.

Pure: the cadence itself is in `journey.rules`.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from journey.clock import AMSTERDAM
from journey.rules.calltimes import DayPart, GoodTime, is_calling_time

PART_HOURS: Final[Mapping[str, tuple[time, time]]] = {
    DayPart.morning: (time(9), time(12)),
    DayPart.afternoon: (time(12), time(17)),
    DayPart.evening: (time(17), time(20, 30)),
}
ALL_DAYS: Final = range(6)
PROPOSALS: Final = 6
TYPICAL_HOURS: Final = {DayPart.morning: 10, DayPart.afternoon: 14, DayPart.evening: 19}


def good_times_of(stored: Mapping[str, Any]) -> list[GoodTime]:
    """From `{"days": [0-5], "parts": ["morning", …]}`; a half that was not named means all of it. Nothing named:
    no good times.
    """
    days = [day for day in stored.get("days") or () if day in ALL_DAYS]
    parts = [part for part in stored.get("parts") or () if part in PART_HOURS]
    if not days and not parts:
        return []
    return [
        GoodTime(day, *PART_HOURS[part]) for day in days or ALL_DAYS for part in parts or tuple(PART_HOURS)
    ]


def propose_moments(now: datetime, stored: Mapping[str, Any], *, next_week: bool) -> list[datetime]:
    """At most six moments to propose for a call: next week at this hour, then at the hours of the person's own good
    times (of any part when none were named), in the order of the week; all within calling hours.

    Without `next_week` the days begin tomorrow, for a talk that has to go on soon.
    """
    local = now.astimezone(AMSTERDAM)
    first = local.date() + timedelta(days=(7 - local.weekday()) if next_week else 1)
    days = [first + timedelta(days=offset) for offset in range(7)]
    same_hour = datetime.combine(days[local.weekday()] if next_week else first, _hour(local), AMSTERDAM)
    good = good_times_of(stored)
    own = [
        moment
        for day in days
        for hour in TYPICAL_HOURS.values()
        if not good or any(_fits(one, day, hour) for one in good)
        for moment in [datetime.combine(day, time(hour), AMSTERDAM)]
    ]
    if not good:
        own = [moment for moment in own if moment.hour == TYPICAL_HOURS[DayPart.morning]]
    found = dict.fromkeys(one for one in [same_hour, *own] if is_calling_time(one))
    return sorted(list(found)[:PROPOSALS])


def recent_days(today: date, most: int = 6) -> list[date]:
    """Today, yesterday and the weekdays before them, the latest first: when was it?"""
    older = [today - timedelta(days=back) for back in range(2, 14)]
    weekdays = [day for day in older if day.weekday() < 5]
    return [today, today - timedelta(days=1), *weekdays[: most - 2]]


def calling_days(today: date, most: int = 5) -> list[date]:
    """Today and the next days on which is called."""
    days = [today + timedelta(days=ahead) for ahead in range(1, 14)]
    open_days = [day for day in days if is_calling_time(datetime.combine(day, time(12), AMSTERDAM))]
    return [today, *open_days[: most - 1]]


def _fits(good: GoodTime, day: date, hour: int) -> bool:
    return good.weekday == day.weekday() and good.start <= time(hour) < good.end


def _hour(local: datetime) -> time:
    return time(local.hour, local.minute // 30 * 30)
