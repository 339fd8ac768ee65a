"""Reads about studies."""

from sqlmodel import col, select

from journey.models import ConsentText, Municipality, Study, StudyRoute
from journey.rules.errors import NotFound
from journey.work import Work


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


def find_consent_text(work: Work, version: str, language: str = "nl") -> ConsentText | None:
    """The text in that language, or in Dutch."""
    by_language = {row.language: row for row in list_consent_texts(work, version)}
    return by_language.get(language) or by_language.get("nl")


def list_consent_texts(work: Work, version: str) -> list[ConsentText]:
    """A version in every language it has, the binding Dutch first."""
    rows = work.session.exec(select(ConsentText).where(ConsentText.version == version)).all()
    return sorted(rows, key=lambda row: (row.language != "nl", row.language))


def list_consent_versions(work: Work) -> list[str]:
    """Newest first."""
    return sorted(set(work.session.exec(select(ConsentText.version)).all()), reverse=True)


def list_municipalities(work: Work) -> list[Municipality]:
    return list(work.session.exec(select(Municipality).order_by(Municipality.name)).all())
