"""All messages with filters, a page at a time, and what they cost per study and month.

Nothing is opened here: ten thousand sealed texts would take seconds, so the number of parts stands in the row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from journey.clock import at_local
from journey.models import Message, Participant, Study
from journey.outbox.queries import own_people
from journey.outbox.sms import price_of
from journey.outbox.wording import advice
from journey.work import Work

PAGE_SIZE: Final = 50
MONTHS: Final = 6
STATE_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "waiting": ("ready",),
    "underway": ("sending", "accepted", "uncertain"),
    "arrived": ("sent", "delivered"),
    "failed": ("failed", "undelivered"),
    "cancelled": ("cancelled",),
}
# Paid for, as far as we know: also what the network could not deliver.
PAID: Final = ("accepted", "uncertain", "sent", "delivered", "undelivered")


@dataclass(frozen=True)
class Filters:
    """`state` is a key of STATE_GROUPS, `person` (part of) a code, `on` the day a message was due."""

    state: str = ""
    occasion: str = ""
    person: str = ""
    on: date | None = None
    page: int = 1

    @property
    def any(self) -> bool:
        return bool(self.state or self.occasion or self.person or self.on)


@dataclass(frozen=True)
class MessageLine:
    """A message without its text; `advice` is what to do when it did not arrive, or empty."""

    id: int
    code: str
    occasion: str
    state: str
    at: datetime
    parts: int
    advice: str


@dataclass(frozen=True)
class Listing:
    """`failed` counts all that did not arrive, whatever the filters."""

    rows: tuple[MessageLine, ...]
    total: int
    failed: int
    page: int
    pages: int


@dataclass(frozen=True)
class Costs:
    """One study in one month (its first day); euros are an estimate."""

    study: str
    month: date
    messages: int
    parts: int
    euros: Decimal


def list_page(work: Work, filters: Filters) -> Listing:
    """One page of the messages to one's own people (a lead: the team's), the newest first."""
    total = _count(work, _filtered(work, filters))
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, filters.page), pages)
    ids = work.session.exec(
        _filtered(work, filters)
        .order_by(col(Message.id).desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return Listing(_lines(work, ids), total, _count(work, _filtered(work, Filters("failed"))), page, pages)


def list_of_person(work: Work, participant: Participant, most: int = 5) -> tuple[MessageLine, ...]:
    """The newest messages to one person."""
    ids = work.session.exec(
        select(Message.id)
        .where(Message.participant_id == participant.id)
        .order_by(col(Message.id).desc())
        .limit(most)
    ).all()
    return _lines(work, ids)


def list_costs(work: Work) -> list[Costs]:
    """Of the last six months that cost anything, the newest first; months are those of Amsterdam."""
    found = []
    for first, after in _months(work.today):
        statement: Any = (
            select(col(Study.id), func.count(), func.sum(Message.parts))
            .select_from(Message)
            .join(Participant, col(Participant.id) == Message.participant_id)
            .join(Study, col(Study.id) == Participant.study_id)
            .where(
                col(Message.state).in_(PAID),
                col(Message.tried_at) >= at_local(first, 0),
                col(Message.tried_at) < at_local(after, 0),
            )
            .group_by(col(Study.id))
            .order_by(col(Study.id))
        )
        for study_id, count, parts in work.session.exec(own_people(work, statement)).all():
            study = work.session.get_one(Study, study_id)
            found.append(Costs(study.name, first, count, int(parts), int(parts) * price_of(study)))
    return found


def _months(today: date) -> list[tuple[date, date]]:
    months = []
    first, after = today.replace(day=1), (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    for _number in range(MONTHS):
        months.append((first, after))
        first, after = (first - timedelta(days=1)).replace(day=1), first
    return months


def _filtered(work: Work, filters: Filters) -> SelectOfScalar[int | None]:
    statement = own_people(work, select(Message.id).join(Participant))
    if filters.state:
        statement = statement.where(col(Message.state).in_(STATE_GROUPS[filters.state]))
    if filters.occasion:
        statement = statement.where(Message.occasion == filters.occasion)
    if filters.on is not None:
        start, end = at_local(filters.on, 0), at_local(filters.on + timedelta(days=1), 0)
        statement = statement.where(Message.due_at >= start, Message.due_at < end)
    for part in re.findall(r"[^\W\d_]+|\d+", filters.person.upper())[:4]:
        statement = statement.where(
            func.upper(Participant.code).contains(part.lstrip("0") or "0", autoescape=True)
        )
    return statement


def _count(work: Work, statement: SelectOfScalar[int | None]) -> int:
    return work.session.exec(select(func.count()).select_from(statement.subquery())).one()


def _lines(work: Work, ids: Sequence[int | None]) -> tuple[MessageLine, ...]:
    rows: Any = work.session.exec(
        select(Message, Participant.code)
        .join(Participant)
        .where(col(Message.id).in_(ids))
        .order_by(col(Message.id).desc())
    ).all()
    return tuple(
        MessageLine(
            row.id or 0,
            code,
            row.occasion,
            row.state,
            row.due_at if row.state == "ready" else row.updated_at,
            row.parts,
            advice(row.state, row.error),
        )
        for row, code in rows
    )
