"""From the facts of journeys to lead times: gate, application and total are three figures and never one (rules, 23-25).

Nothing here knows a reader; what managers may see of the participants' lead times is decided in `queries`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any, Self

from journey.clock import local_day
from journey.progress.queries import Facts, clock_of
from journey.report.figures import one_decimal
from journey.route.definition import RouteDefinition
from journey.route.queries import closing_id, opening_id
from journey.rules import leadtimes as rules
from journey.rules.decision import Clock
from journey.rules.errors import DomainError
from journey.rules.leadtimes import CurvePoint, Spell

LIMIT_DAYS = 56
NEAR_DAYS = 42
MEASURES = ("gate", "application", "application_net", "total", "total_without_wait")
PASSED_BY = ("skipped", "bypassed")

# The step with which the four weeks of young people are recorded (rules, 19); adults have none.
WAIT_STEP = "zoektermijn"


@dataclass(frozen=True)
class LeadTime:
    """One lead time in calendar days; every figure is None when hidden or when nobody is that far.

    `cases` counts ended, open and departed ones. `within_limit` is a number of cases and `share_within_limit` 0-1,
    only for the application.
    """

    n: int | None = None
    open: int | None = None
    mean: float | None = None
    median: float | None = None
    p90: int | None = None
    max: int | None = None
    curve: tuple[CurvePoint, ...] = ()
    within_limit: int | None = None
    share_within_limit: float | None = None
    cases: int = 0
    shown: bool = True
    reason: str | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        points = tuple(CurvePoint(**point) for point in data["curve"])
        return cls(**{**data, "curve": points})


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

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "time": LeadTime.from_json(data["time"])})


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

    @classmethod
    def from_json(cls, data: Mapping[str, Any], as_of: date, batch: int) -> Self:
        measures = {name: LeadTime.from_json(data[name]) for name in MEASURES}
        pairs = tuple(PairTime.from_json(pair) for pair in data["pairs"])
        return cls(**measures, pairs=pairs, as_of=as_of, batch=batch)


@dataclass(frozen=True)
class Trip:
    """One journey as its lead times need it.

    `first` holds the first day of each step; `passed` the day a step was skipped or taken away; `aside` the steps of
    which nothing may be used; `left_on` the day after which nothing is known any more.
    """

    journey_id: int
    route: RouteDefinition
    first: Mapping[str, date]
    case: rules.Case
    clock: Clock | None
    passed: Mapping[str, date] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()

    @property
    def ended_on(self) -> date | None:
        return self.case.sent or self.case.left_on


def trip_of(
    facts: Facts,
    route: RouteDefinition,
    today: date,
    mode: str,
    *,
    stopped_on: date | None = None,
    aside: frozenset[str] = frozenset(),
) -> Trip:
    """The lead-time facts of one journey.

    Who stopped taking part is followed no further: what had not ended then is censored on that day. An application
    that the applicant took back ends without a decision (rules, 24).
    """
    clock = _clock(facts, today, mode)
    decision = facts.decision
    sent = decision.sent_on if decision and decision.outcome != "withdrawn" else None
    left = [facts.departure.left_on] if facts.departure else []
    if decision and decision.outcome == "withdrawn":
        left.append(decision.sent_on)
    if stopped_on is not None:
        left.append(stopped_on)
    received = facts.application.received_on if facts.application else None
    first = rules.first_occurrences(
        (row.step, row.happened_on) for row in facts.progress if row.state == "done" and row.happened_on
    )
    for step, day in ((opening_id(route, "application"), received), (closing_id(route, "application"), sent)):
        if step is not None and day is not None:
            first[step] = day
    kept = {step: day for step, day in first.items() if step not in aside}
    sent = None if closing_id(route, "application") in aside else sent
    case = rules.Case(
        desk_visit=kept.get(opening_id(route, "total") or ""),
        received=None if opening_id(route, "application") in aside else received,
        sent=sent,
        suspended_days=clock.suspended_days if clock else 0,
        last_day=clock.last_day if clock else None,
        left_on=None if sent else min(left, default=None),
        reported=facts.melding.reported_on if facts.melding and route.find_step(WAIT_STEP) else None,
    )
    passed = {
        row.step: row.happened_on or local_day(row.recorded_at)
        for row in facts.progress
        if row.state in PASSED_BY and row.step not in aside
    }
    return Trip(facts.journey.id or 0, route, kept, case, clock, passed, aside)


def _clock(facts: Facts, today: date, mode: str) -> Clock | None:
    """None without an application, and for dates that contradict each other: one bad import stops no page."""
    try:
        return clock_of(facts, today, mode)
    except DomainError:
        return None


def measure(trips: Sequence[Trip], routes: Sequence[RouteDefinition], today: date) -> LeadTimes:
    """All lead times of these journeys as known on `today`; `routes` are those of the study, in its order."""
    judged = rules.count_within_limit((trip.case for trip in trips if _decided_is_known(trip)), today)
    application = lead_time(_application(trip, today, rules.application) for trip in trips)
    return LeadTimes(
        gate=lead_time(_gate(trip, today) for trip in trips),
        application=replace(
            application,
            within_limit=judged.within,
            share_within_limit=None if judged.share is None else round(judged.share, 4),
        ),
        application_net=lead_time(_application(trip, today, rules.application_net) for trip in trips),
        total=lead_time(_total(trip, today, rules.total) for trip in trips),
        total_without_wait=lead_time(_total(trip, today, rules.total_without_wait) for trip in trips),
        pairs=_pairs(trips, routes, today),
        as_of=today,
    )


def lead_time(spells: Iterable[Spell | None]) -> LeadTime:
    known = [one for one in spells if one is not None]
    counted = rules.summary(known)
    return LeadTime(
        n=counted.n,
        open=counted.open,
        mean=None if counted.mean is None else one_decimal(counted.mean),
        median=None if counted.median is None else whole(counted.median),
        p90=counted.p90,
        max=counted.max,
        curve=tuple(
            CurvePoint(point.day, round(point.waiting, 4), round(point.low, 4), round(point.high, 4))
            for point in rules.curve_of(known)
        ),
        cases=len(known),
    )


def whole(value: float) -> float | int:
    """`36`, not `36.0`; halves stay."""
    return int(value) if float(value).is_integer() else value


def _gate(trip: Trip, today: date) -> Spell | None:
    start, end = opening_id(trip.route, "gate"), closing_id(trip.route, "gate")
    if start is None or end is None or end in trip.aside:
        return None
    gone = [day for day in (trip.ended_on, trip.passed.get(end)) if day is not None]
    return rules.spell(trip.first.get(start), trip.first.get(end), today, min(gone, default=None))


def _decided_is_known(trip: Trip) -> bool:
    """Whether the end of the journey may be used: not when the answers from an earlier step on were set aside."""
    return closing_id(trip.route, "application") not in trip.aside


def _application(trip: Trip, today: date, rule: Callable[[rules.Case, date], Spell | None]) -> Spell | None:
    return rule(trip.case, today) if _decided_is_known(trip) else None


def _total(trip: Trip, today: date, rule: Callable[[rules.Case, date], Spell | None]) -> Spell | None:
    if opening_id(trip.route, "total") is None or not _decided_is_known(trip):
        return None
    return rule(trip.case, today)


def _pairs(trips: Sequence[Trip], routes: Sequence[RouteDefinition], today: date) -> tuple[PairTime, ...]:
    """Every pair of consecutive steps of every route, in route order; the same pair on two routes counts together."""
    spells: dict[tuple[str, str], list[Spell]] = defaultdict(list)
    norms: dict[tuple[str, str], tuple[int, str]] = {}
    for route in routes:
        spells.update({key: [] for key in pairwise(route.step_ids) if key not in spells})
        for norm in route.norms:
            norms.setdefault((norm.from_step, norm.to_step), (norm.within_days, norm.text))
    for trip in trips:
        found = rules.pairs(trip.route.step_ids, trip.first, today, trip.ended_on)
        for key in pairwise(trip.route.step_ids):
            one = found.get(key)
            known = spells[key]
            if one is None or key[1] in trip.aside:
                continue
            if one.open and key[1] in trip.passed:
                one = rules.spell(trip.first[key[0]], None, today, trip.passed[key[1]]) or one
            known.append(one)
    return tuple(_pair(key, known, norms.get(key)) for key, known in spells.items())


def _pair(key: tuple[str, str], spells: Sequence[Spell], norm: tuple[int, str] | None) -> PairTime:
    if norm is None:
        return PairTime(*key, lead_time(spells))
    days, text = norm
    within = sum(one.ended and one.days <= days for one in spells)
    return PairTime(*key, lead_time(spells), days, text, within)
