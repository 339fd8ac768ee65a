"""What the page about throughput shows beside the lead times: where people are on the route, where they wait, and which
cases are near or past their last day.
"""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import select

from journey.models import Participant, Study
from journey.progress.counting import MONTH, NEAR_DAYS, undecided
from journey.report.leadtimes import LeadTime, LeadTimes, PairTime, lead_time, measure_tally, whole
from journey.report.queries import (
    Population,
    as_of,
    count_journeys,
    lead_times,
    list_routes,
    list_trips,
    may_see_journeys,
    published_promises,
)
from journey.report.tally import Selection, Spells, Tally
from journey.route.definition import RouteDefinition
from journey.rules.decision import Clock
from journey.rules.leadtimes import summary_of, waiting_median
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
class MonthTime:
    """From application to decision, of the applications of one month. Its median is that of all of them, decided or not
    (Kaplan-Meier): None while more than half still wait, when the month is too young for one.
    """

    month: date
    time: LeadTime


@dataclass(frozen=True)
class Handovers:
    """How often the contact person changed, as far as somebody recorded it: an unknown number never did."""

    journeys: int
    times: int


@dataclass(frozen=True)
class Throughput:
    """`funnels` and `limit` are None, and `months` empty, for who may not see the single journeys of participants;
    `form` and `handovers` where nothing was recorded, or too little to be shown.
    """

    times: LeadTimes
    longest: PairTime | None
    funnels: tuple[Funnel, ...] | None
    limit: LimitCounts | None
    cases: tuple[LimitCase, ...]
    months: tuple[MonthTime, ...] = ()
    form: LeadTime | None = None
    handovers: Handovers | None = None


def throughput(
    work: Work, study: Study, population: Population, route: str | None, selection: Selection | None = None
) -> Throughput:
    """Everything on the page. Invalid for a route that is not of the study.

    Who may not see the journeys gets the published lead times, whatever else was selected: a smaller selection would be
    the difference that gives people away (rules, 33).
    """
    routes = list_routes(work, study, route)
    if not may_see_journeys(work, population):
        times = lead_times(work, study, population, route)
        offered, handed = published_promises(work, study, route)
        return Throughput(
            times,
            longest_wait(times),
            None,
            None,
            (),
            form=offered,
            handovers=Handovers(*handed) if handed else None,
        )
    chosen = replace(selection or Selection(), route=route)
    tally = count_journeys(work, study, population, chosen)
    times = measure_tally(tally, routes, curves=False)
    form, changed = tally.spells("form"), tally.spells("handovers").ended
    return Throughput(
        times,
        longest_wait(times),
        tuple(_funnel(one, tally) for one in routes),
        count_limits(tally),
        _own_cases(work, study, chosen),
        tuple(
            MonthTime(date.fromisoformat(f"{month}-01"), month_time(tally.spells(MONTH + month)))
            for month in tally.months
        ),
        lead_time(form) if form.cases else None,
        Handovers(changed.total(), sum(times * n for times, n in changed.items())) if changed else None,
    )


def month_time(spells: Spells) -> LeadTime:
    """The time to decide of one month of applications (see `MonthTime`). Of a month too young for a median nothing else
    is said: only its quick decisions are there yet.
    """
    time = lead_time(spells)
    median = waiting_median(spells.ended, spells.open + spells.left)
    if median is None:
        return replace(time, median=None, mean=None, p90=None, max=None)
    return replace(time, median=median)


def longest_wait(times: LeadTimes) -> PairTime | None:
    """The pair of steps with the highest mean."""
    known = [pair for pair in times.pairs if pair.time.mean is not None]
    return max(known, key=lambda pair: pair.time.mean or 0, default=None)


def count_limits(tally: Tally) -> LimitCounts:
    return LimitCounts(
        running=tally.number("clock", "running"),
        near=tally.number("clock", "near"),
        late=tally.number("clock", "late"),
        stopped=tally.number("clock", "stopped"),
        no_application=tally.number("no_clock", "open"),
    )


def _own_cases(work: Work, study: Study, chosen: Selection) -> tuple[LimitCase, ...]:
    """The reader's own participants, soonest last day first; a lead sees those of the whole team."""
    if not work.actor.is_researcher:
        return ()
    statement = select(Participant).where(Participant.study_id == study.id, Participant.state != "erased")
    if work.actor.role != "lead":
        statement = statement.where(Participant.researcher_id == work.actor.id)
    codes = {person.journey_id: person.code for person in work.session.exec(statement).all()}
    day = as_of(work, study)
    found = [
        LimitCase(codes[trip.journey_id], trip.clock)
        for trip in list_trips(work, study, "participants", chosen.route)
        if trip.journey_id in codes and trip.clock is not None and undecided(trip, day) and chosen.takes(trip)
    ]
    urgent = [one for one in found if one.clock.days_used >= NEAR_DAYS or one.clock.days_late]
    return tuple(sorted(urgent, key=lambda one: (one.clock.last_day or date.max, one.code)))


def _funnel(route: RouteDefinition, tally: Tally) -> Funnel:
    steps = []
    for step in route.steps:
        waiting = tally.spells(f"waiting:{step.id}", route.id).open
        waited = summary_of(waiting, 0)
        steps.append(
            FunnelStep(
                step.id,
                step.name,
                reached=tally.number(f"reached:{step.id}", route=route.id),
                passed=tally.number(f"passed:{step.id}", route=route.id),
                waiting=waiting.total(),
                waiting_days=None if waited.median is None else whole(waited.median),
            )
        )
    still_open = tally.number("journeys", "open", route.id)
    return Funnel(
        route.id, route.name, still_open + tally.number("journeys", route=route.id), still_open, tuple(steps)
    )
