"""The weekly call: one prompt per participant per week, and every dial within it."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of
from journey.rules.cadence import Outcome

CALL_KINDS = ("weekly", "closing")
CALL_STATES = ("open", "done", "missed", "cancelled")


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
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)
