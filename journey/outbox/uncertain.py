"""Finds out what became of messages that perhaps left: a crash, a time-out or a 500 came between us and the answer.

The provider has no key that makes a message go once, and its list does not show our own id. So its list of what went
to the number is compared with what we tried: same text, not before our try, and not known as another message of ours.
Found: that is the one. Not there half an hour after the try, in a complete list: it never left, and may go once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import col, select, update

from journey.models import Message, Participant
from journey.outbox.agreed import agrees_to
from journey.outbox.gateways import Parcel, Trace, open_parcel
from journey.outbox.quiet import ASKED, allowed
from journey.outbox.sms import plain
from journey.outbox.states import GONE, NEVER_LEFT, REPORTED, UNUSABLE, apply_report
from journey.outbox.waiting import has_wrong_number
from journey.work import Work

# Our call to the provider ends after 20 seconds at most, and what it accepted is in its list at once.
SAFE_AFTER: Final = timedelta(minutes=30)
LOOK_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 31))
LOOK_EVERY: Final = timedelta(hours=1)
CLOCKS_DIFFER: Final = timedelta(minutes=5)
MOST_TRIES: Final = 6


def next_look(tried_at: datetime, now: datetime) -> datetime:
    """When to look for a message that was tried at `tried_at`: soon at first, once when it is safe, then each hour."""
    return next((tried_at + after for after in LOOK_AFTER if tried_at + after > now), now + LOOK_EVERY)


def list_to_look(work: Work, most: int) -> list[int]:
    """Ids of uncertain messages to look for now, longest waiting first."""
    statement = select(Message.id).where(*_to_look(work)).order_by(col(Message.due_at), col(Message.id))
    return [row for row in work.session.exec(statement.limit(most)).all() if row is not None]


@dataclass(frozen=True)
class Search:
    """What to look for: the opened message and when it was tried."""

    parcel: Parcel
    tried_at: datetime


def claim_search(work: Work, message_id: int) -> Search | None:
    """Take an uncertain message to look for it; of two workers one gets it, and the next look is planned already."""
    row = work.session.get(Message, message_id)
    if row is None:
        return None
    tried_at = row.tried_at or row.created_at
    taken = work.session.exec(
        update(Message)
        .where(col(Message.id) == message_id, *_to_look(work))
        .values(due_at=next_look(tried_at, work.now))
        .returning(col(Message.id))
    ).first()
    if taken is None:
        return None
    try:
        return Search(open_parcel(work, row), tried_at)
    except ValueError:
        row.state, row.error, row.recipient, row.updated_at = "failed", UNUSABLE, "", work.now
        return None


def settle_search(work: Work, search: Search, traces: list[Trace], listed_at: datetime) -> str:
    """What the list of the provider, begun at `listed_at`, says of it: the state it has now.

    While another message to the number is on its way its name is not known yet, and nothing is concluded.
    """
    row = work.session.get(Message, search.parcel.id, with_for_update=True)
    if row is None or row.state != "uncertain" or _is_sending_to(work, search.parcel.recipient):
        return row.state if row else "gone"
    found = _found(work, search, traces)
    if found is not None:
        apply_report(row, REPORTED.get(found.status, "accepted"), found.gateway_id, found.error, work.now)
    elif listed_at >= search.tried_at + SAFE_AFTER:
        _put_back(work, row)
    work.session.add(row)
    return row.state


def _found(work: Work, search: Search, traces: list[Trace]) -> Trace | None:
    """Of two texts that are the same each has its own trace: what is known of another message is left out."""
    fitting = [trace for trace in traces if _fits(search, trace)]
    names = [trace.gateway_id for trace in fitting]
    known = set(work.session.exec(select(Message.gateway_id).where(col(Message.gateway_id).in_(names))).all())
    free = [trace for trace in fitting if trace.gateway_id not in known]
    return min(free, key=lambda trace: abs(trace.created_at - search.tried_at), default=None)


def _fits(search: Search, trace: Trace) -> bool:
    """Providers change signs to fit an alphabet, put a line before texts of a trial account, and may be told to keep
    no text at all; then only the time tells."""
    if trace.created_at < search.tried_at - CLOCKS_DIFFER:
        return False
    if not trace.body:
        return trace.created_at <= search.tried_at + CLOCKS_DIFFER
    return _bare(trace.body).endswith(_bare(search.parcel.body))


def _bare(text: str) -> str:
    return "".join(plain(text).split())


def _put_back(work: Work, row: Message) -> None:
    """It never left: it may go once more while it is still true and wanted."""
    row.updated_at, row.error = work.now, NEVER_LEFT
    expired = row.valid_until is not None and row.valid_until < work.now
    if expired or row.tries >= MOST_TRIES or not is_wanted(work, row):
        row.state, row.recipient = "failed", ""
    else:
        row.state = "ready"
        row.due_at = allowed(row.occasion, work.now)


def is_wanted(work: Work, row: Message) -> bool:
    """Whether its reader is still there, on this number, and still agrees that texts may come unasked."""
    if row.participant_id is None or row.occasion == "stop_confirmed":
        return True
    person = work.session.get_one(Participant, row.participant_id)
    wanted = row.occasion in ASKED or agrees_to(work, person, "texts")
    return person.state not in GONE and wanted and not has_wrong_number(work, row.participant_id)


def _is_sending_to(work: Work, number: str) -> bool:
    rows = work.session.exec(select(Message).where(Message.state == "sending", Message.recipient != "")).all()
    return any(open_parcel(work, row).recipient == number for row in rows)


def _to_look(work: Work) -> Sequence[ColumnElement[bool]]:
    return (
        col(Message.state) == "uncertain",
        col(Message.due_at) <= work.now,
        col(Message.recipient) != "",
    )
