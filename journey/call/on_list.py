"""Which open calls a list is about, as conditions for the database, and of a long list the order of those about whom
nothing has to be looked at but earlier rounds, good times and the term.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import String, cast, select
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, exists, func, or_

from journey.auth.scope import scoped
from journey.call.times import fit_of
from journey.clock import local_day
from journey.models import Attempt, Call, Contact, Participant, Progress, Study
from journey.progress.days import has_open_term, list_days_used, steps_between
from journey.rules.cadence import NOT_REACHED, CadenceSettings, CallFacts, call_order_key
from journey.study.cadence import cadence_of
from journey.work import Work


@dataclass(frozen=True)
class Asked:
    """About which day and moment; of everybody in reach, or only of the people of `mine` and of nobody. With
    `own_first` those of colleagues come last.
    """

    on: date
    now: datetime
    mine: int | None
    shows_all: bool
    own_first: bool

    def comes_last(self, researcher_id: int | None) -> bool:
        return self.own_first and researcher_id not in (self.mine, None)


class _Standing(NamedTuple):
    """What the database tells of one person: the last talk, the last week before this round in which somebody dialled
    and in which they were reached, and whether the term can have come to the day the study calls late.
    """

    call_id: int
    researcher_id: int | None
    journey_id: int | None
    study_id: int
    good_times: str
    spoken_at: datetime | None
    dialled: date | None
    reached: date | None
    may_be_late: bool
    is_pressing: bool


def on_list(work: Work, statement: Any, asked: Asked) -> Any:
    """The statement about calls, kept to those that are on the list."""
    if not asked.shows_all:
        statement = statement.where(
            col(Participant.researcher_id).is_(None) | (col(Participant.researcher_id) == asked.mine)
        )
    listed = (
        statement.select_from(Call)
        .join(Participant, col(Participant.id) == Call.participant_id)
        .join(Study, col(Study.id) == Participant.study_id)
        .join(Contact, col(Contact.participant_id) == Participant.id)
        .where(
            Call.state == "open",
            Call.due_on <= asked.on,
            Participant.state == "active",
            col(Study.closed_at).is_(None),
        )
    )
    return scoped(work, listed, col(Participant.study_id))


def count_on_list(work: Work, asked: Asked) -> int:
    count: int = work.session.execute(on_list(work, select(func.count()), asked)).scalar_one()
    return count


def _is_pressing(work: Work, asked: Asked) -> Any:
    """True of every call that can be of one of the first ranks, or that may have to wait: something was promised or
    proposed, somebody dialled in this round, the number is wrong, or a step may be new (`new_step_on` tells).
    """
    longest = max((rhythm.new_step_days for rhythm in _rhythms(work).values()), default=0)
    new_step = exists().where(
        col(Progress.journey_id) == Participant.journey_id,
        *steps_between(asked.on - timedelta(days=longest), asked.on),
    )
    return or_(
        col(Call.appointment_at).is_not(None),
        col(Call.asked_back_at).is_not(None),
        col(Call.next_at).is_not(None),
        exists().where(col(Attempt.call_id) == Call.id),
        col(Contact.phone_wrong_at).is_not(None),
        new_step,
    )


def list_first(work: Work, asked: Asked, most: int) -> list[int]:
    """All pressing calls, and the first of the others in the order of `rank_call`."""
    rhythms = _rhythms(work)
    soonest = min((one.late_legal_day for one in rhythms.values()), default=0)
    rows = _standings(work, asked, asked.on - timedelta(days=soonest))
    others = [row for row in rows if not row.is_pressing]
    late = [row.journey_id for row in others if row.may_be_late and row.journey_id]
    legal_days = list_days_used(work, late, asked.on)
    fit = lru_cache(lambda times, study: fit_of(json.loads(times), asked.now, asked.on, rhythms[study]))

    def place(row: _Standing) -> tuple[bool, int, int, float, int]:
        facts = _facts(row, legal_days.get(row.journey_id or 0))
        order = call_order_key(facts, asked.now, asked.on, rhythms[row.study_id])
        last = asked.comes_last(row.researcher_id)
        return last, int(order.rank), fit(row.good_times, row.study_id), order.within, row.call_id

    first = sorted(others, key=place)[:most]
    return [row.call_id for row in rows if row.is_pressing] + [row.call_id for row in first]


def _facts(row: _Standing, legal_day: int | None) -> CallFacts:
    return CallFacts(
        reached_last_round=None if row.dialled is None else row.dialled == row.reached,
        last_round=row.dialled,
        legal_day=legal_day,
        last_contact_on=local_day(row.spoken_at) if row.spoken_at else None,
    )


def _standings(work: Work, asked: Asked, received: date) -> Sequence[_Standing]:
    past, dial = aliased(Call), aliased(Attempt)
    is_earlier, was_reached = past.week < Call.week, col(dial.outcome).not_in(NOT_REACHED)
    columns: tuple[Any, ...] = (
        Call.id,
        Participant.researcher_id,
        Participant.journey_id,
        Participant.study_id,
        cast(Contact.good_times, String),
        func.max(case((was_reached, dial.at))),
        func.max(case((and_(is_earlier, col(dial.id).is_not(None)), past.week))),
        func.max(case((and_(is_earlier, was_reached), past.week))),
        has_open_term(Participant.journey_id, received, asked.on),
        _is_pressing(work, asked),
    )
    statement = (
        on_list(work, select(*columns), asked)
        .outerjoin(past, col(past.participant_id) == Call.participant_id)
        .outerjoin(dial, col(dial.call_id) == past.id)
        .group_by(Call.id, Participant.id, Contact.participant_id)
    )
    return [_Standing._make(row) for row in work.session.execute(statement)]


def _rhythms(work: Work) -> dict[int, CadenceSettings]:
    return {study: cadence_of(row) for row in work.session.scalars(select(Study)) if (study := row.id)}
