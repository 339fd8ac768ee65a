"""Who was asked to take part, at which meeting, and what they said: the denominator of every response. Nobody who said
no is known by more than a reason.
"""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of

ANSWERS = ("yes", "no", "later")
REASONS = (
    "",
    "no_time",
    "no_interest",
    "no_trust",
    "language",
    "no_phone",
    "too_much",
    "not_eligible",
    "other",
)


class Meeting(SQLModel, table=True):
    """A moment at which people were approached: a group meeting, the desk, a letter that went out."""

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    held_on: date
    name: str = Field(max_length=120)
    present: int | None = Field(default=None, description="how many were there; None when not counted")
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)


class Approach(SQLModel, table=True):
    """One person who was asked. Only who said yes may have a participant."""

    __table_args__ = (one_of("answer", ANSWERS), one_of("reason", REASONS))

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    answer: str = Field(max_length=8)
    reason: str = Field(default="", max_length=16)
    route: str = Field(default="", max_length=40)
    language: str = Field(default="", max_length=5)
    participant_id: int | None = Field(default=None, foreign_key="participant.id", unique=True)
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)
