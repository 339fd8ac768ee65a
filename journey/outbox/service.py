"""Writes messages in the transaction of the fact that caused them, and what became of them afterwards.

A row goes ready → sending → accepted | uncertain | failed; callbacks take it on to sent, delivered or undelivered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, or_, select, update

from journey.audit.service import record_act
from journey.models import Contact, Message, Participant, Reply, stored_id
from journey.outbox.gateways import Outcome, Parcel
from journey.outbox.queries import get_reply
from journey.outbox.quiet import ASKED, MANNERS, is_quiet, next_allowed
from journey.work import Actor, Work

GATEWAY: Final = Actor("gateway", "gateway", "system")
RETRY_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240))
STUCK_AFTER: Final = timedelta(minutes=10)
PAUSE: Final = timedelta(minutes=15)

# Reports come twice and out of order: only a higher rank replaces a lower one.
RANKS: Final = {"ready": 0, "sending": 0, "uncertain": 0, "accepted": 1, "sent": 2, "delivered": 3}
RANKS_OF_ENDS: Final = {"undelivered": 3, "failed": 3, "cancelled": 4}
RANK_OF: Final = RANKS | RANKS_OF_ENDS
REPORTED: Final = {
    "accepted": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "cancelled",
}


@dataclass(frozen=True)
class Claimed:
    """A message that is ours to send; `parcel` is None when its number is gone."""

    id: int
    parcel: Parcel | None


def plan_message(
    work: Work,
    participant: Participant,
    occasion: str,
    body: str,
    dedup_key: str,
    due_at: datetime | None = None,
    *,
    recipient: str | None = None,
) -> Message | None:
    """Put a text in the outbox; None when the person has no number, or the key was used before.

    `recipient` (E.164) is for the one text after the number was forgotten: the confirmation of a STOP. What was not
    asked for this moment waits for 09:00 (rules, 42).
    """
    number = recipient or _number_of(work, participant)
    if number is None or _is_planned(work, dedup_key):
        return None
    manner = MANNERS[occasion]
    due = due_at or work.now
    if not manner.asked:
        due = next_allowed(due)
    place = f"message:{dedup_key}"
    message = Message(
        participant_id=stored_id(participant),
        occasion=occasion,
        dedup_key=dedup_key,
        recipient=work.vault.seal(number, f"{place}:recipient"),
        body=work.vault.seal(body, f"{place}:body"),
        due_at=due,
        valid_until=due + manner.valid,
        created_at=work.now,
        updated_at=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(message)
    except IntegrityError:
        return None
    record_act(work, f"message.plan.{occasion}", participant.code)
    return message


def has_due(work: Work) -> bool:
    """Whether a run has anything to do; asked first, because it takes no lock."""
    stuck = (Message.state == "sending", col(Message.updated_at) < work.now - STUCK_AFTER)
    ready = (Message.state == "ready", col(Message.due_at) <= work.now)
    idle = (Message.state == "cancelled", col(Message.recipient) != "")
    for condition in (stuck, ready, idle):
        if work.session.exec(select(Message.id).where(*condition).limit(1)).first() is not None:
            return True
    return False


def close_stale(work: Work) -> None:
    """What a crash left in `sending` becomes uncertain; what lost its meaning is cancelled; numbers no longer needed
    are forgotten."""
    session, changed = work.session, {"updated_at": work.now}
    session.exec(
        update(Message)
        .where(col(Message.state) == "sending", col(Message.updated_at) < work.now - STUCK_AFTER)
        .values(state="uncertain", error="interrupted", **changed)
    )
    session.exec(
        update(Message)
        .where(col(Message.state) == "ready", col(Message.valid_until) < work.now)
        .values(state="cancelled", error="expired", **changed)
    )
    session.exec(
        update(Message)
        .where(col(Message.state) == "cancelled", col(Message.recipient) != "")
        .values(recipient="")
    )


def claim_next(work: Work) -> Claimed | None:
    """Take one due message: of two senders one gets it.

    The id is compared with `=`: PostgreSQL may run a locking subquery behind `IN` once per row, and would then claim
    every row that is due while we send only one.
    """
    due = (
        select(Message.id)
        .where(
            Message.state == "ready",
            col(Message.due_at) <= work.now,
            or_(col(Message.valid_until).is_(None), col(Message.valid_until) >= work.now),
        )
        .order_by(col(Message.due_at), col(Message.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if is_quiet(work.now):
        due = due.where(col(Message.occasion).in_(ASKED))
    claimed = work.session.exec(
        update(Message)
        .where(col(Message.id) == due.scalar_subquery(), col(Message.state) == "ready")
        .values(state="sending", updated_at=work.now, tries=col(Message.tries) + 1)
        .returning(col(Message.id), col(Message.dedup_key), col(Message.recipient), col(Message.body))
    ).first()
    if claimed is None:
        return None
    message_id, key, recipient, body = claimed
    if not recipient:
        return Claimed(message_id, None)
    place = f"message:{key}"
    return Claimed(
        message_id,
        Parcel(
            message_id,
            work.vault.open(recipient, f"{place}:recipient"),
            work.vault.open(body, f"{place}:body"),
        ),
    )


def record_outcome(work: Work, message_id: int, outcome: Outcome) -> None:
    """Write down what the gateway said, unless a callback was faster. The number goes once it is not needed."""
    row = work.session.get(Message, message_id, with_for_update=True)
    if row is None:  # everything of this person was removed meanwhile
        return
    row.gateway_id = outcome.gateway_id or row.gateway_id
    if row.state == "sending":
        _settle(work, row, outcome)
        row.error = outcome.error[:200]
        row.updated_at = work.now
    work.session.add(row)


def pause_sending(work: Work) -> None:
    """The gateway refuses us: everything that is due waits, instead of being refused one by one."""
    work.session.exec(
        update(Message)
        .where(col(Message.state) == "ready", col(Message.due_at) < work.now + PAUSE)
        .values(due_at=work.now + PAUSE, updated_at=work.now)
    )


def record_report(
    work: Work, message_id: int, status: str, gateway_id: str = "", error: str = ""
) -> str | None:
    """A delivery report of the gateway: the state it leads to, or None for a message or status we do not know."""
    row = work.session.get(Message, message_id, with_for_update=True)
    state = REPORTED.get(status)
    if row is None or state is None or (row.gateway_id and gateway_id and row.gateway_id != gateway_id):
        return None
    row.gateway_id = row.gateway_id or gateway_id or None
    if RANK_OF[state] > RANK_OF[row.state]:
        row.state, row.error, row.updated_at = state, error[:200], work.now
        row.recipient = ""
    work.session.add(row)
    return row.state


def record_reply(
    work: Work, body: str, gateway_id: str, *, participant: Participant | None = None, sender: str = ""
) -> Reply | None:
    """Keep a text for a researcher; None when it was kept before, because gateways repeat themselves."""
    person = stored_id(participant) if participant else None
    known = select(Reply.id).where(Reply.gateway_id == gateway_id, col(Reply.participant_id) == person)
    if person is None:
        known = select(Reply.id).where(Reply.gateway_id == gateway_id, col(Reply.participant_id).is_(None))
    if work.session.exec(known).first() is not None:
        return None
    place = f"reply:{gateway_id}"
    reply = Reply(
        participant_id=person,
        gateway_id=gateway_id,
        sender=work.vault.seal(sender, f"{place}:sender") if sender and participant is None else None,
        body=work.vault.seal(body, f"{place}:body"),
        received_at=work.now,
    )
    work.session.add(reply)
    record_act(work, "reply.receive", participant.code if participant else "unknown number")
    return reply


def close_reply(work: Work, reply_id: int) -> None:
    """A researcher read it; of an unknown sender the number goes."""
    reply = get_reply(work, reply_id)
    reply.read_at = reply.read_at or work.now
    reply.sender = None
    work.session.add(reply)
    record_act(work, "reply.read", f"reply:{reply_id}")


def _settle(work: Work, row: Message, outcome: Outcome) -> None:
    if outcome.result == "halt":
        row.state, row.due_at, row.tries = "ready", work.now + PAUSE, row.tries - 1
    elif outcome.result == "retry" and row.tries <= len(RETRY_AFTER):
        row.state, row.due_at = "ready", work.now + RETRY_AFTER[row.tries - 1]
    else:
        row.state = "failed" if outcome.result == "retry" else outcome.result
        if row.state != "uncertain":
            row.recipient = ""


def _number_of(work: Work, participant: Participant) -> str | None:
    contact = work.session.get(Contact, participant.id)
    return (
        work.vault.open_optional(contact.phone, f"contact:{contact.participant_id}:phone")
        if contact
        else None
    )


def _is_planned(work: Work, dedup_key: str) -> bool:
    return work.session.exec(select(Message.id).where(Message.dedup_key == dedup_key)).first() is not None
