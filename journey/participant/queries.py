"""Reads people: within the actor's studies, names and numbers opened only where they are needed."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import col, select

from journey.auth.scope import get_participant, scoped
from journey.models import Consent, Contact, Journey, Participant, Rating, Withdrawal
from journey.participant.timeline import Timeline, list_former_steps, list_steps
from journey.progress.queries import get_facts
from journey.progress.routes import list_routes_of, steps_from
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
    phone_is_wrong: bool = False


def get_writable(work: Work, code: str) -> Participant:
    """A participant about whom something may be recorded: Conflict once consent was withdrawn."""
    participant = get_participant(work, code)
    refuse_if_gone(participant)
    return participant


def hold(work: Work, participant: Participant) -> None:
    """Read the person anew and keep others from changing them until this unit of work ends.

    Whatever opens or closes a round does this first: a stop and a new prompt at the same moment would else miss each
    other, and two that lock in another order would wait for each other.
    """
    work.session.add(participant)
    work.session.refresh(participant, with_for_update=True)


def refuse_if_gone(participant: Participant) -> None:
    if participant.state in GONE:
        raise Conflict(
            "%(code)s doet niet meer mee. Er kan niets meer worden vastgelegd.", code=participant.code
        )


def find_journey(work: Work, participant: Participant) -> Journey | None:
    """None once everything was removed."""
    return work.session.get(Journey, participant.journey_id) if participant.journey_id else None


def get_journey(work: Work, participant: Participant) -> Journey:
    journey = find_journey(work, participant)
    if journey is None:
        raise NotFound("Van deze deelnemer is geen reis meer bewaard.")
    return journey


def find_contact(work: Work, participant: Participant) -> OpenContact | None:
    """None once the contact store was emptied."""
    row = work.session.get(Contact, participant.id)
    return open_contact(work, row) if row is not None else None


def open_contact(work: Work, row: Contact) -> OpenContact:
    place = f"contact:{row.participant_id}"
    return OpenContact(
        work.vault.open_optional(row.call_name, f"{place}:call_name"),
        work.vault.open_optional(row.phone, f"{place}:phone"),
        work.vault.open_optional(row.postal_address, f"{place}:postal_address"),
        row.good_times,
        row.phone_wrong_at is not None,
    )


def allows(work: Work, participant: Participant, purpose: Literal["quotes", "file_dates"]) -> bool:
    """The latest dated choice; without one it is no."""
    statement = select(getattr(Consent, purpose)).where(Consent.participant_id == participant.id)
    return bool(work.session.exec(statement.order_by(col(Consent.id).desc()).limit(1)).first())


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


def find_withdrawal(work: Work, participant: Participant) -> Withdrawal | None:
    statement = select(Withdrawal).where(Withdrawal.participant_id == participant.id)
    return work.session.exec(statement.order_by(col(Withdrawal.id).desc())).first()


def set_aside_steps(work: Work, participant: Participant, journey: Journey) -> frozenset[str]:
    """The steps whose answers may not be used any more, nor shown (rules, 32)."""
    statement = select(Withdrawal.from_step).where(
        Withdrawal.participant_id == participant.id, Withdrawal.level == "from_step"
    )
    starts = [step for step in work.session.exec(statement).all() if step]
    if not starts:
        return frozenset()
    routes = list_routes_of(work, journey)
    return frozenset().union(*(steps_from(routes, start) for start in starts))


def list_answers_kept(work: Work, participant: Participant) -> list[Rating]:
    """Every answer of one person with its history, oldest first, without what may not be used any more."""
    journey = find_journey(work, participant)
    if journey is None:
        return []
    away = set_aside_steps(work, participant, journey)
    statement = select(Rating).where(Rating.participant_id == participant.id).order_by(col(Rating.id))
    return [row for row in work.session.exec(statement).all() if row.step not in away]


def timeline(work: Work, participant: Participant) -> Timeline:
    """The steps of one person with the answers that count; NotFound once everything was removed."""
    journey = get_journey(work, participant)
    kept = list_answers_kept(work, participant)
    answers = {(row.step, row.subject): row.value for row in kept if not row.words_only}
    active = participant.state == "active"
    address = f"/participants/{participant.code}/steps"
    facts, routes = get_facts(work, journey), list_routes_of(work, journey)
    steps = list_steps(routes[0], facts, answers, following=active, address=address)
    return Timeline(
        participant.code, steps + list_former_steps(routes, facts, answers, address=address), live=active
    )
