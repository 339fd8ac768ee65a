"""Studies side by side, and the published tables that people type in beside them."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import FiguresReader
from journey.auth.scope import get_study, list_studies
from journey.models import Study
from journey.report.compare import SPLITS, SideBySide, side_by_side
from journey.report.frame import frame_of
from journey.report.pages import Frame
from journey.report.reference_groups import (
    KINDS,
    TIMES,
    NewReference,
    drop_reference,
    read_rows,
    record_reference,
)
from journey.report.survey_compare import compare_page
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.ids import RowId
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
MOST_STUDIES = 5
LONGEST_TABLE = 20_000


@dataclass(frozen=True)
class ComparePage:
    """`others` are (code, name, whether it is chosen)."""

    frame: Frame
    others: tuple[tuple[str, str, bool], ...]
    split: str
    compared: SideBySide
    too_many: bool

    @property
    def other_choices(self) -> list[tuple[str, str]]:
        return [(code, name) for code, name, _chosen in self.others]

    @property
    def chosen(self) -> list[str]:
        return [code for code, _name, chosen in self.others if chosen]

    @property
    def split_choices(self) -> list[tuple[str, str]]:
        words = (_("niet"), _("per gemeente"), _("per jaar"))
        return list(zip(SPLITS, words, strict=True))


@dataclass(frozen=True)
class ReferencePage:
    frame: Frame
    form: Form

    @property
    def routes(self) -> list[tuple[str, str]]:
        return [(route.id, route.name) for route in self.frame.routes]

    @property
    def time_names(self) -> list[tuple[str, str]]:
        words = (
            _("Van Werkplein tot workshop"),
            _("Van aanvraag tot besluit"),
            _("Van Werkplein tot besluit"),
        )
        return list(zip(TIMES, words, strict=True))


@router.get("/studies/{study}/compare")
def show_comparison(visit: FiguresReader, study: str, split: str = "") -> Response:
    """`with` names further studies, once each; what the reader may not see chooses nothing."""
    found = get_study(visit.work, study)
    if found.is_survey:
        page = compare_page(visit.work, found, visit.request.query_params.get("with", ""))
        return render(visit, "report/survey_compare.html", page)
    return _journeys(visit, found, split)


def _journeys(visit: Visit, found: Study, split: str) -> Response:
    wanted = set(visit.request.query_params.getlist("with"))
    may_see = [one for one in list_studies(visit.work, "journey") if one.id != found.id]
    chosen = [one for one in may_see if one.code in wanted]
    page = ComparePage(
        frame_of(visit.work, found, "compare"),
        tuple((one.code, one.name, one in chosen[:MOST_STUDIES]) for one in may_see),
        split if split in SPLITS else "",
        side_by_side(visit.work, found, chosen[:MOST_STUDIES], split if split in SPLITS else ""),
        len(chosen) > MOST_STUDIES,
    )
    return render(visit, "report/compare.html", page)


@router.get("/studies/{study}/compare/new")
def new_reference(visit: FiguresReader, study: str) -> Response:
    return _form(visit, get_study(visit.work, study), Form())


@router.post("/studies/{study}/compare/new")
def make_reference(visit: FiguresReader, study: str) -> Response:
    found = get_study(visit.work, study)
    frame, form = frame_of(visit.work, found, "compare"), visit.form()
    name = form.text("name", required=True, most=120)
    source = form.text("source", required=True, most=300)
    route = form.choice("route", [one.id for one in frame.routes], required=True)
    table = form.text("rows", most=LONGEST_TABLE)
    grade = form.grade("grade")
    grade_n = form.whole("grade_n", least=1, most=1_000_000, required=False)
    differs = form.text("differs", most=300)
    times = {}
    for measure in TIMES:
        days = form.whole(f"{measure}_days", least=0, most=3650, required=False)
        kind = form.choice(f"{measure}_kind", KINDS) or KINDS[0]
        if days is not None:
            times[measure] = (days, kind)
    if form.ok and route:
        definition = next(one for one in frame.routes if one.id == route)
        with form.attempt(visit.work):
            rows = read_rows(table, definition)
            shown = None if grade is None else float(grade)
            new = NewReference(name, source, route, rows, shown, grade_n, times, differs)
            record_reference(visit.work, found, new)
    if form.ok:
        return redirect(f"/studies/{found.code}/compare")
    return _form(visit, found, form, status=422)


@router.post("/studies/{study}/compare/{group_id}/drop")
def drop(visit: FiguresReader, study: str, group_id: RowId) -> Response:
    found = get_study(visit.work, study)
    drop_reference(visit.work, found, group_id)
    return redirect(f"/studies/{found.code}/compare")


def _form(visit: Visit, study: Study, form: Form, *, status: int = 200) -> Response:
    page = ReferencePage(frame_of(visit.work, study, "compare"), form)
    return render(visit, "report/compare_new.html", page, status=status)
