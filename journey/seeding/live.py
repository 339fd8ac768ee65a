"""The people of the live demo: lets each of them be enrolled, called, heard and followed up to this moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from sqlmodel import select

from journey.call.promises import record_promise
from journey.call.service import (
    NewAttempt,
    plan_appointment,
    plan_calls,
    record_attempt,
    record_call_back,
)
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import Call, Journey, Participant, Study, stored_id
from journey.participant.queries import get_journey
from journey.participant.service import NewConsent, NewParticipant, enrol
from journey.progress.service import (
    NewSuspension,
    record_decision,
    record_step,
    record_suspension,
)
from journey.rating.service import NewClosing, NewRating, record_closing_interview, record_rating
from journey.rating.statements import list_statements
from journey.rating.themes import record_theme
from journey.report.service import publish_batch
from journey.route.definition import RouteDefinition
from journey.rules.cadence import Outcome, round_of
from journey.rules.calendar import is_free_day
from journey.rules.calltimes import is_calling_time
from journey.seeding.days import DAY, days_until, fitting_after, fitting_before, reported_on
from journey.seeding.people import Act, record_held_call
from journey.seeding.texts import DemoPerson, DemoQuote
from journey.work import Actor, Work

HOURS = {"morning": 10, "afternoon": 14, "evening": 18}
VALUES = {
    "step": ("negative",) * 4 + ("neutral",) * 8 + ("positive",) * 7 + ("no_answer",),
    "staff": ("negative",) * 2 + ("neutral",) * 8 + ("positive",) * 9 + ("no_answer",),
}
FRIDAY = 4
ASKS_BACK = 4  # one in so many asked to be called back last week


@dataclass
class Follower:
    """One person of the demo and what was planned for them; `number` spreads people over days and researchers."""

    person: DemoPerson
    number: int
    study: Study
    route: RouteDefinition
    quotes: Sequence[DemoQuote]
    researcher: Actor
    now: datetime
    today: date
    seed: str = ""
    participant: Participant | None = None
    journey: Journey | None = None
    known: set[str] = field(default_factory=set)
    rated: set[str] = field(default_factory=set)

    @cached_property
    def random(self) -> Random:
        return Random(f"{self.study.code}:{self.seed}:{self.number}")  # noqa: S311 — invented people, no secrets

    @cached_property
    def days(self) -> Mapping[str, date]:
        """The steps that happened, with their days."""
        steps = self.route.step_ids[: self.route.position(self.person.reached) + 1]
        if self.person.story == "without-cv":
            steps = tuple(step for step in steps if step != "cv")
        return days_until(steps, self.today - self.person.days_ago * DAY, self.random)

    @property
    def is_called(self) -> bool:
        return self.person.channel == "call"

    @cached_property
    def enrolled_on(self) -> date:
        return self.days.get("rechten-en-plichten") or self.days["werkplein"]

    def acts(self) -> list[Act]:
        """What happens to this person and when, up to now."""
        acts: list[Act] = [(at_local(self.enrolled_on, 11, self.number % 60), self.enrol)]
        if self.is_called:
            acts += [(moment, self.hold_call) for moment in self._call_moments()]
        else:
            acts += [(at_local(day + DAY, 19, self.number % 60), self.report) for day in self._report_days()]
        special = STORIES.get(self.person.story or "", _no_story)(self)
        end = special[-1][0] if self.person.story in ENDS else self.now
        return [(moment, act) for moment, act in acts if moment < end] + special

    def _call_moments(self) -> list[datetime]:
        """Once a week, on a day and at a time that suit; this week only with one in three."""
        waits = self.number % 3 or self.person.story in ("asked-back", "appointment", "rest")
        end = round_of(self.today) if waits else self.today + DAY
        if self.person.story == "not-reached":
            end = round_of(self.today) - 7 * DAY
        moments, week = [], round_of(self.enrolled_on) + 7 * DAY
        while week < end:
            days = [week + weekday * DAY for weekday in (*self.person.days, FRIDAY)]
            day = next((day for day in days if not is_free_day(day)), week)
            hour = HOURS[self.person.parts[-1]]
            hour = min(hour, 16) if day.weekday() == FRIDAY else hour
            if day < end:
                moments.append(at_local(day, hour, self.number % 60))
            week += 7 * DAY
        return moments

    def _report_days(self) -> list[date]:
        return sorted({max(day, self.enrolled_on) for day in self.days.values()})

    # --- what happens ---------------------------------------------------------------------------

    def enrol(self, work: Work) -> None:
        person, work = self.person, replace(work, actor=self.researcher)
        consent = NewConsent(
            participate=True,
            quotes=person.quotes,
            file_dates=True,
            given_via="oral",
            text_version=self.study.consent_version,
        )
        self.participant = enrol(
            work,
            self.study,
            NewParticipant(
                from_files=True,
                route=person.route,
                channel=person.channel,
                consent=consent,
                municipality=person.municipality,
                age_band=person.age_band,
                call_name=person.call_name,
                phone=person.phone,
                postal_address=person.postal_address,
                language=person.language,
                reported_on=reported_on(dict(self.days)),
                good_times={"days": list(person.days), "parts": list(person.parts)},
            ),
        )
        self.journey = get_journey(work, self.participant)
        self._learn(work, "call")
        if round_of(work.today) < round_of(self.today):
            record_held_call(self.participant, "weekly", work)

    def hold_call(self, work: Work) -> None:
        """The weekly call: what happened since, how it was, and a note for the next one."""
        work = replace(work, actor=self.researcher)
        self._learn(work, "call")
        self._rate(work, "call")
        is_last = work.today > self.today - 8 * DAY
        if is_last and self.number % ASKS_BACK == 0:
            record_promise(work, self.who, "sms", work.now - timedelta(hours=2))
        record_held_call(self.who, "weekly", work, note=self.person.note if is_last else "")

    def report(self, work: Work) -> None:
        """The person tells it without a call: on the own page, by SMS or on paper."""
        teller = Actor("participant", f"participant:{self.who.code}", "participant")
        work = replace(work, actor=self.researcher if self.person.channel == "paper" else teller)
        self._learn(work, "participant")
        self._rate(work, self.person.channel)

    def _learn(self, work: Work, source: str) -> None:
        for step, day in self.days.items():
            if step in self.known or day > work.today:
                continue
            self.known.add(step)
            by_letter = step == "beschikking" or (step == "aanvraag" and self._has_letter)
            record_step(work, self.trip, step, day, source="letter" if by_letter else source)
            if step == "beschikking":
                record_decision(work, self.trip, day, "granted", source="letter")

    @property
    def _has_letter(self) -> bool:
        return self.person.story in ("late", "letter", "suspended", "supplied") or "beschikking" in self.days

    def _rate(self, work: Work, channel: str) -> None:
        for step in self.route.steps:
            if step.id not in self.known or step.id in self.rated:
                continue
            self.rated.add(step.id)
            for subject in step.rates:
                value = self.random.choice(VALUES[subject])
                said = [q for q in self.quotes if (q.step, q.subject, q.value) == (step.id, subject, value)]
                quote = self.random.choice(said) if said and self.random.random() < 0.4 else None
                text = quote.text if quote else ""
                record_rating(work, self.who, NewRating(step.id, subject, value, channel, text))
                if quote is not None:
                    record_theme(work, self.who, step.id, subject, quote.theme)

    @property
    def who(self) -> Participant:
        if self.participant is None:
            raise RuntimeError("not enrolled yet")
        return self.participant

    @property
    def trip(self) -> Journey:
        if self.journey is None:
            raise RuntimeError("not enrolled yet")
        return self.journey

    def this_call(self, work: Work) -> Call | None:
        """The open round of this week."""
        statement = select(Call).where(Call.participant_id == stored_id(self.who), Call.state == "open")
        return work.session.exec(statement).first()


def play(work: Work, study: Study, followers: Sequence[Follower], around: Sequence[Act] = ()) -> None:
    """Everything that happens to these people and around them, in the order of time, with the calls of this week and a
    batch of last week between it: the batch holds what was known then.
    """
    acts = [*around, *(act for follower in followers for act in follower.acts())]
    acts.append((at_local(fitting_before(work.today - 4 * DAY), 4), lambda then: publish_batch(then, study)))
    acts.append((min(at_local(round_of(work.today), 0, 10), work.now), plan_calls))
    for moment, act in sorted(acts, key=lambda act: act[0]):
        act(replace(work, now=moment))
    plan_calls(work)


# --- What is special about someone ------------------------------------------------------------------
# Each story gives the acts that come on top of being enrolled and followed.


def _no_story(one: Follower) -> list[Act]:
    return []


def _planned(one: Follower) -> list[Act]:
    following = one.route.step_ids[one.route.position(one.person.reached) + 1]

    def plan(work: Work) -> None:
        day = fitting_after(one.today + 3 * DAY, following)
        record_step(work, one.trip, following, day, source="call", state="planned")

    return [(one.now - timedelta(days=2), _by_researcher(one, plan))]


def _supplied(one: Follower) -> list[Act]:
    invited = fitting_after(one.days["aanvraag"] + 4 * DAY)
    supplied = fitting_after(invited + 6 * DAY)

    def suspend(work: Work) -> None:
        new = NewSuspension("1a", invited_on=invited, term=invited + 14 * DAY, supplied_on=supplied)
        record_suspension(work, one.trip, new, source="letter")

    return [(at_local(supplied, 20), _by_researcher(one, suspend))]


def _suspended(one: Follower) -> list[Act]:
    invited = fitting_before(one.today - 5 * DAY)

    def suspend(work: Work) -> None:
        new = NewSuspension("1a", invited_on=invited, term=invited + 14 * DAY)
        record_suspension(work, one.trip, new, source="letter")

    return [(at_local(invited, 20), _by_researcher(one, suspend))]


def _bypass(one: Follower) -> list[Act]:
    day = one.days["participatiegesprek"]

    def bypass(work: Work) -> None:
        record_step(
            work,
            one.trip,
            "workshop",
            day,
            source="call",
            state="bypassed",
            category="other_route",
            reason="Volgt al een cursus.",
        )

    return [(at_local(day, 20), _by_researcher(one, bypass))]


def _repeated(one: Follower) -> list[Act]:
    before = fitting_after(one.days["rechten-en-plichten"] + DAY)

    def repeat(work: Work) -> None:
        record_step(work, one.trip, "participatiegesprek", before, source="call")

    return [(at_local(before, 20), _by_researcher(one, repeat))]


def _appointment(one: Follower) -> list[Act]:
    """At the next quarter of an hour in which people may be called."""

    def agree(work: Work) -> None:
        call = one.this_call(work)
        moment = one.now.replace(minute=0, second=0, microsecond=0)
        while moment <= one.now or not is_calling_time(moment):
            moment += timedelta(minutes=15)
        if call is not None:
            plan_appointment(work, call, moment)

    return [(one.now, _by_researcher(one, agree))]


def _asked_back(one: Follower) -> list[Act]:
    def ask(work: Work) -> None:
        record_call_back(work, one.who, via="sms")

    return [(one.now, ask)]


def _rest(one: Follower) -> list[Act]:
    def refuse(work: Work) -> None:
        call = one.this_call(work)
        if call is not None:
            record_attempt(work, call, NewAttempt(Outcome.not_now, note=one.person.note))

    return [(one.now, _by_researcher(one, refuse))]


def _not_reached(one: Follower) -> list[Act]:
    """Last week's round: dialled twice, on other days and times."""
    week = round_of(one.today) - 7 * DAY

    def dial(outcome: str) -> Callable[[Work], None]:
        def act(work: Work) -> None:
            call = one.this_call(work)
            if call is None:
                person = stored_id(one.who)
                call = Call(participant_id=person, week=week, due_on=week, created_at=work.now)
                work.session.add(call)
                work.session.flush()
            note = one.person.note if outcome == Outcome.voicemail_left else ""
            record_attempt(work, call, NewAttempt(outcome, note=note))

        return _by_researcher(one, act)

    return [
        (at_local(fitting_after(week + DAY), 10, 20), dial(Outcome.no_answer)),
        (at_local(fitting_after(week + 3 * DAY), 18, 5), dial(Outcome.voicemail_left)),
    ]


