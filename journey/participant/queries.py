"""Reads people: within the actor's studies, names and numbers opened only where they are needed."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from journey.auth.scope import get_participant, scoped
from journey.models import Contact, Journey, Participant, Withdrawal
from journey.rules.errors import Conflict, NotFound
from journey.work import Work

GONE = ("stopped", "erased")


@dataclass(frozen=True)
class OpenContact:
    """The contact store of one person, opened."""

    call_name: str | None
    phone: str | None
    postal_address: str | None
    good_times: dict[str, Any]


def get_writable(work: Work, code: str) -> Participant:
    """A participant about whom something may be recorded: Conflict once consent was withdrawn."""
    participant = get_participant(work, code)
    refuse_if_gone(participant)
    return participant


def refuse_if_gone(participant: Participant) -> None:
    if participant.state in GONE:
        raise Conflict(
            "%(code)s doet niet meer mee. Er kan niets meer worden vastgelegd.", code=participant.code
        )


def get_journey(work: Work, participant: Participant) -> Journey:
    journey = work.session.get(Journey, participant.journey_id) if participant.journey_id else None
    if journey is None:
        raise NotFound("Van deze deelnemer is geen reis meer bewaard.")
    return journey


def find_contact(work: Work, participant: Participant) -> OpenContact | None:
    """None once the contact store was emptied."""
    row = work.session.get(Contact, participant.id)
    if row is None:
        return None
    place = f"contact:{row.participant_id}"
    return OpenContact(
        work.vault.open_optional(row.call_name, f"{place}:call_name"),
        work.vault.open_optional(row.phone, f"{place}:phone"),
        work.vault.open_optional(row.postal_address, f"{place}:postal_address"),
        row.good_times,
    )


def list_sharing(work: Work, phone: str, *, other_than: Participant | None = None) -> list[str]:
    """Codes of other active people on the same number, in the actor's studies: a warning, not a refusal (rules, 35)."""
    statement = (
        select(Participant)
        .join(Contact)
        .where(
            Contact.phone_fingerprint == work.vault.fingerprint(phone, "phone"),
            col(Participant.state).in_(("active", "closed")),
        )
        .order_by(Participant.code)
    )
    people = work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    return [person.code for person in people if other_than is None or person.id != other_than.id]


def list_participants(work: Work, study_id: int | None = None) -> list[Participant]:
    """All people in the actor's studies, or in one of them; those who had everything removed are not listed."""
    statement = scoped(
        work, select(Participant).where(Participant.state != "erased"), col(Participant.study_id)
    ).order_by(Participant.code)
    if study_id is not None:
        statement = statement.where(Participant.study_id == study_id)
    return list(work.session.exec(statement).all())


def find_withdrawal(work: Work, participant: Participant) -> Withdrawal | None:
    statement = select(Withdrawal).where(Withdrawal.participant_id == participant.id)
    return work.session.exec(statement.order_by(col(Withdrawal.id).desc())).first()
