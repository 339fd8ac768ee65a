"""Counts of many journeys as small histograms per measure: from the stored counts for a whole municipality, or from
journeys one by one where a person's wishes have to be looked at (rules, 32 and 33).
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Text, cast
from sqlalchemy import select as select_columns
from sqlmodel import col, func, select

from journey.models import ClockSpan, LeadTimeCount, Municipality, Study
from journey.progress.counting import (
    APPLICATION,
    CLOCK_DAYS,
    MONTH,
    MONTHS,
    PLACES,
    Count,
    Stretch,
    count_clock,
    count_trip,
    on_day,
)
from journey.progress.summary import ALL, EVERYTHING, EVERYWHERE, YES_OR_NO
from journey.progress.trips import Trip
from journey.work import Work

_table: Any = LeadTimeCount.__table__  # type: ignore[attr-defined]
_spans: Any = ClockSpan.__table__  # type: ignore[attr-defined]


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
        """A count as it is today."""
        measure, state, value = count
        self._numbers[measure, state][route] += n
        if state == "open":
            if value:
                self._spells(measure, route).open[max(0, self.today.toordinal() - value)] += n
        elif state in ("ended", "left"):
            getattr(self._spells(measure, route), state)[value] += n

    def add_all(self, route: str, measure: str, state: str, histogram: Mapping[int, int]) -> None:
        """A stored histogram: days of the clock become how the cases stand today."""
        if measure in CLOCK_DAYS:
            for value, n in histogram.items():
                for count, times in on_day((measure, state, value), self.today):
                    self.add(route, count, n * times)
        elif state in ("ended", "left"):
            self._numbers[measure, state][route] += sum(histogram.values())
            getattr(self._spells(measure, route), state).update(histogram)
        else:
            self._numbers[measure, state][route] += sum(histogram.values())
            days, today = self._spells(measure, route).open, self.today.toordinal()
            for value, n in histogram.items():
                if value:
                    days[max(0, today - value)] += n

    def _spells(self, measure: str, route: str) -> Spells:
        of_measure = self._days.setdefault(measure, {})
        if route not in of_measure:
            of_measure[route] = Spells()
        return of_measure[route]

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
        """Of the applications, in order; nothing when one month was selected."""
        return sorted(name.removeprefix(MONTH) for name in self._days if name.startswith(MONTH))


def tally_of(trips: Iterable[Trip], today: date) -> Tally:
    """Of journeys that were read one by one."""
    tally = Tally(today)
    for trip in trips:
        for count in (*count_trip(trip, today), *count_clock(trip, today)):
            tally.add(trip.route.id, count)
            if count[0] == APPLICATION:
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
    which = (table.c.route, table.c.measure, table.c.state)
    days = _as_json(work, table.c.value, table.c.n)
    statement = select_columns(*which, days).where(*conditions).group_by(*which)
    for route, measure, state, text in work.session.execute(statement).all():
        tally.add_all(route, measure, state, json.loads(text, object_pairs_hook=_histogram))
    _add_spans(work, study, selection, tally)
    return tally


def _as_json(work: Work, value: Any, n: Any) -> Any:
    """A histogram as one text: a page then fetches some hundred rows and not some thousands."""
    if work.session.get_bind().dialect.name == "postgresql":
        return cast(func.json_object_agg(value, n), Text)
    return func.json_group_object(value, n)


def _histogram(pairs: Iterable[tuple[str, int]]) -> dict[int, int]:
    return {int(value): n for value, n in pairs}


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


def _add_spans(work: Work, study: Study, selection: Selection, tally: Tally) -> None:
    """The clocks that may still change by themselves, as they stand today."""
    day, table = tally.today.toordinal(), _spans
    conditions: list[Any] = [
        table.c.study_id == study.id,
        table.c.last_on >= day,
        table.c.first_on <= day,
    ]
    chosen = {
        "route": selection.route,
        "municipality_id": selection.municipality,
        "month": selection.month or None,
        "bypassed": selection.bypassed,
    }
    conditions += [table.c[name] == value for name, value in chosen.items() if value is not None]
    how = (table.c.route, table.c.started, table.c.near, table.c.due, table.c.net_days)
    statement = select_columns(*how, func.sum(table.c.n)).where(*conditions).group_by(*how)
    for route, started, near, due, net_days, n in work.session.execute(statement).all():
        for count, times in Stretch(day, day, int(n), started, near, due, net_days).on_day(tally.today):
            tally.add(route, count, times)
