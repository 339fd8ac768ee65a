"""What bodies and answers of the JSON API share: strict days and texts, no unknown fields, how a refusal looks.

A day is `YYYY-MM-DD` and nothing else: pydantic would take a timestamp or a midnight moment for one, in the wrong zone.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

LARGEST_ID = 2**31 - 1


def _iso_day(value: Any) -> Any:
    if value is None or type(value) is date:
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("write a date as YYYY-MM-DD")
    return value


def _storable(value: str) -> str:
    """PostgreSQL keeps no NUL, and half of a surrogate pair is no text."""
    if "\0" in value or value.encode(errors="replace").decode() != value:
        raise ValueError("a text holds no NUL and no half characters")
    return value


storable = AfterValidator(_storable)
Day = Annotated[date, BeforeValidator(_iso_day)]
Text = Annotated[str, storable, Field(max_length=5000)]
Line = Annotated[str, storable, Field(max_length=300)]
Word = Annotated[str, storable, Field(min_length=1, max_length=60)]
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
