"""What one journey adds to the figures of throughput: integer days per measure, so that histograms of a study stay
small and 100.000 journeys are read as a few thousand numbers.

A count is (measure, state, value). `ended` and `left` carry days; `open` carries the day it began as an ordinal, so
that nothing has to be counted again tomorrow.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from journey.progress import trips
from journey.progress.trips import Trip
from journey.rules import leadtimes as rules
from journey.rules.calendar import next_working_day
from journey.rules.decision import ClockState
from journey.rules.leadtimes import Spell
from journey.rules.suspension import TERM_DAYS

Count = tuple[str, str, int]

NEAR_DAYS: Final = 42

# A day on which everything recorded lies in the past, and which the rules still take.
FAR: Final = date(2199, 12, 31)
NO_CLOCK: Final = ("no_clock", "open", 0)


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


def count_unmoved(trip: Trip) -> Iterator[Count]:
    """`count_clock` for any day, of a case whose last day is known for good: decided, left, or nothing stopped it.

    An undecided one is counted by its day of receipt, `count_received` makes the rest of that.
    """
    if not undecided(trip, FAR):
        yield from count_clock(trip, FAR)
    elif trip.clock is None or trip.case.received is None:
        net = trips.application(trip, FAR, rules.application_net)
        if net is not None:
            yield _counted("application_net", net, FAR)
        yield NO_CLOCK
    else:
        yield "received", "open", trip.case.received.toordinal()


def count_received(received: date, today: date) -> Iterator[Count]:
    """What an undecided case adds on `today` when nothing ever stopped its clock (Awb 4:13, ATW 1)."""
    yield "application_net", "open", received.toordinal()
    last_day = next_working_day(received + timedelta(days=TERM_DAYS))
    is_late = today > last_day
    if is_late:
        yield "limit", "late", 0
    yield "clock", standing_of((today - received).days, is_late=is_late), 0


def standing_of(used: int, *, is_late: bool) -> str:
    """running, near (from legal day 42) or late."""
    return "late" if is_late else "near" if used >= NEAR_DAYS else "running"


def undecided(trip: Trip, today: date) -> bool:
    return trip.ended_on is None or trip.ended_on > today


def _counted(name: str, spell: Spell, today: date) -> Count:
    if spell.open:
        return name, "open", (today - timedelta(days=spell.days)).toordinal()
    return name, "ended" if spell.ended else "left", spell.days
