"""Pages for everyone: what happens with what people say, and how accessible we are."""

from fastapi import APIRouter, Response

from journey.auth.access import Everyone
from journey.portal.languages import choose
from journey.portal.pages import Address, Frame, PlainPage
from journey.portal.queries import list_research_phones
from journey.web.forms import Form
from journey.web.i18n import use_language
from journey.web.templating import render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@router.get("/privacy")
def privacy(visit: Everyone) -> Response:
    return _page(visit, "privacy")


@router.get("/accessibility")
def accessibility(visit: Everyone) -> Response:
    return _page(visit, "accessibility")


def _page(visit: Visit, name: str) -> Response:
    asked = visit.request.query_params.get("lang", "")
    address = Address(f"/{name}", asked if choose(visit.work, asked) == asked else "")
    use_language(choose(visit.work, asked))
    frame = Frame(address.languages(visit.work), tuple(list_research_phones(visit.work)))
    return render(visit, f"portal/{name}.html", PlainPage(frame, address, Form()))
