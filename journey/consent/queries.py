"""Reads what someone agreed to."""

from sqlmodel import col, select

from journey.models import Consent, Participant
from journey.work import Work


def find_consent(work: Work, participant: Participant) -> Consent | None:
    """The latest choice; None only after everything was removed."""
    statement = select(Consent).where(Consent.participant_id == participant.id)
    return work.session.exec(statement.order_by(col(Consent.id).desc())).first()


def list_consents(work: Work, participant: Participant) -> list[Consent]:
    """Every dated choice, newest first."""
    statement = select(Consent).where(Consent.participant_id == participant.id)
    return list(work.session.exec(statement.order_by(col(Consent.id).desc())).all())
