"""The card of a route for the fridge: the steps in plain words with three faces, to point at on the phone. It is the
same for everybody, so it says nothing about anyone.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import Researcher
from journey.auth.scope import get_study
from journey.participant.phones import shown_number
from journey.portal.languages import choose
from journey.portal.pages import Address, LanguageLink
from journey.route.definition import Words
from journey.route.queries import list_definitions
from journey.rules.errors import NotFound
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class CardPage:
    """The words of the steps in the order of the route; `routes` are (address, name, whether it is this one)."""

    routes: tuple[tuple[str, str, bool], ...]
    languages: tuple[LanguageLink, ...]
    steps: tuple[Words, ...]
    phone: str


@router.get("/studies/{study}/cards")
def find_card(visit: Researcher, study: str) -> Response:
    """To the card of the first route; from there to the others."""
    found = get_study(visit.work, study)
    routes = list_definitions(visit.work, found)
    if not routes:
        raise NotFound("Deze route hoort niet bij dit onderzoek.")
    return redirect(f"/studies/{found.code}/routes/{routes[0].id}/card")


@router.get("/studies/{study}/routes/{route}/card")
def show_card(visit: Researcher, study: str, route: str) -> Response:
    """To print and give away, in Dutch or with `?lang=` in another language we have."""
    found = get_study(visit.work, study)
    definitions = list_definitions(visit.work, found)
    definition = next((one for one in definitions if one.id == route), None)
    if definition is None:
        raise NotFound("Deze route hoort niet bij dit onderzoek.")
    language = choose(visit.work, visit.request.query_params.get("lang", ""))
    visit.speak(language)
    address = f"/studies/{found.code}/routes"
    page = CardPage(
        routes=tuple(
            (
                f"{address}/{one.id}/card",
                one.translations.get(language, {}).get("name", one.name),
                one.id == route,
            )
            for one in definitions
        ),
        languages=Address(f"{address}/{route}/card", language).languages(visit.work),
        steps=tuple(step.words(language) for step in definition.steps),
        phone=shown_number(found.research_phone) if found.research_phone else "",
    )
    return render(visit, "portal/card.html", page)
