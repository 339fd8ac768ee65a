"""Proof of deletion: what the nightly retention removed, per category, without saying whose it was."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from journey.models.base import Moment


class Deletion(SQLModel, table=True):
    """One category of one night: everything from before `cutoff` went, `oldest_left` is what was found after it."""

    id: int | None = Field(default=None, primary_key=True)
    ran_at: datetime = Field(sa_type=Moment, index=True)
    category: str = Field(max_length=40)
    kept_days: int
    cutoff: datetime = Field(sa_type=Moment)
    removed: int
    oldest_left: datetime | None = Field(default=None, sa_type=Moment)
