"""Linking a participant to the delivered application that is theirs, for the research side only."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.audit.service import record_view
from journey.auth.access import Researcher
from journey.auth.scope import get_participant
from journey.models import Participant
from journey.participant.case_links import (
    Suggestion,
    find_reference,
    link_case,
    suggest_cases,
    unlink_case,
)
from journey.participant.person import Person, get_person
from journey.participant.queries import get_writable, refuse_if_gone
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

LONGEST_REFERENCE = 80

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class CasePage:
    person: Person
    reference: str | None
    suggestions: tuple[Suggestion, ...]
    form: Form


@router.get("/participants/{code}/reference")
def show_reference(visit: Researcher, code: str) -> Response:
    """The link, or the applications that look most like this person's."""
    participant = get_participant(visit.work, code)
    refuse_if_gone(participant)
    record_view(visit.house, visit.work, "participant.view", participant.code)
    return _page(visit, participant, Form())


@router.post("/participants/{code}/reference")
def set_reference(visit: Researcher, code: str) -> Response:
    """One of the suggestions (`suggested`), or a reference that was typed."""
    participant, form = get_writable(visit.work, code), visit.form()
    reference = form.text("reference", most=LONGEST_REFERENCE) or form.text(
        "suggested", most=LONGEST_REFERENCE
    )
    if form.ok and not reference:
        form.errors["reference"] = _("Kies een aanvraag of vul een kenmerk in.")
    if form.ok:
        with form.attempt(visit.work):
            link_case(visit.work, participant, reference)
    return redirect(f"/participants/{participant.code}") if form.ok else _page(visit, participant, form)


@router.post("/participants/{code}/reference/remove")
def remove_reference(visit: Researcher, code: str) -> Response:
    participant = get_writable(visit.work, code)
    unlink_case(visit.work, participant)
    return redirect(f"/participants/{participant.code}/reference")


def _page(visit: Visit, participant: Participant, form: Form) -> Response:
    reference = find_reference(visit.work, participant)
    suggestions = () if reference else tuple(suggest_cases(visit.work, participant))
    page = CasePage(get_person(visit.work, participant), reference, suggestions, form)
    return render(visit, "participant/reference.html", page, status=200 if form.ok else 422)
