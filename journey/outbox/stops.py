"""Numbers whose holder stopped our messages at the provider itself (Twilio 21610), without us hearing of it.

No text goes to such a number any more, whoever uses it (rules, 35). It is no withdrawal: the person may still want to
be phoned, so a researcher is told and asks.
"""

from typing import Final

from sqlmodel import col, delete, select, update

from journey.audit.service import record_act
from journey.models import Contact, Message, Participant, StoppedNumber
from journey.work import Work

STOPPED: Final = "number stopped"


def is_stopped(work: Work, number: str) -> bool:
    """Whether texts to this number (E.164) are refused at its holder's wish."""
    return work.session.get(StoppedNumber, _fingerprint(work, number)) is not None


def stop_number(work: Work, number: str) -> None:
    """Nothing goes to this number any more, on no study; what stood ready for its people is cancelled."""
    fingerprint = _fingerprint(work, number)
    if work.session.get(StoppedNumber, fingerprint) is None:
        work.session.add(StoppedNumber(fingerprint=fingerprint, stopped_at=work.now))
    people = work.session.exec(
        select(Participant).join(Contact).where(Contact.phone_fingerprint == fingerprint)
    ).all()
    for person in people:
        record_act(work, "message.stopped", person.code)
    work.session.exec(
        update(Message)
        .where(col(Message.participant_id).in_([person.id for person in people]), Message.state == "ready")  # type: ignore[arg-type]
        .values(state="cancelled", error=STOPPED, recipient="", updated_at=work.now)
    )


def allow_number(work: Work, number: str) -> None:
    """Its holder wants texts again and said so to the provider (START)."""
    work.session.exec(
        delete(StoppedNumber).where(col(StoppedNumber.fingerprint) == _fingerprint(work, number))
    )


def list_stopped(work: Work, people: list[int]) -> set[int]:
    """Of these participants (ids) the ones whose number refuses texts."""
    statement = (
        select(Contact.participant_id)
        .join(StoppedNumber, col(StoppedNumber.fingerprint) == Contact.phone_fingerprint)
        .where(col(Contact.participant_id).in_(people))
    )
    return {person for person in work.session.exec(statement).all() if person is not None}


def _fingerprint(work: Work, number: str) -> str:
    return work.vault.fingerprint(number, "phone")
