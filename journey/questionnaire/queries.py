"""Reads versions of questionnaires as definitions."""

import json
from functools import lru_cache

from sqlmodel import col, select

from journey.models import QuestionnaireVersion
from journey.questionnaire.definition import questionnaire_from_data
from journey.rules.errors import Invalid
from journey.rules.questionnaire import Questionnaire
from journey.work import Reading, Work


def get_questionnaire(work: Reading, version_id: int) -> Questionnaire:
    """The definition of a stored version, parsed once per content: a version never changes."""
    row = work.session.get_one(QuestionnaireVersion, version_id)
    return _parsed(json.dumps(row.definition), row.code)


def get_newest(work: Work, code: str) -> QuestionnaireVersion:
    """The newest version of a questionnaire; Invalid at the field `questionnaire` when it was never loaded."""
    statement = select(QuestionnaireVersion).where(QuestionnaireVersion.code == code)
    found = work.session.exec(statement.order_by(col(QuestionnaireVersion.version).desc())).first()
    if found is None:
        raise Invalid("Deze vragenlijst is er niet: %(code)s.", field="questionnaire", code=code)
    return found


def list_questionnaires(work: Work) -> list[QuestionnaireVersion]:
    """The newest version of each, by code."""
    rows = work.session.exec(
        select(QuestionnaireVersion).order_by(QuestionnaireVersion.code, col(QuestionnaireVersion.version))
    ).all()
    return list({row.code: row for row in rows}.values())


@lru_cache(maxsize=32)
def _parsed(data: str, code: str) -> Questionnaire:
    return questionnaire_from_data(json.loads(data), code)
