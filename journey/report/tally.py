"""Counts of many journeys as small histograms per measure: from the stored counts for a whole municipality, or from
journeys one by one where a person's wishes have to be looked at (rules, 32 and 33).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import col, select

from journey.models import (
    Application,
    Extension,
    JourneySummary,
    LeadTimeCount,
    Municipality,
    Study,
    Suspension,
)
from journey.progress.counting import (
    CLOCK_DAYS,
    DECIDED,
    MONTH,
    MONTHS,
    PLACES,
    Count,
    count_clock,
    count_trip,
    on_day,
    standing_of,
)
from journey.progress.queries import rule_suspension
from journey.progress.summary import ALL, EVERYTHING, EVERYWHERE, YES_OR_NO
from journey.progress.trips import Trip
from journey.rules.standing import Facts as ClockFacts
from journey.rules.standing import standing
from journey.rules.suspension import Extension as RuleExtension
from journey.rules.suspension import Mode
from journey.work import Work

CHUNK = 500
_table: Any = LeadTimeCount.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Selection:
    """Which journeys; None or empty is all of them. `month` is that of the application, `2026-02`."""

    route: str | None = None
    municipality: int | None = None
    month: str = ""
    bypassed: bool | None = None

    @property
    def narrowed(self) -> bool:
        """Beyond the route, which everybody may choose."""
        return self.municipality is not None or bool(self.month) or self.bypassed is not None

    def takes(self, trip: Trip) -> bool:
        return (
            self.municipality in (None, trip.municipality_id)
            and self.month in ("", trip.month)
            and self.bypassed in (None, trip.bypassed)
        )


@dataclass
class Spells:
    """Days of those that ended, are open, or left."""

    ended: Counter[int] = field(default_factory=Counter)
    open: Counter[int] = field(default_factory=Counter)
    left: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Spells") -> None:
        self.ended.update(other.ended)
        self.open.update(other.open)
        self.left.update(other.left)

    @property
    def cases(self) -> int:
        return self.ended.total() + self.open.total() + self.left.total()


class Tally:
    """Histograms by measure and route. `spells` has days; `number` counts journeys in a state."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._days: dict[str, dict[str, Spells]] = {}
        self._numbers: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def add(self, route: str, count: Count, n: int = 1) -> None:
        """A count as it was stored or made; days of the clock become how the case stands today."""
        for (measure, state, value), times in on_day(count, self.today):
            self._numbers[measure, state][route] += n * times
            if state == "open":
                if value:
                    self._spells(measure, route).open[max(0, self.today.toordinal() - value)] += n * times
            elif state == "ended":
                self._spells(measure, route).ended[value] += n * times
            elif state == "left":
                self._spells(measure, route).left[value] += n * times

    def _spells(self, measure: str, route: str) -> Spells:
        return self._days.setdefault(measure, {}).setdefault(route, Spells())

    def spells(self, measure: str, route: str | None = None) -> Spells:
        """Over all routes, or of one."""
        found = Spells()
        for one, spells in self._days.get(measure, {}).items():
            if route in (None, one):
                found.add(spells)
        return found

    def number(self, measure: str, state: str = "ended", route: str | None = None) -> int:
        counted = self._numbers[measure, state]
        return counted.total() if route is None else counted[route]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        names = (name[5:].partition(">") for name in self._days if name.startswith("pair:"))
        return [(start, end) for start, _, end in names]

    @property
    def months(self) -> list[str]:
        """Of the applications that were decided, in order; nothing when one month was selected."""
        return sorted(name.removeprefix(MONTH) for name in self._days if name.startswith(MONTH))


def tally_of(trips: Iterable[Trip], today: date) -> Tally:
    """Of journeys that were read one by one."""
    tally = Tally(today)
    for trip in trips:
        for count in (*count_trip(trip, today), *count_clock(trip, today)):
            tally.add(trip.route.id, count)
            if count[:2] == DECIDED:
                tally.add(trip.route.id, (MONTH + trip.month, *count[1:]))
    return tally


def read_tally(work: Work, study: Study, selection: Selection, today: date) -> Tally:
    """Of all journeys of the study, from the stored counts: one range of their key."""
    tally = Tally(today)
    table = _table
    conditions: list[Any] = [
        table.c.study_id == study.id,
        table.c.municipality_id == (selection.municipality or EVERYWHERE),
        table.c.month == (selection.month or ALL),
        table.c.bypassed == (ALL if selection.bypassed is None else YES_OR_NO[selection.bypassed]),
    ]
    if selection.route is not None:
        conditions.append(table.c.route == selection.route)
    places = (table.c.route, table.c.measure, table.c.state, table.c.value, table.c.n)
    for route, measure, state, value, n in work.session.execute(select_columns(*places).where(*conditions)):
        tally.add(route, (measure, state, value), n)
    _add_moving(work, study, selection, tally)
    return tally


