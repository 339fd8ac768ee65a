"""People in the study: the list, one person's journey, the contact store."""

import hashlib
from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.audit.service import record_act, record_view
from journey.auth.access import Researcher
from journey.auth.scope import get_participant, list_studies
from journey.models import Participant, Study
from journey.participant.forms import read_contact
from journey.participant.listing import STATES, Filters, Listing, list_page, list_routes_in_reach
from journey.participant.person import Person, PersonPage, get_person, get_person_view
from journey.participant.phones import normal_number, shown_number
from journey.participant.queries import OpenContact, find_contact, get_writable, list_sharing, timeline
from journey.participant.service import change_preferences, record_contact
from journey.participant.timeline import Timeline
from journey.rules.errors import NotFound
from journey.rules.ratings import Channel
from journey.web.forms import Form
from journey.web.i18n import LANGUAGES
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class ListPage:
    filters: Filters
    listing: Listing
    studies: tuple[Study, ...]
    routes: tuple[tuple[str, str], ...]
    states: tuple[str, ...] = STATES


@dataclass(frozen=True)
class TimelinePage:
    timeline: Timeline


@dataclass(frozen=True)
class ContactPage:
    """`seen` tells whether the store changed since this page was made."""

    person: Person
    contact: OpenContact | None
    form: Form
    seen: str
    sharing: tuple[str, ...] = ()

    @property
    def phone(self) -> str:
        return shown_number(self.contact.phone) if self.contact and self.contact.phone else ""


@router.get("/participants")
def list_people(
    visit: Researcher, study: str = "", route: str = "", state: str = "", q: str = "", page: str = "1"
) -> Response:
    typed = Form({"q": q})
    filters = Filters(
        study=study,
        route=route,
        state=state if state in STATES else "",
        text=typed.typed("q").strip()[:40],
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
    )
    listing = list_page(visit.work, filters)
    studies = tuple(list_studies(visit.work, "journey"))
    routes = tuple(list_routes_in_reach(visit.work))
    return render(visit, "participant/list.html", ListPage(filters, listing, studies, routes))


@router.get("/participants/{code}")
def show_person(visit: Researcher, code: str) -> Response:
    participant = get_participant(visit.work, code)
    record_view(visit.house, visit.work, "participant.view", participant.code)
    return render(
        visit, "participant/show.html", PersonPage(get_person_view(visit.work, participant), Form())
    )


@router.get("/participants/{code}/timeline")
def show_timeline(visit: Researcher, code: str) -> Response:
    """The same partial as on the page; the page asks for it now and then, so that an answer appears by itself.

    The page's own view is logged already; only a look without the page leaves a line of its own.
    """
    participant = get_participant(visit.work, code)
    if not visit.is_htmx:
        record_view(visit.house, visit.work, "participant.view", participant.code)
    return render(visit, "participant/_timeline.html", TimelinePage(timeline(visit.work, participant)))


@router.get("/participants/{code}/contact")
def show_contact(visit: Researcher, code: str) -> Response:
    """Name and number, on request; every look is logged (rules, 36)."""
    participant = get_participant(visit.work, code)
    contact = find_contact(visit.work, participant)
    record_view(visit.house, visit.work, "contact.view", participant.code)
    person = get_person(visit.work, participant)
    return render(
        visit,
        "participant/contact.html",
        ContactPage(person, contact, _stored(person, contact), _stamp(contact)),
    )


@router.post("/participants/{code}/contact")
def change_contact(visit: Researcher, code: str) -> Response:
    participant = get_writable(visit.work, code)
    known = find_contact(visit.work, participant)
    if known is None:
        raise NotFound("De contactgegevens van deze deelnemer zijn gewist.")
    form = visit.form()
    new = read_contact(form, list(Channel), LANGUAGES)
    if form.typed("seen") != _stamp(known):
        form.refuse("", _("Een collega veranderde deze gegevens intussen. Vergelijk ze en bewaar opnieuw."))
    sharing = _sharing(visit, participant, form, new.phone if new else None, known.phone)
    if new is not None and form.ok and not sharing:
        with form.attempt(visit.work):
            record_contact(
                visit.work,
                participant,
                call_name=new.call_name,
                phone=new.phone,
                postal_address=new.postal_address,
                good_times=new.good_times,
            )
            change_preferences(visit.work, participant, channel=new.channel, language=new.language)
    if form.ok and not sharing:
        return redirect(f"/participants/{participant.code}")
    record_act(visit.work, "contact.view", participant.code)
    page = ContactPage(get_person(visit.work, participant), known, form, _stamp(known), sharing)
    return render(visit, "participant/contact.html", page, status=422)


def _sharing(
    visit: Visit, participant: Participant, form: Form, phone: str | None, known: str | None
) -> tuple[str, ...]:
    """Who else is on a number that is new for this person; empty when the researcher has seen that."""
    if not phone or form.checked("shared"):
        return ()
    with form.attempt(visit.work):
        number = normal_number(phone)
        if number != known:
            return tuple(list_sharing(visit.work, number, other_than=participant))
    return ()


def _stored(person: Person, contact: OpenContact | None) -> Form:
    if contact is None:
        return Form()
    return Form(
        {
            "call_name": contact.call_name or "",
            "phone": shown_number(contact.phone) if contact.phone else "",
            "postal_address": contact.postal_address or "",
            "channel": person.channel,
            "language": person.language,
            "days": [str(day) for day in contact.good_times.get("days") or ()],
            "parts": list(contact.good_times.get("parts") or ()),
        }
    )


def _stamp(contact: OpenContact | None) -> str:
    """Changes when the store changes; tells nothing about what is in it without knowing it."""
    return hashlib.sha256(repr(contact).encode()).hexdigest()[:16]
