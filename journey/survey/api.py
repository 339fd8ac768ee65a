"""Answers of respondents over the API."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from journey.auth.access import ResearcherToken
from journey.auth.scope import get_study
from journey.rules.errors import Invalid
from journey.survey.service import record_response
from journey.web.api import Body, Word
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork, tags=["surveys"])

Given = str | int | float | list[str] | None


class ResponseBody(Body):
    code: Word | None = Field(default=None, description="of an invitation")
    stratum: Word | None = None
    mode: Literal["paper", "web"]
    answers: Annotated[dict[str, Given], Field(max_length=1000)] = Field(
        examples=[{"overall": 8, "track": "now", "good": ["friendly", "attention"]}]
    )


class ResponseAnswer(BaseModel):
    response: str


@router.post("/studies/{study}/responses", status_code=201)
def post_response(visit: ResearcherToken, study: str, body: ResponseBody) -> ResponseAnswer:
    """Record what one respondent answered; nothing of it leads back to a person."""
    found = get_study(visit.work, study)
    _refuse_twice(visit.body)
    if body.code is not None:
        raise Invalid("Deze code kennen we niet.", field="code")
    return ResponseAnswer(
        response=record_response(visit.work, found, body.stratum or "", body.mode, body.answers)
    )


def _refuse_twice(body: bytes) -> None:
    """JSON takes the last of two answers to one item in silence."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _value in found]
        for name in names:
            if names.count(name) > 1:
                raise Invalid("%(item)s staat er twee keer.", field=f"answers.{name}", item=name[:60])
        return dict(found)

    json.loads(body, object_pairs_hook=pairs)
