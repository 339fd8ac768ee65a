"""What the page about throughput shows beside the lead times: where people are on the route, where they wait, and which
cases are near or past their last day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from sqlmodel import select

from journey.models import Participant, Study
from journey.report.leadtimes import NEAR_DAYS, LeadTimes, PairTime, Trip, measure, whole
from journey.report.queries import (
    Population,
    as_of,
    lead_times,
    list_routes,
    list_trips,
    may_see_journeys,
)
from journey.route.definition import RouteDefinition
from journey.rules.decision import Clock, ClockState
from journey.work import Work


@dataclass(frozen=True)
class FunnelStep:
    """How many journeys of the route reached a step, were allowed past it, or wait after it now (and how long)."""

    step: str
    name: str
    reached: int
    passed: int
    waiting: int
    waiting_days: float | int | None


@dataclass(frozen=True)
class Funnel:
    """`journeys` on the route in all, of which `open` have not ended."""

    route: str
    name: str
    journeys: int
    open: int
    steps: tuple[FunnelStep, ...]


@dataclass(frozen=True)
class LimitCounts:
    """Undecided cases: running well, from day 42 on, past the last day, and those whose clock stands still."""

    running: int
    near: int
    late: int
    stopped: int
    no_application: int


@dataclass(frozen=True)
class LimitCase:
    """An undecided case near or past its last day, for researchers only."""

    code: str
    clock: Clock


@dataclass(frozen=True)
class Throughput:
    """`funnels` and `limit` are None for who may not see the single journeys of participants."""

    times: LeadTimes
    longest: PairTime | None
    funnels: tuple[Funnel, ...] | None
    limit: LimitCounts | None
    cases: tuple[LimitCase, ...]


def throughput(work: Work, study: Study, population: Population, route: str | None) -> Throughput:
    """Everything on the page, from one reading of the journeys. Invalid for a route that is not of the study."""
    routes = list_routes(work, study, route)
    if not may_see_journeys(work, population):
        times = lead_times(work, study, population, route)
        return Throughput(times, longest_wait(times), None, None, ())
    day = as_of(work, study)
    trips = list_trips(work, study, population, route)
    times = measure(trips, routes, day)
    return Throughput(
        times,
        longest_wait(times),
        tuple(_funnel(one, [trip for trip in trips if trip.route.id == one.id], day) for one in routes),
        count_limits(trips, day),
        _own_cases(work, study, trips, day),
    )


def longest_wait(times: LeadTimes) -> PairTime | None:
    """The pair of steps with the highest mean."""
    known = [pair for pair in times.pairs if pair.time.mean is not None]
    return max(known, key=lambda pair: pair.time.mean or 0, default=None)


def count_limits(trips: Sequence[Trip], today: date) -> LimitCounts:
    clocks = [trip.clock for trip in trips if _undecided(trip, today)]
    known = [clock for clock in clocks if clock is not None]
    running = [clock for clock in known if clock.clock is ClockState.running]
    late = sum(clock.days_late > 0 for clock in running)
    near = sum(clock.days_used >= NEAR_DAYS and not clock.days_late for clock in running)
    return LimitCounts(
        running=len(running) - late - near,
        near=near,
        late=late,
        stopped=len(known) - len(running),
        no_application=len(clocks) - len(known),
    )


def _undecided(trip: Trip, today: date) -> bool:
    return trip.ended_on is None or trip.ended_on > today


def _own_cases(work: Work, study: Study, trips: Sequence[Trip], today: date) -> tuple[LimitCase, ...]:
    """The reader's own participants, soonest last day first; a lead sees those of the whole team."""
    if not work.actor.is_researcher:
        return ()
    statement = select(Participant).where(Participant.study_id == study.id, Participant.state != "erased")
    if work.actor.role != "lead":
        statement = statement.where(Participant.researcher_id == work.actor.id)
    codes = {person.journey_id: person.code for person in work.session.exec(statement).all()}
    found = [
        LimitCase(codes[trip.journey_id], trip.clock)
        for trip in trips
        if trip.journey_id in codes and trip.clock is not None and _undecided(trip, today)
    ]
    urgent = [one for one in found if one.clock.days_used >= NEAR_DAYS or one.clock.days_late]
    return tuple(sorted(urgent, key=lambda one: (one.clock.last_day or date.max, one.code)))


def _funnel(route: RouteDefinition, trips: Sequence[Trip], today: date) -> Funnel:
    waiting: dict[str, list[int]] = {}
    for trip in trips:
        done = [
            (day, route.position(step), step) for step, day in trip.first.items() if route.find_step(step)
        ]
        if done and _undecided(trip, today):
            day, _position, step = max(done)
            waiting.setdefault(step, []).append((today - day).days)
    steps = tuple(
        FunnelStep(
            step.id,
            step.name,
            reached=sum(step.id in trip.first for trip in trips),
            passed=sum(step.id in trip.passed and step.id not in trip.first for trip in trips),
            waiting=len(waiting.get(step.id, ())),
            waiting_days=whole(median(waiting[step.id])) if step.id in waiting else None,
        )
        for step in route.steps
    )
    still_open = sum(_undecided(trip, today) for trip in trips)
    return Funnel(route.id, route.name, len(trips), still_open, steps)
