"""Reads about studies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select

from journey.auth.scope import scoped
from journey.models import (
    ConsentText,
    Municipality,
    Participant,
    QuestionnaireVersion,
    RouteVersion,
    Study,
    StudyRoute,
)
from journey.rules.errors import NotFound
from journey.work import Work


@dataclass(frozen=True)
class StudyCard:
    """A study with the names of its municipality and routes."""

    study: Study
    municipality: str
    routes: tuple[str, ...]


def list_study_cards(work: Work, studies: Sequence[Study]) -> list[StudyCard]:
    names = {row.id: row.name for row in list_municipalities(work)}
    routes = dict(list_route_names(work))
    followed: dict[int, list[str]] = {}
    for row in work.session.exec(select(StudyRoute).order_by(col(StudyRoute.position))).all():
        followed.setdefault(row.study_id, []).append(routes.get(row.route_code, row.route_code))
    return [
        StudyCard(study, names[study.municipality_id], tuple(followed.get(study.id or 0, ())))
        for study in studies
    ]


def list_route_names(work: Work) -> list[tuple[str, str]]:
    """Code and newest name of every route that was loaded."""
    rows = work.session.exec(
        select(RouteVersion.code, RouteVersion.name).order_by(RouteVersion.code, col(RouteVersion.version))
    ).all()
    return list(dict(rows).items())


def list_questionnaire_names(work: Work) -> list[tuple[str, str]]:
    """Code and newest name of every questionnaire that was loaded."""
    rows = work.session.exec(
        select(QuestionnaireVersion.code, QuestionnaireVersion.name).order_by(
            QuestionnaireVersion.code, col(QuestionnaireVersion.version)
        )
    ).all()
    return list(dict(rows).items())


def count_people(work: Work) -> dict[int, int]:
    """Active participants per study: for researchers only (rules, 33)."""
    statement: Any = scoped(
        work,
        select(Participant.study_id, func.count()).where(Participant.state == "active"),  # type: ignore[arg-type]
        col(Participant.study_id),
    )
    return dict(work.session.exec(statement.group_by(col(Participant.study_id))).all())


def list_route_codes(work: Work, study: Study) -> list[str]:
    """The routes a study follows, in its own order."""
    return list(
        work.session.exec(
            select(StudyRoute.route_code)
            .where(StudyRoute.study_id == study.id)
            .order_by(col(StudyRoute.position))
        ).all()
    )


def get_municipality(work: Work, municipality_id: int) -> Municipality:
    found = work.session.get(Municipality, municipality_id)
    if found is None:
        raise NotFound("Deze gemeente is er niet.")
    return found


def get_study_by_id(work: Work, study_id: int) -> Study:
    """The study of a row the actor may already see."""
    return work.session.get_one(Study, study_id)


def list_consent_texts(work: Work, version: str) -> list[ConsentText]:
    """A version in every language it has, the binding Dutch first."""
    rows = work.session.exec(select(ConsentText).where(ConsentText.version == version)).all()
    return sorted(rows, key=lambda row: (row.language != "nl", row.language))


def list_consent_versions(work: Work) -> list[str]:
    """Newest first."""
    return sorted(set(work.session.exec(select(ConsentText.version)).all()), reverse=True)


def list_municipalities(work: Work) -> list[Municipality]:
    return list(work.session.exec(select(Municipality).order_by(Municipality.name)).all())
