"""Loads questionnaires into the database; a changed one needs a higher version, and studies under way keep theirs."""

from pathlib import Path

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import QuestionnaireVersion
from journey.questionnaire.definition import load_questionnaire
from journey.questionnaire.xlsform import read_xlsform
from journey.rules.errors import Conflict
from journey.rules.questionnaire import Questionnaire
from journey.work import Work


def load_questionnaires(work: Work, folder: Path) -> list[QuestionnaireVersion]:
    """Every `*.toml` and every XLSForm (`*.xlsx`) in the folder; `Invalid` names file, line and field of what is
    wrong.
    """
    read = [load_questionnaire(path) for path in sorted(folder.glob("*.toml"))]
    read += [read_xlsform(path.read_bytes()) for path in sorted(folder.glob("*.xlsx"))]
    return [record_questionnaire(work, one) for one in read]


def record_questionnaire(work: Work, definition: Questionnaire) -> QuestionnaireVersion:
    """Keep this version; the same version with other content, or an older one, is refused."""
    statement = select(QuestionnaireVersion).where(QuestionnaireVersion.code == definition.id)
    newest = work.session.exec(statement.order_by(col(QuestionnaireVersion.version).desc())).first()
    if newest is not None and newest.version == definition.version:
        if newest.definition != dict(definition.data):
            raise Conflict(
                "Vragenlijst %(code)s is veranderd, maar heeft nog versie %(version)s. Verhoog het versienummer.",
                code=definition.id,
                version=definition.version,
            )
        return newest
    if newest is not None and newest.version > definition.version:
        raise Conflict(
            "Vragenlijst %(code)s staat al op versie %(version)s.", code=definition.id, version=newest.version
        )
    row = QuestionnaireVersion(
        code=definition.id,
        version=definition.version,
        name=definition.name,
        definition=dict(definition.data),
        loaded_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    record_act(work, "questionnaire.load", f"{definition.id} {definition.version}")
    return row
