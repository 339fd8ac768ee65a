"""What still stands ready for one person when the number it would go to is no longer theirs."""

from typing import Final

from sqlmodel import col, select, update

from journey.models import Contact, Message, Participant
from journey.outbox.agreed import WAITING
from journey.work import Work

WRONG_NUMBER: Final = "wrong number"


def has_wrong_number(work: Work, participant_id: int | None) -> bool:
    """Whether the number of this person was found to be somebody else's and was not corrected since."""
    statement = select(Contact.phone_wrong_at).where(Contact.participant_id == participant_id)
    return work.session.exec(statement).first() is not None


def cancel_waiting(work: Work, participant: Participant) -> None:
    """Nothing that waits goes any more, whoever asked for it: a stranger would read it."""
    work.session.exec(
        update(Message)
        .where(col(Message.participant_id) == participant.id, col(Message.state).in_(WAITING))
        .values(state="cancelled", error=WRONG_NUMBER, recipient="", updated_at=work.now)
    )


def readdress_waiting(work: Work, participant: Participant, number: str) -> None:
    """What waits goes to the new number (E.164): each text holds the one it was written for."""
    rows = work.session.exec(
        select(Message).where(
            Message.participant_id == participant.id, Message.state == "ready", Message.recipient != ""
        )
    ).all()
    for row in rows:
        row.recipient = work.vault.seal(number, f"message:{row.dedup_key}:recipient")
        work.session.add(row)
