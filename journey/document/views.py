"""The report on screen and as a file, recording it, and writing its texts. Managers read what was published and
recorded for them; the research side also the live figures.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from fastapi import APIRouter, Response

from journey.auth.access import FiguresReader, Researcher
from journey.auth.scope import get_study
from journey.document.content import Audience, Content
from journey.document.files import Format, answer_with, make_file
from journey.document.service import (
    get_snapshot,
    get_snapshot_on,
    list_snapshots,
    open_report,
    open_snapshot,
    read_report,
    record_snapshot,
)
from journey.document.texts import LONGEST, SectionText, get_section, list_sections, record_text
from journey.models import ReportSnapshot
from journey.report.frame import frame_of
from journey.report.pages import Frame
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

Asked = Literal["manager", "research", ""]


@dataclass(frozen=True)
class ReportPage:
    """`snapshot` is None for the report of today; `may_write` for the research side."""

    frame: Frame
    content: Content
    audience: Audience
    snapshot: ReportSnapshot | None
    snapshots: tuple[ReportSnapshot, ...]
    may_write: bool

    @property
    def address(self) -> str:
        base = f"/studies/{self.frame.study.code}/report"
        return f"{base}/{self.snapshot.number}" if self.snapshot else base

    def file(self, kind: str) -> str:
        """Where this report is as a file."""
        asked = f"&audience={self.audience}" if self.may_write and self.snapshot is None else ""
        return f"{self.address}?format={kind}{asked}"


@dataclass(frozen=True)
class TextsPage:
    frame: Frame
    sections: tuple[SectionText, ...]


@dataclass(frozen=True)
class TextPage:
    """`other` is the text of somebody else that the writer did not see yet."""

    frame: Frame
    section: SectionText
    form: Form
    body: str
    seen: int
    other: str | None = None
    longest: int = LONGEST


@router.get("/studies/{study}/report")
def show_report(
    visit: FiguresReader,
    study: str,
    audience: Asked = "",
    on: date | None = None,
    format: Format | None = None,
) -> Response:
    """The report of today; with `on` the one that was recorded last on or before that day."""
    found, reader = get_study(visit.work, study), _audience(visit, audience)
    if on is not None:
        number = get_snapshot_on(visit.work, found, reader, on).number
        asked = f"?format={format}" if format else ""
        return redirect(f"/studies/{found.code}/report/{number}{asked}")
    content = open_report(visit.work, found, read_report(visit.work, found, reader))
    if format:
        return answer_with(make_file(content, format, visit.work.now))
    return _page(visit, study, content, None)


@router.post("/studies/{study}/report/record")
def record(visit: FiguresReader, study: str) -> Response:
    """The button that records the report as it is today."""
    found, form = get_study(visit.work, study), visit.form()
    asked: Audience = "manager" if form.typed("audience") == "manager" else _audience(visit, "")
    snapshot = record_snapshot(visit.work, found, asked)
    return redirect(f"/studies/{found.code}/report/{snapshot.number}")


@router.get("/studies/{study}/report/texts")
def show_texts(visit: Researcher, study: str) -> Response:
    found = get_study(visit.work, study)
    page = TextsPage(frame_of(visit.work, found, "report"), tuple(list_sections(visit.work, found)))
    return render(visit, "document/texts.html", page)


@router.get("/studies/{study}/report/texts/{section}")
def show_text(visit: Researcher, study: str, section: str) -> Response:
    found = get_study(visit.work, study)
    one = get_section(visit.work, found, section)
    body = one.text.body if one.text else ""
    page = TextPage(frame_of(visit.work, found, "report"), one, Form(), body, one.seen)
    return render(visit, "document/text.html", page)


@router.post("/studies/{study}/report/texts/{section}")
def write_text(visit: Researcher, study: str, section: str) -> Response:
    """Refused when somebody else wrote meanwhile: both texts are shown, and the next time this one counts."""
    found, form = get_study(visit.work, study), visit.form()
    seen = form.whole("seen", least=0, most=2**31, required=False) or 0
    with form.attempt(visit.work):
        record_text(visit.work, found, section, form.typed("body"), seen=seen)
    if form.ok:
        return redirect(f"/studies/{found.code}/report/texts")
    one = get_section(visit.work, found, section)
    other = one.text.body if one.text and one.seen != seen else None
    frame = frame_of(visit.work, found, "report")
    page = TextPage(frame, one, form, form.typed("body"), one.seen, other)
    return render(visit, "document/text.html", page, status=422)


@router.get("/studies/{study}/report/{number}")
def show_snapshot(visit: FiguresReader, study: str, number: int, format: Format | None = None) -> Response:
    """A recorded report, on the page or as a file."""
    found = get_study(visit.work, study)
    snapshot = get_snapshot(visit.work, found, number)
    content = open_snapshot(visit.work, found, snapshot)
    if format:
        return answer_with(make_file(content, format, visit.work.now, number))
    return _page(visit, study, content, snapshot)


def _page(visit: Visit, study: str, content: Content, snapshot: ReportSnapshot | None) -> Response:
    found = get_study(visit.work, study)
    page = ReportPage(
        frame_of(visit.work, found, "report"),
        content,
        content.audience,
        snapshot,
        tuple(list_snapshots(visit.work, found)),
        visit.actor is not None and visit.actor.is_researcher,
    )
    return render(visit, "document/report.html", page)


def _audience(visit: Visit, asked: Asked) -> Audience:
    """What was asked for, else the reader's own side."""
    if asked:
        return asked
    return "research" if visit.actor is not None and visit.actor.is_researcher else "manager"
