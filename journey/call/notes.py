"""The words for the next call. What two people or two opened pages typed is kept beside each other, each with who and
when: only a later save of the same page takes the place of an earlier one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from journey.call.dial import read_note
from journey.models import Attempt, Call, CallNote, Participant, stored_id
from journey.participant.person import names_of
from journey.participant.queries import hold, refuse_if_gone
from journey.rules.errors import Invalid
from journey.work import Work

LONGEST_PAGE = 40


@dataclass(frozen=True)
class NoteLine:
    """One note as it is shown; `id` is 0 for words from before notes had a writer, `own` when the reader wrote them."""

    id: int
    text: str
    who: str
    at: datetime
    page: str
    own: bool


def list_notes(work: Work, call: Call) -> tuple[NoteLine, ...]:
    """The notes of a round that stand, oldest first."""
    rows = _standing(work, call) or ([_from_before(work, call)] if call.note else [])
    names = names_of(work, [row.recorded_by for row in rows])
    return tuple(
        NoteLine(
            row.id or 0,
            row.text,
            names.get(row.recorded_by, row.recorded_by),
            row.recorded_at,
            row.page,
            row.recorded_by == work.actor.label,
        )
        for row in rows
    )


def record_note(work: Work, call: Call, text: str, *, page: str = "", seen: int | None = None) -> None:
    """Save what stands in the field of one opened page. `page` names that page, `seen` is the note that it was opened
    with: a note in between, of anybody else or of another page, stays beside it. Empty takes the own note away.
    """
    participant = work.session.get_one(Participant, call.participant_id)
    hold(work, participant)
    refuse_if_gone(participant)
    if len(page) > LONGEST_PAGE:
        raise Invalid("Deze keuze bestaat niet.", field="note")
    text = read_note(text)
    _adopt(work, call)
    rows = _standing(work, call)
    mine = [row for row in rows if row.recorded_by == work.actor.label]
    own = next((row for row in mine if (page and row.page == page) or row.id == seen), None)
    if own is None and any(row.text == text for row in rows):
        return
    if own is not None and own.text == text:
        own.page = page
    else:
        if own is not None:
            own.replaced = True
            work.session.add(own)
        if text:
            _append(work, call, text, page)
    work.session.flush()
    _retell(work, call)


def add_note(work: Work, call: Call, text: str) -> None:
    """Words that came with an attempt stand beside what was there."""
    _adopt(work, call)
    _append(work, call, read_note(text), "")
    work.session.flush()
    _retell(work, call)


def _append(work: Work, call: Call, text: str, page: str) -> None:
    work.session.add(
        CallNote(
            call_id=stored_id(call),
            page=page,
            text=text,
            recorded_by=work.actor.label,
            recorded_at=work.now,
        )
    )


def _standing(work: Work, call: Call) -> Sequence[CallNote]:
    statement = select(CallNote).where(CallNote.call_id == call.id, ~col(CallNote.replaced))
    return work.session.exec(statement.order_by(col(CallNote.id))).all()


def _retell(work: Work, call: Call) -> None:
    """The round itself carries the newest note, as it did before each had a row of its own."""
    rows = _standing(work, call)
    call.note = rows[-1].text if rows else ""
    work.session.add(call)
    work.session.flush()


def _adopt(work: Work, call: Call) -> None:
    """Words of a round from before notes were kept one by one become its first note."""
    known = select(CallNote.id).where(CallNote.call_id == call.id).limit(1)
    if call.note and work.session.exec(known).first() is None:
        work.session.add(_from_before(work, call))
        work.session.flush()


def _from_before(work: Work, call: Call) -> CallNote:
    statement = select(Attempt).where(Attempt.call_id == call.id).order_by(col(Attempt.id).desc())
    last = work.session.exec(statement).first()
    return CallNote(
        call_id=stored_id(call),
        text=call.note,
        recorded_by=last.recorded_by if last else "system",
        recorded_at=last.recorded_at if last else call.created_at,
    )
