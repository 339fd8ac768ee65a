"""Studies over the API."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError

from journey.auth.access import AdminToken
from journey.models import Study
from journey.rules.errors import Conflict, Forbidden
from journey.study.queries import get_municipality, list_route_codes
from journey.study.service import NewStratum, NewStudy, create_study
from journey.web.api import Body, Day, Line, Word
from journey.web.visit import UnitOfWork
from journey.work import Work

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork, tags=["studies"])


class StratumBody(Body):
    code: Word = Field(examples=["hengelo"])
    name: Annotated[Line, Field(max_length=120)] = ""
    population: int = Field(strict=True, ge=1, description="people in this unit")
    approached: int | None = Field(
        default=None, strict=True, ge=1, description="how many of them are asked; everybody when left out"
    )

    def stratum(self) -> NewStratum:
        asked = self.population if self.approached is None else self.approached
        return NewStratum(self.code, self.name or self.code, self.population, asked)


class StudyBody(Body):
    code: Word = Field(
        description="letters, digits, dots, hyphens and underscores", examples=["haarlem-2027"]
    )
    name: Annotated[Line, Field(min_length=1, max_length=160)]
    municipality: Word = Field(description="code or name; a new name makes a new municipality")
    kind: Literal["journey", "survey"] = "journey"
    routes: list[Word] = Field(default=[], max_length=50, examples=[["27plus", "jongeren"]])
    questionnaire: Word | None = Field(default=None, description="code; of a survey")
    strata: list[StratumBody] = Field(default=[], max_length=500, description="of a survey")
    starts_on: Day
    ends_on: Day | None = None


class StudyAnswer(BaseModel):
    code: str
    name: str
    municipality: str = Field(description="code of the municipality")
    kind: str = Field(default="journey", description="left out for a journey study")
    routes: list[str]
    starts_on: date
    ends_on: date | None

    @classmethod
    def of(cls, work: Work, study: Study) -> "StudyAnswer":
        return cls(
            code=study.code,
            name=study.name,
            municipality=get_municipality(work, study.municipality_id).code,
            kind=study.kind,
            routes=list_route_codes(work, study),
            starts_on=study.starts_on,
            ends_on=study.ends_on,
        )


@router.post("/studies", status_code=201, response_model_exclude_defaults=True)
def post_study(visit: AdminToken, body: StudyBody) -> StudyAnswer:
    """Make a study; its routes, or the questionnaire of a survey, must have been loaded. A token of one study makes no
    others."""
    work = visit.work
    if work.actor.studies is not None:
        raise Forbidden("Dit token hoort bij één onderzoek en kan geen ander maken.")
    own = {
        "routes": tuple(body.routes),
        "questionnaire": body.questionnaire or "",
        "strata": tuple(one.stratum() for one in body.strata),
    }
    new = NewStudy(**(dict(body) | own))
    try:
        with work.session.begin_nested():
            study = create_study(work, new)
    except IntegrityError:  # another request was first
        raise Conflict("Er is al een onderzoek met code %(code)s.", field="code", code=body.code) from None
    return StudyAnswer.of(work, study)
