"""One person's screens as data: the header, the legal clock, and one step with its facts and answers and their history.

Nothing here opens the contact store.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from journey.models import (
    Application,
    Call,
    CaseEvent,
    Decision,
    Departure,
    Extension,
    Journey,
    Letter,
    Melding,
    Participant,
    Progress,
    Rating,
    RouteVersion,
    Study,
    Suspension,
    User,
    Withdrawal,
)
from journey.models.base import Recorded
from journey.outbox.agreed import agrees_to
from journey.outbox.overview import MessageLine, list_of_person
from journey.outbox.queries import ShownReply, list_waiting
from journey.outbox.wording import occasion_words, state_words
from journey.participant.handover import HandOverLine, list_hand_overs, may_hand_over
from journey.participant.letters import find_due_letter, list_letters
from journey.participant.queries import (
    allows,
    find_journey,
    find_withdrawal,
    list_answers_kept,
    set_aside_steps,
    timeline,
)
from journey.participant.reasons import why_not
from journey.participant.said import StepSaid, list_steps_said, stand
from journey.participant.sent import NOTHING, Sent, count_sent
from journey.participant.standing import clock_status, person_status
from journey.participant.timeline import Timeline
from journey.progress.queries import Facts, find_clock, get_facts
from journey.progress.routes import find_step_of, list_routes_of
from journey.progress.tasks import Task, list_effects_lost, list_tasks
from journey.route.definition import Step
from journey.route.queries import get_definition, opening_id
from journey.rules.decision import Clock
from journey.rules.errors import NotFound
from journey.study.cadence import cadence_of
from journey.web.forms import Form
from journey.work import Work

LEGAL: dict[str, Any] = {
    "melding": Melding,
    "application": Application,
    "suspension": Suspension,
    "extension": Extension,
    "decision": Decision,
    "departure": Departure,
    "notice": CaseEvent,
    "advance": CaseEvent,
    "handover": CaseEvent,
    "form_offered": CaseEvent,
}

# Of these a journey has one at a time: a later one takes the place of the earlier.
SINGLE = ("melding", "application", "decision", "departure")


@dataclass(frozen=True)
class Person:
    """Who this is, without a name. `open` says whether anything may still be recorded."""

    code: str
    state: str
    open: bool
    status: str
    study_code: str
    study: str
    route: str
    channel: str
    language: str
    age_band: str | None
    researcher: str
    enrolled_on: date
    rest_until: date | None
    calls_paused: bool
    withdrawal: Withdrawal | None
    quotes: bool
    calls: bool


@dataclass(frozen=True)
class ClockCard:
    """The legal clock; without an application only how long ago the desk visit was (rules, 1)."""

    clock: Clock | None
    status: str
    source: str
    reported_on: date | None
    desk_visit: date | None
    days_since_desk: int | None


@dataclass(frozen=True)
class LegalFact:
    """One recorded fact of the application, present or replaced; `row` is its table row.

    `without_effect` says why the law takes no notice of it. `beside` is what the case system says instead, most often
    nothing or one thing.
    """

    kind: str
    row: Recorded
    by: str
    without_effect: str = ""
    beside: tuple["LegalFact", ...] = ()

    @property
    def id(self) -> int:
        return int(getattr(self.row, "id", 0) or 0)


@dataclass(frozen=True)
class PersonView:
    """`apart` is what the case system says where nothing of ours is left to stand beside; `steps_said` the same of
    steps."""

    person: Person
    timeline: Timeline | None
    clock: ClockCard | None
    legal: tuple[LegalFact, ...]
    history: tuple[LegalFact, ...]
    call: Call | None
    tasks: tuple[Task, ...] = ()
    apart: tuple[LegalFact, ...] = ()
    steps_said: tuple[StepSaid, ...] = ()
    hand_overs: tuple[HandOverLine, ...] = ()
    may_hand_over: bool = False
    wants_other: bool = False
    letters: tuple[Letter, ...] = ()
    letter_due: bool = False
    messages: tuple[MessageLine, ...] = ()
    texts: tuple[ShownReply, ...] = ()
    held_at: datetime | None = None
    sent: Sent = NOTHING

    @property
    def message_words(self) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        """The words for occasions and for states."""
        return occasion_words(), state_words()

    def current(self, kind: str) -> LegalFact | None:
        """The present fact of a kind of which there is one at a time."""
        return next((fact for fact in reversed(self.legal) if fact.kind == kind), None)

    def of(self, kind: str) -> list[LegalFact]:
        return [fact for fact in self.legal if fact.kind == kind]


@dataclass(frozen=True)
class PersonPage:
    """`opened` is the id of the form that was sent and came back; its errors are in `form`."""

    view: PersonView
    form: Form
    opened: str = ""

    def form_of(self, form_id: str) -> Form:
        """What was typed in that form; nothing for the others."""
        return self.form if form_id == self.opened else Form()

    @property
    def timeline(self) -> Timeline | None:
        return self.view.timeline

    def seen(self, kind: str) -> str:
        """What a form is made beside, so that it is noticed when a colleague was first."""
        fact = self.view.current(kind) if kind in SINGLE else None
        return str(fact.id) if fact else ""

    @property
    def errors(self) -> dict[str, str]:
        """By the id of the field on this page, on which every form stands with its own ids."""
        return {
            f"{self.opened}-{name}" if name else "": message for name, message in self.form.errors.items()
        }


@dataclass(frozen=True)
class StepFact:
    """`said` is what the case system says instead."""

    row: Progress
    by: str
    said: tuple[Progress, ...] = ()

    @property
    def why(self) -> str:
        return why_not(self.row)


@dataclass(frozen=True)
class StepAnswer:
    row: Rating
    by: str
    counts: bool


@dataclass(frozen=True)
class StepView:
    """One step: present facts, facts that were replaced, the answers per subject with their history.

    `said_too` is what the case system says beside none of our facts: one time more than we know of.
    """

    person: Person
    step: Step
    facts: tuple[StepFact, ...]
    replaced: tuple[StepFact, ...]
    answers: tuple[StepAnswer, ...]
    kept_out: bool
    said_too: tuple[Progress, ...] = ()

    def answer(self, subject: str) -> StepAnswer | None:
        """The answer that counts."""
        counting = (one for one in self.answers if one.counts and one.row.subject == subject)
        return next(counting, None)


@dataclass(frozen=True)
class StepPage:
    view: StepView
    form: Form
    reasons: tuple[tuple[str, str], ...] = ()


def get_person_view(work: Work, participant: Participant) -> PersonView:
    """Everything of the page of one person."""
    journey = find_journey(work, participant)
    if journey is None:
        return PersonView(_person(work, participant, None, None), None, None, (), (), None)
    facts = get_facts(work, journey)
    clock = find_clock(work, facts)
    laid_beside = allows(work, participant, "file_dates")
    legal = [fact for fact in _legal(work, journey) if laid_beside or not fact.row.beside]
    lost = list_effects_lost(work, facts)
    ours, apart = stand(legal, facts)
    return PersonView(
        person=_person(work, participant, journey, clock),
        timeline=timeline(work, participant),
        clock=_clock_card(work, facts, clock),
        legal=tuple(
            replace(
                fact,
                without_effect=lost.get((fact.kind, fact.id), ""),
                beside=ours.get((fact.kind, fact.id), ()),
            )
            for fact in legal
            if not fact.row.replaced
        ),
        history=tuple(fact for fact in legal if fact.row.replaced and not fact.row.beside),
        call=find_open_call(work, participant),
        tasks=tuple(list_tasks(work, facts)),
        apart=apart,
        steps_said=tuple(list_steps_said(work, facts)) if laid_beside else (),
        hand_overs=tuple(list_hand_overs(work, participant)),
        may_hand_over=may_hand_over(work, participant),
        wants_other=participant.wants_other,
        letters=tuple(list_letters(work, participant)),
        letter_due=find_due_letter(work, participant) is not None,
        messages=list_of_person(work, participant),
        texts=tuple(list_waiting(work, participant)),
        held_at=participant.held_at,
        sent=count_sent(work, participant),
    )


def get_person(work: Work, participant: Participant) -> Person:
    journey = find_journey(work, participant)
    clock = find_clock(work, get_facts(work, journey)) if journey else None
    return _person(work, participant, journey, clock)


def get_step_view(work: Work, participant: Participant, step_id: str) -> StepView:
    """NotFound for a step that is on no route this person followed."""
    journey = find_journey(work, participant)
    step = find_step_of(list_routes_of(work, journey), step_id) if journey else None
    if journey is None or step is None:
        raise NotFound("Deze stap hoort niet bij deze route.")
    statement = select(Progress).where(Progress.journey_id == journey.id, Progress.step == step_id)
    rows = work.session.exec(statement.order_by(col(Progress.id))).all()
    if not allows(work, participant, "file_dates"):
        rows = [row for row in rows if not row.beside]
    answers = [row for row in list_answers_kept(work, participant) if row.step == step_id]
    labels = [row.recorded_by for row in rows] + [row.recorded_by for row in answers]
    names = names_of(work, labels)
    last = {row.subject: row.id for row in answers}
    said = {row.id: row for row in rows if row.beside}
    facts = [
        StepFact(
            row, names[row.recorded_by], tuple(one for one in said.values() if one.corrects_id == row.id)
        )
        for row in rows
    ]
    present = {row.id for row in rows if not row.replaced}
    return StepView(
        person=_person(work, participant, journey, find_clock(work, get_facts(work, journey))),
        step=step,
        facts=tuple(
            sorted(
                (fact for fact in facts if not fact.row.replaced),
                key=lambda fact: (fact.row.happened_on or date.max, fact.row.id or 0),
            )
        ),
        replaced=tuple(fact for fact in facts if fact.row.replaced and not fact.row.beside),
        answers=tuple(
            StepAnswer(row, names[row.recorded_by], row.id == last[row.subject]) for row in reversed(answers)
        ),
        kept_out=step_id in set_aside_steps(work, participant, journey),
        said_too=tuple(one for one in said.values() if one.corrects_id not in present),
    )


def find_open_call(work: Work, participant: Participant) -> Call | None:
    statement = select(Call).where(Call.participant_id == participant.id, Call.state == "open")
    return work.session.exec(statement.order_by(col(Call.week).desc())).first()


def names_of(work: Work, labels: Iterable[str]) -> dict[str, str]:
    """Who recorded something, as people call them: a colleague's name, or the kind of actor."""
    wanted = set(labels)
    ids = {int(label[5:]): label for label in wanted if label.startswith("user:") and label[5:].isdigit()}
    found = {label: label.partition(":")[0] for label in wanted}
    for user in work.session.exec(select(User).where(col(User.id).in_(ids))).all():
        found[ids[user.id or 0]] = user.name
    return found


