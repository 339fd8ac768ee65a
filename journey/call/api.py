"""Calls due and attempts over the API, for researchers' tokens. A token sees the whole study."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from journey.auth.access import ResearcherToken
from journey.call.queries import DueCall, count_attempts, get_call, get_participant_code, list_due
from journey.call.service import NewAttempt, record_attempt
from journey.clock import AMSTERDAM
from journey.models import Call, stored_id
from journey.rules.cadence import Outcome
from journey.rules.suspension import YEARS
from journey.web.api import Day, Text
from journey.web.visit import UnitOfWork
from journey.work import Work

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork, tags=["calls"])


def _local_moment(value: Any) -> Any:
    """A moment without a zone is wall-clock time in the Netherlands; numbers are refused."""
    if value is None:
        return None
    if not isinstance(value, str) or not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", value):
        raise ValueError("write a moment as YYYY-MM-DDTHH:MM with a zone")
    moment = datetime.fromisoformat(value)
    _in_a_likely_year(moment.date())
    return moment.replace(tzinfo=AMSTERDAM) if moment.tzinfo is None else moment


def _in_a_likely_year(day: date) -> date:
    """The first and the last year of the calendar have moments without a local time."""
    if day.year not in YEARS:
        raise ValueError("this year cannot be right")
    return day


ListDay = Annotated[Day, AfterValidator(_in_a_likely_year)]
LocalMoment = Annotated[datetime, BeforeValidator(_local_moment)]


class AttemptBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    at: LocalMoment | None = Field(
        default=None, description="moment of dialling; now when left out, local time without a zone"
    )
    appointment_at: LocalMoment | None = Field(
        default=None, description="when to call next; needed for the outcome `appointment`"
    )
    appointment_until: LocalMoment | None = Field(
        default=None,
        description="end of the window of `appointment_at`, on the same day; left out: about that time",
    )
    note: Text = ""


class DueCallAnswer(BaseModel):
    """One line of the call list; `rank` is the place of its reason, 1 first; `attempts` the dials of this round."""

    id: int
    participant: str
    week: date
    due_on: date
    kind: str
    appointment_at: datetime | None
    appointment_until: datetime | None
    next_at: datetime | None
    reason: str
    rank: int
    attempts: int

    @classmethod
    def of(cls, due: DueCall) -> "DueCallAnswer":
        return cls(**{name: getattr(due, name) for name in cls.model_fields})


class CallAnswer(BaseModel):
    id: int
    participant: str
    week: date
    due_on: date
    kind: str
    state: str
    appointment_at: datetime | None
    appointment_until: datetime | None
    next_at: datetime | None
    attempts: int

    @classmethod
    def of(cls, work: Work, call: Call) -> "CallAnswer":
        return cls(
            id=stored_id(call),
            participant=get_participant_code(work, call),
            week=call.week,
            due_on=call.due_on,
            kind=call.kind,
            state=call.state,
            appointment_at=call.appointment_at,
            appointment_until=call.appointment_until,
            next_at=call.next_at,
            attempts=count_attempts(work, call),
        )


class AttemptAnswer(BaseModel):
    id: int
    call: CallAnswer


@router.get("/calls")
def due_calls(visit: ResearcherToken, on: Annotated[ListDay | None, Query()] = None) -> list[DueCallAnswer]:
    """Calls due on a day (today when left out), in the order in which to call, with the reason for the order."""
    return [DueCallAnswer.of(due) for due in list_due(visit.work, on)]


@router.post("/calls/{call_id}/attempts", status_code=201)
def add_attempt(visit: ResearcherToken, call_id: int, body: AttemptBody) -> AttemptAnswer:
    """Record one dial; the answer tells how the round stands and when to try again."""
    call = get_call(visit.work, call_id)
    new = NewAttempt(body.outcome, body.at, body.appointment_at, body.appointment_until, body.note)
    attempt = record_attempt(visit.work, call, new)
    return AttemptAnswer(id=stored_id(attempt), call=CallAnswer.of(visit.work, call))
