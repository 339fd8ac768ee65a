"""The list of people: own people first, a page at a time, in a fixed number of queries whatever its length."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from journey.auth.scope import scoped
from journey.models import (
    Call,
    Journey,
    Municipality,
    Participant,
    Rating,
    RouteVersion,
    Study,
    StudyRoute,
    User,
    stored_id,
)
from journey.participant.standing import person_status
from journey.progress.queries import clock_of, list_facts
from journey.route.queries import read_version
from journey.rules.decision import Clock
from journey.study.cadence import cadence_of
from journey.work import Work

PAGE_SIZE = 50
STATES = ("active", "closed", "stopped")


@dataclass(frozen=True)
class Filters:
    """Codes as in the address; empty means all. `text` is a piece of a pseudonym."""

    study: str = ""
    route: str = ""
    state: str = ""
    text: str = ""
    page: int = 1

    @property
    def any(self) -> bool:
        return bool(self.study or self.route or self.state or self.text)


@dataclass(frozen=True)
class LastAnswer:
    value: str
    step: str
    answered_on: date


@dataclass(frozen=True)
class Row:
    """One person in the list; `status` is a word of the status tags."""

    code: str
    own: bool
    researcher: str
    study: str
    route: str
    channel: str
    language: str
    status: str
    clock: Clock | None
    call: Call | None
    last_answer: LastAnswer | None


@dataclass(frozen=True)
class Listing:
    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


def list_page(work: Work, filters: Filters) -> Listing:
    """One page of the people in the actor's studies, own and active people first."""
    total = work.session.exec(select(func.count()).select_from(_people(work, filters).subquery())).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, filters.page), pages)
    own = case((col(Participant.researcher_id) == work.actor.id, 0), else_=1)
    order = case({state: place for place, state in enumerate(STATES)}, value=col(Participant.state), else_=9)
    people = work.session.exec(
        _people(work, filters)
        .order_by(own, order, func.length(Participant.code), col(Participant.code))
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return Listing(tuple(_rows(work, people)), total, page, pages)


def _people(work: Work, filters: Filters) -> SelectOfScalar[Participant]:
    statement = scoped(
        work, select(Participant).where(Participant.state != "erased"), col(Participant.study_id)
    )
    if filters.study:
        studies = select(Study.id).where(Study.code == filters.study)
        statement = statement.where(col(Participant.study_id).in_(studies))
    if filters.route:
        statement = statement.where(
            col(Participant.journey_id).in_(
                select(Journey.id).join(RouteVersion).where(RouteVersion.code == filters.route)
            )
        )
    if filters.state:
        statement = statement.where(Participant.state == filters.state)
    for part in _code_parts(filters.text):
        statement = statement.where(func.upper(Participant.code).contains(part, autoescape=True))
    return statement


def _code_parts(text: str) -> list[str]:
    """`h 42` finds H-042: letters and number apart, without the zeros in front."""
    return [part.lstrip("0") or "0" for part in re.findall(r"[^\W\d_]+|\d+", text.upper())][:4] or (
        [text] if text else []
    )


def _rows(work: Work, people: Sequence[Participant]) -> Iterable[Row]:
    ids = [stored_id(person) for person in people]
    journeys = {row.id: row for row in _by_id(work, Journey, [person.journey_id for person in people])}
    versions = _by_id(work, RouteVersion, [journey.route_version_id for journey in journeys.values()])
    definitions = {row.id: read_version(row) for row in versions}
    facts = {found.journey.id: found for found in list_facts(work, list(journeys.values()))}
    modes = {row.id: row.counting_mode for row in work.session.exec(select(Municipality)).all()}
    studies = {row.id: row for row in _by_id(work, Study, [person.study_id for person in people])}
    names = {row.id: row.name for row in _by_id(work, User, [person.researcher_id for person in people])}
    calls = _open_calls(work, ids)
    answers = _last_answers(work, [stored_id(person) for person in people if person.state != "stopped"])
    for person in people:
        journey = journeys.get(person.journey_id)
        definition = definitions[journey.route_version_id] if journey else None
        clock = clock_of(facts[journey.id], work.today, modes[journey.municipality_id]) if journey else None
        answer = answers.get(stored_id(person))
        step = definition.find_step(answer.step) if definition and answer else None
        yield Row(
            code=person.code,
            own=person.researcher_id is not None and person.researcher_id == work.actor.id,
            researcher=names.get(person.researcher_id, ""),
            study=studies[person.study_id].name,
            route=definition.name if definition else "",
            channel=person.channel,
            language=person.language,
            status=person_status(
                person.state, person.calls_paused, clock, cadence_of(studies[person.study_id])
            ),
            clock=clock,
            call=calls.get(stored_id(person)),
            last_answer=LastAnswer(answer.value, step.name, answer.answered_on) if answer and step else None,
        )


def _by_id(work: Work, table: type[Any], ids: Iterable[int | None]) -> Sequence[Any]:
    wanted = {one for one in ids if one is not None}
    return work.session.exec(select(table).where(col(table.id).in_(wanted))).all()


def _open_calls(work: Work, ids: Sequence[int]) -> dict[int, Call]:
    rows = work.session.exec(
        select(Call).where(col(Call.participant_id).in_(ids), Call.state == "open")
    ).all()
    return {row.participant_id: row for row in rows}


def _last_answers(work: Work, ids: Sequence[int]) -> dict[int, Rating]:
    latest = (
        select(func.max(Rating.id))
        .where(col(Rating.participant_id).in_(ids), ~col(Rating.words_only))
        .group_by(col(Rating.participant_id))
    )
    rows = work.session.exec(select(Rating).where(col(Rating.id).in_(latest))).all()
    return {row.participant_id: row for row in rows}


def list_routes_in_reach(work: Work) -> list[tuple[str, str]]:
    """Code and name of the routes that people in the actor's studies follow."""
    codes = scoped(work, select(StudyRoute.route_code), col(StudyRoute.study_id))
    rows = work.session.exec(
        select(RouteVersion.code, RouteVersion.name)
        .where(col(RouteVersion.code).in_(codes))
        .order_by(RouteVersion.code, col(RouteVersion.version))
    ).all()
    return list(dict(rows).items())
