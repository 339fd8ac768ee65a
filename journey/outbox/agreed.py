"""What people agreed to be reached for: a text nobody asked for goes only to who said yes to texts, and the prompt of
the week only to who said yes to calls. The latest dated choice counts."""

from typing import Any, Final, Literal

from sqlmodel import and_, col, func, select, update

from journey.models import Consent, Message, Participant
from journey.outbox.quiet import ASKED
from journey.work import Work

Reach = Literal["calls", "texts"]
WAITING: Final = ("ready", "failed")
TAKEN_BACK: Final = "no longer agreed"


def agrees_to(work: Work, participant: Participant, reach: Reach) -> bool:
    """Whether this person may be called, or texted unasked. Without any choice on record there is nothing to go by, and
    the way they are followed decides. Who refused by text is not reached until a researcher asked what was meant."""
    if participant.held_at is not None:
        return False
    statement = select(getattr(Consent, reach)).where(Consent.participant_id == participant.id)
    chosen = work.session.exec(statement.order_by(col(Consent.id).desc()).limit(1)).first()
    return chosen is None or bool(chosen)


def agreed(reach: Reach) -> Any:
    """The same as a column, beside people in a query."""
    latest = (
        select(getattr(Consent, reach))
        .where(Consent.participant_id == Participant.id)
        .order_by(col(Consent.id).desc())
        .limit(1)
    )
    return and_(col(Participant.held_at).is_(None), func.coalesce(latest.scalar_subquery(), True))


def cancel_unasked(work: Work, participant: Participant) -> None:
    """What waits and was not asked for goes no more; the number leaves it at once. What is asked for still may."""
    work.session.exec(
        update(Message)
        .where(
            col(Message.participant_id) == participant.id,
            col(Message.state).in_(WAITING),
            col(Message.occasion).not_in(ASKED),
        )
        .values(state="cancelled", error=TAKEN_BACK, recipient="", updated_at=work.now)
    )
