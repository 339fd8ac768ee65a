"""Pages for everyone: what happens with what people say, and how accessible we are."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class PrivacyPage:
    """`days` is how long a spoken message or a photo is kept at most."""

    frame: Frame
    address: Address
    days: int


@router.get("/privacy")
def privacy(visit: Everyone) -> Response:
    frame, address = _around(visit, "privacy")
    return render(visit, "portal/privacy.html", PrivacyPage(frame, address, visit.work.settings.uploads_days))


@router.get("/accessibility")
def accessibility(visit: Everyone) -> Response:
    frame, address = _around(visit, "accessibility")
    return render(visit, "portal/accessibility.html", PlainPage(frame, address, Form()))


def _around(visit: Visit, name: str) -> tuple[Frame, Address]:
    asked = visit.request.query_params.get("lang", "")
    address = Address(f"/{name}", asked if choose(visit.work, asked) == asked else "")
    use_language(choose(visit.work, asked))
    return Frame(address.languages(visit.work), tuple(list_research_phones(visit.work))), address
