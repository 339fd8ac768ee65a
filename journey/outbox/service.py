"""Writes messages in the transaction of the fact that caused them, and what people and the gateway say back."""

from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import Contact, Message, Participant, Reply, User, stored_id
from journey.outbox.agreed import agrees_to
from journey.outbox.queries import get_reply
from journey.outbox.quiet import ASKED, MANNERS, allowed
from journey.outbox.sms import segments
from journey.outbox.states import REPORTED, apply_report
from journey.outbox.stops import is_stopped, stop_number
from journey.outbox.waiting import has_wrong_number
from journey.work import Actor, Work

GATEWAY: Final = Actor("gateway", "gateway", "system")
DEALT_WITH: Final = ("done", "stop")
STOP_CODES: Final = frozenset({"21610"})


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
    """Put a text in the outbox; None when the person has no number that takes texts, or the key was used before.

    `recipient` (E.164) is for the one text after the number was forgotten: the confirmation of a STOP. What was not
    asked for this moment waits for 09:00 (rules, 42), and is not written at all for who does not want texts, nor to a
    number that turned out to be somebody else's.
    """
    if occasion not in ASKED and not agrees_to(work, participant, "texts"):
        return None
    if recipient is None and has_wrong_number(work, participant.id):
        return None
    number = recipient or _number_of(work, participant)
    if number is None or is_stopped(work, number) or is_planned(work, dedup_key):
        return None
    message = _message(work, occasion, body, dedup_key, number, due_at or work.now)
    message.participant_id = stored_id(participant)
    return _put(work, message, participant.code)


def plan_staff_message(
    work: Work,
    user: User,
    occasion: str,
    body: str,
    dedup_key: str,
    *,
    recipient: str,
    due_at: datetime | None = None,
) -> Message | None:
    """Put a text to a colleague in the outbox, to the number `recipient` (E.164); None when that number stopped our
    texts, or the key was used before.

    Colleagues asked for these texts, so the quiet hours that protect participants do not hold for them: the occasion
    says so (`MANNERS`). Such a text holds no name, number, pseudonym or words of a participant.
    """
    if is_stopped(work, recipient) or is_planned(work, dedup_key):
        return None
    message = _message(work, occasion, body, dedup_key, recipient, due_at or work.now)
    message.user_id = stored_id(user)
    return _put(work, message, f"user:{user.id}")


def plan_stranger_message(work: Work, recipient: str, body: str, dedup_key: str) -> Message | None:
    """Put one answer to a number (E.164) that nobody in a study has in the outbox; None when that number stopped our
    texts, or the key was used before."""
    if is_stopped(work, recipient) or is_planned(work, dedup_key):
        return None
    return _put(work, _message(work, "answer", body, dedup_key, recipient, work.now), "unknown number")


def record_report(
    work: Work, message_id: int, status: str, gateway_id: str = "", error: str = ""
) -> str | None:
    """A delivery report of the gateway: the state it leads to, or None for a message or status we do not know."""
    row = work.session.get(Message, message_id, with_for_update=True)
    state = REPORTED.get(status)
    if row is None or state is None or (row.gateway_id and gateway_id and row.gateway_id != gateway_id):
        return None
    if error in STOP_CODES:
        _stop_number_of(work, row)
    apply_report(row, state, gateway_id, error, work.now)
    work.session.add(row)
    return row.state


def is_received(work: Work, gateway_id: str) -> bool:
    """Whether this text came before: gateways repeat themselves."""
    return work.session.exec(select(Reply.id).where(Reply.gateway_id == gateway_id)).first() is not None


def record_reply(
    work: Work,
    body: str,
    gateway_id: str,
    *,
    participant: Participant | None = None,
    sender: str = "",
    meaning: str = "kept",
) -> Reply | None:
    """Keep a text for a researcher; None when it was kept before. One that a rule dealt with (`done`, `stop`) is only
    known to have come: its words are not kept twice."""
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
        body=work.vault.seal("" if meaning in DEALT_WITH else body, f"{place}:body"),
        meaning=meaning,
        received_at=work.now,
        read_at=work.now if meaning in DEALT_WITH else None,
    )
    work.session.add(reply)
    work.session.flush()
    record_act(work, "reply.receive", participant.code if participant else "unknown number")
    return reply


def close_reply(work: Work, reply_id: int) -> None:
    """A researcher read it; of an unknown sender the number goes."""
    reply = get_reply(work, reply_id)
    reply.read_at = reply.read_at or work.now
    reply.sender = None
    work.session.add(reply)
    record_act(work, "reply.read", f"reply:{reply_id}")


def _message(work: Work, occasion: str, body: str, dedup_key: str, number: str, due_at: datetime) -> Message:
    due = allowed(occasion, due_at)
    place = f"message:{dedup_key}"
    return Message(
        occasion=occasion,
        dedup_key=dedup_key,
        recipient=work.vault.seal(number, f"{place}:recipient"),
        body=work.vault.seal(body, f"{place}:body"),
        parts=segments(body),
        due_at=due,
        valid_until=due + MANNERS[occasion].valid,
        created_at=work.now,
        updated_at=work.now,
    )


def _put(work: Work, message: Message, whose: str) -> Message | None:
    """Write it down; None when another used the key at the same moment."""
    try:
        with work.session.begin_nested():
            work.session.add(message)
    except IntegrityError:
        return None
    record_act(work, f"message.plan.{message.occasion}", whose)
    return message


def _stop_number_of(work: Work, row: Message) -> None:
    participant = work.session.get(Participant, row.participant_id) if row.participant_id else None
    number = _number_of(work, participant) if participant else None
    if number is not None:
        stop_number(work, number)


def _number_of(work: Work, participant: Participant) -> str | None:
    contact = work.session.get(Contact, participant.id)
    return (
        work.vault.open_optional(contact.phone, f"contact:{contact.participant_id}:phone")
        if contact
        else None
    )


def is_planned(work: Work, dedup_key: str) -> bool:
    """Whether a message with this key was written before, whatever became of it."""
    return work.session.exec(select(Message.id).where(Message.dedup_key == dedup_key)).first() is not None
