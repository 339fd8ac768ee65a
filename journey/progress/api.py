"""Journeys without a person over the API: what a case system knows of every application.

The answer is the same whoever the journey belongs to, so that nobody learns from it who takes part (rules, 33).
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from journey.auth.access import JourneysToken
from journey.auth.scope import get_study
from journey.models.journey import BypassReason
from journey.progress.bodies import DecisionBody, DepartureBody, ExtensionBody, StepState, SuspensionBody
from journey.progress.bulk import find_keys
from journey.progress.following import follow_cases
from journey.progress.statement import (
    StatedDecision,
    StatedDeparture,
    StatedExtension,
    StatedFact,
    Statement,
    record_statement,
)
from journey.web.api import Body, Day, Line, Reference, Word
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork, tags=["journeys"])


class FactBody(Body):
    step: Word
    happened_on: Day | None = Field(default=None, description="needed when the state is done or planned")
    state: StepState = "done"
    reason: Line = Field(default="", description="words; for a bypass a category is taken as the category")
    category: BypassReason | None = Field(default=None, description="only for a bypass")

    def stated(self) -> StatedFact:
        return StatedFact(self.step, self.happened_on, self.state, self.reason, self.category or "")


class ReceiptBody(Body):
    received_on: Day
    source: Literal["import"] = "import"


Many = Annotated[list[FactBody], Field(max_length=200)]


class JourneyBody(Body):
    """What the case system knows now. Steps that are not named stay as they were; a list of suspensions is the whole
    list."""

    reference: Reference = Field(description="key of the case system")
    route: Word
    municipality: Word | None = None
    reported_on: Day | None = Field(default=None, description="the legal report at UWV (Pw 44)")
    facts: Many = Field(default_factory=list)
    application: ReceiptBody | None = None
    suspensions: Annotated[list[SuspensionBody], Field(max_length=50)] | None = None
    extension: ExtensionBody | None = None
    decision: DecisionBody | None = None
    departure: DepartureBody | None = None

    def statement(self) -> Statement:
        return Statement(
            reference=self.reference,
            route=self.route,
            municipality=self.municipality,
            reported_on=self.reported_on,
            facts=tuple(fact.stated() for fact in self.facts),
            received_on=self.application.received_on if self.application else None,
            suspensions=None if self.suspensions is None else tuple(one.new() for one in self.suspensions),
            extension=StatedExtension(**dict(self.extension)) if self.extension else None,
            decision=StatedDecision(**dict(self.decision)) if self.decision else None,
            departure=StatedDeparture(**dict(self.departure)) if self.departure else None,
        )


class JourneyAnswer(BaseModel):
    reference: str


@router.post(
    "/studies/{study}/journeys",
    status_code=201,
    response_model=JourneyAnswer,
    responses={200: {"model": JourneyAnswer, "description": "The reference was known: brought up to date"}},
)
def post_journey(visit: JourneysToken, study: str, body: JourneyBody) -> Response:
    """Tell what is known of one application: 201 for a new reference, 200 for one that was known."""
    found, statement = get_study(visit.work, study), body.statement()
    is_new = record_statement(visit.work, found, statement)
    if not is_new:
        follow_cases(visit.work, list(find_keys(visit.work, found, [statement.reference]).values()))
    return JSONResponse({"reference": body.reference}, 201 if is_new else 200)
