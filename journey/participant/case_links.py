"""Which delivered application is that of a participant: known to the research side and to nobody else (rules, 33).

With the link nobody counts twice, and the person's own clock reads the dates of the case beside what was told.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import tuple_
from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import (
    Application,
    CaseLink,
    Decision,
    Journey,
    Melding,
    Participant,
    Progress,
    RouteVersion,
    stored_id,
)
from journey.models.base import Recorded
from journey.participant.queries import get_journey, hold, refuse_if_gone
from journey.progress.beside import IMPORT, drop_beside
from journey.progress.following import follow_case
from journey.progress.queries import TABLES, Facts, delivered, get_facts
from journey.route.queries import get_definition
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.rules.signs import key
from journey.work import Work

MOST_SUGGESTIONS = 5


@dataclass(frozen=True)
class Suggestion:
    """A delivered application of the same route that has `alike` dates in common with what is known of the person."""

    reference: str
    alike: int
    received_on: date | None
    sent_on: date | None


def find_reference(work: Work, participant: Participant) -> str | None:
    """The key of the linked application; None without a link, or once that key served its term."""
    statement = select(Journey.reference).join(CaseLink, col(CaseLink.journey_id) == Journey.id)
    return work.session.exec(statement.where(CaseLink.participant_id == participant.id)).first()


def link_case(work: Work, participant: Participant, reference: str) -> CaseLink:
    """This person is that application. Another link of theirs makes place; NotFound for an unknown key, Invalid for
    another route, Conflict when it is somebody else's already.
    """
    hold(work, participant)
    refuse_if_gone(participant)
    journey = get_journey(work, participant)
    case = _get_case(work, participant, reference)
    link = work.session.get(CaseLink, participant.id)
    if link is not None and link.journey_id != case.id:
        unlink_case(work, participant)
        link = None
    if _route_of(work, case) != _route_of(work, journey):
        raise Invalid("Deze aanvraag hoort bij een andere route.", field="reference")
    if link is None:
        taken = select(CaseLink).where(CaseLink.journey_id == case.id)
        if work.session.exec(taken).first() is not None:
            raise Conflict("Deze aanvraag hoort al bij een andere deelnemer.", field="reference")
        link = CaseLink(
            participant_id=stored_id(participant),
            journey_id=stored_id(case),
            linked_by=work.actor.label,
            linked_at=work.now,
        )
        work.session.add(link)
        work.session.flush()
        # Not which one: the trail is read by others.
        record_act(work, "participant.link_case", participant.code)
    follow_case(work, case, journey)
    return link


def unlink_case(work: Work, participant: Participant) -> None:
    """Take back a wrong link, and what was read from that application since. NotFound without one."""
    link = work.session.get(CaseLink, participant.id)
    if link is None:
        raise NotFound("Deze deelnemer is aan geen aanvraag gekoppeld.")
    journey = get_journey(work, participant)
    for table in TABLES:
        _forget_import(work, table, journey, link)
    work.session.delete(link)
    work.session.flush()
    record_act(work, "participant.unlink_case", participant.code)


def suggest_cases(work: Work, participant: Participant) -> list[Suggestion]:
    """Delivered applications of the same route that share dates with what the person or a letter told, most first."""
    journey = get_journey(work, participant)
    route = _route_of(work, journey)
    alike = Counter[int]()
    for statement in _same_days(get_facts(work, journey)):
        alike.update(set(work.session.exec(statement)))
    free = (
        select(Journey)
        .join(RouteVersion, col(RouteVersion.id) == Journey.route_version_id)
        .where(
            Journey.study_id == participant.study_id,
            RouteVersion.code == route,
            delivered(),
            col(Journey.reference).is_not(None),
            col(Journey.id).not_in(select(CaseLink.journey_id)),
        )
    )
    found: list[Suggestion] = []
    ranked = [found_id for found_id, _n in alike.most_common(20 * MOST_SUGGESTIONS)]
    for case in work.session.exec(free.where(col(Journey.id).in_(ranked))).all():
        facts = get_facts(work, case)
        found.append(
            Suggestion(
                case.reference or "",
                alike[stored_id(case)],
                facts.application.received_on if facts.application else None,
                facts.decision.sent_on if facts.decision else None,
            )
        )
    return sorted(found, key=lambda one: (-one.alike, one.reference))[:MOST_SUGGESTIONS]


def _get_case(work: Work, participant: Participant, reference: str) -> Journey:
    statement = select(Journey).where(
        Journey.study_id == participant.study_id, Journey.reference_key == key(reference), delivered()
    )
    case = work.session.exec(statement.with_for_update()).first()
    if case is None:
        raise NotFound("Dit kenmerk is niet geleverd.", field="reference")
    return case


def _route_of(work: Work, journey: Journey) -> str:
    return get_definition(work, journey.route_version_id).id


def _forget_import(work: Work, table: Any, journey: Journey, link: CaseLink) -> None:
    """What came through the link goes; what a person told stays, also where it stood beside that."""
    statement = select(table).where(
        table.journey_id == journey.id, table.source == IMPORT, table.recorded_at >= link.linked_at
    )
    rows: list[Recorded] = list(work.session.exec(statement).all())
    drop_beside(work, [row for row in rows if row.beside])
    for row in rows:
        row.replaced = True
        work.session.add(row)
    work.session.flush()


def _same_days(facts: Facts) -> Iterator[Any]:
    """A question per kind of fact: journeys that have a day in common with these."""
    steps = [
        (row.step, row.happened_on)
        for row in facts.progress
        if row.state == "done" and row.happened_on and row.source != IMPORT
    ]
    if steps:
        for step in steps:
            yield select(Progress.journey_id).where(
                tuple_(col(Progress.step), col(Progress.happened_on)) == tuple_(*step),
                ~col(Progress.replaced),
            )
    for row, table, name in (
        (facts.application, Application, "received_on"),
        (facts.melding, Melding, "reported_on"),
        (facts.decision, Decision, "sent_on"),
    ):
        if row is not None and row.source != IMPORT:
            told: Any = table
            yield select(told.journey_id).where(getattr(told, name) == getattr(row, name), ~told.replaced)
