"""Small studies to count: people with answers and dates, and the readers who look at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from journey.models import Journey, Participant, Study
from journey.participant.queries import get_journey
from journey.progress.service import create_journey, record_application, record_decision, record_step
from journey.rating.service import NewClosing, NewRating, record_closing_interview, record_rating
from journey.report.service import publish_batch
from journey.route.queries import get_study_route
from journey.study.queries import get_municipality
from journey.work import Actor, Work
from tests.support.build import build_participant, build_study

TODAY = date(2026, 11, 20)
FACES = ("negative", "neutral", "positive")


def reader(work: Work, role: str, user: int = 99) -> Work:
    """The same unit of work, read by somebody of that role."""
    return replace(work, actor=Actor("user", f"user:{user}", role, id=user))


def rate(
    work: Work, person: Participant, step: str = "cv", value: str = "neutral", subject: str = "step"
) -> None:
    record_rating(work, person, NewRating(step, subject, value, "call"))


def rated_people(
    work: Work, study: Study, count: int, step: str = "cv", value: str = "neutral", route: str = "27plus"
) -> list[Participant]:
    """People who all gave the same answer about one step."""
    people = [build_participant(work, study, route=route) for _ in range(count)]
    for person in people:
        rate(work, person, step, value)
    return people


def close(
    work: Work,
    person: Participant,
    grade: str | None = None,
    statements: Mapping[str, str] | None = None,
    **grades: str,
) -> None:
    """A closing interview."""
    given = {name: Decimal(value) for name, value in grades.items()}
    new = NewClosing(Decimal(grade) if grade else None, statements=dict(statements or {}), **given)
    record_closing_interview(work, person, new)


def days_before(days: int) -> date:
    return TODAY - timedelta(days=days)


def lived(
    work: Work,
    study: Study,
    *,
    steps: Mapping[str, int] | None = None,
    received: int | None = None,
    sent: int | None = None,
    outcome: str = "granted",
    route: str = "27plus",
    person: Participant | None = None,
    reference: str | None = None,
) -> Journey:
    """A journey whose facts lie so many days before today: of a person, or without one."""
    if person is not None:
        journey = get_journey(work, person)
    else:
        municipality = get_municipality(work, study.municipality_id)
        journey = create_journey(work, study, get_study_route(work, study, route), municipality, reference)
    for step, ago in (steps or {}).items():
        record_step(work, journey, step, days_before(ago), source="import")
    if received is not None:
        record_application(work, journey, days_before(received), source="import")
    if sent is not None:
        record_decision(work, journey, days_before(sent), outcome, source="import")
    return journey


def fill(work: Work) -> None:
    """Twelve adults and three young people with answers, dates and a closing interview, published; one case past the
    limit without a person, and one of somebody.
    """
    study = build_study(work)
    people = rated_people(work, study, 12, "cv", "positive")
    people += rated_people(work, study, 3, "cv", "negative", route="jongeren")
    for person in people:
        lived(work, study, steps={"werkplein": 60}, received=50, sent=20, person=person)
        close(work, person, "6.5", {"friendly": "agree"})
    lived(work, study, steps={"werkplein": 90}, received=80, reference="zaak-geheim")
    lived(work, study, steps={"werkplein": 60}, received=50, sent=20, reference="zaak-af")
    lived(work, study, received=80, person=build_participant(work, study))
    publish_batch(work, study)
