"""Lead times of participants as a batch keeps them: per route and measure a few histograms, each of which moves only
when enough of its own people changed (rules, 33).

A sum over routes is made of what each route published, so that it moves with them and tells nothing more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, Self

from journey.models import Batch, Study
from journey.progress.counting import count_clock, count_trip
from journey.progress.trips import Trip
from journey.report.behind import Behind, Everybody, Marker, decide, looks_at
from journey.report.figures import FEW_JOURNEYS, why_hidden
from journey.report.leadtimes import MEASURES, LeadTime, LeadTimes, lead_time, measure_tally
from journey.report.tally import Tally
from journey.route.definition import RouteDefinition
from journey.rules.disclosure import CHANGED, Renewal, Verdict, disclose, is_shown

FORM: Final = "form"
HANDOVERS: Final = "handovers"
LIMIT: Final = "limit"
PUBLISHED: Final = frozenset({*MEASURES, FORM, HANDOVERS, LIMIT})
KEPT, LATE = 1, 0

Cell = tuple[str, str]


@dataclass(frozen=True)
class CountedTime:
    """One measure on one route before hiding: how many took so many days, are open since so many days, or left after
    so many. Of the limit `ended` says how many kept to it (1) or not (0), of hand-overs how often. `kept_from` is the
    ISO day since which it stands unchanged; `withheld`: not even that.
    """

    ended: dict[int, int] = field(default_factory=dict)
    open: dict[int, int] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)
    kept_from: str | None = None
    withheld: bool = False

    @property
    def n(self) -> int:
        return sum(self.ended.values())

    def size(self, minimum: int) -> int:
        """How many it counts for as a part of a sum: who ended; one of which all are still open is not nobody, because
        the number of open cases and the curve of the sum would show them.
        """
        others = sum(self.open.values()) + sum(self.left.values())
        return self.n if is_shown(self.n, minimum) or not (self.n or others) else max(self.n, 1)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        days = {name: {int(day): n for day, n in data[name].items()} for name in ("ended", "open", "left")}
        return cls(**{**data, **days})


@dataclass(frozen=True)
class _Now:
    """One measure on one route as it is, and who is behind it; those who ended are the ones who `spoke`."""

    time: CountedTime
    behind: Behind


def count_times(
    trips: Iterable[Trip], people: Mapping[int, int], day: date, marker: Marker
) -> dict[Cell, _Now]:
    """Per route and measure; `people` goes from a journey to whose it is."""
    histograms: dict[Cell, dict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    marks: dict[Cell, dict[str, str]] = defaultdict(dict)
    ended: dict[Cell, list[str]] = defaultdict(list)
    for trip in trips:
        person = people[trip.journey_id]
        for measure, state, value in (*count_trip(trip, day), *count_clock(trip, day)):
            if measure not in PUBLISHED and not measure.startswith("pair:"):
                continue
            cell = (trip.route.id, measure)
            if measure == LIMIT:
                state, value = "ended", KEPT if state == "kept" else LATE
            # What is open began on a day that stays the same; a clock that stands still would move it daily.
            since = trip.case.received if measure == "application_net" and state == "open" else value
            marks[cell][str(person)] = marker(person, [*cell, state, since])
            if state == "ended":
                ended[cell].append(str(person))
            histograms[cell][state][day.toordinal() - value if state == "open" else value] += 1
    return {
        cell: _Now(
            CountedTime(dict(days["ended"]), dict(days["open"]), dict(days["left"])),
            Behind(marks[cell], ended[cell]),
        )
        for cell, days in histograms.items()
    }


def renew_times(
    now: Mapping[Cell, _Now], earlier: Sequence[tuple[Batch, Everybody]], batch_size: int
) -> tuple[dict[Cell, CountedTime], Everybody]:
    """The measures of the next batch, each renewed, kept as it was or withheld, and who is behind them."""
    last = read_times(earlier[-1][0]) if earlier else {}
    times: dict[Cell, CountedTime] = {}
    everybody: dict[str, Behind] = {}
    for cell in sorted(now.keys() | last.keys()):
        looks = looks_at(earlier, name(cell))
        fresh = now.get(cell, _Now(CountedTime(), Behind({})))
        decided = decide(looks, fresh.behind, batch_size)
        was = last.get(cell)
        if decided is Renewal.renew:
            times[cell], everybody[name(cell)] = fresh.time, fresh.behind
        elif decided is Renewal.keep and was is not None and not was.withheld:
            since = was.kept_from or earlier[-1][0].as_of.isoformat()
            times[cell], everybody[name(cell)] = replace(was, kept_from=since), looks[-1]
        else:
            times[cell] = CountedTime(withheld=True)
    return times, everybody


def name(cell: Cell) -> str:
    return "/".join(("time", *cell))


def store_times(times: Mapping[Cell, CountedTime]) -> list[dict[str, Any]]:
    return [{"route": route, "measure": measure, **asdict(time)} for (route, measure), time in times.items()]


def read_times(batch: Batch) -> dict[Cell, CountedTime]:
    """Nothing of a batch from before each measure moved by itself."""
    found = {}
    for stored in batch.lead_times.get("measures", ()):
        data = {key: value for key, value in stored.items() if key not in ("route", "measure")}
        found[stored["route"], stored["measure"]] = CountedTime.from_json(data)
    return found


@dataclass(frozen=True)
class PublishedTimes:
    """What managers see of participants: lead times, how long until the form was offered, and hand-overs as (journeys,
    times); None when hidden or not recorded.
    """

    times: LeadTimes
    form: LeadTime | None
    handovers: tuple[int, int] | None


def published_times(
    batch: Batch, study: Study, routes: Sequence[RouteDefinition], route: str | None
) -> PublishedTimes:
    """Each measure by its own N; a sum over routes only when no route that is hidden follows from it."""
    day = date.fromisoformat(batch.lead_times["as_of"])
    cells = {cell: time for cell, time in read_times(batch).items() if route in (None, cell[0])}
    tally = _tally(cells, day)
    counted = measure_tally(tally, routes)
    seen = _Judge(cells, study.minimum_group)
    measures = {one: seen.shown(one, getattr(counted, one)) for one in MEASURES}
    if not seen.verdict(LIMIT).shown:
        measures["application"] = replace(
            measures["application"], within_limit=None, within_of=None, share_within_limit=None
        )
    pairs = []
    for pair in counted.pairs:
        time = seen.shown(f"pair:{pair.from_step}>{pair.to_step}", pair.time)
        pairs.append(replace(pair, time=time, within_norm=pair.within_norm if time.shown else None))
    times = LeadTimes(**measures, pairs=tuple(pairs), as_of=day, batch=batch.number)
    handed = tally.spells(HANDOVERS).ended
    return PublishedTimes(
        times,
        seen.shown(FORM, lead_time(tally.spells(FORM))) if seen.verdict(FORM).shown else None,
        (handed.total(), sum(often * n for often, n in handed.items()))
        if seen.verdict(HANDOVERS).shown
        else None,
    )


@dataclass(frozen=True)
class _Judge:
    """Decides per measure over the routes that a reader asked for."""

    cells: Mapping[Cell, CountedTime]
    minimum: int

    def verdict(self, measure: str) -> Verdict:
        parts = {route: time for (route, one), time in self.cells.items() if one == measure}
        if any(time.withheld for time in parts.values()):
            return Verdict(shown=False, reason=CHANGED)
        judged = disclose(
            {route: time.size(self.minimum) for route, time in parts.items()}, self.minimum
        ).total
        if not judged.shown:
            return judged
        n = sum(time.n for time in parts.values())
        return disclose({None: n}, self.minimum).parts[None]

    def shown(self, measure: str, time: LeadTime) -> LeadTime:
        judged = self.verdict(measure)
        if not judged.shown:
            return LeadTime(shown=False, reason=why_hidden(judged, FEW_JOURNEYS))
        kept = [
            time.kept_from for (_route, one), time in self.cells.items() if one == measure and time.kept_from
        ]
        return replace(time, kept_from=min(kept, default=None))


def _tally(cells: Mapping[Cell, CountedTime], day: date) -> Tally:
    """As the measures were counted: what was open on an older day is open since as long as it was then."""
    tally = Tally(day)
    for (route, measure), time in cells.items():
        if measure == LIMIT:
            for state, value in (("kept", KEPT), ("late", LATE)):
                tally.add(route, (LIMIT, state, 0), time.ended.get(value, 0))
            continue
        began = {(day - timedelta(days=days)).toordinal(): n for days, n in time.open.items()}
        for state, histogram in (("ended", time.ended), ("open", began), ("left", time.left)):
            tally.add_all(route, measure, state, histogram)
    return tally
