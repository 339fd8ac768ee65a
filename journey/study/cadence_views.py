"""The page where a lead or an administrator sets the call rhythm of a study."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from journey.auth.access import only
from journey.auth.scope import get_study
from journey.models import Study
from journey.rules.cadence import DEFAULTS
from journey.rules.roles import ADMIN, LEAD
from journey.study.cadence import cadence_of, change_cadence
from journey.study.cadence_form import DayHours, Figure, list_days, list_figures, read_cadence, typed_of
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
Setter = Annotated[Visit, Depends(only(LEAD, ADMIN))]


@dataclass(frozen=True)
class CadencePage:
    """`differs` tells whether this study has anything of its own; `saved` that it was just saved."""

    study: Study
    form: Form
    days: tuple[DayHours, ...]
    groups: tuple[tuple[str, tuple[Figure, ...]], ...]
    differs: bool
    saved: bool
    back: str


@router.get("/studies/{study}/cadence")
def show_cadence(visit: Setter, study: str) -> Response:
    found = get_study(visit.work, study)
    return _page(visit, found, Form(typed_of(cadence_of(found))))


@router.post("/studies/{study}/cadence")
def set_cadence(visit: Setter, study: str) -> Response:
    """In force at once. The button "terug naar standaard" forgets what was chosen, whatever else was typed."""
    found = get_study(visit.work, study)
    form = visit.form()
    settings = DEFAULTS if form.checked("usual") else read_cadence(form)
    if settings is not None:
        with form.attempt(visit.work):
            change_cadence(visit.work, found, settings)
    if form.ok:
        return redirect(f"/studies/{found.code}/cadence?saved=1")
    return _page(visit, found, form, status=422)


def _page(visit: Visit, study: Study, form: Form, *, status: int = 200) -> Response:
    page = CadencePage(
        study=study,
        form=form,
        days=list_days(),
        groups=list_figures(),
        differs=bool(study.cadence),
        saved=visit.request.query_params.get("saved") == "1" and form.ok,
        back="/admin/studies" if visit.work.actor.is_admin else "/studies",
    )
    return render(visit, "study/cadence.html", page, status=status)
