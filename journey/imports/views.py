"""Files handed in on a page: choose, look at what would happen, and only then take it in.

Journeys: the research side and the administrator. Participants: the research side only; what a file of journeys shows
does not depend on them.
"""

import logging
import queue
import threading
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response
from starlette.responses import StreamingResponse

from journey.auth.access import only
from journey.auth.scope import get_study
from journey.imports.keeping import find_kept, forget, keep
from journey.imports.plan import CONTENTS, JOURNEYS, PARTICIPANTS, RESPONSES, Line, Plan, list_runs
from journey.imports.reading import LARGEST_FILE, SEPARATORS
from journey.imports.service import (
    ImportRefused,
    Source,
    count_words,
    faults_file,
    import_file,
    open_sheet,
    preview,
)
from journey.imports.templates import KINDS, as_csv, as_xlsx, template_rows, understood
from journey.logs import place_of
from journey.models import ImportRun, Study
from journey.report.frame import frame_of
from journey.report.pages import Frame
from journey.rules.errors import DomainError, Forbidden, NotFound
from journey.rules.roles import ADMIN, LEAD, RESEARCHER
from journey.web.filters import number
from journey.web.forms import Form, said
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import LongRead, UnitOfWork, Visit
from journey.work import Actor, House

log = logging.getLogger("journey.imports")

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
# Reading a large file takes long, and writes nothing in the database.
_reading = APIRouter(route_class=LongRead, include_in_schema=False)

Importer = Annotated[Visit, Depends(only(RESEARCHER, LEAD, ADMIN))]

# Room for the file and the fields beside it.
BODY_LIMITS: Final = {"/studies/[^/]+/import": LARGEST_FILE + 100_000}
PAGE: Final = 100
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROGRESS: Final = "<!--progress-->"
RESULT: Final = "<!--result-->"


@dataclass(frozen=True)
class ImportPage:
    """`frame` is None for who may not see the figures of the study."""

    form: Form
    study: Study
    frame: Frame | None
    contents: tuple[str, ...]
    columns: tuple[tuple[str, str, list[tuple[str, str]]], ...]
    runs: tuple[ImportRun, ...]


@dataclass(frozen=True)
class PreviewPage:
    study: Study
    plan: Plan
    address: str
    counts: tuple[str, ...]
    lines: tuple[Line, ...]
    number: int
    pages: int


@dataclass(frozen=True)
class RunPage:
    study: Study
    content: str


@dataclass(frozen=True)
class ResultPage:
    """`sentence` says why nothing was taken in; empty when everything was."""

    study: Study
    plan: Plan | None
    counts: tuple[str, ...] = ()
    sentence: str = ""


@router.get("/studies/{study}/import")
def show_import(visit: Importer, study: str) -> Response:
    found = get_study(visit.work, study)
    return _form(visit, found, Form({"content": _contents(visit, found)[0]}))


@_reading.post("/studies/{study}/import")
def take_file(visit: Importer, study: str) -> Response:
    """Keep the file for the preview; a file that cannot be read at all is said at once."""
    found = get_study(visit.work, study)
    form = visit.form()
    content = form.choice("content", _contents(visit, found), required=True)
    separator = form.choice("separator", SEPARATORS) or ""
    file = _read_upload(visit.form_data.get("file"))
    if not file:
        form.refuse("file", _("Kies een bestand."))
    if content and form.ok:
        with form.attempt(visit.work):
            open_sheet(visit.work, found, Source(content, file, separator))
    if not content or not form.ok:
        return _form(visit, found, form, status=422)
    name = keep(visit.house, _actor(visit), found, Source(content, file, separator))
    return redirect(f"/studies/{found.code}/import/{content}/{name}")


@router.get("/studies/{study}/import-template/{name}")
def download_template(visit: Importer, study: str, name: str) -> Response:
    """`reizen.csv`, `reizen-lang.xlsx`, `deelnemers.csv` …"""
    kind, _dot, extension = name.partition(".")
    if kind not in KINDS or extension not in ("csv", "xlsx"):
        raise NotFound("Dit bestand is er niet.")
    rows = template_rows(visit.work, get_study(visit.work, study), kind)
    if extension == "csv":
        return _download(as_csv(rows), "text/csv; charset=utf-8", name)
    return _download(as_xlsx(rows), XLSX, name)


