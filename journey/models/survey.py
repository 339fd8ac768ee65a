"""Surveys: versions of questionnaires, who is asked in which stratum, answers, and counts of answers.

A respondent is not a participant (rules, 45): a random id, a stratum and answers; no name, no journey, no moment.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of

RESPONSE_MODES = ("paper", "web", "")
RESPONSE_STATUSES = ("complete", "partial", "blank")
OPEN_STATES = ("", "proposed", "approved", "rejected")
RESPONSE_STATES = ("valid", "late", "double")


class QuestionnaireVersion(SQLModel, table=True):
    """One version of a questionnaire as it was read; answers keep the version they were given to."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, index=True)
    version: int
    name: str = Field(max_length=160)
    definition: dict[str, Any] = Field(sa_type=JSON)
    loaded_at: datetime = Field(sa_type=Moment)


class Survey(SQLModel, table=True):
    """What a study of the kind survey has beside every study: the questionnaire that new answers are held against."""

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    questionnaire_id: int = Field(foreign_key="questionnaire_version.id", index=True)


class Stratum(SQLModel, table=True):
    """A unit of a survey, such as a municipality: how many people it has and how many of them were asked."""

    __table_args__ = (UniqueConstraint("study_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    code: str = Field(max_length=60)
    name: str = Field(max_length=120)
    population: int
    approached: int
    position: int = 0


class SurveyResponse(SQLModel, table=True):
    """The answers of one respondent. The id is random and no table keeps an order of arrival (rules, 53)."""

    __tablename__ = "survey_response"
    __table_args__ = (
        one_of("mode", RESPONSE_MODES),
        one_of("status", RESPONSE_STATUSES),
        one_of("state", RESPONSE_STATES),
        {"sqlite_with_rowid": False},
    )

    id: str = Field(max_length=32, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    questionnaire_id: int = Field(foreign_key="questionnaire_version.id", index=True)
    stratum_id: int | None = Field(default=None, foreign_key="stratum.id", index=True)
    mode: str = Field(default="", max_length=8, description="empty when nobody wrote down how it came")
    answers: dict[str, Any] = Field(sa_type=JSON, description="by item; open answers are apart and sealed")
    missing: dict[str, str] = Field(sa_type=JSON, description="reason by item")
    status: str = Field(max_length=8, description="complete from 80 % of what was asked")
    state: str = Field(default="valid", max_length=8)
    answered_on: date | None = Field(default=None, description="until closing only")


class OpenAnswer(SQLModel, table=True):
    """What somebody wrote in their own words; sealed, because people name themselves. A quote of it was edited so that
    nobody can be recognised, and a second reader decides (rules, 34)."""

    __tablename__ = "open_answer"
    __table_args__ = (one_of("state", OPEN_STATES), {"sqlite_with_rowid": False})

    id: str = Field(max_length=32, primary_key=True)
    response_id: str = Field(foreign_key="survey_response.id", index=True, max_length=32)
    item: str = Field(max_length=60)
    body: str = Field(description="sealed")
    themes: list[str] = Field(default_factory=list, sa_type=JSON, description="codes given by a researcher")
    quote: str = Field(default="", max_length=5000, description="edited; empty when nobody proposed one")
    state: str = Field(default="", max_length=12)
    edited_by: str = Field(default="", max_length=80)
    decided_by: str = Field(default="", max_length=80)


class ResponseCount(SQLModel, table=True):
    """Counts per item and answer of one stratum and mode: what every figure is read from, counted by
    `survey.service`."""

    __tablename__ = "response_count"

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    questionnaire_id: int = Field(foreign_key="questionnaire_version.id", index=True)
    stratum_id: int | None = Field(default=None, foreign_key="stratum.id", index=True)
    mode: str = Field(default="", max_length=8)
    statuses: dict[str, int] = Field(
        sa_type=JSON, description="respondents by status, and `late` and `double` ones"
    )
    items: dict[str, Any] = Field(sa_type=JSON, description="item -> answer or reason -> how many")
