"""What a file last said of a journey: the only thing that a later file is compared with, so that a comparison never
shows what a person or a letter told us (rules, 33).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from journey.models.base import Moment


class CaseWords(SQLModel, table=True):
    """One row per journey that came from a file; `words` is a value per fact, as `journey.imports.words` writes it."""

    __tablename__ = "case_words"

    journey_id: int = Field(
        primary_key=True, foreign_key="journey.id", sa_column_kwargs={"autoincrement": False}
    )
    words: dict[str, Any] = Field(sa_type=JSON)
    stated_at: datetime = Field(sa_type=Moment)
