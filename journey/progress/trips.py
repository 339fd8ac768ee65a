"""One journey as its lead times need it: which day of each step counts, when it ended, and the days between (rules,
23-25). Nothing here knows a reader.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from journey.clock import local_day
from journey.models import CaseEvent, Progress
from journey.progress.queries import Facts, clock_of, rule_suspension
from journey.route.definition import RouteDefinition
from journey.route.queries import closing_id, opening_id
from journey.rules import leadtimes as rules
from journey.rules.decision import Clock
from journey.rules.errors import DomainError
from journey.rules.leadtimes import Spell
from journey.rules.standing import Facts as ClockFacts
from journey.rules.suspension import Extension

PASSED_BY = ("skipped", "bypassed")

# The step with which the four weeks of young people are recorded (rules, 19); adults have none.
WAIT_STEP = "zoektermijn"


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
    municipality_id: int = 0
    bypassed: bool = False
    handovers: int = 0
    form_offered: date | None = None

    @property
    def month(self) -> str:
        """Of the application, `2026-02`; empty without one."""
        return f"{self.case.received:%Y-%m}" if self.case.received else ""

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
    """The lead-time facts of one journey as known on `today`: what is dated later has not happened.

    Who stopped taking part is followed no further: what had not ended then is censored on that day. An application
    that the applicant took back ends without a decision, whatever day its last step has (rules, 24).
    """
    facts = _happened(facts, today)
    decision = facts.decision
    taken_back = _is_taken_back(facts)
    sent = decision.sent_on if decision and not taken_back else None
    left = [facts.departure.left_on] if facts.departure else []
    if decision and decision.outcome == "withdrawn":
        left.append(decision.sent_on)
    if stopped_on is not None:
        left.append(stopped_on)
    # For who left, the clock is read on that day: nothing runs or stands still after it.
    clock = (
        find_trip_clock(facts, min([today, *left]), mode)
        if sent is None
        else find_trip_clock(facts, today, mode)
    )
    received = facts.application.received_on if facts.application else None
    first = rules.first_occurrences(
        (row.step, row.happened_on) for row in facts.progress if row.state == "done" and row.happened_on
    )
    closing = closing_id(route, "application")
    if taken_back:
        first.pop(closing or "", None)
    for step, day in ((opening_id(route, "application"), received), (closing, sent)):
        if step is not None and day is not None:
            first[step] = day
    kept = {step: day for step, day in first.items() if step not in aside}
    sent = None if closing in aside else sent
    case = rules.Case(
        desk_visit=kept.get(opening_id(route, "total") or ""),
        received=None if opening_id(route, "application") in aside else received,
        sent=sent,
        suspended_days=clock.suspended_days if clock else 0,
        last_day=clock.last_day if clock else None,
        left_on=None if sent else min(left, default=None),
        reported=facts.melding.reported_on if facts.melding and route.find_step(WAIT_STEP) else None,
    )
    passed_too = {row.step: _day_of(row) for row in facts.progress if row.state in PASSED_BY}
    passed = {step: day for step, day in passed_too.items() if step not in aside}
    events = _before(facts.events, _set_aside_on(first, passed_too, aside))
    return Trip(
        facts.journey.id or 0,
        route,
        kept,
        case,
        clock,
        passed,
        aside,
        facts.journey.municipality_id,
        bypassed=any(row.state == "bypassed" and row.step not in aside for row in facts.progress),
        handovers=sum(row.kind == "handover" for row in events),
        form_offered=min((row.happened_on for row in events if row.kind == "form_offered"), default=None),
    )


def _is_taken_back(facts: Facts) -> bool:
    """Whether the applicant took the application back: as its outcome, or by leaving before any decision."""
    if facts.decision is not None:
        return facts.decision.outcome == "withdrawn"
    return facts.departure is not None and facts.departure.reason == "withdrew"


def _set_aside_on(days: Mapping[str, date], passed: Mapping[str, date], aside: frozenset[str]) -> date | None:
    """The first day that belongs to what was set aside; None when nothing had happened there."""
    known = [day for steps in (days, passed) for step, day in steps.items() if step in aside]
    return min(known, default=None)


def _before(events: Sequence[CaseEvent], day: date | None) -> list[CaseEvent]:
    """What somebody recorded belongs to no step: of who set steps aside only what came before those counts."""
    return [row for row in events if day is None or row.happened_on < day]


def _happened(facts: Facts, today: date) -> Facts:
    """The facts up to today; the clock itself looks no further in suspensions and notices of delay."""
    application, decision, departure = facts.application, facts.decision, facts.departure
    return replace(
        facts,
        progress=[row for row in facts.progress if _day_of(row) <= today],
        application=application if application and application.received_on <= today else None,
        decision=decision if decision and decision.sent_on <= today else None,
        departure=departure if departure and departure.left_on <= today else None,
        events=[row for row in facts.events if row.happened_on <= today],
    )


def _day_of(row: Progress) -> date:
    return row.happened_on or local_day(row.recorded_at)


def clock_facts(facts: Facts) -> ClockFacts | None:
    """What moves the clock of an undecided case; None without an application."""
    if facts.application is None:
        return None
    return ClockFacts(
        facts.application.received_on,
        tuple(rule_suspension(row) for row in facts.suspensions),
        tuple(Extension(row.sent_on, row.until) for row in facts.extensions),
    )


def find_trip_clock(facts: Facts, today: date, mode: str) -> Clock | None:
    """None without an application, and for dates that contradict each other: one bad import stops no page."""
    try:
        return clock_of(facts, today, mode)
    except DomainError:
        return None


def gate(trip: Trip, today: date) -> Spell | None:
    start, end = opening_id(trip.route, "gate"), closing_id(trip.route, "gate")
    if start is None or end is None or end in trip.aside:
        return None
    gone = [day for day in (trip.ended_on, trip.passed.get(end)) if day is not None]
    return rules.spell(trip.first.get(start), trip.first.get(end), today, min(gone, default=None))


def decided_is_known(trip: Trip) -> bool:
    """Whether the end of the journey may be used: not when the answers from an earlier step on were set aside."""
    return closing_id(trip.route, "application") not in trip.aside


def application(trip: Trip, today: date, rule: Callable[[rules.Case, date], Spell | None]) -> Spell | None:
    return rule(trip.case, today) if decided_is_known(trip) else None


def total(trip: Trip, today: date, rule: Callable[[rules.Case, date], Spell | None]) -> Spell | None:
    if opening_id(trip.route, "total") is None or not decided_is_known(trip):
        return None
    return rule(trip.case, today)


def form_wait(trip: Trip, today: date) -> Spell | None:
    """From the desk visit until the application form was handed out; only where a day was recorded."""
    start = trip.first.get(opening_id(trip.route, "total") or "")
    return rules.spell(start, trip.form_offered, today) if trip.form_offered else None


def pair_spells(trip: Trip, today: date) -> Iterator[tuple[tuple[str, str], Spell]]:
    """Every pair of consecutive steps that this journey has a time for."""
    found = rules.pairs(trip.route.step_ids, trip.first, today, trip.ended_on)
    for key in pairwise(trip.route.step_ids):
        one = found.get(key)
        if one is None or key[1] in trip.aside:
            continue
        if one.open and key[1] in trip.passed:
            one = rules.spell(trip.first[key[0]], None, today, trip.passed[key[1]]) or one
        yield key, one


def last_step(trip: Trip) -> tuple[date, str] | None:
    """The step after which the journey is now, and its day; of several on a day the furthest on the route."""
    done = [
        (day, trip.route.position(step), step)
        for step, day in trip.first.items()
        if trip.route.find_step(step)
    ]
    if not done:
        return None
    day, _position, step = max(done)
    return day, step
