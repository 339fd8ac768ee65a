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


def find_consent_text(work: Work, version: str, language: str = "nl") -> ConsentText | None:
    """The text in that language, or in Dutch."""
    rows = work.session.exec(select(ConsentText).where(ConsentText.version == version)).all()
    by_language = {row.language: row for row in rows}
    return by_language.get(language) or by_language.get("nl")
