"""Everything one call screen shows: whom to ask for, what was said, and the steps of this person that are open or
changed since anybody spoke to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from journey.call.appointments import Agreement, describe_agreement
from journey.call.around import AfterView, Around, build_around
from journey.call.ranking import needs_language, rank_call
from journey.call.rounds import FullHistory, get_history, past
from journey.call.times import recent_days
from journey.clock import local_day
from journey.consent.queries import find_consent
from journey.models import Attempt, Call, Participant, Progress, Rating, Study, User, stored_id
from journey.outbox.queries import ShownReply, list_waiting
from journey.participant.handover import Card, find_card
from journey.participant.phones import shown_number
from journey.participant.queries import GONE, OpenContact, find_contact, get_journey, list_sharing
from journey.participant.sent import Sent, count_sent
from journey.progress.queries import Facts, find_clock, get_facts
from journey.rating.queries import current_ratings
from journey.route.definition import RouteDefinition, Step
from journey.route.queries import closing_id, get_definition, opening_id
from journey.rules.cadence import was_reached
from journey.rules.calltimes import find_objection
from journey.rules.decision import Clock, ClockState
from journey.rules.errors import NotFound
from journey.rules.recognisable import Seen, find_recognisable
from journey.study.cadence import cadence_of
from journey.work import Work


@dataclass(frozen=True)
class StepCard:
    """One step on the call screen. `state` is open, done, planned, skipped or bypassed; `days` the days it happened.

    `is_next` marks the first open step; `is_changed` what was recorded since the last talk; `told_via` how an answer
    came in when it was not by phone. `starts_term` when its day is day 0 of the eight weeks. `quote` are the
    words about `quote_subject`.
    """

    id: str
    name: str
    state: str
    days: tuple[date, ...]
    planned_on: date | None
    rates: tuple[str, ...]
    step_value: str | None
    staff_value: str | None
    quote: str
    quote_subject: str
    told_via: str
    is_changed: bool
    is_next: bool
    starts_term: bool
    ends_term: bool

    @property
    def is_rated(self) -> bool:
        values = {"step": self.step_value, "staff": self.staff_value}
        return all(values[subject] for subject in self.rates)

    @property
    def is_current(self) -> bool:
        """Whether there is something to ask about it now."""
        if self.state in ("skipped", "bypassed"):
            return self.is_changed
        return self.is_changed or self.state in ("open", "planned") or not self.is_rated

    @property
    def recognisable(self) -> tuple[Seen, ...]:
        """What in the words could tell who said them."""
        return find_recognisable(self.quote)


@dataclass(frozen=True)
class LastTalk:
    """What was said the last time: the words kept for this call."""

    on: datetime
    note: str


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
    steps: tuple[StepCard, ...]
    days: tuple[date, ...]
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
    ratings = current_ratings(work, person)
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
        last_talk=_last_talk(history, call),
        steps=_cards(definition, facts, ratings, last),
        days=tuple(recent_days(work.today)),
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


def _last_talk(history: FullHistory, call: Call) -> LastTalk | None:
    for earlier in reversed(history.before(call)):
        if earlier.note:
            attempts = history.of(earlier)
            return LastTalk(attempts[-1].at if attempts else earlier.created_at, earlier.note)
    return None


def _cards(
    definition: RouteDefinition,
    facts: Facts,
    ratings: dict[tuple[str, str], Rating],
    last: Attempt | None,
) -> tuple[StepCard, ...]:
    since = last.recorded_at if last else None
    starts, ends = opening_id(definition, "application"), closing_id(definition, "application")
    cards: list[StepCard] = []
    for step in definition.steps:
        own = [fact for fact in facts.progress if fact.step == step.id]
        answers = [ratings[key] for subject in step.rates if (key := (step.id, subject)) in ratings]
        recorded = [fact.recorded_at for fact in own] + [answer.recorded_at for answer in answers]
        said = next((one for one in answers if one.quote), None)
        implied = _implied_day(step.id, starts, ends, facts)
        state = _state(own, implied)
        cards.append(
            StepCard(
                id=step.id,
                name=step.name,
                state=state,
                days=_days(own, implied),
                planned_on=next((fact.happened_on for fact in own if fact.state == "planned"), None),
                rates=step.rates,
                step_value=_value(ratings, step, "step"),
                staff_value=_value(ratings, step, "staff"),
                quote=said.quote if said else "",
                quote_subject=said.subject if said else (*step.rates, "step")[0],
                told_via=next((one.channel for one in answers if one.channel != "call"), ""),
                is_changed=any(since is None or moment > since for moment in recorded),
                is_next=state in ("open", "planned")
                and not any(card.state in ("open", "planned") for card in cards),
                starts_term=step.id == starts and facts.application is None,
                ends_term=step.id == ends,
            )
        )
    return tuple(cards)


def _implied_day(step: str, starts: str | None, ends: str | None, facts: Facts) -> date | None:
    """A known receipt or decision tells that its step happened, also when nobody recorded the step itself."""
    if step == starts and facts.application:
        return facts.application.received_on
    return facts.decision.sent_on if step == ends and facts.decision else None


def _state(own: Sequence[Progress], implied: date | None) -> str:
    if implied or any(fact.state == "done" for fact in own):
        return "done"
    return own[-1].state if own else "open"


def _days(own: Sequence[Progress], implied: date | None) -> tuple[date, ...]:
    done = tuple(fact.happened_on for fact in own if fact.state == "done" and fact.happened_on)
    return done or ((implied,) if implied else ())


def _value(ratings: dict[tuple[str, str], Rating], step: Step, subject: str) -> str | None:
    found = ratings.get((step.id, subject))
    return found.value if found else None
