"""Letters that were printed: to whom, why and when. What stood in them is kept nowhere."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of

LETTER_REASONS = ("missed", "paper", "no_mobile", "new_step", "asked")


class Letter(SQLModel, table=True):
    """One printed letter. `language` is the one it was written in, which need not be the person's own."""

    __table_args__ = (one_of("reason", LETTER_REASONS),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    reason: str = Field(max_length=10)
    language: str = Field(max_length=5)
    printed_at: datetime = Field(sa_type=Moment)
    printed_by: str = Field(max_length=80)
