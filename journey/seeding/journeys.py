"""Makes up applications of people who are not in the study: what a case system would deliver, for throughput."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from journey.clock import at_local
from journey.models import Study
from journey.progress.service import NewSuspension
from journey.progress.statement import (
    StatedDecision,
    StatedDeparture,
    StatedFact,
    Statement,
    record_statement,
)
from journey.route.definition import RouteDefinition
from journey.seeding.days import DAY, days_from, fitting_after, reported_on
from journey.work import Work

OUTCOMES = ("granted",) * 7 + ("rejected", "not_treated", "withdrawn")


def deliver(
    work: Work,
    study: Study,
    routes: Sequence[RouteDefinition],
    municipalities: Sequence[str],
    count: int,
    seed: str,
) -> None:
    """Record `count` invented journeys as a case system told of them last night."""
    until = work.today - DAY
    random = Random(seed)  # noqa: S311 — invented journeys, no secrets
    for statement in invent_journeys(count, routes, municipalities, study.starts_on, until, random):
        record_statement(replace(work, now=at_local(until, 23)), study, statement)


def invent_journeys(
    count: int,
    routes: Sequence[RouteDefinition],
    municipalities: Sequence[str],
    since: date,
    until: date,
    random: Random,
) -> Iterator[Statement]:
    """`count` statements as they stand on `until`, started from `since` on; one in four on the last of the routes."""
    for number in range(count):
        route = routes[-1] if number % 4 == 3 else routes[0]
        first = fitting_after(since + random.randint(0, (until - since).days - 3) * DAY)
        municipality = municipalities[number % len(municipalities)]
        yield _invent(f"Z-{number + 1:06d}", route, municipality, first, until, random)


def _invent(
    reference: str, route: RouteDefinition, municipality: str, first: date, until: date, random: Random
) -> Statement:
    steps = [step for step in route.step_ids if step != "workshop" or random.random() > 0.08]
    patience = random.choice((0.7, 0.9, 1.0, 1.0, 1.2, 2.7))
    days = days_from(steps, first, random, patience)
    suspension = None
    if random.random() < 0.15:
        suspension = _suspension(days["aanvraag"], until, random)
        days["beschikking"] = fitting_after(days["beschikking"] + random.randint(5, 12) * DAY)
    left_on = _left_on(first, days, random)
    end = min(until, left_on or until)
    known = {step: day for step, day in days.items() if day <= end}
    return Statement(
        reference=reference,
        route=route.id,
        municipality=municipality,
        reported_on=min(first, reported_on(days)),
        facts=tuple(StatedFact(step, day) for step, day in known.items()),
        received_on=known.get("aanvraag"),
        suspensions=(suspension,) if suspension and suspension.start and suspension.start <= end else None,
        decision=StatedDecision(known["beschikking"], random.choice(OUTCOMES))
        if "beschikking" in known
        else None,
        departure=StatedDeparture(left_on, random.choice(("work", "moved", "withdrew")))
        if left_on and left_on <= until
        else None,
    )


def _suspension(received: date, until: date, random: Random) -> NewSuspension:
    invited = fitting_after(received + random.randint(3, 7) * DAY)
    supplied = fitting_after(invited + random.randint(4, 12) * DAY)
    return NewSuspension(
        "1a",
        invited_on=invited,
        term=invited + timedelta(days=14),
        supplied_on=supplied if supplied <= until else None,
    )


def _left_on(first: date, days: dict[str, date], random: Random) -> date | None:
    """One in twelve leaves before the decision."""
    if random.random() > 1 / 12:
        return None
    return fitting_after(first + random.randint(5, max(6, (days["beschikking"] - first).days - 5)) * DAY)
