"""What a researcher still has to see to, of their own people: notices that the law asks for, letters to who could not
be reached three rounds running, and numbers that turned out to be somebody else's."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, func, or_, select

from journey.auth.scope import scoped
from journey.clock import local_day
from journey.models import Call, Contact, Journey, Participant, Suspension
from journey.participant.letters import list_own_missed
from journey.progress.queries import list_facts
from journey.progress.tasks import Task, list_tasks
from journey.work import Work

ASKING = ("1b", "2b", "2c")


@dataclass(frozen=True)
class PersonTask:
    """`kind` is `notice` with the `task` to send, `letter`, printed from the page of letters of the person, or
    `number`, to be corrected on the call screen of the round `call_id`.
    """

    kind: str
    code: str
    due_from: date
    task: Task | None = None
    call_id: int | None = None


def list_own_tasks(work: Work) -> list[PersonTask]:
    """Of the people the reader calls, oldest first; a letter goes from the list when it was printed."""
    statement = (
        select(Participant)
        .where(
            Participant.researcher_id == work.actor.id,
            col(Participant.state).in_(("active", "closed")),
            col(Participant.journey_id).in_(
                select(Suspension.journey_id).where(
                    col(Suspension.ground).in_(ASKING), ~col(Suspension.replaced)
                )
            ),
        )
        .order_by(Participant.code)
    )
    people = work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    codes = {person.journey_id or 0: person.code for person in people}
    journeys = work.session.exec(select(Journey).where(col(Journey.id).in_(codes))).all()
    found = [PersonTask("letter", code, local_day(since)) for code, since in list_own_missed(work)]
    found += _wrong_numbers(work)
    found += [
        PersonTask("notice", codes[facts.journey.id or 0], task.due_from, task)
        for facts in list_facts(work, journeys)
        for task in list_tasks(work, facts)
    ]
    return sorted(found, key=lambda one: (one.due_from, one.code))


def _wrong_numbers(work: Work) -> list[PersonTask]:
    """Of the people the reader calls and of nobody's; with the latest round, on whose screen it is mended."""
    latest = select(func.max(Call.id)).where(Call.participant_id == Participant.id).scalar_subquery()
    statement: Any = (
        select(Participant.code, Contact.phone_wrong_at, latest)
        .join(Contact, col(Contact.participant_id) == Participant.id)
        .where(
            col(Contact.phone_wrong_at).is_not(None),
            Participant.state == "active",
            Participant.channel != "paper",
            or_(col(Participant.researcher_id) == work.actor.id, col(Participant.researcher_id).is_(None)),
        )
        .order_by(Participant.code)
    )
    rows = work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    return [PersonTask("number", code, local_day(since), call_id=call_id) for code, since, call_id in rows]
