"""People followed in a study: pseudonym, contact store (encrypted, apart), consent, withdrawal, ratings, closing."""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of
from journey.rules.ratings import Channel, Subject, Value

PARTICIPANT_STATES = ("active", "closed", "stopped", "erased")
VIAS = ("oral", "web", "paper")
WITHDRAWAL_LEVELS = ("stop", "from_step", "erase")
STATEMENT_VALUES = ("agree", "neutral", "disagree")
INCENTIVES = ("", "offered", "accepted", "declined")


def new_salt() -> str:
    return secrets.token_hex(16)


class Participant(SQLModel, table=True):
    __table_args__ = (one_of("state", PARTICIPANT_STATES), one_of("channel", Channel))

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=20, unique=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    journey_id: int | None = Field(default=None, foreign_key="journey.id", unique=True)
    researcher_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    channel: str = Field(max_length=10)
    language: str = Field(default="nl", max_length=5)
    age_band: str | None = Field(default=None, max_length=20)
    state: str = Field(default="active", max_length=10)
    enrolled_on: date
    rest_until: date | None = Field(
        default=None, description="not called before this day: asked for rest (rules, 38)"
    )
    wants_other: bool = Field(default=False, description="would rather be called by somebody else")
    calls_paused: bool = Field(default=False, description="three rounds missed: a letter first (rules, 38)")
    created_at: datetime = Field(sa_type=Moment)
    mark_salt: str | None = Field(
        default_factory=new_salt,
        max_length=32,
        description="of this person alone, for the marks in BatchMark; gone with an erasure",
    )
    held_at: datetime | None = Field(
        default=None,
        sa_type=Moment,
        description="refused in plain words by text: no calls or texts until a researcher asked (rules, 42a)",
    )


class CaseLink(SQLModel, table=True):
    """Which delivered application is that of this person: for the research side only, gone with any withdrawal."""

    __tablename__ = "case_link"

    participant_id: int = Field(
        foreign_key="participant.id", primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    journey_id: int = Field(foreign_key="journey.id", unique=True)
    linked_by: str = Field(max_length=80)
    linked_at: datetime = Field(sa_type=Moment)


class Contact(SQLModel, table=True):
    """Whom to ask for and where; encrypted, apart from answers, gone after the closing call or a withdrawal."""

    participant_id: int = Field(foreign_key="participant.id", primary_key=True)
    call_name: str | None = None
    phone: str | None = None
    phone_fingerprint: str | None = Field(default=None, max_length=64, index=True)
    phone_wrong_at: datetime | None = Field(
        default=None,
        sa_type=Moment,
        description="found to be somebody else's: not dialled, nothing is sent to it",
    )
    postal_address: str | None = None
    good_times: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSON,
        description='{"days": [0-5], "parts": [morning, afternoon, evening]}',
    )


class Consent(SQLModel, table=True):
    """A dated choice per purpose; the latest counts."""

    __table_args__ = (one_of("given_via", VIAS),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    text_version: str = Field(max_length=40)
    language: str = Field(default="nl", max_length=5)
    given_via: str = Field(max_length=10)
    participate: bool
    calls: bool = Field(default=True, description="be phoned each week")
    texts: bool = Field(default=True, description="be sent text messages unasked")
    file_dates: bool = Field(default=False, description="dates of the case system beside the person's own")
    quotes: bool = False
    recording: bool = False
    photos: bool = False
    given_at: datetime = Field(sa_type=Moment)
    recorded_by: str = Field(max_length=80)


class Withdrawal(SQLModel, table=True):
    __table_args__ = (one_of("level", WITHDRAWAL_LEVELS),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    level: str = Field(max_length=10)
    from_step: str | None = Field(default=None, max_length=60)
    withdrawn_at: datetime = Field(sa_type=Moment)
    recorded_by: str = Field(max_length=80)


class Rating(SQLModel, table=True):
    """An answer about a step or its staff contact; the latest per step and subject counts, history stays."""

    __table_args__ = (
        one_of("subject", Subject),
        one_of("value", Value),
        one_of("channel", Channel),
        Index("ix_rating_current", "participant_id", "step", "subject"),
    )

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    step: str = Field(max_length=60)
    subject: str = Field(max_length=10)
    value: str = Field(max_length=16)
    channel: str = Field(max_length=10)
    quote: str = Field(default="", max_length=5000)
    words_only: bool = Field(default=False, description="words without an answer yet: `value` says nothing")
    answered_on: date
    recall_lag: int | None = Field(
        default=None, description="days between the step and the answer; None when unknown"
    )
    wording: str = Field(
        default="", max_length=40, description="version of the words that were asked (rules, 42b)"
    )
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)


class ClosingInterview(SQLModel, table=True):
    """Grades are in tenths (61 is 6,1), so that sums are exact on both databases; the latest counts."""

    __tablename__ = "closing_interview"
    __table_args__ = (
        *(
            CheckConstraint(f"{column} BETWEEN 10 AND 100", name=f"{column}_range")
            for column in ("grade", "grade_desk", "grade_case_manager")
        ),
        one_of("incentive", INCENTIVES),
    )

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    grade: int | None = None
    grade_desk: int | None = None
    grade_case_manager: int | None = None
    open_answer: str = Field(default="", max_length=5000)
    incentive: str = Field(default="", max_length=10, description="the thank-you; empty is not asked")
    held_on: date
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)


class ClosingStatement(SQLModel, table=True):
    __tablename__ = "closing_statement"
    __table_args__ = (one_of("value", STATEMENT_VALUES),)

    interview_id: int = Field(foreign_key="closing_interview.id", primary_key=True)
    statement: str = Field(max_length=40, primary_key=True)
    value: str = Field(max_length=10)


class ClosingAnswer(SQLModel, table=True):
    """One answer of a closing interview that is under way: a grade, a statement or words, until the interview is
    closed and they become the `ClosingInterview`.
    """

    __tablename__ = "closing_answer"

    participant_id: int = Field(foreign_key="participant.id", primary_key=True)
    item: str = Field(
        max_length=60, primary_key=True, description="a grade, statements.<id>, open or incentive"
    )
    value: str = Field(max_length=5000)
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)


class Link(SQLModel, table=True):
    """The way to the participant's own page: a secret link and a short code for letters. Only hashes are kept."""

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    code_fingerprint: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
