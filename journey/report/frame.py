"""What every page about a study's figures has around it: the study, its routes, and the way to the other pages."""

from journey.models import Municipality, Study
from journey.report.comparison import find_published
from journey.report.pages import Frame, Tab
from journey.report.queries import list_routes
from journey.survey.published import is_printed
from journey.survey.queries import get_survey
from journey.web.i18n import gettext as _
from journey.work import Work


def frame_of(work: Work, study: Study, current: str, route: str = "") -> Frame:
    """`current` names the page; Invalid for a route that is not of the study."""
    routes = list_routes(work, study)
    if route:
        list_routes(work, study, route)
    return Frame(
        study,
        work.session.get_one(Municipality, study.municipality_id).name,
        tuple(routes),
        route or None,
        tuple(
            Tab(f"/studies/{study.code}/{name}", label, name == current)
            for name, label in _pages(work, study)
        ),
    )


def _pages(work: Work, study: Study) -> list[tuple[str, str]]:
    """Address and label of each page, in the order people read them."""
    if study.is_survey:
        return _survey_pages(work, study)
    pages = [
        ("throughput", _("Doorlooptijden")),
        ("figures", _("Oordelen")),
        ("actions", _("Wat er veranderde")),
        ("report", _("Rapport")),
        ("compare", _("Vergelijken")),
    ]
    pages.append(("export", _("Gegevens")))
    if work.actor.is_researcher:
        pages.append(("quotes", _("Citaten")))
        pages.append(("import", _("Inlezen")))
    if find_published(study) is not None:
        pages.append(("published", _("Gepubliceerd")))
    return pages


def _survey_pages(work: Work, study: Study) -> list[tuple[str, str]]:
    """A survey has no journeys, and no page about them."""
    pages = [
        ("figures", _("Uitkomsten")),
        ("response", _("Respons")),
        ("actions", _("Wat er veranderde")),
        ("report", _("Rapport")),
        ("compare", _("Vergelijken")),
        ("export", _("Gegevens")),
    ]
    if work.actor.is_researcher:
        pages += [("questionnaire", _("Vragenlijst")), ("import", _("Inlezen"))]
    if is_printed(study, get_survey(work, study)):
        pages.append(("published", _("Gepubliceerd")))
    return pages
