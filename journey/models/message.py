"""Messages out, and what people text back."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of
from journey.rules.ratings import Subject

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
    "staff_to_rate",
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


QUESTION_STATES = ("waiting", "asked", "answered", "skipped", "expired", "dropped")
MEANINGS = ("kept", "done", "unclear", "refuse", "distress", "wrong_number", "stop")


class TextQuestion(SQLModel, table=True):
    """A question of ours by text. One per person is asked at a time; the others wait for it (rules, 42a).

    It is open from the moment its message left until it was answered or its time was over. `correction` is another
    answer than the one we have, which we asked back in words until `correction_until`.
    """

    __tablename__ = "text_question"
    __table_args__ = (
        one_of("state", QUESTION_STATES),
        one_of("subject", Subject),
        Index("ix_text_question_person", "participant_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id")
    step: str = Field(max_length=60)
    name: str = Field(default="", max_length=200, description="of the step, as the text says it")
    subject: str = Field(max_length=10)
    about_on: date = Field(description="the day of the step; one that was too long ago is not asked any more")
    state: str = Field(default="waiting", max_length=10)
    times: int = Field(default=0, description="how often it was put to the person anew, reminders apart")
    wording: str = Field(default="", max_length=40, description="which words were asked, as with the answer")
    message_id: int | None = Field(
        default=None, description="its message; that may be forgotten before the question"
    )
    reminder_id: int | None = Field(default=None, description="the message that repeated it")
    helped_at: datetime | None = Field(
        default=None, sa_type=Moment, description="'Stuur 1, 2 of 3', said once"
    )
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    correction: str = Field(default="", max_length=16)
    correction_words: str = Field(default="", description="sealed words that came with the correction")
    correction_until: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)


class Reply(SQLModel, table=True):
    """A text that somebody sent us. What a rule dealt with is `done`, read, and without its words; the rest is kept for
    a researcher until it was dealt with.

    `sender` (sealed) is kept only when nobody in a study has that number.
    """

    __table_args__ = (UniqueConstraint("gateway_id", "participant_id"), one_of("meaning", MEANINGS))

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int | None = Field(default=None, foreign_key="participant.id", index=True)
    gateway_id: str = Field(max_length=64, index=True)
    sender: str | None = Field(default=None, description="sealed phone number")
    body: str = Field(description="sealed text; empty when a rule dealt with it")
    meaning: str = Field(default="kept", max_length=14)
    received_at: datetime = Field(sa_type=Moment, index=True)
    read_at: datetime | None = Field(default=None, sa_type=Moment)