@router.get("/studies/{study}/import/{content}/{name}")
def show_preview(visit: Importer, study: str, content: str, name: str, page: str = "1") -> Response:
    found = get_study(visit.work, study)
    plan = preview(visit.work, found, _kept(visit, found, content, name))
    lines = plan.sorted_lines
    pages = max(1, -(-len(lines) // PAGE))
    at = min(pages, max(1, int(page))) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    shown = PreviewPage(
        found,
        plan,
        f"/studies/{found.code}/import/{content}/{name}",
        tuple(count_words(plan)),
        tuple(lines[(at - 1) * PAGE : at * PAGE]),
        at,
        pages,
    )
    return render(visit, "imports/preview.html", shown)


@router.get("/studies/{study}/import/{content}/{name}/faults.csv")
def download_faults(visit: Importer, study: str, content: str, name: str) -> Response:
    found = get_study(visit.work, study)
    plan = preview(visit.work, found, _kept(visit, found, content, name))
    return _download(faults_file(plan.all_faults).encode(), "text/csv; charset=utf-8", "fouten.csv")


@router.post("/studies/{study}/import/{content}/{name}/forget")
def forget_file(visit: Importer, study: str, content: str, name: str) -> Response:
    found = get_study(visit.work, study)
    _kept(visit, found, content, name)
    forget(visit.house, name)
    return redirect(f"/studies/{found.code}/import")


@router.post("/studies/{study}/import/{content}/{name}")
def run_import(visit: Importer, study: str, content: str, name: str) -> Response:
    """The page comes line by line while the file is taken in; whoever leaves it stops nothing.

    The import has a thread and a unit of work of its own, so the first line goes out before anything is recorded: the
    last part of the page says what became of it.
    """
    found = get_study(visit.work, study)
    source = _kept(visit, found, content, name)
    frame = render(visit, "imports/run.html", RunPage(found, content))
    before, _mark, rest = bytes(frame.body).decode().partition(PROGRESS)
    end_of_list, _mark, after = rest.partition(RESULT)
    told: queue.Queue[tuple[int, int] | ResultPage] = queue.Queue()

    def answer() -> Iterator[str]:
        work = _Work(visit.house, _actor(visit), visit.origin, found, source, name, told)
        threading.Thread(target=copy_context().run, args=(work.run,), name="import").start()
        yield before
        while not isinstance(step := told.get(), ResultPage):
            yield f"<li>{_shown_step(*step)}</li>\n"
        yield end_of_list + bytes(render(visit, "imports/_result.html", step).body).decode() + after

    # Compressed, the lines would be kept back until the end.
    return StreamingResponse(answer(), media_type="text/html", headers={"Content-Encoding": "identity"})


@dataclass(frozen=True)
class _Work:
    """One import in its own thread."""

    house: House
    actor: Actor
    origin: str
    study: Study
    source: Source
    name: str
    told: "queue.Queue[tuple[int, int] | ResultPage]"

    def run(self) -> None:
        result = ResultPage(
            self.study, None, sentence=_("Dit ligt aan ons. Er is niets ingelezen. Probeer het nog eens.")
        )
        try:
            with self.house.work(self.actor, origin=self.origin) as work:
                plan = import_file(work, self.study.code, self.source, lambda *step: self.told.put(step))
            result = ResultPage(self.study, plan, tuple(count_words(plan)))
            forget(self.house, self.name)
        except ImportRefused as refused:
            result = ResultPage(self.study, refused.plan, sentence=_("Er is niets ingelezen."))
        except DomainError as refusal:
            result = ResultPage(self.study, None, sentence=said(refusal))
        except Exception as fault:
            log.error("import failed: %s", place_of(fault))
        finally:
            self.told.put(result)


def _read_upload(upload: Any) -> bytes:
    """Its bytes, and the copy that the form keeps meanwhile is let go of."""
    if not hasattr(upload, "file"):
        return b""
    try:
        return bytes(upload.file.read())
    finally:
        upload.file.close()


def _shown_step(done: int, total: int) -> str:
    if done >= total:
        return _("%(total)s klaar; nu vastleggen en de cijfers bijwerken.", total=number(total))
    return _("%(done)s van %(total)s", done=number(done), total=number(total))


def _form(visit: Visit, study: Study, form: Form, *, status: int = 200) -> Response:
    contents = _contents(visit, study)
    kinds: tuple[tuple[str, str], ...] = (
        ("reizen", _("Reizen, één rij per aanvraag")),
        ("reizen-lang", _("Reizen, één rij per stap")),
    )
    if study.is_survey:
        kinds = (("antwoorden", _("Antwoorden, één rij per mens")),)
    if PARTICIPANTS in contents:
        kinds += (("deelnemers", _("Deelnemers")),)
    page = ImportPage(
        form,
        study,
        frame_of(visit.work, study, "import") if _actor(visit).is_researcher else None,
        contents,
        tuple((kind, label, understood(visit.work, study, kind)) for kind, label in kinds),
        tuple(list_runs(visit.work, study, contents)),
    )
    return render(visit, "imports/index.html", page, status=status)


def _contents(visit: Visit, study: Study) -> tuple[str, ...]:
    """What may be taken in here by this reader; Forbidden when that is nothing."""
    if study.is_survey:
        if not _actor(visit).is_researcher:
            raise Forbidden("Dit hoort niet bij uw rol.")
        return (RESPONSES,)
    others = tuple(one for one in CONTENTS if one != RESPONSES)
    return others if _actor(visit).is_researcher else (JOURNEYS,)


def _kept(visit: Visit, study: Study, content: str, name: str) -> Source:
    if content not in CONTENTS:
        raise NotFound("Deze pagina bestaat niet.")
    if content not in _contents(visit, study):
        raise Forbidden("Dit hoort niet bij uw rol.")
    source = find_kept(visit.house, _actor(visit), study, content, name)
    if source is None:
        raise NotFound("Dit bestand bewaren we niet meer. Kies het opnieuw.")
    return source


def _actor(visit: Visit) -> Actor:
    return visit.work.actor


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


router.routes.extend(_reading.routes)
