"""The one helper that keeps every query inside the studies of the actor; what is outside does not exist (404)."""

from typing import Any, TypeVar

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from journey.models import Participant, Study
from journey.rules.errors import Forbidden, NotFound
from journey.work import Work

Row = TypeVar("Row")


def scoped(work: Work, statement: SelectOfScalar[Row], study_column: Any = None) -> SelectOfScalar[Row]:
    """Restrict a statement to the actor's studies; `study_column` is the column that holds the study's id."""
    if work.actor.studies is None:
        return statement
    column = col(Study.id) if study_column is None else study_column
    return statement.where(column.in_(work.actor.studies))


def get_study(work: Work, code: str) -> Study:
    """NotFound for a code that does not exist or is not the actor's."""
    study = work.session.exec(scoped(work, select(Study).where(Study.code == code))).first()
    if study is None:
        raise NotFound("Dit onderzoek is er niet.")
    return study


def list_studies(work: Work, kind: str = "") -> list[Study]:
    """The studies in reach, newest first; with `kind` only journey studies or only surveys."""
    statement = scoped(work, select(Study).order_by(col(Study.starts_on).desc(), Study.code))
    return list(work.session.exec(statement.where(Study.kind == kind) if kind else statement).all())


def get_participant(work: Work, code: str) -> Participant:
    """NotFound for a code that does not exist or is of another study."""
    statement = select(Participant).where(Participant.code == code)
    participant = work.session.exec(scoped(work, statement, col(Participant.study_id))).first()
    if participant is None:
        raise NotFound("Deze deelnemer is er niet.")
    return participant


def refuse_if_scoped(work: Work) -> None:
    """What touches every study, such as a route, is for who reaches them all."""
    if work.actor.studies is not None:
        raise Forbidden("Dit kan alleen een beheerder van de hele installatie.")
