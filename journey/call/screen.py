"""Everything one call screen shows: whom to ask for, what was said, and the steps of this person that are open or
changed since anybody spoke to them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import func, select

from journey.call.appointments import Agreement, describe_agreement
from journey.call.around import AfterView, Around, build_around
from journey.call.cards import StepCard, build_cards, recent_weeks
from journey.call.notes import NoteLine, list_notes
from journey.call.opening import opening_lines
from journey.call.ranking import needs_language, rank_call
from journey.call.rounds import FullHistory, get_history, past
from journey.call.times import recent_days
from journey.call.undo import find_to_take_back
from journey.clock import local_day
from journey.consent.queries import find_consent
from journey.models import Attempt, AuditEntry, Call, Participant, Study, User, stored_id
from journey.models.base import Moment
from journey.outbox.queries import ShownReply, list_waiting
from journey.participant.handover import Card, find_card
from journey.participant.person import names_of
from journey.participant.phones import shown_number
from journey.participant.queries import GONE, OpenContact, find_contact, get_journey, list_sharing
from journey.participant.sent import Sent, count_sent
from journey.progress.queries import Facts, find_clock, get_facts
from journey.rating.queries import current_ratings, list_ratings
from journey.route.queries import get_definition
from journey.rules.cadence import was_reached
from journey.rules.calltimes import find_objection
from journey.rules.decision import Clock, ClockState
from journey.rules.errors import NotFound
from journey.study.cadence import cadence_of
from journey.work import Work

OPEN_FOR: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class LastTalk:
    """What was said the last time: the words kept for this call, each with who wrote them."""

    on: datetime
    notes: tuple[NoteLine, ...]


@dataclass(frozen=True)
class Visitor:
    """A colleague who opened the call of this person lately."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Screen:
    call: Call
    participant: Participant
    study: Study
    contact: OpenContact | None
    phone_shown: str
    sharing: tuple[str, ...]
    reason: str
    objection: str | None
    needs_language: bool
    attempts: tuple[Attempt, ...]
    last_talk: LastTalk | None
    notes: tuple[NoteLine, ...]
    others: tuple[Visitor, ...]
    opening: tuple[tuple[str, str], ...]
    to_take_back: Attempt | None
    steps: tuple[StepCard, ...]
    days: tuple[date, ...]
    weeks: tuple[date, ...]
    quotes_allowed: bool
    facts: Facts
    clock: Clock | None
    researcher: str
    card: Card | None
    around: Around
    agreement: Agreement
    sent: Sent
    texts: list[ShownReply]

    @property
    def id(self) -> int:
        return stored_id(self.call)

    @property
    def is_open(self) -> bool:
        return self.call.state == "open" and self.participant.state == "active"

    @property
    def is_gone(self) -> bool:
        return self.participant.state in GONE

    @property
    def is_closed(self) -> bool:
        return self.participant.state == "closed"

    @property
    def current_steps(self) -> list[StepCard]:
        return [step for step in self.steps if step.is_current]

    @property
    def earlier_steps(self) -> list[StepCard]:
        return [step for step in self.steps if not step.is_current]

    @property
    def opened_steps(self) -> list[str]:
        """The two to begin with: what was done and not rated yet, then what comes next on the route."""
        current = self.current_steps
        unrated = [step.id for step in current if step.state == "done" and not step.is_rated]
        coming = [step.id for step in current if step.state in ("open", "planned")]
        return [*unrated, *coming][:2]

    @property
    def after(self) -> AfterView:
        return self.around.after

    @property
    def own_note(self) -> NoteLine | None:
        """The reader's own latest words, which the field opens with."""
        return next((note for note in reversed(self.notes) if note.own), None)

    @property
    def other_notes(self) -> list[NoteLine]:
        return [note for note in self.notes if note is not self.own_note]

    @property
    def was_spoken_to(self) -> bool:
        """Whether there was a talk in this round."""
        return any(was_reached(one.outcome) for one in self.attempts)

    def step(self, step_id: str) -> StepCard:
        """NotFound for a step that is not on this person's route."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise NotFound("Deze stap hoort niet bij deze route.")


def build_screen(work: Work, call: Call) -> Screen:
    """The contact store is opened here: log it as a view of the person."""
    person = work.session.get_one(Participant, call.participant_id)
    study = work.session.get_one(Study, person.study_id)
    journey = get_journey(work, person)
    facts = get_facts(work, journey)
    history = get_history(work, call.participant_id)
    clock = find_clock(work, facts)
    contact = find_contact(work, person)
    attempts = history.of(call)
    consent = find_consent(work, person)
    definition = get_definition(work, journey.route_version_id)
    said = list_ratings(work, person)
    ratings = current_ratings(work, person, said)
    last = history.last_reached(before=call)
    stored_times = contact.good_times if contact else {}
    rhythm = cadence_of(study)
    legal_day = clock.days_used if clock and clock.clock is not ClockState.decided else None
    place = rank_call(
        call,
        history,
        facts.progress,
        legal_day,
        work.now,
        work.today,
        rhythm,
        stored_times,
        wrong_number=contact is not None and contact.phone_is_wrong,
    )
    promised = place.key.rank <= 2
    return Screen(
        call=call,
        participant=person,
        study=study,
        contact=contact,
        phone_shown=shown_number(contact.phone) if contact and contact.phone else "",
        sharing=tuple(list_sharing(work, contact.phone, other_than=person))
        if contact and contact.phone
        else (),
        reason=place.reason,
        objection=None if promised else find_objection(work.now, past(attempts), rhythm),
        needs_language=needs_language(history, call),
        attempts=tuple(attempts),
        last_talk=_last_talk(work, history, call),
        notes=list_notes(work, call),
        others=list_visitors(work, person),
        opening=() if history.last_reached() else opening_lines(person, _name(work, work.actor.id)),
        to_take_back=find_to_take_back(work, call),
        steps=build_cards(definition, facts, said, last, call, work.today),
        days=tuple(recent_days(work.today)),
        weeks=tuple(recent_weeks(work.today)),
        quotes_allowed=consent is not None and consent.quotes,
        facts=facts,
        clock=clock,
        researcher=_name(work, person.researcher_id),
        card=find_card(work, person),
        around=build_around(work, call, person, definition, ratings, local_day(last.at) if last else None),
        agreement=describe_agreement(work, call, person, study, stored_times),
        sent=count_sent(work, person),
        texts=list_waiting(work, person),
    )


def _name(work: Work, user_id: int | None) -> str:
    user = work.session.get(User, user_id) if user_id else None
    return user.name if user else ""


def _last_talk(work: Work, history: FullHistory, call: Call) -> LastTalk | None:
    for earlier in reversed(history.before(call)):
        if notes := list_notes(work, earlier):
            attempts = history.of(earlier)
            return LastTalk(attempts[-1].at if attempts else earlier.created_at, notes)
    return None


def list_visitors(work: Work, participant: Participant) -> tuple[Visitor, ...]:
    """Which colleagues opened this call in the last half hour, each the latest time; it follows from the trail."""
    since = work.now - OPEN_FOR
    rows = work.session.exec(
        select(AuditEntry.actor, func.max(AuditEntry.at, type_=Moment))
        .where(
            AuditEntry.at >= since,
            AuditEntry.action == "call.view",
            AuditEntry.object == participant.code,
            AuditEntry.actor != work.actor.label,
        )
        .group_by(AuditEntry.actor)
    ).all()
    names = names_of(work, [actor for actor, _at in rows])
    return tuple(Visitor(names[actor], at) for actor, at in rows if actor.startswith("user:"))
