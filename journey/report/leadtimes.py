"""From the facts of journeys to lead times: gate, application and total are three figures and never one (rules, 23-25).

Nothing here knows a reader; what managers may see of the participants' lead times is decided in `queries`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise

from journey.progress.trips import Trip
from journey.report.figures import one_decimal
from journey.report.tally import Spells, Tally, tally_of
from journey.route.definition import RouteDefinition
from journey.rules import leadtimes as rules
from journey.rules.leadtimes import CurvePoint

LIMIT_DAYS = 56
MEASURES = ("gate", "application", "application_net", "total", "total_without_wait")


@dataclass(frozen=True)
class LeadTime:
    """One lead time in calendar days; every figure is None when hidden or when nobody is that far.

    `cases` counts ended, open and departed ones. `within_limit` is how many of the `within_of` cases that can be judged
    kept to their own last day, and `share_within_limit` the same as 0-1; only for the application. `kept_from`: the ISO
    day of the batch since which it stands unchanged.
    """

    n: int | None = None
    open: int | None = None
    mean: float | None = None
    median: float | None = None
    p90: int | None = None
    max: int | None = None
    curve: tuple[CurvePoint, ...] = ()
    within_limit: int | None = None
    within_of: int | None = None
    share_within_limit: float | None = None
    cases: int = 0
    shown: bool = True
    reason: str | None = None
    kept_from: str | None = None


@dataclass(frozen=True)
class PairTime:
    """From one step to the next, with what was promised; `within_norm` of `time.n`."""

    from_step: str
    to_step: str
    time: LeadTime
    norm_days: int | None = None
    norm_text: str = ""
    within_norm: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.from_step, self.to_step


@dataclass(frozen=True)
class LeadTimes:
    """All lead times of one population; `as_of` None and `batch` None when nothing was published yet."""

    gate: LeadTime
    application: LeadTime
    application_net: LeadTime
    total: LeadTime
    total_without_wait: LeadTime
    pairs: tuple[PairTime, ...]
    as_of: date | None = None
    batch: int | None = None


def measure(trips: Sequence[Trip], routes: Sequence[RouteDefinition], today: date) -> LeadTimes:
    """All lead times of these journeys as known on `today`; `routes` are those of the study, in its order."""
    return measure_tally(tally_of(trips, today), routes)


def measure_tally(tally: Tally, routes: Sequence[RouteDefinition], *, curves: bool = True) -> LeadTimes:
    """The same from counts; without `curves` only the application has one, which is what a page draws."""
    kept, late = tally.number("limit", "kept"), tally.number("limit", "late")
    lead_time = partial(_lead_time, curve=curves)
    application = replace(
        _lead_time(tally.spells("application"), curve=True),
        within_limit=kept,
        within_of=kept + late,
        share_within_limit=_share(kept, kept + late),
    )
    return LeadTimes(
        gate=lead_time(tally.spells("gate")),
        application=application,
        application_net=lead_time(tally.spells("application_net")),
        total=lead_time(tally.spells("total")),
        total_without_wait=lead_time(tally.spells("total_without_wait")),
        pairs=_pairs(tally, routes, lead_time),
        as_of=tally.today,
    )


def _share(part: int, of: int) -> float | None:
    """Rounded to four decimals, and 1 only for all of them."""
    if not of:
        return None
    return round(part / of, 4) if part == of else min(round(part / of, 4), 0.9999)


def lead_time(spells: Spells) -> LeadTime:
    """The figures of these spells, without a curve."""
    return _lead_time(spells, curve=False)


def _lead_time(spells: Spells, *, curve: bool) -> LeadTime:
    counted = rules.summary_of(spells.ended, spells.open.total())
    return LeadTime(
        n=counted.n,
        open=counted.open,
        mean=None if counted.mean is None else one_decimal(counted.mean),
        median=None if counted.median is None else whole(counted.median),
        p90=counted.p90,
        max=counted.max,
        curve=tuple(
            CurvePoint(point.day, round(point.waiting, 4), round(point.low, 4), round(point.high, 4))
            for point in rules.curve_of_counts(spells.ended, spells.open + spells.left)
        )
        if curve
        else (),
        cases=spells.cases,
    )


def whole(value: float) -> float | int:
    """`36`, not `36.0`; halves stay."""
    return int(value) if float(value).is_integer() else value


def _pairs(
    tally: Tally, routes: Sequence[RouteDefinition], lead_time: Callable[[Spells], LeadTime]
) -> tuple[PairTime, ...]:
    """Every pair of consecutive steps of every route, in route order; the same pair on two routes counts together."""
    keys: dict[tuple[str, str], None] = {}
    norms: dict[tuple[str, str], tuple[int | None, str]] = {}
    for route in routes:
        keys.update(dict.fromkeys(pairwise(route.step_ids)))
        for norm in route.norms:
            norms.setdefault((norm.from_step, norm.to_step), (norm.within_days, norm.text))
    keys.update(dict.fromkeys(tally.pairs))
    found = []
    for key in keys:
        spells = tally.spells(f"pair:{key[0]}>{key[1]}")
        days, text = norms.get(key, (None, ""))
        within = None if days is None else sum(n for took, n in spells.ended.items() if took <= days)
        found.append(PairTime(*key, lead_time(spells), days, text, within))
    return tuple(found)
