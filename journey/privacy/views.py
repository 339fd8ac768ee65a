"""The privacy officer's desk: how long things are kept with proof, and what one person may ask of us.

Name, number and answers are shown nowhere here; they are only in the file of one person, and each of those is written
down.
"""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from journey.audit.queries import AuditLine, list_about
from journey.audit.service import record_act, record_view
from journey.auth.access import PrivacyOfficer, only
from journey.auth.scope import get_participant, list_studies
from journey.clock import AMSTERDAM
from journey.consent.service import withdraw_participant
from journey.models import Participant, Study
from journey.privacy.downloads import as_csv, download
from journey.privacy.retention import Night, Standing, list_nights, list_standings
from journey.privacy.subject import subject_data, subject_page
from journey.privacy.words import category_words
from journey.rules.roles import ADMIN, PRIVACY
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

Office = Annotated[Visit, Depends(only(ADMIN, PRIVACY))]


@dataclass(frozen=True)
class RetentionPage:
    """`unclosed` are studies past their last day: their terms begin when they are closed."""

    standings: tuple[Standing, ...]
    nights: tuple[Night, ...]
    names: dict[str, tuple[str, str]]
    unclosed: tuple[Study, ...]
    backups_days: int


@dataclass(frozen=True)
class FindPage:
    form: Form
    studies: tuple[Study, ...]


@dataclass(frozen=True)
class SubjectPage:
    participant: Participant
    study: Study
    lines: tuple[AuditLine, ...]
    form: Form
    backups_days: int


@router.get("/admin/retention")
def show_retention(visit: Office) -> Response:
    standings = tuple(list_standings(visit.work))
    today = visit.work.today
    page = RetentionPage(
        standings,
        tuple(list_nights(visit.work, most=150)),
        {one.category.name: category_words(one.category.name) for one in standings},
        tuple(
            study
            for study in list_studies(visit.work)
            if study.closed_at is None and study.ends_on and study.ends_on < today
        ),
        visit.work.settings.backups_days,
    )
    return render(visit, "privacy/retention.html", page)


@router.get("/admin/retention.csv")
def download_retention(visit: Office) -> Response:
    """Every night that is written down, with days and moments in local time."""
    rows = [
        (
            night.ran_at.astimezone(AMSTERDAM).isoformat(timespec="minutes"),
            night.category,
            night.kept_days,
            night.cutoff.astimezone(AMSTERDAM).isoformat(timespec="minutes"),
            night.removed,
            night.oldest_left.astimezone(AMSTERDAM).isoformat(timespec="minutes")
            if night.oldest_left
            else "",
        )
        for night in list_nights(visit.work, most=20_000)
    ]
    record_view(visit.house, visit.work, "retention.download", f"{len(rows)}")
    header = ("nacht", "categorie", "dagen", "van voor", "gewist", "oudste dat bleef")
    return as_csv("bewaartermijnen.csv", [header, *rows])


@router.get("/admin/person")
def find_person(visit: PrivacyOfficer, code: str = "") -> Response:
    """By code, within the officer's studies; a code that is not there is a message at the field."""
    form = Form({"code": code})
    typed = form.figures("code", most=20).upper().replace(" ", "")
    if typed and form.ok:
        with form.attempt(visit.work):
            found = get_participant(visit.work, typed)
            return redirect(f"/admin/person/{found.code}")
        form.errors["code"] = form.errors.pop("", _("Deze deelnemer is er niet."))
    page = FindPage(form, tuple(list_studies(visit.work)))
    return render(visit, "privacy/find.html", page, status=200 if form.ok else 404)


@router.get("/admin/person/{code}")
def show_person(visit: PrivacyOfficer, code: str) -> Response:
    participant = get_participant(visit.work, code)
    record_view(visit.house, visit.work, "privacy.view", participant.code)
    return _person_page(visit, participant, Form())


@router.post("/admin/person/{code}/export")
def export_person(visit: PrivacyOfficer, code: str) -> Response:
    """A zip with a page to read and the same for a machine (GDPR, articles 15 and 20). Kept nowhere."""
    participant = get_participant(visit.work, code)
    data = subject_data(visit.work, participant)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("inzage.html", subject_page(visit.work, participant, data))
        file.writestr("inzage.json", json.dumps(data, ensure_ascii=False, indent=2))
    record_act(visit.work, "privacy.export", participant.code)
    return download(packed.getvalue(), "application/zip", f"inzage-{participant.code}.zip")


@router.post("/admin/person/{code}/erase")
def erase_person(visit: PrivacyOfficer, code: str) -> Response:
    """The same as a withdrawal of everything (GDPR, article 17); asked twice, because it cannot be undone."""
    participant = get_participant(visit.work, code)
    form = visit.form()
    if not form.checked("sure"):
        form.refuse("sure", _("Zet een vinkje als u het zeker weet."))
    if form.ok:
        with form.attempt(visit.work):
            withdraw_participant(visit.work, participant, "erase")
    if form.ok:
        return redirect(f"/admin/person/{participant.code}")
    return _person_page(visit, participant, form)


def _person_page(visit: Visit, participant: Participant, form: Form) -> Response:
    page = SubjectPage(
        participant,
        visit.work.session.get_one(Study, participant.study_id),
        tuple(list_about(visit.work, participant.code)),
        form,
        visit.work.settings.backups_days,
    )
    return render(visit, "privacy/person.html", page, status=200 if form.ok else 422)
