"""Journeys and the dated facts of one application, with or without a person."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, Recorded, one_of

SOURCES = ("call", "letter", "participant", "import")
STATES = ("done", "skipped", "bypassed", "planned")
GROUNDS = ("1a", "1b", "2a", "2b", "2c")
DECISIONS = ("granted", "rejected", "not_treated", "withdrawn")
DEPARTURES = ("withdrew", "moved", "work", "other")


class Journey(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("study_id", "reference"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    route_version_id: int = Field(foreign_key="route_version.id")
    reference: str | None = Field(
        default=None, max_length=80, description="key of the case system; never on screens"
    )
    created_at: datetime = Field(sa_type=Moment)


class Progress(Recorded, table=True):
    """A step happened, was skipped, was taken away or is planned, on a day."""

    __table_args__ = (one_of("state", STATES), one_of("source", SOURCES))

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    step: str = Field(max_length=60)
    happened_on: date | None = None
    state: str = Field(default="done", max_length=10)
    reason: str = Field(default="", max_length=300)
    corrects_id: int | None = Field(default=None, foreign_key="progress.id")


class Melding(Recorded, table=True):
    """The legal report at UWV (Pw 44), which is not the desk visit."""

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    reported_on: date


class Application(Recorded, table=True):
    """Receipt of the application (Awb 4:13): day 0 of the eight weeks."""

    __table_args__ = (one_of("source", SOURCES),)

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    received_on: date


class Suspension(Recorded, table=True):
    """Awb 4:15; which dates belong to which ground is in the rules."""

    __table_args__ = (one_of("ground", GROUNDS),)

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    ground: str = Field(max_length=2)
    invited_on: date | None = None
    term: date | None = None
    supplied_on: date | None = None
    told_on: date | None = None
    received_on: date | None = None
    from_on: date | None = None
    to_on: date | None = None


class Extension(Recorded, table=True):
    """Notice of delay (Awb 4:14 lid 3)."""

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    sent_on: date
    until: date


class Decision(Recorded, table=True):
    """The clock ends on the day the decision was sent; the day it was taken is kept apart."""

    __table_args__ = (one_of("outcome", DECISIONS),)

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    decided_on: date | None = None
    sent_on: date
    outcome: str = Field(max_length=12)


class Departure(Recorded, table=True):
    """Left without a decision: censored in the lead times on this day (rules, 24)."""

    __table_args__ = (one_of("reason", DEPARTURES),)

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    left_on: date
    reason: str = Field(max_length=12)
