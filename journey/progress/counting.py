"""What one journey adds to the figures of throughput: integer days per measure, so that histograms of a study stay
small and 100.000 journeys are read as a few thousand numbers.

A count is (measure, state, value). `ended` and `left` carry days; `open` carries the day it began as an ordinal, so
that nothing has to be counted again tomorrow. The clock of an undecided case is kept as days too: `on_day` makes of
them how the case stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from journey.progress import trips
from journey.progress.trips import Trip
from journey.rules import leadtimes as rules
from journey.rules.calendar import next_working_day
from journey.rules.decision import ClockState
from journey.rules.leadtimes import Spell
from journey.rules.standing import Facts as ClockFacts
from journey.rules.standing import Standing, count_days, standing
from journey.rules.suspension import DAY, TERM_DAYS, Ground, Mode

Count = tuple[str, str, int]

NEAR_DAYS: Final = 42

# A day on which everything recorded lies in the past, and which the rules still take.
FAR: Final = date(2199, 12, 31)
NO_CLOCK: Final = ("no_clock", "open", 0)

# Days of the clock of an undecided case: its receipt when nothing ever stopped it, else the day from which its running
# days count (receipt and the days that stood still), and its last day.
RECEIVED: Final = "received"
STARTED: Final = "started"
DUE: Final = "due"
# Time to decide; the same per month of the application; which months and municipalities there are.
APPLICATION: Final = "application"
MONTH: Final = "month:"
MONTHS: Final = "months"
PLACES: Final = "places"
CLOCK_DAYS: Final = (RECEIVED, STARTED, DUE)


def count_trip(trip: Trip, today: date) -> Iterator[Count]:
    """Everything that does not depend on the clock of an undecided case. `today` may be `FAR`: what is open then
    began on the same day.
    """
    spells = {
        "gate": trips.gate(trip, today),
        "application": trips.application(trip, today, rules.application),
        "total": trips.total(trip, today, rules.total),
        "total_without_wait": trips.total(trip, today, rules.total_without_wait),
        "form": trips.form_wait(trip, today),
        **{f"pair:{start}>{end}": one for (start, end), one in trips.pair_spells(trip, today)},
    }
    for name, spell in spells.items():
        if spell is not None:
            yield _counted(name, spell, today)
    is_open = undecided(trip, today)
    yield "journeys", "open" if is_open else "ended", 0
    for step in trip.first:
        yield f"reached:{step}", "ended", 0
    for step in trip.passed.keys() - trip.first.keys():
        yield f"passed:{step}", "ended", 0
    last = trips.last_step(trip)
    if is_open and last is not None:
        yield f"waiting:{last[1]}", "open", last[0].toordinal()
    if trip.handovers:
        yield "handovers", "ended", trip.handovers


def count_clock(trip: Trip, today: date) -> Iterator[Count]:
    """The net time, whether the case kept to its own last day, and how an undecided case stands on `today`."""
    net = trips.application(trip, today, rules.application_net)
    if net is not None:
        yield _counted("application_net", net, today)
    if trips.decided_is_known(trip):
        kept = rules.within_limit(trip.case, today)
        if kept is not None:
            yield "limit", "kept" if kept else "late", 0
    if undecided(trip, today):
        clock = trip.clock
        if clock is None:
            yield NO_CLOCK
        elif clock.clock is ClockState.stopped:
            yield "clock", "stopped", 0
        else:
            yield "clock", standing_of(clock.days_used, is_late=bool(clock.days_late)), 0


def count_unmoved(trip: Trip, day: date, facts: ClockFacts | None, mode: str) -> Iterator[Count]:
    """`count_clock` for any day from then on: decided, left, without a clock, or undecided with a clock (`facts`).

    `day` is the last one that the study looks at. Nothing for a clock that stands still without an end in sight.
    """
    if not undecided(trip, day):
        yield from count_clock(trip, day)
    elif facts is None:
        net = trips.application(trip, day, rules.application_net)
        if net is not None:
            yield _counted("application_net", net, day)
        yield NO_CLOCK
    elif not facts.suspensions and not facts.extensions:
        yield RECEIVED, "open", facts.received.toordinal()
    else:
        yield from _count_settled(facts, Mode(mode))


def _count_settled(facts: ClockFacts, mode: Mode) -> Iterator[Count]:
    settled = settles_on(facts)
    if settled >= FAR:
        return
    then = standing(facts, max(settled + DAY, facts.received), mode)
    if then.last_day is None:
        raise AssertionError("a clock without open ends has a last day")
    yield STARTED, "open", facts.received.toordinal() + then.suspended_days
    yield DUE, "open", then.last_day.toordinal()


def settles_on(facts: ClockFacts) -> date:
    """The last day on which the clock may still change while nothing new is recorded: `FAR` for an open end.

    Everything the clock looks at is one of the days its facts name: from the day after the last of them its suspended
    days and its last day are fixed (Awb 4:14, 4:15).
    """
    for one in facts.suspensions:
        if one.ground is Ground.foreign_body and one.received is None:
            return FAR
        if one.ground not in (Ground.supplement, Ground.foreign_body) and one.to is None:
            return FAR
    return max(_named_days(facts), default=facts.received)


def _named_days(facts: ClockFacts) -> Iterator[date]:
    for one in facts.extensions:
        yield one.sent
    for suspension in facts.suspensions:
        yield from (day for day in suspension.dates().values() if day is not None)


def on_day(count: Count, today: date) -> Iterator[tuple[Count, int]]:
    """What a stored count says on `today`, each with how often: a day of the clock becomes how the case stands.

    A case is past its last day only after day 42 (Awb 4:13), so who is late is taken off who is near.
    """
    measure, _state, value = count
    if measure == RECEIVED:
        last_day = next_working_day(date.fromordinal(value) + timedelta(days=TERM_DAYS))
        yield from on_day((STARTED, "open", value), today)
        yield from on_day((DUE, "open", last_day.toordinal()), today)
    elif measure == STARTED:
        yield ("application_net", "open", value), 1
        yield ("clock", standing_of(today.toordinal() - value, is_late=False), 0), 1
    elif measure == DUE:
        if today.toordinal() > value:
            yield ("limit", "late", 0), 1
            yield ("clock", "late", 0), 1
            yield ("clock", "near", 0), -1
    else:
        yield count, 1


@dataclass(frozen=True)
class Stretch:
    """How the clock stands from one day to another, all as ordinals; see `ClockSpan`."""

    first_on: int
    last_on: int
    n: int = 1
    started: int | None = None
    near: int | None = None
    due: int | None = None
    net_days: int | None = None

    def on_day(self, today: date) -> Iterator[tuple[Count, int]]:
        """As of a stored count; one of the last stretch takes away what is stored for later."""
        day = today.toordinal()
        if self.started is None or self.near is None or self.due is None:
            yield ("application_net", "open", day - (self.net_days or 0)), self.n
            yield ("clock", "stopped", 0), self.n
            return
        is_late = day > self.due
        if is_late:
            yield ("limit", "late", 0), self.n
        yield ("application_net", "open", self.started), self.n
        yield ("clock", "late" if is_late else "near" if day >= self.near else "running", 0), self.n


def clock_stretches(facts: ClockFacts, mode: str) -> Iterator[Stretch]:
    """How the clock of an undecided case stands on each day on which it may still change while nothing is recorded.

    Between two days that a fact names nothing changes but the running of the clock itself.
    """
    if not facts.suspensions and not facts.extensions:
        return
    settled = settles_on(facts)
    days = {facts.received, facts.received + DAY}
    for day in _named_days(facts):
        days |= {day, day + DAY}
    edges = sorted(day for day in days if facts.received <= day <= settled)
    for first, following in pairwise([*edges, min(settled, FAR) + DAY]):
        yield _stretch(facts, Mode(mode), first, following - DAY)
    if settled < FAR:
        later = standing(facts, max(settled + DAY, facts.received), Mode(mode))
        yield _running(facts, later, facts.received, settled, n=-1)


def _stretch(facts: ClockFacts, mode: Mode, first: date, last: date) -> Stretch:
    now = standing(facts, first, mode)
    if now.last_day is None:
        gross = (first - facts.received).days
        net = gross - min(now.suspended_days, gross)
        return Stretch(first.toordinal(), last.toordinal(), net_days=net)
    return _running(facts, now, first, last)


def _running(facts: ClockFacts, now: Standing, first: date, last: date, n: int = 1) -> Stretch:
    if now.last_day is None:
        raise AssertionError("a clock that runs has a last day")
    start = facts.received.toordinal()
    passed = count_days(now.periods, first if n > 0 else FAR)
    return Stretch(
        first.toordinal(),
        last.toordinal(),
        n,
        started=start + now.suspended_days,
        near=start + passed + NEAR_DAYS,
        due=now.last_day.toordinal(),
    )


def standing_of(used: int, *, is_late: bool) -> str:
    """running, near (from legal day 42) or late."""
    return "late" if is_late else "near" if used >= NEAR_DAYS else "running"


def undecided(trip: Trip, today: date) -> bool:
    return trip.ended_on is None or trip.ended_on > today


def _counted(name: str, spell: Spell, today: date) -> Count:
    if spell.open:
        return name, "open", (today - timedelta(days=spell.days)).toordinal()
    return name, "ended" if spell.ended else "left", spell.days
