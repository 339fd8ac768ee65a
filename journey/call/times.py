"""Times to call: what a participant named as good times, as hours of the week, and moments to propose.

Pure: the cadence itself is in `journey.rules`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from journey.clock import AMSTERDAM
from journey.rules.appointments import Slot, end_of_part
from journey.rules.cadence import DEFAULTS, CadenceSettings
from journey.rules.calltimes import DayPart, GoodTime, is_calling_time

ALL_DAYS: Final = range(7)
KNOWN_PARTS: Final = frozenset(DayPart)
PROPOSALS: Final = 6
HALF_HOUR: Final = timedelta(minutes=30)
TYPICAL_HOURS: Final = {DayPart.morning: 10, DayPart.afternoon: 14, DayPart.evening: 19}


def good_times_of(stored: Mapping[str, Any], settings: CadenceSettings = DEFAULTS) -> list[GoodTime]:
    """From `{"days": [0-5], "parts": ["morning", …]}`; a half that was not named means all of it. Nothing named:
    no good times.
    """
    hours = {
        DayPart.morning: (time.min, settings.afternoon_from),
        DayPart.afternoon: (settings.afternoon_from, settings.evening_from),
        DayPart.evening: (settings.evening_from, time.max),
    }
    days = [day for day in stored.get("days") or () if day in ALL_DAYS]
    parts = [DayPart(part) for part in stored.get("parts") or () if part in KNOWN_PARTS]
    if not days and not parts:
        return []
    return [GoodTime(day, *hours[part]) for day in days or ALL_DAYS for part in parts or tuple(hours)]


def fit_of(stored: Mapping[str, Any], now: datetime, on: date, settings: CadenceSettings = DEFAULTS) -> int:
    """0 when `now` is one of the person's good times, 1 when none were named, 2 at another time. Of another day than
    that of `now`: whether the day is one of theirs.
    """
    good = good_times_of(stored, settings)
    if not good:
        return 1
    local = now.astimezone(AMSTERDAM)
    if local.date() != on:
        return 0 if any(one.weekday == on.weekday() for one in good) else 2
    fits = any(one.weekday == local.weekday() and one.start <= local.time() < one.end for one in good)
    return 0 if fits else 2


def propose_moments(
    now: datetime,
    stored: Mapping[str, Any],
    settings: CadenceSettings = DEFAULTS,
    *,
    next_week: bool,
    taken: Sequence[Slot] = (),
) -> list[datetime]:
    """At most six moments to propose for a call: next week at this hour, then at the hours of the person's own good
    times (of any part when none were named), in the order of the week; all within calling hours.

    Where something of `taken` was agreed, the next half hour of that part of the day that is free takes its place.
    Without `next_week` the days begin tomorrow, for a talk that has to go on soon.
    """
    local = now.astimezone(AMSTERDAM)
    first = local.date() + timedelta(days=(7 - local.weekday()) if next_week else 1)
    days = [first + timedelta(days=offset) for offset in range(7)]
    same_hour = datetime.combine(days[local.weekday()] if next_week else first, _hour(local), AMSTERDAM)
    good = good_times_of(stored, settings)
    own = [
        moment
        for day in days
        for hour in TYPICAL_HOURS.values()
        if not good or any(_fits(one, day, hour) for one in good)
        for moment in [datetime.combine(day, time(hour), AMSTERDAM)]
    ]
    if not good:
        own = [moment for moment in own if moment.hour == TYPICAL_HOURS[DayPart.morning]]
    free = [_first_free(one, taken, settings) for one in [same_hour, *own] if is_calling_time(one, settings)]
    found = dict.fromkeys(one for one in free if one is not None)
    return sorted(list(found)[:PROPOSALS])


def _first_free(moment: datetime, taken: Sequence[Slot], settings: CadenceSettings) -> datetime | None:
    """This moment or a later half hour of the same part of the day, at which nobody was promised a talk."""
    end = end_of_part(moment, settings)
    while end is not None and moment < end:
        if not any(Slot(moment).clashes(other) for other in taken):
            return moment
        moment += HALF_HOUR
    return None


def recent_days(today: date) -> list[date]:
    """Today, yesterday and the day before, which people know by name: when was it?"""
    return [today - timedelta(days=back) for back in range(3)]


def calling_days(today: date, rhythms: Sequence[CadenceSettings] = (DEFAULTS,), most: int = 5) -> list[date]:
    """Today and the next days on which one of the rhythms calls."""
    days = [today + timedelta(days=ahead) for ahead in range(1, 14)]
    open_days = [day for day in days if any(_calls_on(day, settings) for settings in rhythms)]
    return [today, *open_days[: most - 1]]


def _calls_on(day: date, settings: CadenceSettings) -> bool:
    hours = settings.hours.get(day.weekday())
    return hours is not None and is_calling_time(datetime.combine(day, hours[0], AMSTERDAM), settings)


def _fits(good: GoodTime, day: date, hour: int) -> bool:
    return good.weekday == day.weekday() and good.start <= time(hour) < good.end


def _hour(local: datetime) -> time:
    return time(local.hour, local.minute // 30 * 30)