def _person(work: Work, participant: Participant, journey: Journey | None, clock: Clock | None) -> Person:
    study = work.session.get_one(Study, participant.study_id)
    route = work.session.get(RouteVersion, journey.route_version_id) if journey else None
    researcher = work.session.get(User, participant.researcher_id) if participant.researcher_id else None
    return Person(
        code=participant.code,
        state=participant.state,
        open=participant.state in ("active", "closed"),
        status=person_status(participant.state, participant.calls_paused, clock, cadence_of(study)),
        study_code=study.code,
        study=study.name,
        route=route.name if route else "",
        channel=participant.channel,
        language=participant.language,
        age_band=participant.age_band,
        researcher=researcher.name if researcher else "",
        enrolled_on=participant.enrolled_on,
        rest_until=participant.rest_until
        if participant.rest_until and participant.rest_until > work.today
        else None,
        calls_paused=participant.calls_paused,
        withdrawal=find_withdrawal(work, participant),
        quotes=allows(work, participant, "quotes"),
        calls=agrees_to(work, participant, "calls"),
    )


def _clock_card(work: Work, facts: Facts, clock: Clock | None) -> ClockCard:
    definition = get_definition(work, facts.journey.route_version_id)
    desk = opening_id(definition, "total")
    visit = facts.first_day(desk) if desk else None
    return ClockCard(
        clock=clock,
        status=clock_status(clock, cadence_of(work.session.get_one(Study, facts.journey.study_id))),
        source=facts.application.source if facts.application else "",
        reported_on=facts.melding.reported_on if facts.melding else None,
        desk_visit=visit,
        days_since_desk=(work.today - visit).days if visit else None,
    )


def _legal(work: Work, journey: Journey) -> list[LegalFact]:
    found: list[tuple[str, Recorded]] = []
    for kind, table in LEGAL.items():
        statement = select(table).where(table.journey_id == journey.id).order_by(col(table.id))
        if table is CaseEvent:
            statement = statement.where(table.kind == kind)
        rows: Sequence[Recorded] = work.session.exec(statement).all()
        found += [(kind, row) for row in rows]
    names = names_of(work, [row.recorded_by for _kind, row in found])
    return [LegalFact(kind, row, names[row.recorded_by]) for kind, row in found]
