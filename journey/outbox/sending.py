"""Claims what may go now, and writes down what the gateway said of it.

Trouble with the gateway itself (refused, unreachable, overloaded) is no fault of a message: the whole queue waits,
longer each time, no message loses a try, and a try that goes well ends it.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case
from sqlmodel import and_, col, func, select, update

from journey.audit.service import record_act
from journey.clock import AMSTERDAM
from journey.models import Message, Participant, SendingState, stored_id
from journey.outbox.gateways import Outcome, Parcel, open_parcel
from journey.outbox.quiet import ASKED, allowed, is_quiet, next_allowed
from journey.outbox.states import GONE, UNUSABLE
from journey.outbox.stops import stop_number
from journey.outbox.uncertain import is_wanted, next_look
from journey.work import Work

log = logging.getLogger("journey.outbox")

DAILY_CAP: Final = 2
RETRY_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240))
STUCK_AFTER: Final = timedelta(minutes=10)
PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 60, 300, 900))
HALT_AFTER_TROUBLES: Final = len(PAUSES)

LEFT: Final = ("sending", "uncertain", "accepted", "sent", "delivered", "undelivered")


@dataclass(frozen=True)
class Claimed:
    """A message that is ours to send; without `parcel` it cannot be sent, and `error` says why. What was not `asked`
    for may not leave in quiet time."""

    id: int
    parcel: Parcel | None
    error: str = ""
    asked: bool = True


def has_due(work: Work) -> bool:
    """Whether a run has anything to do; asked first, because it takes no lock."""
    conditions: list[Sequence[Any]] = [
        _stuck(work),
        _expired(work),
        _needless_number(),
        _needless_uncertain(),
    ]
    if not is_waiting(work):
        conditions.append(_due(work))
    return any(work.session.exec(select(Message.id).where(*one).limit(1)).first() for one in conditions)


def tidy(work: Work) -> None:
    """What a crash left in `sending` becomes uncertain; what lost its meaning is cancelled; numbers no longer needed
    are forgotten; what may not go now says until when it waits."""
    now = work.now
    for condition, values in (
        (_stuck(work), {"state": "uncertain", "error": "interrupted", "due_at": now, "updated_at": now}),
        (_expired(work), {"state": "cancelled", "error": "expired", "updated_at": now}),
        (_needless_number(), {"recipient": ""}),
        (_needless_uncertain(), {"recipient": ""}),
    ):
        work.session.exec(update(Message).where(*condition).values(**values))
    _put_off(work)


def claim_batch(work: Work, most: int) -> list[Claimed]:
    """Take what is due, at most so many: of two senders one gets each. What somebody asked for goes first; of what was
    not, each person has one in a batch, because what is in it does not count for the most of a day yet."""
    due = (
        select(Message)
        .where(*_due(work), ~and_(*_expired(work)), ~_is_capped(work))
        .order_by(case((_asked(), 0), else_=1), col(Message.due_at), col(Message.id))
        .limit(most)
        .with_for_update(skip_locked=True, of=Message)
    )
    if is_quiet(work.now):
        due = due.where(_asked())
    rows, unasked = [], set()
    for row in work.session.exec(due):
        if row.occasion not in ASKED and row.participant_id is not None:
            if row.participant_id in unasked:
                continue
            unasked.add(row.participant_id)
        rows.append(row)
    work.session.exec(
        update(Message)
        .where(col(Message.id).in_([row.id for row in rows]))
        .values(state="sending", updated_at=work.now, tried_at=work.now, tries=col(Message.tries) + 1)
        .execution_options(synchronize_session=False)
    )
    return [_claimed(work, row) for row in rows]


def _claimed(work: Work, row: Message) -> Claimed:
    asked = row.occasion in ASKED
    if not row.recipient:
        return Claimed(stored_id(row), None, "no number", asked)
    try:
        return Claimed(stored_id(row), open_parcel(work, row), asked=asked)
    except ValueError:
        return Claimed(stored_id(row), None, UNUSABLE, asked)


def record_outcomes(work: Work, outcomes: Mapping[int, Outcome | None]) -> None:
    """Write down what the gateway said of each, unless a report was faster; None did not leave. A number goes once it
    is not needed. A row that is not there any more is of somebody of whom everything was removed meanwhile."""
    statement = select(Message).where(col(Message.id).in_(outcomes)).order_by(col(Message.id))
    for row in work.session.exec(statement.with_for_update()).all():
        outcome = outcomes[stored_id(row)]
        if outcome is not None:
            row.gateway_id = row.gateway_id or outcome.gateway_id
        if row.state in ("sending", "uncertain"):
            row.updated_at = work.now
            if outcome is None:
                _give_back(work, row, row.due_at)
            else:
                _settle(work, row, outcome)
                row.error = outcome.error[:200]
        work.session.add(row)


def _give_back(work: Work, row: Message, due_at: datetime) -> None:
    """It certainly did not leave, for no fault of its own: it keeps its try, unless nobody wants it any more."""
    row.tries -= 1
    if is_wanted(work, row):
        row.state, row.due_at = "ready", due_at
    else:
        row.state, row.recipient = "cancelled", ""


def _settle(work: Work, row: Message, outcome: Outcome) -> None:
    result = outcome.result
    if result in ("busy", "halt"):
        _give_back(work, row, work.now)
    elif result == "retry" and row.tries <= len(RETRY_AFTER):
        row.state = "ready"
        row.due_at = allowed(row.occasion, work.now + RETRY_AFTER[row.tries - 1])
    elif result == "uncertain":
        row.state, row.due_at = "uncertain", next_look(row.tried_at or work.now, work.now)
    else:
        if result == "stopped" and row.recipient:
            stop_number(work, work.vault.open(row.recipient, f"message:{row.dedup_key}:recipient"))
        row.state = result if result in ("accepted", "sent") else "failed"
        row.recipient = ""


# --- Trouble with the gateway itself ----------------------------------------------------------------


def is_waiting(work: Work) -> bool:
    """Whether the queue waits until the gateway may be tried again. A longer wait than there is was written by a clock
    that ran ahead."""
    state = work.session.get(SendingState, 1)
    return (
        state is not None
        and state.wait_until is not None
        and (work.now < state.wait_until <= work.now + PAUSES[-1])
    )


def record_trouble(work: Work, outcome: Outcome) -> None:
    """The gateway could not be used: everything waits, longer each time in a row. A refused account, or trouble that
    does not pass, is for the administrator to see."""
    state = _locked_state(work)
    state.troubles += 1
    refused = outcome.result == "halt"
    pause = PAUSES[-1] if refused else PAUSES[min(state.troubles, len(PAUSES)) - 1]
    state.wait_until, state.reason = work.now + pause, outcome.error[:200]
    if state.halted_at is None and (refused or state.troubles >= HALT_AFTER_TROUBLES):
        state.halted_at = work.now
        record_act(work, "sending.halt", "outbox")
        log.error("the SMS gateway refuses our account or stays away (%s); sending waits", outcome.error)
    work.session.add(state)


def record_calm(work: Work) -> None:
    """A try went well: nothing waits any more."""
    state = work.session.get(SendingState, 1)
    if state is not None and (state.troubles or state.halted_at):
        resume_sending(work)


def resume_sending(work: Work) -> None:
    """Try again at once; when the gateway still refuses, the next try says so again."""
    state = _locked_state(work)
    if state.halted_at is not None:
        record_act(work, "sending.resume", "outbox")
    state.troubles, state.wait_until, state.halted_at, state.reason = 0, None, None, ""
    work.session.add(state)


def _locked_state(work: Work) -> SendingState:
    return work.session.get(SendingState, 1, with_for_update=True) or SendingState()


# --- Conditions on rows -----------------------------------------------------------------------------


def _due(work: Work) -> Sequence[ColumnElement[bool]]:
    return col(Message.state) == "ready", col(Message.due_at) <= work.now


def _stuck(work: Work) -> Sequence[ColumnElement[bool]]:
    return col(Message.state) == "sending", col(Message.updated_at) < work.now - STUCK_AFTER


def _expired(work: Work) -> Sequence[ColumnElement[bool]]:
    valid_until = col(Message.valid_until)
    return col(Message.state) == "ready", valid_until.is_not(None), valid_until < work.now


def _needless_number() -> Sequence[ColumnElement[bool]]:
    return col(Message.state) == "cancelled", col(Message.recipient) != ""


def _needless_uncertain() -> Sequence[ColumnElement[bool]]:
    """Who withdrew gets nothing any more, so an uncertain message needs no number; its report may still come."""
    gone = select(Participant.id).where(col(Participant.state).in_(GONE))
    return (
        col(Message.state) == "uncertain",
        col(Message.recipient) != "",
        col(Message.occasion) != "stop_confirmed",
        col(Message.participant_id).in_(gone),
    )


def _asked() -> ColumnElement[bool]:
    return col(Message.occasion).in_(ASKED)


def _is_capped(work: Work) -> ColumnElement[bool]:
    """Not asked for, to somebody who had the most of one day (Amsterdam) already."""
    return and_(
        ~_asked(), col(Message.participant_id).is_not(None), col(Message.participant_id).in_(_full(work))
    )


def _full(work: Work) -> Select[Any]:
    midnight = datetime.combine(work.today, time(), AMSTERDAM)
    other = Message.__table__.alias("other")  # type: ignore[attr-defined]
    return (
        select(other.c.participant_id)
        .where(
            other.c.participant_id.is_not(None),
            other.c.occasion.not_in(ASKED),
            other.c.state.in_(LEFT),
            other.c.tried_at >= midnight,
        )
        .group_by(other.c.participant_id)
        .having(func.count() >= DAILY_CAP)
    )


def _put_off(work: Work) -> None:
    """The row itself says until when it waits, so that staff see it and nobody asks for it all day."""
    tomorrow = datetime.combine(work.today + timedelta(days=1), time(), AMSTERDAM)
    waits = [(_is_capped(work), next_allowed(tomorrow))]
    if is_quiet(work.now):
        waits.append((~_asked(), next_allowed(work.now)))
    for condition, until in waits:
        work.session.exec(
            update(Message).where(*_due(work), condition).values(due_at=until, updated_at=work.now)
        )
