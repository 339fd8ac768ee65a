"""Counts of many journeys as small histograms per measure: from the stored counts for a whole municipality, or from
journeys one by one where a person's wishes have to be looked at (rules, 32 and 33).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import col, func, select

from journey.models import (
    Application,
    Extension,
    JourneySummary,
    LeadTimeCount,
    Municipality,
    Study,
    Suspension,
)
from journey.progress.counting import Count, count_clock, count_received, count_trip, standing_of
from journey.progress.queries import rule_suspension
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
    """Histograms by route and measure. `spells` has days; `number` counts journeys in a state."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._days: dict[tuple[str, str], Spells] = defaultdict(Spells)
        self._numbers: Counter[tuple[str, str, str]] = Counter()

    def add(self, route: str, count: Count, n: int = 1) -> None:
        measure, state, value = count
        self._numbers[route, measure, state] += n
        if state == "open" and value:
            self._days[route, measure].open[max(0, self.today.toordinal() - value)] += n
        elif state in ("ended", "left"):
            getattr(self._days[route, measure], state)[value] += n

    def spells(self, measure: str, route: str | None = None) -> Spells:
        """Over all routes, or of one."""
        found = Spells()
        for (one, name), spells in self._days.items():
            if name == measure and route in (None, one):
                found.add(spells)
        return found

    def number(self, measure: str, state: str = "ended", route: str | None = None) -> int:
        return sum(
            n
            for (one, name, how), n in self._numbers.items()
            if (name, how) == (measure, state) and route in (None, one)
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        names = dict.fromkeys(name for _route, name in self._days if name.startswith("pair:"))
        return [(start, end) for start, _, end in (name[5:].partition(">") for name in names)]


def tally_of(trips: Iterable[Trip], today: date) -> Tally:
    """Of journeys that were read one by one."""
    tally = Tally(today)
    for trip in trips:
        for count in (*count_trip(trip, today), *count_clock(trip, today)):
            tally.add(trip.route.id, count)
    return tally


def read_tally(work: Work, study: Study, selection: Selection, today: date) -> Tally:
    """Of all journeys of the study, from the stored counts."""
    tally = Tally(today)
    table = _table
    places = (table.c.route, table.c.measure, table.c.state, table.c.value)
    statement = (
        select_columns(*places, func.sum(table.c.n))
        .where(table.c.study_id == study.id, *_narrowed(LeadTimeCount, selection))
        .group_by(*places)
    )
    for route, measure, state, value, n in work.session.execute(statement):
        if measure == "received":
            for count in count_received(date.fromordinal(value), today):
                tally.add(route, count, int(n))
        else:
            tally.add(route, (measure, state, value), int(n))
    _add_moving(work, study, selection, tally)
    return tally


def read_months(work: Work, study: Study, selection: Selection) -> dict[str, Counter[int]]:
    """Days from application to decision, by month of the application."""
    statement = (
        select(LeadTimeCount.month, LeadTimeCount.value, func.sum(LeadTimeCount.n))
        .where(
            LeadTimeCount.study_id == study.id,
            LeadTimeCount.measure == "application",
            LeadTimeCount.state == "ended",
            *_narrowed(LeadTimeCount, selection),
        )
        .group_by(col(LeadTimeCount.month), col(LeadTimeCount.value))
    )
    months: dict[str, Counter[int]] = defaultdict(Counter)
    for month, value, n in work.session.execute(statement):
        months[month][value] += int(n)
    return dict(sorted(months.items()))


def months_of(trips: Iterable[Trip], today: date) -> dict[str, Counter[int]]:
    months: dict[str, Counter[int]] = defaultdict(Counter)
    for trip in trips:
        for measure, state, value in count_trip(trip, today):
            if (measure, state) == ("application", "ended"):
                months[trip.month][value] += 1
    return dict(sorted(months.items()))


def list_choices(work: Work, study: Study, routes: Sequence[str]) -> tuple[list[tuple[int, str]], list[str]]:
    """The municipalities and the months that journeys of this study have, to choose from."""
    statement = (
        select(LeadTimeCount.municipality_id, LeadTimeCount.month)
        .where(
            LeadTimeCount.study_id == study.id,
            col(LeadTimeCount.route).in_(routes),
            LeadTimeCount.measure == "journeys",
        )
        .distinct()
    )
    found = work.session.exec(statement).all()
    ids = {place for place, _month in found}
    named = work.session.exec(
        select(Municipality.id, Municipality.name)
        .where(col(Municipality.id).in_(ids))
        .order_by(Municipality.name)
    ).all()
    months = sorted({month for _place, month in found if month}, reverse=True)
    return [(place or 0, name) for place, name in named], months


def _narrowed(table: Any, selection: Selection) -> list[Any]:
    """The conditions of a selection on a table that has its columns."""
    conditions = []
    if selection.route is not None:
        conditions.append(table.route == selection.route)
    if selection.municipality is not None:
        conditions.append(table.municipality_id == selection.municipality)
    if selection.month:
        conditions.append(table.month == selection.month)
    if selection.bypassed is not None:
        conditions.append(col(table.bypassed).is_(selection.bypassed))
    return conditions


def _add_moving(work: Work, study: Study, selection: Selection, tally: Tally) -> None:
    """Undecided cases with suspensions or notices of delay: their clock is read today, from the facts it needs."""
    statement = select(JourneySummary.journey_id, JourneySummary.route, JourneySummary.municipality_id).where(
        JourneySummary.study_id == study.id,
        col(JourneySummary.moving).is_(True),
        *_narrowed(JourneySummary, selection),
    )
    moving = work.session.exec(statement).all()
    modes = {row.id: Mode(row.counting_mode) for row in work.session.exec(select(Municipality)).all()}
    facts = _clock_facts(work, [key for key, _route, _place in moving])
    for key, route, place in moving:
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
