"""Municipalities, studies, the versions of routes they use, and consent texts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of


class Municipality(SQLModel, table=True):
    __table_args__ = (one_of("counting_mode", ("wet", "circulaire")),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=120)
    prefix: str = Field(max_length=4, description="first letters of pseudonyms")
    counting_mode: str = Field(
        default="wet", max_length=12, description="how 4:15 days are counted (rules, 8)"
    )
    last_number: int = Field(default=0, description="last pseudonym number given out")


class Study(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, unique=True)
    kind: str = Field(default="journey", max_length=10, description="journey or survey (rules, 45)")
    municipality_id: int = Field(foreign_key="municipality.id", index=True)
    name: str = Field(max_length=160)
    starts_on: date
    ends_on: date | None = None
    consent_version: str = Field(max_length=40)
    research_phone: str = Field(default="", max_length=40, description="the number participants may call")
    minimum_group: int = Field(default=10, description="smallest group managers see (rules, 33)")
    batch_size: int = Field(
        default=5, description="people who must have changed before a new batch (rules, 33)"
    )
    cadence: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSON,
        description="what differs from the usual call rhythm (rules, 37-38)",
    )
    texts: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSON,
        description="what differs from the standard texts, which are sent, and who approved them (rules, 42-43)",
    )
    help_contact_id: int | None = Field(
        default=None,
        foreign_key="staff.id",
        description="the one colleague who hears that someone needs help",
    )
    incentive: str = Field(default="", max_length=80, description="the thank-you for the closing interview")
    closed_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def is_survey(self) -> bool:
        return self.kind == "survey"


class RouteVersion(SQLModel, table=True):
    """One version of a route as it was read; people under way keep theirs."""

    __tablename__ = "route_version"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40, index=True)
    version: int
    name: str = Field(max_length=120)
    definition: dict[str, Any] = Field(sa_type=JSON)
    loaded_at: datetime = Field(sa_type=Moment)


class StudyRoute(SQLModel, table=True):
    """Which routes a study follows; new journeys take the newest version of the route."""

    __tablename__ = "study_route"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    route_code: str = Field(max_length=40, primary_key=True)
    position: int = 0


class ConsentText(SQLModel, table=True):
    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("version", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    version: str = Field(max_length=40)
    language: str = Field(max_length=5)
    body: str


class Batch(SQLModel, table=True):
    """Published figures: what managers see until the next batch (rules, 33)."""

    __table_args__ = (UniqueConstraint("study_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    number: int
    as_of: date
    published_at: datetime = Field(sa_type=Moment)
    published_by: str = Field(max_length=80)
    figures: list[dict[str, Any]] = Field(sa_type=JSON)
    breakdowns: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, description="rows per channel and per period, before hiding"
    )
    counted: dict[str, list[int]] = Field(
        default_factory=dict,
        sa_type=JSON,
        description="per measure how many people are behind it and how many of them gave an opinion; who they are "
        "stands in BatchMark",
    )
    closing: dict[str, Any] = Field(sa_type=JSON)
    method: dict[str, Any] = Field(sa_type=JSON, description="who took part per route, refusals, calls")
    lead_times: dict[str, Any] = Field(sa_type=JSON, description="of participants only, with its own date")


class BatchMark(SQLModel, table=True):
    """That one person is behind a batch, and behind which of its measures: kept apart from the batch, so that it goes
    with the person (rules, 32). A mark says nothing without the salt of that person.
    """

    __tablename__ = "batch_mark"

    batch_id: int = Field(foreign_key="batch.id", primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", primary_key=True, index=True)
    everything: str = Field(default="", max_length=32, description="mark of all that counted of the person")
    measures: dict[str, str] = Field(
        default_factory=dict, sa_type=JSON, description="measure -> mark; a plus behind it: gave an opinion"
    )
