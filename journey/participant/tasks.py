"""What a researcher still has to see to: notices that the law asks for, of their own people."""

from dataclasses import dataclass

from sqlmodel import col, select

from journey.auth.scope import scoped
from journey.models import Journey, Participant, Suspension
from journey.progress.queries import list_facts
from journey.progress.tasks import Task, list_tasks
from journey.work import Work

ASKING = ("1b", "2b", "2c")


@dataclass(frozen=True)
class PersonTask:
    code: str
    task: Task


def list_own_tasks(work: Work) -> list[PersonTask]:
    """Of the people the reader calls, oldest first."""
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
    found = [
        PersonTask(codes[facts.journey.id or 0], task)
        for facts in list_facts(work, journeys)
        for task in list_tasks(work, facts)
    ]
    return sorted(found, key=lambda one: (one.task.due_from, one.code))
