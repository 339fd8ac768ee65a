"""Bodies about facts that several rooms take: suspensions, notices of delay, decisions and departures."""

from typing import Literal

from pydantic import Field

from journey.progress.service import NewSuspension
from journey.web.api import Body, Day

Ground = Literal["1a", "1b", "2a", "2b", "2c"]
DecisionOutcome = Literal["granted", "rejected", "not_treated", "withdrawn"]
StepState = Literal["done", "skipped", "bypassed", "planned"]


class SuspensionBody(Body):
    """Awb 4:15. Each ground has its own dates: 1a `invited_on`, `term`, `supplied_on`; 1b `told_on`, `received_on`;
    2a, 2b and 2c `from` and `to`, both inclusive.
    """

    ground: Ground
    invited_on: Day | None = None
    term: Day | None = Field(default=None, description="last day to supplement; without it 1a has no effect")
    supplied_on: Day | None = None
    told_on: Day | None = None
    received_on: Day | None = None
    from_on: Day | None = Field(default=None, alias="from")
    to_on: Day | None = Field(default=None, alias="to")

    def new(self) -> NewSuspension:
        return NewSuspension(**dict(self))


class ExtensionBody(Body):
    """Notice of delay (Awb 4:14 lid 3)."""

    sent_on: Day
    until: Day


class DecisionBody(Body):
    decided_on: Day | None = None
    sent_on: Day
    outcome: DecisionOutcome


class DepartureBody(Body):
    """Left without a decision."""

    left_on: Day
    reason: Literal["withdrew", "moved", "work", "other"]
