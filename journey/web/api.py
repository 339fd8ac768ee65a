"""What bodies and answers of the JSON API share: strict days and texts, no unknown fields, how a refusal looks.

A day is `YYYY-MM-DD` and nothing else: pydantic would take a timestamp or a midnight moment for one, in the wrong zone.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from journey.rules import signs

LARGEST_ID = 2**31 - 1


def _iso_day(value: Any) -> Any:
    if value is None or type(value) is date:
        return value
    day = signs.figures(value) if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise ValueError("write a date as YYYY-MM-DD")
    return day


def _storable(value: str) -> str:
    """PostgreSQL keeps no NUL, and half of a surrogate pair is no text."""
    if "\0" in value or value.encode(errors="replace").decode() != value:
        raise ValueError("a text holds no NUL and no half characters")
    return value


def _read_with(reader: Callable[[str], str]) -> BeforeValidator:
    """The one reader of signs, before lengths are counted; what is no text is for the next validator to refuse."""
    return BeforeValidator(lambda value: reader(_storable(value)) if isinstance(value, str) else value)


Day = Annotated[date, BeforeValidator(_iso_day)]
Text = Annotated[str, Field(max_length=5000), _read_with(signs.words)]
Line = Annotated[str, Field(max_length=300), _read_with(signs.words)]
Word = Annotated[str, Field(min_length=1, max_length=60), _read_with(signs.line)]
Figures = Annotated[str, Field(max_length=40), _read_with(signs.figures)]
Reference = Annotated[str, Field(min_length=1, max_length=80), _read_with(signs.line)]
RowId = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]


class Body(BaseModel):
    """A body that refuses what it does not know, so that a typing error is never silently nothing."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Created(BaseModel):
    """The id of what was recorded, for a later correction."""

    id: int


class Problem(BaseModel):
    """A refusal as `application/problem+json` (RFC 9457)."""

    type: str = Field(default="about:blank")
    title: str
    status: int
    detail: str
    errors: list["FieldProblem"] = Field(default=[], description="the fields that are wrong")


class FieldProblem(BaseModel):
    field: str
    message: str
