"""The page to take data of a study along: what, in which format, what for; and what left before."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from journey.auth.access import FiguresReader, only
from journey.auth.scope import get_study
from journey.export.csv_file import SEPARATORS
from journey.export.downloads import download
from journey.export.queries import FORMATS, Run, get_content, list_contents, list_formats, list_runs
from journey.export.service import LONGEST_PURPOSE, Order, hold_still
from journey.export.tables import Table
from journey.models import Study
from journey.report.frame import frame_of
from journey.report.pages import Frame
from journey.rules.errors import DomainError
from journey.rules.roles import LEAD, MANAGER, PRIVACY, RESEARCHER
from journey.web.forms import Form, said
from journey.web.templating import render
from journey.web.visit import LongRead, UnitOfWork, Visit

router = APIRouter()
pages = APIRouter(route_class=UnitOfWork, include_in_schema=False)
files = APIRouter(route_class=LongRead, include_in_schema=False)

# The privacy officer reads the log and takes nothing along.
LogReader = Annotated[Visit, Depends(only(RESEARCHER, LEAD, MANAGER, PRIVACY))]


@dataclass(frozen=True)
class Offer:
    """A content that the reader may have, with its tables as the file will describe them."""

    name: str
    formats: tuple[str, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class ExportPage:
    """`frame` is None, and `offers` empty, for who only reads the log."""

    study: Study
    frame: Frame | None
    offers: tuple[Offer, ...]
    formats: tuple[str, ...]
    runs: tuple[Run, ...]
    form: Form
    longest_purpose: int = LONGEST_PURPOSE


@pages.get("/studies/{study}/export")
def show_export(visit: LogReader, study: str) -> Response:
    return _page(visit, study, Form())


@files.post("/studies/{study}/export")
def make_export(visit: FiguresReader, study: str) -> Response:
    """The file, or the page again with what is missing."""
    hold_still(visit.work)
    form = visit.form()
    content = form.choice("content", list_contents(visit.work, get_study(visit.work, study)), required=True)
    kind = form.choice("format", FORMATS, required=True)
    purpose = form.words("purpose", required=True, most=LONGEST_PURPOSE)
    separator = form.choice("separator", SEPARATORS) or "semicolon"
    if form.ok:
        try:
            return download(visit, study, Order(content or "", kind or "", purpose, separator))
        except DomainError as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal.field, said(refusal))
    return _page(visit, study, form, status=422)


def _page(visit: Visit, code: str, form: Form, *, status: int = 200) -> Response:
    work = visit.work
    study = get_study(work, code)
    names = list_contents(work, study)
    offers = (Offer(name, list_formats(name), get_content(work, study, name).tables) for name in names)
    page = ExportPage(
        study=study,
        frame=frame_of(work, study, "export") if names else None,
        offers=tuple(offers),
        formats=FORMATS,
        runs=tuple(list_runs(work, study)),
        form=form,
    )
    return render(visit, "export/export.html", page, status=status)


router.routes.extend([*pages.routes, *files.routes])
