"""What all tables share: constraint names, aware moments in UTC, closed word lists as CHECK constraints."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

# Rows are not validated by Pydantic: its validator of a table is built when somebody asks for one.
SQLModel.model_config["defer_build"] = True
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment on SQLite as on PostgreSQL; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """CHECK that a text column holds one of the words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Recorded(SQLModel):
    """A dated fact: appended, never changed. A correction is a later row that replaces this one.

    `beside` marks what a case system says where we know otherwise: shown beside our date, `replaced` from the start so
    that it counts nowhere, until a researcher takes it over (rules, 15a).
    """

    source: str = Field(max_length=20)
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)
    replaced: bool = Field(default=False)
    beside: bool = Field(default=False)


def stored_id(row: Any) -> int:
    """The id of a row that was flushed."""
    if row.id is None:
        raise ValueError(f"{type(row).__name__} has no id before it is flushed")
    return int(row.id)
