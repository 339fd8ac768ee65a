"""Who is due a letter and why (rules, 38), and which letters were printed before.

Due is who cannot be reached otherwise: three rounds missed, letters agreed on, or no number for the channel they
chose. A letter that was printed takes the person from the list until there is something new to ask.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import col, func, or_, select

from journey.auth.scope import scoped
from journey.models import Attempt, Call, Contact, Letter, Participant, Progress, Study, stored_id
from journey.participant.phones import takes_texts
from journey.rules.cadence import Outcome
from journey.work import Work

SOONEST_AGAIN: Final = timedelta(days=7)
AT_ONCE: Final = 900


@dataclass(frozen=True)
class DueLetter:
    """`reason` is one of LETTER_REASONS; without an address there is nowhere to send it."""

    participant: Participant
    reason: str
    has_address: bool
    last_printed: datetime | None

    @property
    def code(self) -> str:
        return self.participant.code


@dataclass(frozen=True)
class _Known:
    """What decides about one person: the contact row, the last dial, the last letter, the last news of a step."""

    contact: Contact
    dialled_at: datetime | None
    not_by_phone: bool
    printed_at: datetime | None
    news_at: datetime | None


def list_due_letters(work: Work, study: Study | None = None) -> list[DueLetter]:
    """Everyone in the actor's running studies, or in one of them, by code."""
    statement = (
        select(Participant)
        .join(Study, col(Study.id) == Participant.study_id)
        .join(Contact)
        .where(
            Participant.state == "active",
            col(Study.closed_at).is_(None),
            or_(col(Participant.rest_until).is_(None), col(Participant.rest_until) <= work.today),
            or_(
                col(Participant.calls_paused),
                Participant.channel != "call",
                col(Contact.phone).is_(None),
                col(Contact.phone_wrong_at).is_not(None),
            ),
        )
        .order_by(Participant.code)
    )
    if study is not None:
        statement = statement.where(Participant.study_id == study.id)
    people = work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    return [due for due, _known in _due(work, people)]


def list_own_missed(work: Work) -> list[tuple[str, datetime]]:
    """Code and last dial of the reader's own people who get a letter because three rounds found nobody."""
    statement = select(Participant).where(
        Participant.researcher_id == work.actor.id,
        Participant.state == "active",
        col(Participant.calls_paused),
    )
    people = work.session.exec(
        scoped(work, statement.order_by(Participant.code), col(Participant.study_id))
    ).all()
    return [
        (due.code, known.dialled_at or due.participant.created_at)
        for due, known in _due(work, people)
        if due.reason == "missed"
    ]


def find_due_letter(work: Work, participant: Participant) -> DueLetter | None:
    """None when no letter is due now; one may still be printed for who asks."""
    return next((due for due, _known in _due(work, [participant])), None)


def list_letters(work: Work, participant: Participant) -> list[Letter]:
    """What was printed for one person, newest first."""
    statement = select(Letter).where(Letter.participant_id == participant.id)
    return list(work.session.exec(statement.order_by(col(Letter.id).desc())).all())


def _due(work: Work, people: Sequence[Participant]) -> list[tuple[DueLetter, _Known]]:
    known = _known(work, people)
    found = []
    for person in people:
        facts = known.get(stored_id(person))
        reason = _reason(work, person, facts) if facts else None
        if facts and reason:
            due = DueLetter(person, reason, facts.contact.postal_address is not None, facts.printed_at)
            found.append((due, facts))
    return found


def _reason(work: Work, person: Participant, known: _Known) -> str | None:
    printed = known.printed_at
    missed = person.calls_paused and not known.not_by_phone
    if missed and (printed is None or (known.dialled_at is not None and printed < known.dialled_at)):
        return "missed"
    reason = (
        "paper" if person.channel == "paper" else None if _is_reached(work, person, known) else "no_mobile"
    )
    if reason is None or printed is None:
        return reason
    news = known.news_at is not None and known.news_at > printed
    return "new_step" if news and work.now - printed >= SOONEST_AGAIN else None


def _is_reached(work: Work, person: Participant, known: _Known) -> bool:
    """Whether the channel this person chose has a number that fits it."""
    if known.contact.phone is None or known.contact.phone_wrong_at is not None:
        return False
    if person.channel == "call":
        return True
    number = work.vault.open(known.contact.phone, f"contact:{known.contact.participant_id}:phone")
    return takes_texts(number)


def _known(work: Work, people: Sequence[Participant]) -> dict[int, _Known]:
    """In four queries for every 900 people."""
    found: dict[int, _Known] = {}
    for part in _parts([stored_id(person) for person in people]):
        contacts = work.session.exec(select(Contact).where(col(Contact.participant_id).in_(part))).all()
        dialled = _last_dials(work, part)
        printed = _moments(work, Letter.participant_id, col(Letter.printed_at), part)
        news: dict[int, datetime] = dict(
            work.session.exec(
                select(Participant.id, func.max(Progress.recorded_at))
                .join(Progress, col(Progress.journey_id) == col(Participant.journey_id))
                .where(col(Participant.id).in_(part), Progress.state == "done", ~col(Progress.replaced))
                .group_by(col(Participant.id))
            ).all()  # type: ignore[arg-type]
        )
        for contact in contacts:
            person = contact.participant_id
            at, outcome = dialled.get(person, (None, ""))
            not_by_phone = outcome == Outcome.not_by_phone
            found[person] = _Known(contact, at, not_by_phone, printed.get(person), news.get(person))
    return found


def _last_dials(work: Work, ids: Sequence[int]) -> dict[int, tuple[datetime, str]]:
    rows = work.session.exec(
        select(Call.participant_id, Attempt.at, Attempt.outcome)
        .join(Attempt)
        .where(col(Call.participant_id).in_(ids))
        .order_by(col(Attempt.at), col(Attempt.id))
    ).all()
    return {person: (at, outcome) for person, at, outcome in rows}


def _moments(work: Work, owner: Any, moment: Any, ids: Sequence[int]) -> dict[int, datetime]:
    rows = work.session.exec(select(owner, func.max(moment)).where(owner.in_(ids)).group_by(owner)).all()
    return dict(rows)


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
