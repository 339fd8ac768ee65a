"""A closing interview under way: each answer is kept the moment it is given, so that a reload or a dropped call loses
none. Closing it is an act of its own, because it empties the contact store.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, delete, select

from journey.audit.service import record_act
from journey.models import Call, ClosingAnswer, Participant, stored_id
from journey.participant.queries import hold, refuse_if_gone
from journey.rating.queries import find_closing_interview
from journey.rating.service import GRADES
from journey.rating.statements import list_statements
from journey.web.filters import number
from journey.work import Work


@dataclass(frozen=True)
class Answered:
    """How many of the questions have an answer."""

    done: int
    total: int


def known_answers(work: Work, participant: Participant) -> dict[str, str]:
    """What was answered so far, by item as the page names it; after closing, what was closed with."""
    known = {**_closed_with(work, participant)}
    rows = work.session.exec(
        select(ClosingAnswer).where(ClosingAnswer.participant_id == participant.id)
    ).all()
    known.update({row.item: row.value for row in rows})
    return known


def record_answers(work: Work, call: Call, answers: Mapping[str, str]) -> None:
    """Keep answers of an interview that is not closed yet; empty takes one back."""
    participant = work.session.get_one(Participant, call.participant_id)
    hold(work, participant)
    refuse_if_gone(participant)
    for item, value in answers.items():
        row = work.session.get(ClosingAnswer, (stored_id(participant), item))
        row = row or ClosingAnswer(
            participant_id=stored_id(participant),
            item=item,
            value=value,
            recorded_by=work.actor.label,
            recorded_at=work.now,
        )
        row.value, row.recorded_by, row.recorded_at = value, work.actor.label, work.now
        work.session.add(row)
    work.session.flush()
    record_act(work, "closing.answer", participant.code)


def forget_answers_so_far(work: Work, participant: Participant) -> None:
    """They stand in the interview now, or may not be used."""
    work.session.exec(delete(ClosingAnswer).where(col(ClosingAnswer.participant_id) == participant.id))


def count_answered(answers: Mapping[str, str]) -> Answered:
    """Grades, statements and the last words; the thank-you is no question."""
    items = (*GRADES, *(f"statements.{one.id}" for one in list_statements()), "open")
    return Answered(sum(bool(answers.get(item, "").strip()) for item in items), len(items))


def _closed_with(work: Work, participant: Participant) -> dict[str, str]:
    known = find_closing_interview(work, participant)
    if known is None:
        return {}
    interview, statements = known
    grades = {name: getattr(interview, name) for name in GRADES}
    return {
        **{name: number(value / 10) for name, value in grades.items() if value is not None},
        **{f"statements.{name}": value for name, value in statements.items()},
        "open": interview.open_answer,
        "incentive": interview.incentive,
    }
