"""Days of an agenda: what stands at a fixed time, how many calls are to be expected in each part of the day, and what
the day itself is like.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from journey.call.appointments import Appointment
from journey.clock import AMSTERDAM, at_local, local_day
from journey.rules.appointments import Slot, find_clashes, find_slot_objection
from journey.rules.cadence import CadenceSettings, week_start
from journey.rules.calendar import holidays
from journey.rules.calltimes import DayPart, GoodTime, day_part
from journey.web.filters import clock_time
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext

ANY_TIME: Final = "any"
PARTS: Final = (DayPart.morning, DayPart.afternoon, DayPart.evening, ANY_TIME)


@dataclass(frozen=True)
class Entry:
    """One line at a fixed time. `kind` is appointment or call_back; `clashes` are the people with whom something else
    is agreed then; `objection` a sentence or empty; `is_late` when the promise is broken.
    """

    kind: str
    participant: str
    call_id: int | None
    starts_at: datetime
    words: str
    clashes: tuple[str, ...] = ()
    objection: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Expected:
    """A call without a fixed time: on which day, and in which part of it, it is best made."""

    day: date
    part: str


@dataclass(frozen=True)
class Waiting:
    """Somebody to be called in an open round: from which day, or from the moment that the rhythm named."""

    due_on: date
    next_at: datetime | None
    good_times: Sequence[GoodTime]
    settings: CadenceSettings


@dataclass(frozen=True)
class AgendaDay:
    """`hours` are the calling hours in words, empty when nobody is called; `expected` counts per part of the day;
    `back` are the people whose rest ends; `resting` how many still rest; `dialled` and `reached` what was done.
    """

    day: date
    is_today: bool
    is_past: bool
    holiday: str
    hours: str
    entries: tuple[Entry, ...]
    expected: tuple[tuple[str, int], ...]
    back: tuple[str, ...] = ()
    resting: int = 0
    dialled: int = 0
    reached: int = 0

    @property
    def calls(self) -> int:
        return sum(n for _part, n in self.expected)

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.expected or self.back or self.dialled)


def appointment_entries(
    appointments: Sequence[Appointment], rhythms: Mapping[int, CadenceSettings], now: datetime
) -> list[Entry]:
    """In the order of time, with what clashes and what is unusual about them."""
    clashes = find_clashes([one.slot for one in appointments])
    return [
        Entry(
            kind="appointment",
            participant=one.participant,
            call_id=one.call_id,
            starts_at=one.slot.at,
            words=span_words(one.slot),
            clashes=tuple(appointments[other].participant for other in others),
            objection=_objection(one.slot, rhythms[one.study_id]),
            is_late=one.slot.late_from < now,
        )
        for one, others in zip(appointments, clashes, strict=True)
    ]


def expect(waiting: Waiting, now: datetime) -> Expected:
    """When somebody is best called: at the moment the rhythm named, else in their first own good time, else on the
    first calling day, at any time. What is overdue is for today.
    """
    today = local_day(now)
    if waiting.next_at is not None and waiting.next_at > now:
        return Expected(local_day(waiting.next_at), day_part(waiting.next_at, waiting.settings))
    first = max(today, waiting.due_on)
    days = [first + timedelta(days=ahead) for ahead in range(7)]
    open_days = [
        day
        for day in days
        if (hours := calling_hours(day, [waiting.settings]))
        and at_local(day, 0) + _since_midnight(hours[1]) > now
    ]
    this_week = [day for day in open_days if day < week_start(first) + timedelta(days=7)]
    for day in this_week:
        for good in waiting.good_times:
            if good.weekday == day.weekday() and at_local(day, 0) + _since_midnight(good.end) > now:
                return Expected(day, day_part(datetime.combine(day, good.start, AMSTERDAM), waiting.settings))
    return Expected(next(iter(open_days), first), ANY_TIME)


def count_expected(expected: Sequence[Expected], day: date) -> tuple[tuple[str, int], ...]:
    """How many per part of the day, in the order of the day, without the parts that are empty."""
    counted = Counter(one.part for one in expected if one.day == day)
    return tuple((part, counted[part]) for part in PARTS if counted[part])


def calling_hours(day: date, rhythms: Sequence[CadenceSettings]) -> tuple[time, time] | None:
    """From the first to the last calling hour of a day over these studies; None on a holiday and a closed day."""
    if day in holidays(day.year):
        return None
    hours = [span for rhythm in rhythms if (span := rhythm.hours.get(day.weekday()))]
    return (min(span[0] for span in hours), max(span[1] for span in hours)) if hours else None


def hours_words(hours: tuple[time, time] | None) -> str:
    """`09:00–20:30`; empty when nobody is called."""
    return f"{hours[0]:%H:%M}–{hours[1]:%H:%M}" if hours else ""


def span_words(slot: Slot) -> str:
    """`14:00`, or with a window `14:00–15:00`."""
    return clock_time(slot.at) + (f"–{clock_time(slot.until)}" if slot.until else "")


def day_words(day: AgendaDay) -> str:
    """The day in one sentence without names or codes: `Vandaag 12 gesprekken, 2 afspraken (10:00, 14:30), 1 belofte
    terugbellen voor 17:00.` Empty when there is nothing.
    """
    agreed = [one for one in day.entries if one.kind == "appointment"]
    promised = [one for one in day.entries if one.kind == "call_back"]
    parts = []
    if n := day.calls:
        parts.append(ngettext("%(n)s gesprek", "%(n)s gesprekken", n))
    if agreed:
        times = ", ".join(clock_time(one.starts_at) for one in agreed)
        parts.append(
            ngettext("%(n)s afspraak (%(times)s)", "%(n)s afspraken (%(times)s)", len(agreed), times=times)
        )
    if promised:
        time_limit = clock_time(promised[0].starts_at)
        parts.append(
            ngettext(
                "%(n)s belofte terugbellen voor %(time)s",
                "%(n)s beloftes terugbellen voor %(time)s",
                len(promised),
                time=time_limit,
            )
        )
    return _("Vandaag %(what)s.", what=", ".join(parts)) if parts else ""


def _objection(slot: Slot, settings: CadenceSettings) -> str:
    found = find_slot_objection(slot, settings)
    return _(found) if found else ""


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)
