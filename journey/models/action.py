"""What the municipality changed because of what people said."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of

ACTION_STATES = ("draft", "approved", "dropped")


class Action(SQLModel, table=True):
    """An improvement at one step since a day; participants read it once somebody else approved it."""

    __table_args__ = (one_of("state", ACTION_STATES),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    route: str = Field(default="", max_length=40, description="empty is every route with this step")
    step: str = Field(max_length=60)
    words: dict[str, Any] = Field(
        sa_type=JSON,
        description='language -> {"heard": what people said, "done": what changed}; Dutch is needed',
    )
    since: date
    state: str = Field(default="draft", max_length=10)
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)
    approved_by: str = Field(default="", max_length=80)
    approved_at: datetime | None = Field(default=None, sa_type=Moment)
