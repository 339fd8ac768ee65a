"""Answers and closing interviews over the API."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, Field

from journey.auth.access import ResearcherToken
from journey.models import stored_id
from journey.participant.queries import get_writable
from journey.rating.service import NewClosing, NewRating, record_closing_interview, record_rating
from journey.rules.errors import Invalid
from journey.rules.ratings import Channel, Subject, Value
from journey.web.api import Body, Created, Text, Word
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork, tags=["ratings"])


def _number(value: Any) -> Any:
    """A JSON number: pydantic would also take text, and true for 1."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError("write a grade as a number from 1 to 10")
    return value


Grade = Annotated[Decimal, BeforeValidator(_number), Field(ge=1, le=10, decimal_places=1)]


class RatingBody(Body):
    step: Word
    subject: Subject
    value: Value
    channel: Channel
    quote: Text = ""


class RatingCreated(BaseModel):
    id: int
    recall_lag: int | None = Field(description="days between the step and the answer; null when unknown")


class ClosingBody(Body):
    """Grades from 1 to 10 with at most one decimal; statements by their id."""

    grade: Grade | None = None
    grade_desk: Grade | None = None
    grade_case_manager: Grade | None = None
    statements: dict[Word, Literal["agree", "neutral", "disagree"]]
    open: Text = ""
    incentive: Literal["offered", "accepted", "declined"] | None = Field(
        default=None, description="what became of the thank-you; left out when it was not talked about"
    )


@router.post("/participants/{code}/ratings", status_code=201)
def post_rating(visit: ResearcherToken, code: str, body: RatingBody) -> RatingCreated:
    """Record an answer of today. The latest answer per step and subject counts; the earlier ones are kept."""
    participant = get_writable(visit.work, code)
    new = NewRating(body.step, body.subject.value, body.value.value, body.channel.value, body.quote)
    rating = record_rating(visit.work, participant, new)
    return RatingCreated(id=stored_id(rating), recall_lag=rating.recall_lag)


@router.post("/participants/{code}/closing-interview", status_code=201)
def post_closing_interview(visit: ResearcherToken, code: str, body: ClosingBody) -> Created:
    """The closing interview; after it the person is followed no further and contact data goes. One without a single
    answer is refused. Who has no decision is interviewed too: people stop, move or find work before it."""
    participant = get_writable(visit.work, code)
    grades = (body.grade, body.grade_desk, body.grade_case_manager)
    if not (body.statements or body.open.strip() or any(grade is not None for grade in grades)):
        raise Invalid("Een slotgesprek heeft ten minste één antwoord.", field="grade")
    new = NewClosing(
        grade=body.grade,
        grade_desk=body.grade_desk,
        grade_case_manager=body.grade_case_manager,
        statements=dict(body.statements),
        open_answer=body.open,
        incentive=body.incentive or "",
    )
    return Created(id=stored_id(record_closing_interview(visit.work, participant, new)))
