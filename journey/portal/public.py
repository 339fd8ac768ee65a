"""Pages for everyone: is this message or call real, what happens with what people say, and how accessible we are."""

import phonenumbers
from fastapi import APIRouter, Response

from journey.auth.access import Everyone
from journey.portal.languages import choose
from journey.portal.pages import Address, Frame, PlainPage
from journey.portal.queries import list_calling_numbers, list_research_phones
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.i18n import use_language
from journey.web.templating import render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@router.get("/check")
def check(visit: Everyone) -> Response:
    return _page(visit, "check", Form())


@router.post("/check")
def check_number(visit: Everyone) -> Response:
    """Yes or no about a number; never whether somebody takes part. A POST, so that no address holds the number."""
    form = visit.form()
    typed = form.text("number", required=True, most=40)
    number = _comparable(typed)
    if form.ok and number is None:
        form.refuse("number", _("Dit is geen telefoonnummer. Vul alleen cijfers in, zoals 06 12345678."))
    if not form.ok:
        return _page(visit, "check", form, status=422)
    ours = {_comparable(own) for own in list_calling_numbers(visit.work)}
    return _page(visit, "check", form, answer=number in ours)


@router.get("/privacy")
def privacy(visit: Everyone) -> Response:
    return _page(visit, "privacy", Form())


@router.get("/accessibility")
def accessibility(visit: Everyone) -> Response:
    return _page(visit, "accessibility", Form())


def _page(visit: Visit, name: str, form: Form, *, status: int = 200, answer: bool | None = None) -> Response:
    asked = visit.request.query_params.get("lang", "")
    address = Address(f"/{name}", asked if choose(asked) == asked else "")
    use_language(choose(asked))
    frame = Frame(address.languages(), tuple(list_research_phones(visit.work)))
    numbers = tuple(list_calling_numbers(visit.work)) if name == "check" else ()
    return render(
        visit, f"portal/{name}.html", PlainPage(frame, address, form, numbers, answer), status=status
    )


def _comparable(typed: str) -> str | None:
    """One form for comparing, also of numbers that no network gives out."""
    try:
        number = phonenumbers.parse(typed, "NL")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