def list_choices(work: Work, study: Study, routes: Sequence[str]) -> tuple[list[tuple[int, str]], list[str]]:
    """The municipalities and the months that journeys of this study have, to choose from."""
    everywhere, month, bypassed = EVERYTHING
    statement = select_columns(_table.c.measure, _table.c.value).where(
        _table.c.study_id == study.id,
        _table.c.municipality_id == everywhere,
        _table.c.month == month,
        _table.c.bypassed == bypassed,
        _table.c.route.in_(routes),
        _table.c.measure.in_((PLACES, MONTHS)),
    )
    found: dict[str, set[int]] = {PLACES: set(), MONTHS: set()}
    for measure, value in work.session.execute(statement):
        found[measure].add(value)
    named = work.session.exec(
        select(Municipality.id, Municipality.name)
        .where(col(Municipality.id).in_(found[PLACES]))
        .order_by(Municipality.name)
    ).all()
    months = [f"{value // 100:04}-{value % 100:02}" for value in sorted(found[MONTHS], reverse=True)]
    return [(place or 0, name) for place, name in named], months


def _narrowed(selection: Selection) -> list[Any]:
    """The conditions of a selection on single journeys."""
    conditions: list[Any] = []
    if selection.route is not None:
        conditions.append(JourneySummary.route == selection.route)
    if selection.municipality is not None:
        conditions.append(JourneySummary.municipality_id == selection.municipality)
    if selection.month:
        conditions.append(JourneySummary.month == selection.month)
    if selection.bypassed is not None:
        conditions.append(col(JourneySummary.bypassed).is_(selection.bypassed))
    return conditions


def _add_moving(work: Work, study: Study, selection: Selection, tally: Tally) -> None:
    """Undecided cases whose clock may still change by itself: it is read today from the facts it needs, in place of
    what is stored about it for later.
    """
    statement = select(
        JourneySummary.journey_id,
        JourneySummary.route,
        JourneySummary.municipality_id,
        JourneySummary.counted,
    ).where(
        JourneySummary.study_id == study.id,
        col(JourneySummary.moving_until) >= tally.today,
        *_narrowed(selection),
    )
    moving = work.session.exec(statement).all()
    modes = {row.id: Mode(row.counting_mode) for row in work.session.exec(select(Municipality)).all()}
    facts = _clock_facts(work, [key for key, _route, _place, _counted in moving])
    for key, route, place, counted in moving:
        for measure, state, value in counted:
            if measure in CLOCK_DAYS:
                tally.add(route, (measure, state, value), -1)
        for count in _count_moving(facts[key], tally.today, modes[place]):
            tally.add(route, count)


def _clock_facts(work: Work, journeys: Sequence[int]) -> Mapping[int, ClockFacts]:
    received = {row.journey_id: row.received_on for row in _rows(work, Application, journeys)}
    suspensions: dict[int, list[Any]] = defaultdict(list)
    for row in _rows(work, Suspension, journeys):
        suspensions[row.journey_id].append(rule_suspension(row))
    extensions: dict[int, list[RuleExtension]] = defaultdict(list)
    for row in _rows(work, Extension, journeys):
        extensions[row.journey_id].append(RuleExtension(row.sent_on, row.until))
    return {
        key: ClockFacts(day, tuple(suspensions[key]), tuple(extensions[key])) for key, day in received.items()
    }


def _rows(work: Work, model: Any, journeys: Sequence[int]) -> Iterator[Any]:
    """Present facts as plain rows: thousands of them for one page."""
    table = model.__table__
    for start in range(0, len(journeys), CHUNK):
        wanted = table.c.journey_id.in_(journeys[start : start + CHUNK])
        yield from work.session.execute(table.select().where(wanted, ~table.c.replaced).order_by(table.c.id))


def _count_moving(facts: ClockFacts, today: date, mode: Mode) -> Iterable[Count]:
    now = standing(facts, today, mode)
    yield (
        "application_net",
        "open",
        facts.received.toordinal() + min(now.suspended_days, (today - facts.received).days),
    )
    if now.last_day is None:
        yield "clock", "stopped", 0
        return
    is_late = today > now.last_day
    if is_late:
        yield "limit", "late", 0
    yield "clock", standing_of(now.used, is_late=is_late), 0
