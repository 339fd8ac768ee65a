"""Reads messages and replies for the researchers whose people they are about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import and_, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from journey.auth.scope import scoped
from journey.models import Message, Participant, Reply, Study
from journey.outbox.wording import meaning_words
from journey.rules.errors import NotFound
from journey.rules.roles import LEAD
from journey.work import Work

MOST = 200
GONE = ("stopped", "erased")
PRESSING = ("distress", "refuse", "wrong_number")


@dataclass(frozen=True)
class ShownMessage:
    """A message as staff see it; `body` is opened, `parts` are paid SMS parts."""

    id: int
    code: str
    occasion: str
    body: str
    state: str
    error: str
    due_at: datetime
    updated_at: datetime
    parts: int


@dataclass(frozen=True)
class ShownReply:
    """What somebody texted back; `sender` only when nobody in a study has that number."""

    id: int
    code: str | None
    sender: str | None
    body: str
    received_at: datetime
    meaning: str = "kept"

    @property
    def is_pressing(self) -> bool:
        return self.meaning in PRESSING

    @property
    def meaning_words(self) -> tuple[str, str]:
        """What it is about in a word, and the kind of its tag."""
        return meaning_words(self.meaning)


def get_message(work: Work, message_id: int) -> ShownMessage:
    """NotFound for a message to somebody else's people."""
    statement = own_people(work, select(Message).join(Participant)).where(Message.id == message_id)
    row = work.session.exec(statement).first()
    if row is None:
        raise NotFound("Dit bericht is er niet.")
    return _shown(work, row, _codes(work, {row.participant_id})[row.participant_id])


def list_replies(work: Work) -> list[ShownReply]:
    """Unread replies of one's own people, what presses first, then oldest first; those of unknown numbers are for the
    lead."""
    rows = _unread(work, _waits())
    if _sees_unknown(work):
        unknown = select(Reply).where(col(Reply.participant_id).is_(None), col(Reply.read_at).is_(None))
        rows += work.session.exec(unknown.order_by(col(Reply.id)).limit(MOST)).all()
    return _shown_replies(work, rows)


def list_waiting(work: Work, participant: Participant | None = None) -> list[ShownReply]:
    """The same of people who take part (or of one of them), for the pages where they are called: with who stopped there
    is nothing left to do but to read."""
    conditions = [_waits(), col(Participant.state).not_in(GONE)]
    if participant is not None:
        conditions.append(col(Participant.id) == participant.id)
    return _shown_replies(work, _unread(work, *conditions))


def _unread(work: Work, *conditions: Any) -> list[Reply]:
    statement = own_people(work, select(Reply).join(Participant)).where(*conditions)
    return list(work.session.exec(statement.order_by(col(Reply.id)).limit(MOST)).all())


def _shown_replies(work: Work, rows: list[Reply]) -> list[ShownReply]:
    codes = _codes(work, {row.participant_id for row in rows if row.participant_id is not None})
    shown = [show_reply(work, row, codes.get(row.participant_id or 0)) for row in rows]
    return sorted(shown, key=lambda one: not one.is_pressing)


def count_replies(work: Work) -> int:
    """How many texts of one's own people wait for a person to read them."""
    statement = own_people(work, select(func.count(col(Reply.id))).select_from(Reply).join(Participant))
    return int(work.session.exec(statement.where(_waits())).one())


def _waits() -> Any:
    """Not read yet; a refusal of who stopped since was dealt with by that."""
    done = and_(Reply.meaning == "refuse", col(Participant.state).in_(GONE))
    return and_(col(Reply.read_at).is_(None), ~done)


def show_reply(work: Work, row: Reply, code: str | None) -> ShownReply:
    """Opened: only for who may read it."""
    return ShownReply(
        row.id or 0,
        code,
        work.vault.open_optional(row.sender, f"reply:{row.gateway_id}:sender"),
        work.vault.open(row.body, f"reply:{row.gateway_id}:body"),
        row.received_at,
        row.meaning,
    )


def list_bodies_since(work: Work, participant: Participant, since: datetime) -> list[str]:
    """What one person texted and nobody read yet, since a moment."""
    rows = work.session.exec(
        select(Reply).where(
            Reply.participant_id == participant.id, Reply.received_at > since, col(Reply.read_at).is_(None)
        )
    ).all()
    return [work.vault.open(row.body, f"reply:{row.gateway_id}:body") for row in rows]


def get_reply(work: Work, reply_id: int) -> Reply:
    """NotFound for a reply of somebody else's people."""
    row = work.session.get(Reply, reply_id)
    if row is not None and row.participant_id is None and _sees_unknown(work):
        return row
    statement = own_people(work, select(Reply).join(Participant)).where(Reply.id == reply_id)
    found: Reply | None = work.session.exec(statement).first()
    if found is None:
        raise NotFound("Dit bericht is er niet.")
    return found


def _sees_unknown(work: Work) -> bool:
    """Texts of numbers that nobody has are for the lead where the number is that was texted: of the municipality whose
    study gives it as its own, or of those with a study that still goes on."""
    studies = work.actor.studies
    if studies is None:
        return True
    if work.actor.role != LEAD:
        return False
    going = work.session.exec(select(Study).where(col(Study.closed_at).is_(None))).all()
    asked = [study for study in going if study.research_phone == work.settings.twilio_from] or going
    places = {study.municipality_id for study in asked}
    return any(study.id in studies and study.municipality_id in places for study in going)


def own_people(work: Work, statement: SelectOfScalar[Any]) -> SelectOfScalar[Any]:
    """Only of one's own people, for a lead of the team. People without a researcher are everybody's."""
    statement = scoped(work, statement, col(Participant.study_id))
    if work.actor.role == LEAD:
        return statement
    researcher = col(Participant.researcher_id)
    return statement.where(or_(researcher == work.actor.id, researcher.is_(None)))


def _codes(work: Work, ids: set[int]) -> dict[int, str]:
    rows = work.session.exec(select(Participant).where(col(Participant.id).in_(ids))).all()
    return {row.id or 0: row.code for row in rows}


def _shown(work: Work, row: Message, code: str) -> ShownMessage:
    body = work.vault.open(row.body, f"message:{row.dedup_key}:body")
    return ShownMessage(
        row.id or 0,
        code,
        row.occasion,
        body,
        row.state,
        row.error,
        row.due_at,
        row.updated_at,
        row.parts,
    )
