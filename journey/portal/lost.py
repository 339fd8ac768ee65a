"""Who meets a refusal without an account: a link with something stuck to it is put right, and what went wrong is said
in their own language, by who asks, with a number to call."""

import re
from typing import Final

from fastapi import Request, Response
from sqlalchemy.exc import SQLAlchemyError

from journey.portal.languages import choose
from journey.portal.pages import Frame
from journey.portal.queries import find_contact_card, find_person
from journey.rules.signs import figures
from journey.texts.approval import offered
from journey.web.cookies import SESSION, read_cookie
from journey.web.errors import PARTICIPANT_PAGES
from journey.web.templating import redirect
from journey.web.visit import Visit
from journey.work import NOBODY, Work

PAGES: Final = frozenset({"code", "check", "check/desk", "privacy", "accessibility", "stopped"})
OWN: Final = re.compile(r"/+p/+([a-z0-9]+)(?:[^a-z0-9/]*((?:/+[a-z0-9]+)+))?", re.IGNORECASE)
PUBLIC: Final = re.compile(r"/+([a-z]+(?:/+[a-z]+)*)(?![a-z0-9])", re.IGNORECASE)
SLASHES: Final = re.compile("/+")


def mended_address(path: str) -> str | None:
    """The address that was meant, without the full stop, bracket, space or invisible sign that a sentence or a phone
    put behind it, and whatever its capitals; None when there is nothing to mend."""
    seen = figures(path).replace(" ", "")
    meant = None
    if own := OWN.match(seen):
        meant = f"/p/{own[1]}{SLASHES.sub('/', own[2] or '').lower()}"
    elif (public := PUBLIC.match(seen)) and (name := SLASHES.sub("/", public[1]).lower()) in PAGES:
        meant = f"/{name}"
    return meant if meant != path else None


def mend(visit: Visit) -> Response | None:
    """On to the address that was meant; the code behind a # goes along by itself."""
    meant = mended_address(visit.request.scope["path"]) if visit.request.method == "GET" else None
    query = visit.request.url.query
    return redirect(f"{meant}?{query}" if query else meant) if meant else None


def meet_stranger(request: Request, status: int) -> Response | Frame | None:
    """What stands around a refusal for who has no account, whose language is chosen with it; None for a colleague, and
    when the database says nothing. A redirect when the address could be mended."""
    visit: Visit = getattr(request.state, "visit", None) or Visit(request, request.app.state.house)
    request.state.visit = visit
    is_theirs = visit.path.startswith(PARTICIPANT_PAGES)
    if visit.actor or not (is_theirs or (status == 404 and not _has_session(visit))):
        return None
    if status == 404 and (mended := mend(visit)):
        return mended
    try:
        with visit.house.work(NOBODY, write=False) as work:
            return _frame(visit, work)
    except SQLAlchemyError:
        return None


def _frame(visit: Visit, work: Work) -> Frame:
    own = OWN.match(visit.path)
    person = find_person(work, own[1]) if own else None
    known = person.language if person else _browser_language(visit, work)
    asked = visit.chosen_language or visit.request.query_params.get("lang", "")
    visit.chosen_language = choose(work, asked, known)
    if person is None:
        return Frame.of_nobody(work, ())
    card = find_contact_card(work, person)
    return Frame((), (card.phone,) if card.phone else (), card.sender, card.researcher)


def _browser_language(visit: Visit, work: Work) -> str:
    named = visit.request.headers.get("Accept-Language", "").split(",")
    return next((code for one in named if (code := one.strip()[:2].lower()) in offered(work)), "nl")


def _has_session(visit: Visit) -> bool:
    return bool(read_cookie(visit.request, visit.settings, SESSION))