def _withdrawn(one: Follower) -> list[Act]:
    def stop(work: Work) -> None:
        withdraw_participant(work, one.who, "stop")

    return [(at_local(fitting_before(one.today - 3 * DAY), 15), _by_researcher(one, stop))]


def _closed(one: Follower) -> list[Act]:
    """The closing interview; after it the contact data goes."""
    day = fitting_after(one.days["beschikking"] + 9 * DAY)

    def close(work: Work) -> None:
        said = {s.id: one.random.choice(("agree", "agree", "neutral", "disagree")) for s in list_statements()}
        grade, desk, manager = (Decimal(one.random.randint(10, 17)) / 2 for _ in range(3))
        record_held_call(one.who, "closing", work)
        new = NewClosing(grade, desk, manager, statements=said, incentive="accepted")
        record_closing_interview(work, one.who, new)

    return [(at_local(day, 20), _by_researcher(one, close))]


def _by_researcher(one: Follower, act: Callable[[Work], None]) -> Callable[[Work], None]:
    return lambda work: act(replace(work, actor=one.researcher))


ENDS = ("withdrawn", "closed")  # nothing more is recorded after these
STORIES: Mapping[str, Callable[[Follower], list[Act]]] = {
    "planned": _planned,
    "supplied": _supplied,
    "suspended": _suspended,
    "bypass": _bypass,
    "repeated": _repeated,
    "appointment": _appointment,
    "asked-back": _asked_back,
    "rest": _rest,
    "not-reached": _not_reached,
    "withdrawn": _withdrawn,
    "closed": _closed,
}
