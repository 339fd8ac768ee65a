"""Reads the answers that count: the latest per person, step and subject, without what was withdrawn."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as sql_select
from sqlmodel import col, func, select

from journey.models import (
    ClosingInterview,
    ClosingStatement,
    Journey,
    Participant,
    Rating,
    RouteVersion,
    Study,
    Withdrawal,
)
from journey.models.participant import INCENTIVES
from journey.progress.routes import (
    find_route_of_step,
    list_former_versions,
    list_routes_of,
    routes_of,
    steps_from,
)
from journey.work import Work

_OF_ONE = (
    select(Rating).where(col(Rating.participant_id) == bindparam("participant")).order_by(col(Rating.id))
)


@dataclass(frozen=True)
class Answer:
    """One answer that counts, with the person it came from; persons never leave the research side."""

    participant_id: int
    code: str
    route: str
    step: str
    subject: str
    value: str
    channel: str
    answered_on: date
    recall_lag: int | None
    rating_id: int


@dataclass(frozen=True)
class SetAside:
    """A person whose answers from a step on may not be used; `steps` are those steps of the route."""

    participant_id: int
    route: str
    steps: frozenset[str]


@dataclass(frozen=True)
class ClosingAnswer:
    """The closing interview that counts of one person; grades in tenths."""

    participant_id: int
    route: str
    grade: int | None
    grade_desk: int | None
    grade_case_manager: int | None
    statements: dict[str, str]
    interview_id: int


def list_ratings(work: Work, participant: Participant) -> list[Rating]:
    """Every answer of one person, oldest first, with the history."""
    return list(work.session.exec(_OF_ONE, params={"participant": participant.id}).all())


def current_ratings(
    work: Work, participant: Participant, said: list[Rating] | None = None
) -> dict[tuple[str, str], Rating]:
    """The answer that counts per (step, subject); words without an answer are none. `said` is every answer, for who
    read those already."""
    rows = list_ratings(work, participant) if said is None else said
    latest = {(row.step, row.subject): row for row in rows}
    return {place: row for place, row in latest.items() if not row.words_only}


def find_words(work: Work, participant: Participant, step: str, subject: str) -> str:
    """The words that were said about a step before it was rated, or empty."""
    latest = {(row.step, row.subject): row for row in list_ratings(work, participant)}.get((step, subject))
    return latest.quote if latest is not None and latest.words_only else ""


def list_set_aside(work: Work, study: Study) -> list[SetAside]:
    """Whose answers may not be used from which steps on (rules, 32)."""
    # First alone: they are few, and SQLite would look for one at each person of the study.
    few = work.session.exec(select(Withdrawal.id).where(Withdrawal.level == "from_step")).all()
    if not few:
        return []
    rows = work.session.exec(
        select(Withdrawal, Journey, RouteVersion.code)
        .join(Participant, col(Participant.id) == Withdrawal.participant_id)
        .join(Journey, col(Journey.id) == Participant.journey_id)
        .join(RouteVersion, col(RouteVersion.id) == Journey.route_version_id)
        .where(Participant.study_id == study.id, col(Withdrawal.id).in_(few))
    ).all()
    found: dict[int, SetAside] = {}
    for withdrawal, journey, route in rows:
        steps = steps_from(list_routes_of(work, journey), withdrawal.from_step or "")
        known = found.get(withdrawal.participant_id)
        merged = steps | known.steps if known else steps
        found[withdrawal.participant_id] = SetAside(withdrawal.participant_id, route, merged)
    return list(found.values())


def list_answers(work: Work, study: Study, people: Any = None, *, with_words: bool = False) -> list[Answer]:
    """The answers that count in live figures of a study; of some people, given by number or as a query for those.
    `with_words` adds words that nobody put a face to yet: they are something to quote, and count in no figure.
    """
    held = work.session.info.get(("answers", study.id)) if people is None and not with_words else None
    if held is not None:
        return list(held)
    latest = (
        select(func.max(Rating.id))
        .join(Participant, col(Participant.id) == Rating.participant_id)
        .where(Participant.study_id == study.id)
        .group_by(col(Rating.participant_id), col(Rating.step), col(Rating.subject))
    )
    if people is not None:
        latest = latest.where(col(Rating.participant_id).in_(people))
    # Columns, not objects: a large study has a million answers.
    columns: tuple[Any, ...] = (
        Rating.participant_id,
        Participant.code,
        RouteVersion.code,
        Rating.step,
        Rating.subject,
        Rating.value,
        Rating.channel,
        Rating.answered_on,
        Rating.recall_lag,
        Rating.id,
        Journey.id,
        Journey.route_version_id,
    )
    counting: Any = (
        sql_select(*columns)
        .join(Participant, col(Participant.id) == Rating.participant_id)
        .join(Journey, col(Journey.id) == Participant.journey_id)
        .join(RouteVersion, col(RouteVersion.id) == Journey.route_version_id)
        .where(col(Rating.id).in_(latest))
        .order_by(col(Rating.id))
    )
    if not with_words:
        counting = counting.where(~col(Rating.words_only))
    rows = work.session.exec(counting).all()
    set_aside = {person.participant_id: person.steps for person in list_set_aside(work, study)}
    former = list_former_versions(work, study)
    return [
        Answer(
            person,
            code,
            _route_of(work, version, former.get(journey, ()), step) or route,
            step,
            *answered,
        )
        for person, code, route, step, *answered, journey, version in rows
        if step not in set_aside.get(person, frozenset())
    ]


@contextmanager
def answers_held(work: Work, study: Study) -> Iterator[None]:
    """While it lasts the answers of a study are read once: for what counts them again and again and writes none."""
    work.session.info["answers", study.id] = list_answers(work, study)
    try:
        yield
    finally:
        del work.session.info["answers", study.id]


def _route_of(work: Work, version: int, former: Sequence[int], step: str) -> str:
    """The route under which an answer counts for who went on along another; empty for who never did."""
    if not former:
        return ""
    route = find_route_of_step(routes_of(work, version, former), step)
    return route.id if route else ""


def list_closing_answers(work: Work, study: Study) -> list[ClosingAnswer]:
    """The latest closing interview per person; those who set answers aside are left out: it is about the whole."""
    rows = work.session.exec(
        select(ClosingInterview, RouteVersion.code)
        .join(Participant, col(Participant.id) == ClosingInterview.participant_id)
        .join(Journey, col(Journey.id) == Participant.journey_id)
        .join(RouteVersion, col(RouteVersion.id) == Journey.route_version_id)
        .where(Participant.study_id == study.id)
        .order_by(col(ClosingInterview.id))
    ).all()
    latest = {interview.participant_id: (interview, route) for interview, route in rows}
    for person in list_set_aside(work, study):
        latest.pop(person.participant_id, None)
    statements: dict[int, dict[str, str]] = {}
    for row in work.session.exec(
        select(ClosingStatement)
        .join(ClosingInterview)
        .join(Participant, col(Participant.id) == ClosingInterview.participant_id)
        .where(Participant.study_id == study.id)
    ).all():
        statements.setdefault(row.interview_id, {})[row.statement] = row.value
    return [
        ClosingAnswer(
            interview.participant_id,
            route,
            interview.grade,
            interview.grade_desk,
            interview.grade_case_manager,
            statements.get(interview.id or 0, {}),
            interview.id or 0,
        )
        for interview, route in latest.values()
    ]


def count_incentives(work: Work, study: Study) -> dict[str, int]:
    """What became of the thank-you in the closing interviews that count: offered, accepted, declined."""
    counting = [answer.interview_id for answer in list_closing_answers(work, study)]
    given = dict.fromkeys((word for word in INCENTIVES if word), 0)
    for interview_id, word in work.session.exec(
        select(ClosingInterview.id, ClosingInterview.incentive)
        .join(Participant, col(Participant.id) == ClosingInterview.participant_id)
        .where(Participant.study_id == study.id, ClosingInterview.incentive != "")
    ).all():
        if interview_id in counting:
            given[word] += 1
    return given


def find_closing_interview(
    work: Work, participant: Participant
) -> tuple[ClosingInterview, dict[str, str]] | None:
    """The closing interview that counts of one person, with the statements by id."""
    interview = work.session.exec(
        select(ClosingInterview)
        .where(ClosingInterview.participant_id == participant.id)
        .order_by(col(ClosingInterview.id).desc())
    ).first()
    if interview is None:
        return None
    rows = work.session.exec(
        select(ClosingStatement).where(ClosingStatement.interview_id == interview.id)
    ).all()
    return interview, {row.statement: row.value for row in rows}
