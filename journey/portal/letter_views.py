"""Printing letters: for one person, or for everyone in a study who is due one.

The answer is the PDF itself. Nothing keeps it: not the server, not the answers kept for retries. So a form carries no
key; who was printed in a batch is no longer due, and `seen` notices a letter made since the page of one person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.audit.service import record_view
from journey.auth.access import Researcher
from journey.auth.scope import get_participant, get_study
from journey.models import Letter, Participant
from journey.participant.letters import (
    DueLetter,
    find_due_letter,
    list_due_letters,
    list_letters,
)
from journey.participant.person import Person, get_person, names_of
from journey.participant.queries import find_contact, get_writable
from journey.portal.languages import choose_written
from journey.portal.letters_print import Addressee, print_letters
from journey.rules.errors import Invalid, NotFound
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class LetterLine:
    """A letter that was printed, and by whom."""

    row: Letter
    by: str


@dataclass(frozen=True)
class LetterPage:
    """`spoken` is the language the letter will be in; `due` is None for who may have one but is not due one."""

    person: Person
    due: DueLetter | None
    has_address: bool
    spoken: str
    printed: tuple[LetterLine, ...]
    form: Form
    seen: str


@dataclass(frozen=True)
class LettersPage:
    """`ready` can be printed, `without_address` cannot yet."""

    study: str
    code: str
    ready: tuple[DueLetter, ...]
    without_address: tuple[DueLetter, ...]
    spoken: dict[str, str]
    ticked: tuple[str, ...]
    form: Form


@router.get("/participants/{code}/letter")
def show_letter(visit: Researcher, code: str) -> Response:
    """Why a letter is due, what was printed before, and the button."""
    participant = get_participant(visit.work, code)
    record_view(visit.house, visit.work, "participant.view", participant.code)
    return _letter_page(visit, participant, Form())


@router.post("/participants/{code}/letter")
def print_letter(visit: Researcher, code: str) -> Response:
    _refuse_key(visit)
    participant = get_writable(visit.work, code)
    form, due = visit.form(), find_due_letter(visit.work, participant)
    if form.typed("seen") != _last(list_letters(visit.work, participant)):
        form.refuse("", _("Er is net al een brief gemaakt. Kreeg u die niet? Maak dan hier een nieuwe."))
    if form.ok:
        with form.attempt(visit.work):
            reason = due.reason if due else "asked"
            pdf = print_letters(visit.work, [Addressee(participant, reason)])
            return _download(pdf, f"brief-{participant.code}-{visit.today:%Y-%m-%d}.pdf")
    return _letter_page(visit, participant, form, status=422)


@router.get("/studies/{study}/letters")
def show_letters(visit: Researcher, study: str) -> Response:
    """Who is due a letter, with why; everyone with an address is ticked."""
    return _letters_page(visit, study, Form(), None)


@router.post("/studies/{study}/letters")
def print_batch(visit: Researcher, study: str) -> Response:
    """One PDF for who is ticked. Who is due no letter any more, or has no address, is left out and named."""
    _refuse_key(visit)
    found = get_study(visit.work, study)
    form = visit.form()
    chosen = form.all("people")
    due = [one for one in list_due_letters(visit.work, found) if one.code in chosen]
    if not chosen:
        form.refuse("people", _("Kies minstens één persoon."))
    elif len(due) < len(set(chosen)):
        form.refuse("people", _("Niet iedereen die u koos, krijgt nu nog een brief. Kijk de lijst na."))
    if form.ok:
        with form.attempt(visit.work):
            pdf = print_letters(visit.work, [Addressee(one.participant, one.reason) for one in due])
            return _download(pdf, f"brieven-{found.code}-{visit.today:%Y-%m-%d}.pdf")
    return _letters_page(visit, study, form, tuple(chosen), status=422)


def _letter_page(visit: Visit, participant: Participant, form: Form, *, status: int = 200) -> Response:
    work = visit.work
    contact = find_contact(work, participant)
    if contact is None:
        raise NotFound("De contactgegevens van deze deelnemer zijn gewist.")
    rows = list_letters(work, participant)
    names = names_of(work, [row.printed_by for row in rows])
    page = LetterPage(
        person=get_person(work, participant),
        due=find_due_letter(work, participant),
        has_address=bool((contact.postal_address or "").strip()),
        spoken=choose_written(participant.language),
        printed=tuple(LetterLine(row, names[row.printed_by]) for row in rows),
        form=form,
        seen=_last(rows),
    )
    return render(visit, "participant/letter.html", page, status=status)


def _letters_page(
    visit: Visit, study: str, form: Form, ticked: tuple[str, ...] | None, *, status: int = 200
) -> Response:
    found = get_study(visit.work, study)
    due = list_due_letters(visit.work, found)
    ready = tuple(one for one in due if one.has_address)
    page = LettersPage(
        study=found.name,
        code=found.code,
        ready=ready,
        without_address=tuple(one for one in due if not one.has_address),
        spoken={one.code: choose_written(one.participant.language) for one in ready},
        ticked=tuple(one.code for one in ready) if ticked is None else ticked,
        form=form,
    )
    return render(visit, "participant/letters.html", page, status=status)


def _last(letters: Sequence[Letter]) -> str:
    return str(letters[0].id) if letters else ""


def _refuse_key(visit: Visit) -> None:
    """An answer kept for a retry would keep names, addresses and codes for a day."""
    if visit.idempotency_key:
        raise Invalid("Een brief wordt nergens bewaard. Stuur dit verzoek zonder Idempotency-Key.")


def _download(pdf: bytes, name: str) -> Response:
    return Response(
        pdf,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
