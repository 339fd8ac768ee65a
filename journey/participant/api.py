"""People over the API: enrolling, their facts, and the decision clock. Answers are for researchers only."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field, StrictBool

from journey.audit.service import record_act, record_view
from journey.auth.access import PersonToken, ResearcherToken
from journey.auth.scope import get_participant, get_study
from journey.models import Journey, Participant, stored_id
from journey.models.journey import BypassReason
from journey.participant.case_links import link_case
from journey.participant.overview import Overview, get_overview
from journey.participant.queries import get_journey, get_writable
from journey.participant.service import NewConsent, NewParticipant, enrol
from journey.progress.bodies import (
    DecisionBody,
    DepartureBody,
    ExtensionBody,
    StepState,
    SuspensionBody,
)
from journey.progress.service import (
    record_application,
    record_decision,
    record_departure,
    record_extension,
    record_step,
    record_suspension,
)
from journey.rules.decision import Clock
from journey.rules.ratings import Channel
from journey.web.api import Body, Created, Day, Figures, Line, Reference, RowId, Word
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork, tags=["participants"])

Via = Literal["oral", "web", "paper"]
Source = Literal["call", "letter", "participant", "import"]


def _band(value: str) -> str:
    """A band and no date of birth: at most two numbers of at most three digits (rules, 35)."""
    numbers = re.findall(r"[0-9]+", value)
    if len(numbers) > 2 or any(len(number) > 3 for number in numbers):
        raise ValueError("write an age band such as 27-34")
    return value


class ConsentBody(Body):
    """What was agreed to, read aloud or shown; nothing is stored without `participate`."""

    participate: StrictBool
    quotes: StrictBool
    recording: StrictBool
    photos: StrictBool = Field(default=False, description="photos that the person sends may be looked at")
    calls: StrictBool = Field(default=True, description="may be phoned; follows from the channel unless said")
    texts: StrictBool = Field(
        default=True, description="may be texted unasked; follows from the channel unless said"
    )
    file_dates: StrictBool = Field(
        default=False, description="dates of the case system may be laid beside the person's own"
    )
    given_via: Via
    text_version: Word

    def new(self) -> NewConsent:
        return NewConsent(**dict(self))


class ParticipantBody(Body):
    route: Word
    municipality: Word | None = None
    age_band: Annotated[Figures, AfterValidator(_band)] | None = None
    call_name: Line | None = Field(default=None, description="the name to ask for")
    phone: Figures | None = None
    postal_address: Line | None = Field(default=None, description="only for letters")
    language: str = Field(default="nl", pattern=r"^[a-z]{2,3}$")
    channel: Channel
    reported_on: Day | None = Field(default=None, description="the legal report at UWV (Pw 44)")
    consent: ConsentBody


class ReferenceBody(Body):
    reference: Reference = Field(description="key of the case system")


class EnrolledAnswer(BaseModel):
    code: str = Field(description="pseudonym, such as H-042")


class StepBody(Body):
    step: Word
    happened_on: Day | None = Field(default=None, description="needed when the state is done or planned")
    source: Source
    state: StepState = "done"
    reason: Line = Field(
        default="",
        description="words; for a bypass the id of a category may stand here, and words alone have category `other`",
    )
    category: BypassReason | None = Field(default=None, description="only for a bypass")
    corrects: RowId | None = Field(default=None, description="id of the earlier fact that this one replaces")


class ApplicationBody(Body):
    received_on: Day
    source: Literal["letter", "import", "call"]


class StepAnswer(BaseModel):
    id: int
    step: str
    state: str
    happened_on: date | None
    source: str
    reason: str
    category: str = Field(description="why a step was taken away; empty for every other state")


class RatingAnswer(BaseModel):
    id: int
    step: str
    subject: str
    value: str
    channel: str
    answered_on: date
    recall_lag: int | None
    quote: str


class NextCallAnswer(BaseModel):
    id: int
    kind: str
    week: date
    due_on: date
    appointment_at: datetime | None
    next_at: datetime | None


class WithdrawnAnswer(BaseModel):
    level: str
    step: str | None
    withdrawn_at: datetime


class DeadlineAnswer(BaseModel):
    """The decision clock, as `journey term decision --json`. Without an application `clock` is `none`."""

    received: date | None = None
    today: date
    mode: str | None = None
    clock: Literal["none", "running", "stopped", "decided"] = "none"
    days_used: int | None = None
    days_left: int | None = None
    suspended_days: int | None = None
    raw_last_day: date | None = None
    last_day: date | None = None
    days_to_last_day: int | None = None
    days_late: int | None = None
    last_day_if_unused: date | None = None
    last_day_other_mode: date | None = None
    explanation: list[str] = []
    warnings: list[str] = []

    @classmethod
    def of(cls, clock: Clock | None, today: date) -> "DeadlineAnswer":
        return cls.model_validate(clock.as_json()) if clock else cls(today=today)


class ParticipantAnswer(BaseModel):
    """`steps` holds every fact that counts, in the order of happening; `ratings` is left out for who may not see
    answers; `next_call` and `deadline` are null when there is none."""

    code: str
    study: str
    route: str | None
    state: str
    channel: str
    language: str
    enrolled_on: date
    steps: list[StepAnswer]
    to_come: list[str] = Field(description="steps of the route without a fact yet")
    ratings: list[RatingAnswer] | None = None
    next_call: NextCallAnswer | None
    deadline: DeadlineAnswer | None
    withdrawn: WithdrawnAnswer | None


@router.post("/studies/{study}/participants", status_code=201)
def post_participant(visit: ResearcherToken, study: str, body: ParticipantBody) -> EnrolledAnswer:
    """Enrol someone who agreed to take part; contact data goes into the encrypted contact store."""
    values = dict(body) | {"consent": body.consent.new(), "channel": body.channel.value, "announced": True}
    return EnrolledAnswer(code=enrol(visit.work, get_study(visit.work, study), NewParticipant(**values)).code)


@router.get("/participants/{code}", response_model_exclude_unset=True)
def read_participant(visit: PersonToken, code: str) -> ParticipantAnswer:
    """Where someone stands. The look is logged."""
    participant = get_participant(visit.work, code)
    record_view(visit.house, visit.work, "participant.view", participant.code)
    return _shown(get_overview(visit.work, participant), visit.work.today)


@router.get("/participants/{code}/deadline")
def read_deadline(visit: PersonToken, code: str) -> DeadlineAnswer:
    """Until when the decision may take (Awb 4:13-4:15, ATW)."""
    participant = get_participant(visit.work, code)
    record_view(visit.house, visit.work, "participant.view", participant.code)
    return DeadlineAnswer.of(get_overview(visit.work, participant).clock, visit.work.today)


@router.post("/participants/{code}/steps", status_code=201)
def post_step(visit: ResearcherToken, code: str, body: StepBody) -> Created:
    """Record a step. The same step again is a repetition, unless it corrects an earlier fact. The step `aanvraag`
    gives the receipt date when none is known. An import that differs from what we know is kept beside it, and an import
    that says the same once more gives the id of the first."""
    participant, journey = _writable(visit, code)
    fact = record_step(
        visit.work,
        journey,
        body.step,
        body.happened_on,
        source=body.source,
        state=body.state,
        reason=body.reason,
        category=body.category or "",
        corrects=body.corrects,
    )
    return _created(visit, participant, "step", fact)


@router.post("/participants/{code}/application", status_code=201)
def post_application(visit: ResearcherToken, code: str, body: ApplicationBody) -> Created:
    """Receipt of the application: day 0 of the eight weeks (Awb 4:13). Replaces what was known of it."""
    participant, journey = _writable(visit, code)
    fact = record_application(visit.work, journey, body.received_on, source=body.source)
    return _created(visit, participant, "application", fact)


@router.post("/participants/{code}/suspensions", status_code=201)
def post_suspension(visit: ResearcherToken, code: str, body: SuspensionBody) -> Created:
    """The legal clock stands still (Awb 4:15). The same ground with the same first day replaces what was known of it:
    so an open one is ended."""
    participant, journey = _writable(visit, code)
    fact = record_suspension(visit.work, journey, body.new(), source="call")
    return _created(visit, participant, "suspension", fact)


@router.post("/participants/{code}/extension", status_code=201)
def post_extension(visit: ResearcherToken, code: str, body: ExtensionBody) -> Created:
    """Notice of delay (Awb 4:14 lid 3). Sent too late or naming an earlier day it has no effect: see the warnings of
    the deadline."""
    participant, journey = _writable(visit, code)
    fact = record_extension(visit.work, journey, body.sent_on, body.until, source="call")
    return _created(visit, participant, "extension", fact)


@router.post("/participants/{code}/decision", status_code=201)
def post_decision(visit: ResearcherToken, code: str, body: DecisionBody) -> Created:
    """The decision. The clock ends on the day it was sent. Replaces what was known of it."""
    participant, journey = _writable(visit, code)
    fact = record_decision(
        visit.work, journey, body.sent_on, body.outcome, decided_on=body.decided_on, source="call"
    )
    return _created(visit, participant, "decision", fact)


@router.post("/participants/{code}/reference")
def post_reference(visit: ResearcherToken, code: str, body: ReferenceBody) -> ReferenceBody:
    """This person is that delivered application: nobody counts twice, and its dates stand beside what was told.
    Only the research side can know."""
    link_case(visit.work, get_writable(visit.work, code), body.reference)
    return body


@router.post("/participants/{code}/departure", status_code=201)
def post_departure(visit: ResearcherToken, code: str, body: DepartureBody) -> Created:
    """Left without a decision: found work, moved, or took the application back."""
    participant, journey = _writable(visit, code)
    fact = record_departure(visit.work, journey, body.left_on, body.reason, source="call")
    return _created(visit, participant, "departure", fact)


def _writable(visit: Visit, code: str) -> tuple[Participant, Journey]:
    participant = get_writable(visit.work, code)
    return participant, get_journey(visit.work, participant)


def _created(visit: Visit, participant: Participant, what: str, fact: Any) -> Created:
    record_act(visit.work, f"{what}.record", participant.code)
    return Created(id=stored_id(fact))


def _shown(one: Overview, today: date) -> ParticipantAnswer:
    answers = {}
    if one.ratings is not None:
        answers["ratings"] = [RatingAnswer.model_validate(row.model_dump()) for row in one.ratings]
    call, gone = one.next_call, one.withdrawal
    return ParticipantAnswer(
        code=one.participant.code,
        study=one.study,
        route=one.route,
        state=one.participant.state,
        channel=one.participant.channel,
        language=one.participant.language,
        enrolled_on=one.participant.enrolled_on,
        steps=[StepAnswer.model_validate(row.model_dump()) for row in one.steps],
        to_come=one.to_come,
        next_call=NextCallAnswer.model_validate(call.model_dump()) if call else None,
        deadline=DeadlineAnswer.of(one.clock, today) if one.clock else None,
        withdrawn=WithdrawnAnswer(level=gone.level, step=gone.from_step, withdrawn_at=gone.withdrawn_at)
        if gone
        else None,
        **answers,
    )
