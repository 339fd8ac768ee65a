"""Reads what someone agreed to."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from journey.models import Consent, Participant
from journey.work import Work

_OF_ONE = (
    select(Consent)
    .where(col(Consent.participant_id) == bindparam("participant"))
    .order_by(col(Consent.id).desc())
)


def find_consent(work: Work, participant: Participant) -> Consent | None:
    """The latest choice; None only after everything was removed."""
    return work.session.exec(_OF_ONE, params={"participant": participant.id}).first()


def list_consents(work: Work, participant: Participant) -> list[Consent]:
    """Every dated choice, newest first."""
    return list(work.session.exec(_OF_ONE, params={"participant": participant.id}).all())
