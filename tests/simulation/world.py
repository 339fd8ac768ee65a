"""Weeks of a study by moving the clock: people live, researchers call whom the list names, two workers ring the bell.

Everything goes through the services that the screens use, or through the HTTP API; the diary of each person is kept
beside it and the checker looks on.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from journey.auth.queries import actor_of
from journey.auth.service import create_user
from journey.call.jobs import plan_due_calls
from journey.call.promises import call_back_share
from journey.call.queries import DueCall, get_call, list_due
from journey.call.service import NewAttempt, close_with_interview, record_attempt, record_call_back
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import stored_id
from journey.outbox.service import plan_message
from journey.participant.handover import hand_over
from journey.participant.letters import list_due_letters
from journey.participant.queries import get_journey, get_writable
from journey.participant.route_change import change_route
from journey.participant.service import change_preferences, record_contact
from journey.portal.inbound import receive_text
from journey.portal.service import as_participant, ask_back, rate
from journey.progress.service import record_decision, record_departure, record_step
from journey.rating.service import NewClosing
from journey.team.queries import read_crew
from journey.team.rates import list_round_rates
from journey.work import Actor, House, Work
from tests.simulation.checker import Checker, may_call
from tests.simulation.people import AMSTERDAM, Dial, Life, invent, local, monday
from tests.support.build import build_participant, build_study, get_study_by

STUDY = "simulation"
STEPS = ("rechten-en-plichten", "participatiegesprek", "workshop", "aanvraag")
SHIFTS = (time(9, 10), time(13, 20), time(17, 30), time(19, 40))
CAPACITY = 14


@dataclass(frozen=True)
class Plan:
    """What is simulated. `off` are the days on which the machine stands still, `ill` the week in which the first
    researcher calls nobody.
    """

    start: date
    weeks: int
    people: int
    seed: int
    off: frozenset[date] = frozenset()
    ill: date | None = None


class World:
    """`run()` lives through all days; what went wrong stands in `checker.breaches`."""

    def __init__(self, plan: Plan, house: House, second: House) -> None:
        self.plan, self.house, self.second = plan, house, second
        self.chance = Random(plan.seed)
        self.waiting = [invent(self.chance, number) for number in range(plan.people)]
        self.lives: dict[str, Life] = {}
        self.checker = Checker(self.lives)
        with house.work(now=at_local(plan.start, 1)) as work:
            build_study(work, STUDY)
            users = [
                create_user(
                    work,
                    f"{name}@example.org",
                    role,
                    password="correct horse battery",
                    study=STUDY,
                    name=name,
                )
                for name, role in (("Een", "researcher"), ("Twee", "researcher"), ("Lead", "lead"))
            ]
            self.researchers = [actor_of(work.session, user) for user in users[:2]]
            self.lead = actor_of(work.session, users[2])

    def run(self) -> None:
        for offset in range(self.plan.weeks * 7):
            day = self.plan.start + timedelta(days=offset)
            if day in self.plan.off:
                continue
            self._morning(day)
            self._enrol(day)
            for shift in SHIFTS:
                moment = self._at(day, shift, jitter=25)
                self._life_goes_on(moment - timedelta(minutes=1))
                for index, actor in enumerate(self.researchers):
                    self._shift(actor, moment, ill=index == 0 and monday(day) == self.plan.ill)
            self._evening(day)

    # --- workers and checks -------------------------------------------------------------------------

    def _morning(self, day: date) -> None:
        now = self._at(day, time(0, 5), jitter=20)
        if day.weekday() == 0 or self.chance.random() < 0.2:
            self._both_workers(now)
        else:
            plan_due_calls(self.chance.choice((self.house, self.second)), now)
        with self._work(now, write=False) as work:
            self.checker.check_prompts(work.session, now)

    def _both_workers(self, now: datetime) -> None:
        """At exactly the same time, each with a house of its own on the same database."""
        barrier, faults = threading.Barrier(2), []

        def ring(house: House) -> None:
            try:
                barrier.wait()
                plan_due_calls(house, now)
            except Exception as fault:
                faults.append(fault)

        threads = [threading.Thread(target=ring, args=(house,)) for house in (self.house, self.second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.checker.expect("a worker failed", not faults, str(faults))

    def _evening(self, day: date) -> None:
        now = at_local(day, 21, 30)
        if self.chance.random() < 0.3:
            plan_due_calls(self.second, now)
        with self._work(now, write=False) as work:
            letters = [one.code for one in list_due_letters(work)]
            self.checker.check_day(work.session, letters, day)
            if day.weekday() == 6:
                study = get_study_by(work, STUDY)
                self.checker.check_rounds(work.session)
                self.checker.check_rates(list_round_rates(work, read_crew(work, study)))
                self.checker.check_promises(work.session, call_back_share(work, study), now)

    # --- the desk -----------------------------------------------------------------------------------

    def _shift(self, actor: Actor, moment: datetime, *, ill: bool) -> None:
        """What the list says is dialled, from the top; outside the hours only who has an appointment now."""
        own = [life for life in self.lives.values() if life.followed and life.researcher == actor.id]
        if ill or not (may_call(moment) or any(life.covers(moment) for life in own)):
            return
        with self._work(moment, actor) as work:
            due = list_due(work)
            self.checker.check_order(due, moment)
            open_now = [
                one
                for one in due
                if one.now and (may_call(moment) or self.lives[one.participant].covers(moment))
            ]
            for one in open_now[:CAPACITY]:
                self._dial(work, one)

    def _dial(self, work: Work, due: DueCall) -> None:
        life, now = self.lives[due.participant], work.now
        self.checker.check_dial(life, now)
        outcome = life.answer(self.chance, now, due.kind)
        agreed = self._agree(now) if outcome == "appointment" else None
        if outcome in ("partial", "not_now") and self.chance.random() < 0.3:
            agreed = self._agree(now)
        call = get_call(work, due.id)
        dial = Dial(now, outcome, life.covers(now), life.waits_for_a_dial)
        if outcome == "interview" and due.kind == "closing":
            close_with_interview(work, call, NewClosing())
            life.closed_at = now
        else:
            new = NewAttempt(outcome, None, *(agreed or (None, None)))
            first = record_attempt(work, call, new)
            if outcome not in ("stop", "deceased") and self.chance.random() < 0.03:
                assert record_attempt(work, call, new).id == first.id
        life.record(dial, agreed)
        if outcome == "deceased":
            life.ended_at = now
        if outcome == "interview" and life.followed:
            self._tell_steps(work, life, "call")

    def _agree(self, now: datetime) -> tuple[datetime, datetime | None]:
        """Mostly when people are called, sometimes in the evening or on a Sunday; one in three with a window."""
        day = local(now).date() + timedelta(days=self.chance.choice((1, 1, 2, 2, 3, 4, 5, 6, 8)))
        at = datetime.combine(day, self.chance.choice(SHIFTS), AMSTERDAM)
        return at, at + timedelta(hours=2) if self.chance.random() < 0.33 else None

    # --- what happens to people ---------------------------------------------------------------------

    def _enrol(self, day: date) -> None:
        """At a meeting on Mondays and Thursdays, in all weeks but the last two."""
        meetings = 2 * (self.plan.weeks - 2)
        if day.weekday() not in (0, 3) or not self.waiting:
            return
        for life in [
            self.waiting.pop() for _ in range(min(len(self.waiting), -(-self.plan.people // meetings)))
        ]:
            actor = self.researchers[life.number % 2]
            now = self._at(day, time(8, 45), jitter=10)
            with self._work(now, actor) as work:
                person = build_participant(
                    work,
                    get_study_by(work, STUDY),
                    channel=life.channel,
                    phone=life.phone,
                    language=life.language,
                    good_times=life.good_times,
                    postal_address="Kade 1, 2011 AA Haarlem",
                )
                life.code, life.key, life.researcher = person.code, stored_id(person), actor.id or 0
            life.enrolled_at = now
            self.lives[life.code] = life

    def _life_goes_on(self, moment: datetime) -> None:
        """Small chances a few times a day; each act is a unit of work of its own, as in the product."""
        acts = (
            (0.004, self._asks_for_a_call),
            (0.0004, self._stops),
            (0.012, self._step_happens),
            (0.0008, self._changes_route),
            (0.0008, self._handed_over),
            (0.0005, self._prefers),
            (0.0004, self._leaves),
            (0.05, self._number_is_mended),
            (0.05, self._reacts),
            (0.5, self._decision_comes),
        )
        for life in list(self.lives.values()):
            for likely, act in acts:
                if life.followed and self.chance.random() < likely:
                    act(life, moment)

    def _asks_for_a_call(self, life: Life, moment: datetime) -> None:
        how = self.chance.choice(("sms", "page", "phone"))
        if how == "sms" and life.number_is_wrong:
            how = "phone"  # what comes from a number that is somebody else's speaks for nobody
        with self._work(moment) as work:
            person = get_writable(work, life.code)
            if how == "sms":
                assert receive_text(work, life.phone, "Bel mij aub!", f"SM{moment.timestamp()}") == "call"
            elif how == "page":
                ask_back(work, person)
            else:
                record_call_back(replace(work, actor=self.lead), person)
        for one in self._same_number(life) if how == "sms" else [life]:
            one.note(moment, "asked")

    def _stops(self, life: Life, moment: datetime) -> None:
        by_text = self.chance.random() < 0.5 and not life.number_is_wrong
        with self._work(moment) as work:
            person = get_writable(work, life.code)
            plan_message(work, person, "thanks", "Bedankt.", f"news:{life.code}:{moment.timestamp()}")
            if by_text:
                assert receive_text(work, life.phone, "STOP", f"SM{moment.timestamp()}") == "stopped"
            else:
                withdraw_participant(as_participant(work, person), person, "stop")
        for one in self._same_number(life) if by_text else [life]:
            one.gone_at = moment

    def _same_number(self, life: Life) -> Sequence[Life]:
        return [one for one in self.lives.values() if one.phone == life.phone and one.followed]

    def _step_happens(self, life: Life, moment: datetime) -> None:
        with self._work(moment) as work:
            self._tell_steps(work, life, self.chance.choice(("participant", "letter")))

    def _tell_steps(self, work: Work, life: Life, source: str) -> None:
        if len(life.steps) >= len(STEPS):
            return
        step = STEPS[len(life.steps)]
        day = local(work.now).date() - timedelta(days=self.chance.randint(0, 5))
        record_step(work, get_journey(work, get_writable(work, life.code)), step, day, source=source)
        if step == "aanvraag":
            life.received_on = day
        life.steps.append((work.now, day, source == "call"))

    def _decision_comes(self, life: Life, moment: datetime) -> None:
        today = local(moment).date()
        if (
            life.ended_at
            or not life.received_on
            or (today - life.received_on).days < life.decision_after - 14
        ):
            return
        with self._work(moment) as work:
            record_decision(
                work, get_journey(work, get_writable(work, life.code)), today, "granted", source="letter"
            )
        life.ended_at, life.decided = moment, True

    def _leaves(self, life: Life, moment: datetime) -> None:
        if life.ended_at is None:
            with self._work(moment) as work:
                journey = get_journey(work, get_writable(work, life.code))
                record_departure(work, journey, local(moment).date(), "work", source="call")
            life.ended_at = moment

    def _changes_route(self, life: Life, moment: datetime) -> None:
        with self._work(moment, self.lead) as work:
            person = get_writable(work, life.code)
            try:
                change_route(work, person, self.chance.choice(("27plus", "jongeren")))
            except Exception:
                return

    def _handed_over(self, life: Life, moment: datetime) -> None:
        other = next(one.id or 0 for one in self.researchers if one.id != life.researcher)
        with self._work(moment, self.lead) as work:
            hand_over(work, get_writable(work, life.code), other, "load", "Belt liever 's avonds.")
        life.researcher = other

    def _prefers(self, life: Life, moment: datetime) -> None:
        channel = self.chance.choice(("call", "web", "paper"))
        with self._work(moment, self.lead) as work:
            change_preferences(work, get_writable(work, life.code), channel=channel, language=life.language)
        life.note(moment, f"prefers:{channel}")

    def _number_is_mended(self, life: Life, moment: datetime) -> None:
        if not (life.number_is_wrong and life.dials and life.dials[-1].outcome == "wrong_number"):
            return
        life.number_is_wrong, life.phone = False, f"+316{50000000 + life.number}"
        with self._work(moment, self.lead) as work:
            record_contact(
                work,
                get_writable(work, life.code),
                call_name="Ada",
                phone=life.phone,
                postal_address="Kade 1, 2011 AA Haarlem",
                good_times=life.good_times,
            )

    def _reacts(self, life: Life, moment: datetime) -> None:
        """After the letter some call us, some answer on their page."""
        with self._work(moment) as work:
            person = get_writable(work, life.code)
            if not person.calls_paused:
                return
            if self.chance.random() < 0.5:
                record_call_back(replace(work, actor=self.lead), person)
                life.note(moment, "asked")
            elif life.steps:
                rate(work, person, STEPS[0], "step", self.chance.choice(("neutral", "positive")))
                life.note(moment, "reacted")

    # --- small tools --------------------------------------------------------------------------------

    def _at(self, day: date, clock: time, jitter: int) -> datetime:
        return at_local(day, clock.hour, clock.minute) + timedelta(minutes=self.chance.randint(0, jitter))

    def _work(
        self, now: datetime, actor: Actor | None = None, *, write: bool = True
    ) -> AbstractContextManager[Work]:
        if actor is None:
            return self.house.work(write=write, now=now)
        return self.house.work(actor, write=write, now=now)
