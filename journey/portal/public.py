"""Pages for everyone: what happens with what people say, and how accessible we are."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import Everyone
from journey.portal.languages import choose
from journey.portal.pages import Address, Frame, PlainPage
from journey.web.forms import Form
from journey.web.templating import render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class PrivacyPage:
    """How long things are kept at most: `days` a spoken message or a photo, `years` answers."""

    frame: Frame
    address: Address
    days: int
    contact_days: int
    texts_days: int
    years: int
    backup_days: int


@router.get("/privacy")
def privacy(visit: Everyone) -> Response:
    frame, address = _around(visit, "privacy")
    kept = visit.work.settings
    page = PrivacyPage(
        frame,
        address,
        days=kept.uploads_days,
        contact_days=kept.keep_contact_days,
        texts_days=kept.keep_messages_days,
        years=-(-kept.keep_answers_days // 365),
        backup_days=kept.backups_days,
    )
    return render(visit, "portal/privacy.html", page)


@router.get("/accessibility")
def accessibility(visit: Everyone) -> Response:
    frame, address = _around(visit, "accessibility")
    return render(visit, "portal/accessibility.html", PlainPage(frame, address, Form()))


def _around(visit: Visit, name: str) -> tuple[Frame, Address]:
    asked = visit.request.query_params.get("lang", "")
    address = Address(f"/{name}", asked if choose(visit.work, asked) == asked else "")
    visit.speak(choose(visit.work, asked))
    return Frame.of_nobody(visit.work, address.languages(visit.work)), address
