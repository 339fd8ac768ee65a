"""A participant has one fixed researcher; going to another one has a reason and a card of at most three lines.

Calls and appointments belong to the participant, so they go along by themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from journey.audit.service import record_act
from journey.models import Attempt, Call, HandOver, Membership, Participant, User, stored_id
from journey.models.desk import HAND_OVER_REASONS
from journey.participant.queries import refuse_if_gone
from journey.rules.cadence import was_reached
from journey.rules.errors import Forbidden, Invalid
from journey.rules.recognisable import refuse_citizen_number
from journey.rules.roles import LEAD, RESEARCHER
from journey.work import Work

MOST_LINES = 3
LONGEST_CARD = 400
USUAL_TALK = timedelta(minutes=30)


@dataclass(frozen=True)
class Receiver:
    """A colleague who may receive; `clashes` are own appointments at the same time as one that would come along."""

    id: int
    name: str
    clashes: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Card:
    """What the former researcher wrote, for the first talk."""

    giver: str
    reason: str
    text: str
    handed_at: datetime


@dataclass(frozen=True)
class HandOverLine:
    giver: str
    receiver: str
    reason: str
    card: str
    handed_at: datetime


def may_hand_over(work: Work, participant: Participant) -> bool:
    """The own researcher and the lead; whoever has nobody may be taken by any researcher of the study."""
    return work.actor.role == LEAD or participant.researcher_id in (None, work.actor.id)


def hand_over(
    work: Work, participant: Participant, to_id: int | None, reason: str | None, card: str
) -> HandOver:
    """Invalid names the field; Forbidden for a colleague's person, Conflict after a withdrawal."""
    work.session.refresh(participant, with_for_update=True)
    refuse_if_gone(participant)
    if not may_hand_over(work, participant):
        raise Forbidden("Alleen de eigen onderzoeker of de teamleider draagt iemand over.")
    if to_id is None or to_id not in {user.id for user in _users(work, participant.study_id)}:
        raise Invalid("Kies een collega van dit onderzoek.", field="to")
    if to_id == participant.researcher_id:
        raise Invalid("Deze collega belt deze persoon al.", field="to")
    if reason not in HAND_OVER_REASONS:
        raise Invalid("Waarom? Kies een reden.", field="reason")
    made = HandOver(
        participant_id=stored_id(participant),
        from_id=participant.researcher_id,
        to_id=to_id,
        reason=reason,
        card=read_card(card),
        handed_at=work.now,
        recorded_by=work.actor.label,
    )
    participant.researcher_id, participant.wants_other = to_id, False
    work.session.add_all([made, participant])
    work.session.flush()
    record_act(work, "participant.hand_over", participant.code)
    return made


def read_card(text: str) -> str:
    """The card without empty lines; Invalid beyond three lines or 400 characters."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise Invalid("Schrijf hoogstens %(most)s regels.", field="card", most=MOST_LINES)
    card = "\n".join(lines)
    refuse_citizen_number(card, "card")
    if len(card) > LONGEST_CARD:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="card", most=LONGEST_CARD)
    return card


def record_wish(work: Work, participant: Participant, wants_other: bool) -> None:
    """Would rather be called by somebody else: a task for the lead until it is handed over or taken back."""
    refuse_if_gone(participant)
    participant.wants_other = wants_other
    work.session.add(participant)
    record_act(work, "participant.wants_other", participant.code)


def list_receivers(work: Work, study_id: int, people: Sequence[Participant]) -> list[Receiver]:
    """Active researchers and leads with access to the study, by name; not the one who has all of these people."""
    holders = {person.researcher_id for person in people}
    users = [user for user in _users(work, study_id) if holders != {user.id}]
    coming = _appointments(work, col(Call.participant_id).in_([person.id for person in people]))
    found = []
    for user in users:
        others = {person.id for person in people if person.researcher_id != user.id}
        own = _appointments(work, col(Participant.researcher_id) == user.id)
        clashes = [
            start
            for _person, start, end in own
            if any(person in others and start < ends and begins < end for person, begins, ends in coming)
        ]
        found.append(Receiver(stored_id(user), user.name, tuple(sorted(clashes))))
    return found


def list_cards(work: Work, researchers: Mapping[int, int | None]) -> dict[int, Card]:
    """By participant, for who was handed over and not spoken to since; in three queries whatever their number. Asked
    with the present researcher of each.
    """
    latest = (
        select(func.max(HandOver.id))
        .where(col(HandOver.participant_id).in_(researchers))
        .group_by(col(HandOver.participant_id))
    )
    rows = work.session.exec(select(HandOver).where(col(HandOver.id).in_(latest))).all()
    spoken = _last_spoken(work, [row.participant_id for row in rows])
    names = _names(work, [row.from_id for row in rows])
    return {
        row.participant_id: Card(names.get(row.from_id or 0, ""), row.reason, row.card, row.handed_at)
        for row in rows
        if row.to_id == researchers[row.participant_id]
        and not (row.participant_id in spoken and spoken[row.participant_id] >= row.handed_at)
    }


def find_card(work: Work, participant: Participant) -> Card | None:
    """The card of the last hand-over, until the first talk after it."""
    return list_cards(work, {stored_id(participant): participant.researcher_id}).get(stored_id(participant))


def list_hand_overs(work: Work, participant: Participant) -> list[HandOverLine]:
    """The last first."""
    statement = select(HandOver).where(HandOver.participant_id == participant.id)
    rows = work.session.exec(statement.order_by(col(HandOver.id).desc())).all()
    names = _names(work, [one for row in rows for one in (row.from_id, row.to_id)])
    return [
        HandOverLine(
            names.get(row.from_id or 0, ""), names.get(row.to_id, ""), row.reason, row.card, row.handed_at
        )
        for row in rows
    ]


def _users(work: Work, study_id: int) -> list[User]:
    statement = select(User).where(User.active, col(User.role).in_((RESEARCHER, LEAD))).order_by(User.name)
    users = work.session.exec(statement).all()
    reach: dict[int, set[int]] = {}
    for row in work.session.exec(select(Membership)).all():
        reach.setdefault(row.user_id, set()).add(row.study_id)
    return [user for user in users if study_id in reach.get(stored_id(user), {study_id})]


def _appointments(work: Work, whose: object) -> list[tuple[int, datetime, datetime]]:
    """Person, begin and end of the appointments to come."""
    rows = work.session.exec(
        select(Call.participant_id, Call.appointment_at, Call.appointment_until)
        .join(Participant, col(Participant.id) == Call.participant_id)
        .where(whose, Participant.state == "active", col(Call.appointment_at) > work.now)  # type: ignore[arg-type]
    ).all()
    return [(person, at, until or at + USUAL_TALK) for person, at, until in rows if at is not None]


def _last_spoken(work: Work, ids: Sequence[int]) -> dict[int, datetime]:
    rows = work.session.exec(
        select(Call.participant_id, Attempt.outcome, Attempt.at)
        .join(Call, col(Call.id) == Attempt.call_id)
        .where(col(Call.participant_id).in_(ids))
        .order_by(col(Attempt.at))
    ).all()
    return {person: at for person, outcome, at in rows if was_reached(outcome)}


def _names(work: Work, ids: Iterable[int | None]) -> dict[int, str]:
    users = work.session.exec(select(User).where(col(User.id).in_({one for one in ids if one}))).all()
    return {stored_id(user): user.name for user in users}
