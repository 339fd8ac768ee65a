"""Messages out, and what people text back."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of

MESSAGE_STATES = (
    "ready",
    "sending",
    "accepted",
    "uncertain",
    "failed",
    "sent",
    "delivered",
    "undelivered",
    "cancelled",
)
NOT_YET_SENT = ("ready", "failed")
OCCASIONS = (
    "link",
    "call_announced",
    "missed_call",
    "step_to_rate",
    "appointment",
    "thanks",
    "stop_confirmed",
    "digest",
    "help_signal",
    "answer",
)


class Message(SQLModel, table=True):
    """Written in the transaction of the fact that caused it; number and text are sealed. To a participant, to a
    colleague, or (neither) an answer to a number that nobody in a study has.
    """

    __table_args__ = (
        one_of("state", MESSAGE_STATES),
        one_of("occasion", OCCASIONS),
        CheckConstraint("participant_id IS NULL OR user_id IS NULL", name="one_reader"),
    )

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int | None = Field(default=None, foreign_key="participant.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    occasion: str = Field(max_length=20)
    step: str = Field(default="", max_length=60, description="the step that a text asks about")
    dedup_key: str = Field(max_length=160, unique=True)
    recipient: str = Field(description="sealed phone number")
    body: str = Field(description="sealed text")
    parts: int = Field(default=1, description="paid parts of the text")
    state: str = Field(default="ready", max_length=12, index=True)
    due_at: datetime = Field(
        sa_type=Moment, index=True, description="when it may go; of an uncertain one: when to look for it"
    )
    tried_at: datetime | None = Field(default=None, sa_type=Moment, description="the last try to send it")
    valid_until: datetime | None = Field(default=None, sa_type=Moment)
    tries: int = 0
    gateway_id: str | None = Field(default=None, max_length=64, index=True)
    error: str = Field(default="", max_length=200)
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)


class Reply(SQLModel, table=True):
    """A text that somebody sent us and that no rule acts on: kept for a researcher to read.

    `sender` (sealed) is kept only when nobody in a study has that number.
    """

    __table_args__ = (UniqueConstraint("gateway_id", "participant_id"),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int | None = Field(default=None, foreign_key="participant.id", index=True)
    gateway_id: str = Field(max_length=64, index=True)
    sender: str | None = Field(default=None, description="sealed phone number")
    body: str = Field(description="sealed text")
    received_at: datetime = Field(sa_type=Moment, index=True)
    read_at: datetime | None = Field(default=None, sa_type=Moment)
