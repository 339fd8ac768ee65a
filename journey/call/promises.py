"""Promises to call back: who asked, whether somebody dialled in time, and the share kept per month (rules, 41)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from journey.auth.scope import scoped
from journey.models import Attempt, Call, CallBack, Participant, Study, User, Withdrawal, stored_id
from journey.rules.calltimes import callback_due
from journey.rules.promises import Promise, PromiseMonth, promise_state, promises_by_month
from journey.work import Work

AT_ONCE = 900


@dataclass(frozen=True)
class OpenPromise:
    """Somebody who waits for a call; `researcher` is whose person it is, `call_id` of the open round."""

    participant: str
    asked_at: datetime
    due: datetime
    via: str
    is_late: bool
    researcher: str
    call_id: int | None


def record_promise(work: Work, participant: Participant, via: str, asked_at: datetime) -> CallBack:
    """The open promise to this person: made now, or the earlier one when they asked before and nobody dialled since."""
    known = find_open_promise(work, participant)
    if known is not None:
        return known
    promise = CallBack(
        participant_id=stored_id(participant), asked_at=asked_at, via=via, recorded_by=work.actor.label
    )
    work.session.add(promise)
    work.session.flush()
    return promise


def find_open_promise(work: Work, participant: Participant) -> CallBack | None:
    """The promise after which nobody has dialled yet."""
    last = work.session.exec(
        select(CallBack)
        .where(CallBack.participant_id == participant.id)
        .order_by(col(CallBack.asked_at).desc(), col(CallBack.id).desc())
    ).first()
    if last is None:
        return None
    dialled = _dials(work, [last.participant_id])[last.participant_id]
    return None if any(at >= last.asked_at for at in dialled) else last


def list_open_promises(work: Work) -> list[OpenPromise]:
    """Everyone in the actor's studies who waits for a call, the longest waiting first; also colleagues' people."""
    statement: Any = (
        select(CallBack, Participant)
        .join(Participant, col(Participant.id) == CallBack.participant_id)
        .join(Study, col(Study.id) == Participant.study_id)
        .where(Participant.state == "active", col(Study.closed_at).is_(None))
        .order_by(col(CallBack.asked_at))
    )
    rows = work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    ids = {person.id for _row, person in rows}
    dialled = _dials(work, ids)
    names = {user.id: user.name for user in work.session.exec(select(User)).all()}
    calls = _open_calls(work, ids)
    return [
        OpenPromise(
            participant=person.code,
            asked_at=row.asked_at,
            due=callback_due(row.asked_at),
            via=row.via,
            is_late=callback_due(row.asked_at) < work.now,
            researcher=names.get(person.researcher_id, ""),
            call_id=calls.get(row.participant_id),
        )
        for row, person in rows
        if not any(at >= row.asked_at for at in dialled[row.participant_id])
    ]


def call_back_share(work: Work, study: Study) -> list[PromiseMonth]:
    """Promises of a study per month, newest first: how many, and how many were kept, late, or are still open.

    Who stopped before the time was over is left out: nobody may call them any more.
    """
    rows = work.session.exec(
        select(CallBack)
        .join(Participant, col(Participant.id) == CallBack.participant_id)
        .where(Participant.study_id == study.id)
        .order_by(col(CallBack.asked_at))
    ).all()
    ids = {row.participant_id for row in rows}
    dialled, stopped = _dials(work, ids), _stopped(work, ids)
    found = []
    for row in rows:
        attempts = dialled[row.participant_id]
        state = promise_state(row.asked_at, attempts, work.now)
        left = stopped.get(row.participant_id)
        in_time = left is not None and left <= callback_due(row.asked_at)
        if not (in_time and state is not Promise.kept):
            found.append((row.asked_at, state))
    return promises_by_month(found)


def _dials(work: Work, people: Iterable[int | None]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    for part in _parts(people):
        statement = (
            select(Call.participant_id, Attempt.at)
            .join(Attempt, col(Attempt.call_id) == Call.id)
            .where(col(Call.participant_id).in_(part))
        )
        for person, at in work.session.exec(statement).all():
            found[person].append(at)
    return found


def _stopped(work: Work, people: Iterable[int | None]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for part in _parts(people):
        statement = select(Withdrawal).where(col(Withdrawal.participant_id).in_(part))
        for row in work.session.exec(statement.order_by(col(Withdrawal.id).desc())).all():
            found[row.participant_id] = row.withdrawn_at
    return found


def _open_calls(work: Work, people: Iterable[int | None]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in _parts(people):
        statement = select(Call).where(col(Call.participant_id).in_(part), Call.state == "open")
        found |= {call.participant_id: stored_id(call) for call in work.session.exec(statement).all()}
    return found


def _parts(people: Iterable[int | None]) -> Iterable[Sequence[int | None]]:
    ids = list(people)
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
