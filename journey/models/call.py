"""The weekly call: one prompt per participant per week, and every dial within it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of
from journey.rules.cadence import Outcome

CALL_KINDS = ("weekly", "closing")
CALL_STATES = ("open", "done", "missed", "cancelled")
TAKEN_BACK_KINDS = ("attempt", "rating")


class Call(SQLModel, table=True):
    """The prompt of one round: participant x week (Monday), once and only once, and never two open at a time."""

    __table_args__ = (
        UniqueConstraint("participant_id", "week"),
        one_of("kind", CALL_KINDS),
        one_of("state", CALL_STATES),
        Index(
            "uq_call_participant_open",
            "participant_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    week: date = Field(description="Monday of the round")
    kind: str = Field(default="weekly", max_length=10)
    state: str = Field(default="open", max_length=10, index=True)
    due_on: date
    appointment_at: datetime | None = Field(default=None, sa_type=Moment)
    appointment_until: datetime | None = Field(
        default=None, sa_type=Moment, description="end of the window that was agreed; None: about that time"
    )
    asked_back_at: datetime | None = Field(
        default=None, sa_type=Moment, description="asked to be called back (rules, 41)"
    )
    next_at: datetime | None = Field(
        default=None, sa_type=Moment, description="next attempt proposed by the cadence"
    )
    note: str = Field(default="", max_length=5000, description="what was said, for the next call")
    created_at: datetime = Field(sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class Attempt(SQLModel, table=True):
    __table_args__ = (one_of("outcome", Outcome),)

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    outcome: str = Field(max_length=24)
    at: datetime = Field(sa_type=Moment)
    by_appointment: bool = Field(
        default=False, description="dialled at an agreed time: counts for no limit (rules, 37)"
    )
    appointment_at: datetime | None = Field(
        default=None, sa_type=Moment, description="the next appointment, made in this attempt"
    )
    note: str = Field(default="", max_length=5000)
    before: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSON,
        description="how round and person stood before it, so that a mistake can be taken back",
    )
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)


class CallNote(SQLModel, table=True):
    """Words for the next call, of one person on one page: a later save of that page replaces them, another page never
    does, so that two people or two tabs keep what each of them typed.
    """

    __tablename__ = "call_note"

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    page: str = Field(default="", max_length=40, description="the opened page it was typed on")
    text: str = Field(max_length=5000)
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)
    replaced: bool = Field(default=False)


class TakenBack(SQLModel, table=True):
    """What was recorded by mistake, whole, with who took it back: it counts nowhere and leaves a trace."""

    __tablename__ = "taken_back"
    __table_args__ = (one_of("kind", TAKEN_BACK_KINDS),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    kind: str = Field(max_length=10)
    content: dict[str, Any] = Field(sa_type=JSON, description="the row as it was")
    recorded_by: str = Field(max_length=80, description="who took it back")
    recorded_at: datetime = Field(sa_type=Moment)
