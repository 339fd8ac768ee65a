"""Journeys and the dated facts of one application, with or without a person."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, event, inspect
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, Recorded, one_of
from journey.rules.signs import key

SOURCES = ("call", "letter", "participant", "import")
STATES = ("done", "skipped", "bypassed", "planned")
PRECISIONS = ("day", "week", "unknown")
GROUNDS = ("1a", "1b", "2a", "2b", "2c")
DECISIONS = ("granted", "rejected", "not_treated", "withdrawn")
EVENTS = ("notice", "advance", "handover", "form_offered")
DEPARTURES = ("withdrew", "moved", "work", "other")


class BypassReason(StrEnum):
    """Why a step was taken away (maatwerk)."""

    other_route = "other_route"
    circumstances = "circumstances"
    done_before = "done_before"
    urgent = "urgent"
    work_or_study = "work_or_study"
    other = "other"


class Journey(SQLModel, table=True):
    """`reference` stays as it was first spelled; `reference_key` is what makes two spellings one application."""

    __table_args__ = (UniqueConstraint("study_id", "reference_key"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    route_version_id: int = Field(foreign_key="route_version.id")
    reference_key: str | None = Field(default=None, max_length=200)
    reference: str | None = Field(
        default=None, max_length=80, description="key of the case system; never on screens"
    )
    created_at: datetime = Field(sa_type=Moment)


@event.listens_for(Journey, "before_insert")
@event.listens_for(Journey, "before_update")
def _keep_key(_mapper: object, _connection: object, journey: Journey) -> None:
    # Of two that were stored under one reference before it had a key, the second keeps the key of its own.
    if inspect(journey).attrs.reference.history.has_changes():
        journey.reference_key = None if journey.reference is None else key(journey.reference)


class Progress(Recorded, table=True):
    """A step happened, was skipped, was taken away or is planned, on a day.

    A step that was taken away has a `category`; `reason` is in words, there as elsewhere, and may be empty.
    """

    __table_args__ = (
        one_of("state", STATES),
        one_of("source", SOURCES),
        one_of("category", ("", *BypassReason)),
        CheckConstraint("(state = 'bypassed') = (category <> '')", name="category_of_bypass"),
    )

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    step: str = Field(max_length=60)
    happened_on: date | None = None
    precision: str = Field(
        default="day", max_length=8, description="week: the middle of the one that was named; unknown: no day"
    )
    state: str = Field(default="done", max_length=10)
    category: str = Field(default="", max_length=16)
    reason: str = Field(default="", max_length=300)
    corrects_id: int | None = Field(
        default=None, foreign_key="progress.id", description="the fact it replaced, or stands beside"
    )


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


class CaseEvent(Recorded, table=True):
    """What was done for the applicant on a day.

    `notice`: the letter that Awb 4:15 asks for, `detail` is ground and moment (`2c-start`), `about_on` the first day of
    the suspension. `advance` (Pw 52): `detail` is how it went. `handover`: another contact person. `form_offered`: the
    application form was handed out.
    """

    __tablename__ = "case_event"
    __table_args__ = (one_of("kind", EVENTS),)

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    kind: str = Field(max_length=20)
    happened_on: date
    detail: str = Field(default="", max_length=20)
    about_on: date | None = None


class JourneySummary(SQLModel, table=True):
    """What one journey adds to the counts of `LeadTimeCount`; follows from the facts and can be rebuilt from them."""

    __tablename__ = "journey_summary"
    __table_args__ = (Index("ix_journey_summary_study_id", "study_id"),)

    # No foreign key: the row says what to take away when the journey itself is gone.
    journey_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    study_id: int = Field(foreign_key="study.id")
    municipality_id: int
    route: str = Field(max_length=40)
    month: str = Field(max_length=7, description="of the application, 2026-02; empty without one")
    bypassed: bool
    counted: list[list[Any]] = Field(sa_type=JSON, description="measure, state, value; integer days")


class ClockSpan(SQLModel, table=True):
    """How the clock of an undecided case stands from one day to another, as long as the mere passing of days can change
    that; what holds afterwards is in `LeadTimeCount`, and a row with `n` -1 takes that away until then.

    Days are ordinals. It runs: `started` is the day the net days count from, `near` day 42, `due` the last day. It
    stands still: `net_days` so far.
    """

    __tablename__ = "clock_span"
    __table_args__ = (Index("ix_clock_span_study_id_last_on", "study_id", "last_on"),)

    journey_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    first_on: int = Field(primary_key=True)
    n: int = Field(primary_key=True)
    last_on: int
    study_id: int = Field(foreign_key="study.id")
    municipality_id: int
    route: str = Field(max_length=40)
    month: str = Field(max_length=7)
    bypassed: bool
    started: int | None = None
    near: int | None = None
    due: int | None = None
    net_days: int | None = None


class LeadTimeCount(SQLModel, table=True):
    """How many journeys have this value of a measure: small histograms of integer days, the sum of all summaries.

    Every selection a reader can make has rows of its own, so that a page reads one short range of the key:
    municipality 0, month `*` and bypassed `*` stand for all of them together.
    """

    __tablename__ = "lead_time_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    study_id: int = Field(primary_key=True, foreign_key="study.id")
    municipality_id: int = Field(primary_key=True)
    month: str = Field(primary_key=True, max_length=7)
    bypassed: str = Field(primary_key=True, max_length=3, description="yes, no or *")
    route: str = Field(primary_key=True, max_length=40)
    measure: str = Field(primary_key=True, max_length=140)
    state: str = Field(primary_key=True, max_length=8)
    value: int = Field(primary_key=True)
    n: int
