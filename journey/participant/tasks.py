"""What a researcher still has to see to, of their own people: notices that the law asks for, and letters to who could
not be reached three rounds running."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from journey.auth.scope import scoped
from journey.clock import local_day
from journey.models import Journey, Participant, Suspension
from journey.participant.letters import list_own_missed
from journey.progress.queries import list_facts
from journey.progress.tasks import Task, list_tasks
from journey.work import Work

ASKING = ("1b", "2b", "2c")


@dataclass(frozen=True)
class PersonTask:
    """`task` is the notice to send; None when it is a letter, printed from the page of letters of the person."""

    code: str
    due_from: date
    task: Task | None


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
    found = [PersonTask(code, local_day(since), None) for code, since in list_own_missed(work)]
    found += [
        PersonTask(codes[facts.journey.id or 0], task.due_from, task)
        for facts in list_facts(work, journeys)
        for task in list_tasks(work, facts)
    ]
    return sorted(found, key=lambda one: (one.due_from, one.code))
