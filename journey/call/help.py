"""Somebody needs help and agrees that one named colleague hears of it, apart from the research.

What was said is sealed, is in no figure, export, note or log line, is read by that colleague alone, and is emptied when
the signal is closed; a withdrawal deletes it.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import HelpSignal, Membership, Participant, Study, User, stored_id
from journey.participant.queries import find_contact, refuse_if_gone
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.rules.roles import LEAD, RESEARCHER
from journey.work import Work

LONGEST_WORDS = 1000
ADDRESSEES = (RESEARCHER, LEAD)


@dataclass(frozen=True)
class OpenSignal:
    """A signal as its addressee reads it; name, number and words are empty once it is closed."""

    id: int
    participant: str
    agreed_at: datetime
    seen_at: datetime | None
    closed_at: datetime | None
    name: str
    phone: str
    words: str


def list_helpers(work: Work, study: Study) -> list[User]:
    """Who may be named: leads and researchers who reach the study, by name."""
    reach: dict[int, set[int]] = {}
    for row in work.session.exec(select(Membership)).all():
        reach.setdefault(row.user_id, set()).add(row.study_id)
    users = work.session.exec(
        select(User).where(col(User.active), col(User.role).in_(ADDRESSEES)).order_by(User.name)
    ).all()
    return [user for user in users if user.id not in reach or study.id in reach[user.id]]


def find_helper(work: Work, study: Study) -> User | None:
    """The named human of a study; None when nobody was named, or that person no longer reaches the study."""
    if study.help_contact_id is None:
        return None
    return next((user for user in list_helpers(work, study) if user.id == study.help_contact_id), None)


def choose_helper(work: Work, study: Study, user_id: int | None) -> None:
    """Name the one who hears that someone needs help; None for nobody: then no signal can be given."""
    if user_id is not None and user_id not in {user.id for user in list_helpers(work, study)}:
        raise Invalid("Deze keuze bestaat niet.", field="helper")
    study.help_contact_id = user_id
    work.session.add(study)
    work.session.flush()
    record_act(work, "study.help_contact", study.code)


def send_help_signal(work: Work, participant: Participant, words: str, *, agreed: bool) -> HelpSignal:
    """Tell the named colleague, with the name and number to call. Only with the person's yes to this very signal.

    Conflict when the study names nobody; Invalid names the field.
    """
    refuse_if_gone(participant)
    study = work.session.get_one(Study, participant.study_id)
    helper = find_helper(work, study)
    if helper is None:
        raise Conflict("Voor dit onderzoek is niemand aangewezen om te helpen.")
    words = words.strip()
    if not words:
        raise Invalid("Vul dit in.", field="words")
    if len(words) > LONGEST_WORDS:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="words", most=LONGEST_WORDS)
    if not agreed:
        raise Invalid("Vraag eerst of de deelnemer dit goed vindt.", field="agreed")
    contact = find_contact(work, participant)
    content = {
        "name": (contact.call_name if contact else None) or "",
        "phone": (contact.phone if contact else None) or "",
        "words": words,
    }
    signal = HelpSignal(
        participant_id=stored_id(participant),
        addressee_id=stored_id(helper),
        content="",
        agreed_at=work.now,
        recorded_by=work.actor.label,
    )
    work.session.add(signal)
    work.session.flush()
    signal.content = work.vault.seal(json.dumps(content, ensure_ascii=False), _place(signal))
    work.session.add(signal)
    work.session.flush()
    record_act(work, "help.send", participant.code)
    return signal


def find_signal_of(work: Work, participant: Participant) -> tuple[HelpSignal, str] | None:
    """The latest signal about someone with the name of its addressee, for who gave it: never the content."""
    row = work.session.exec(
        select(HelpSignal, User.name)
        .join(User, col(User.id) == HelpSignal.addressee_id)
        .where(HelpSignal.participant_id == participant.id)
        .order_by(col(HelpSignal.id).desc())
    ).first()
    return (row[0], row[1]) if row else None


def count_own_signals(work: Work) -> int:
    """Signals to the reader that are not closed yet."""
    return sum(signal.closed_at is None for signal, _code in _own_rows(work))


def list_own_signals(work: Work) -> list[OpenSignal]:
    """Those to the reader: open ones first, oldest first; then the closed ones, without content, newest first."""
    found = [_open(work, signal, code) for signal, code in _own_rows(work)]
    waiting = [one for one in found if one.closed_at is None]
    closed = [one for one in found if one.closed_at is not None]
    return waiting + closed[::-1]


def record_signal_seen(work: Work, signal_id: int) -> None:
    """The addressee took note; the first time counts."""
    signal, code = _get_own(work, signal_id)
    if signal.seen_at is None:
        signal.seen_at = work.now
        work.session.add(signal)
        record_act(work, "help.seen", code)


def close_signal(work: Work, signal_id: int) -> None:
    """The addressee is done with it: name, number and words are gone for good."""
    signal, code = _get_own(work, signal_id)
    if signal.closed_at is None:
        signal.seen_at = signal.seen_at or work.now
        signal.closed_at, signal.content = work.now, ""
        work.session.add(signal)
        record_act(work, "help.close", code)


def _own_rows(work: Work) -> list[tuple[HelpSignal, str]]:
    if work.actor.kind != "user":
        return []
    statement = (
        select(HelpSignal, Participant.code)
        .join(Participant, col(Participant.id) == HelpSignal.participant_id)
        .where(HelpSignal.addressee_id == work.actor.id)
        .order_by(col(HelpSignal.id))
    )
    if work.actor.studies is not None:
        statement = statement.where(col(Participant.study_id).in_(work.actor.studies))
    return [(signal, code) for signal, code in work.session.exec(statement).all()]


def _get_own(work: Work, signal_id: int) -> tuple[HelpSignal, str]:
    """NotFound for a signal to somebody else, also in the same study."""
    for signal, code in _own_rows(work):
        if signal.id == signal_id:
            return signal, code
    raise NotFound("Dit bericht is er niet.")


def _open(work: Work, signal: HelpSignal, code: str) -> OpenSignal:
    content: dict[str, str] = {}
    if signal.content:
        content = json.loads(work.vault.open(signal.content, _place(signal)))
    return OpenSignal(
        id=stored_id(signal),
        participant=code,
        agreed_at=signal.agreed_at,
        seen_at=signal.seen_at,
        closed_at=signal.closed_at,
        name=content.get("name", ""),
        phone=content.get("phone", ""),
        words=content.get("words", ""),
    )


def _place(signal: HelpSignal) -> str:
    return f"help_signal:{stored_id(signal)}:content"
