"""Where an administrator sees which languages are offered, reads all texts of one, writes down who approved them, and
puts recordings beside sentences. Recordings themselves are for everyone: they say what every page says.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from starlette.datastructures import UploadFile

from journey.audit.service import record_act
from journey.auth.access import Admin, Everyone
from journey.rules.errors import NotFound
from journey.texts.approval import (
    BINDING,
    LanguageState,
    approve_language,
    get_state,
    list_sentences,
    list_states,
    texts_hash,
    withdraw_approval,
)
from journey.web.forms import Form
from journey.web.i18n import LANGUAGES, RIGHT_TO_LEFT
from journey.web.ranges import part_of, read_range
from journey.web.spoken import (
    LARGEST,
    MEDIA_TYPES,
    can_be_recorded,
    delete_recording,
    find_recording,
    keep_recording,
    list_recordings,
    mark_of,
    recordings_address,
)
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
CACHED = {"Cache-Control": "public, max-age=86400"}
NOT_CACHED = {"Cache-Control": "no-cache"}


@dataclass(frozen=True)
class LanguagesPage:
    """`offers_drafts`: this installation is no production and shows unapproved languages too, labelled."""

    states: tuple[LanguageState, ...]
    offers_drafts: bool


@dataclass(frozen=True)
class Line:
    """A sentence beside the Dutch; `mark` is "" when it cannot be recorded, or is where the same words stand before;
    `recording` is an address or ""."""

    dutch: str
    said: str
    part: str
    mark: str
    recording: str


@dataclass(frozen=True)
class LanguagePage:
    state: LanguageState
    direction: str
    lines: tuple[Line, ...]
    seen: str
    form: Form
    recorded: int
    wrong: str


@router.get("/admin/languages")
def show_languages(visit: Admin) -> Response:
    page = LanguagesPage(tuple(list_states(visit.work)), not visit.work.settings.is_production)
    return render(visit, "texts/languages.html", page)


@router.get("/admin/languages/{code}")
def show_language(visit: Admin, code: str) -> Response:
    return _page(visit, code, Form())


@router.post("/admin/languages/{code}")
def decide(visit: Admin, code: str) -> Response:
    """Approve in the name of who read everything, or with `withdraw` take that back."""
    form = visit.form()
    with form.attempt(visit.work):
        if form.checked("withdraw"):
            withdraw_approval(visit.work, code)
        else:
            approve_language(visit.work, code, form.text("name", required=True, most=120), form.typed("seen"))
    return redirect("/admin/languages") if form.ok else _page(visit, code, form, status=422)


@router.post("/admin/languages/{code}/recordings")
def record(visit: Admin, code: str) -> Response:
    """Keep a recording of one sentence, or with `delete` take it away."""
    content = _read_file(visit)
    get_state(visit.work, code)
    form, settings = visit.form(), visit.work.settings
    mark = form.typed("mark")
    words = next((one.said for one in list_sentences(visit.work, code) if mark_of(one.said) == mark), None)
    if words is None:
        raise NotFound("Deze zin staat niet meer in de teksten.")
    with form.attempt(visit.work):
        if form.checked("delete"):
            delete_recording(settings, code, words)
        else:
            keep_recording(settings, code, words, content)
        act = "delete" if form.checked("delete") else "keep"
        record_act(visit.work, f"recording.{act}", f"{code} {mark}")
    if form.ok:
        return redirect(f"/admin/languages/{code}#s{mark}")
    return _page(visit, code, form, status=422, wrong=mark)


@router.get("/recordings/{language}")
def list_spoken(visit: Everyone, language: str) -> Response:
    """The names of all recordings of a language, with a space between. Kept by browsers only when this process knows
    the state that the address asks for: another one may have heard of it first."""
    if language not in LANGUAGES:
        raise NotFound("Deze taal kennen wij niet.")
    names = list_recordings(visit.work.settings, language).values()
    address = recordings_address(visit.work.settings, language)
    is_that_state = address != "" and str(visit.request.url).endswith(address)
    return PlainTextResponse(" ".join(names), headers=CACHED if is_that_state else NOT_CACHED)


@router.get("/recordings/{language}/{name}")
def play(visit: Everyone, language: str, name: str) -> Response:
    content = find_recording(visit.work.settings, language, name) if language in LANGUAGES else None
    if content is None:
        raise NotFound("Deze opname is er niet.")
    asked = read_range(visit.request.headers.get("Range", ""), len(content))
    return part_of(content, asked, MEDIA_TYPES[name.rpartition(".")[2]], CACHED)


def _read_file(visit: Visit) -> bytes:
    file = visit.form_data.get("file")
    if not isinstance(file, UploadFile):
        return b""
    with file.file as content:
        return content.read(LARGEST + 1)


def _page(visit: Visit, code: str, form: Form, *, status: int = 200, wrong: str = "") -> Response:
    state = get_state(visit.work, code)
    files = list_recordings(visit.work.settings, code, fresh=True)
    lines: list[Line] = []
    for one in list_sentences(visit.work, code):
        mark = mark_of(one.said) if can_be_recorded(one.said) else ""
        address = f"/recordings/{code}/{files[mark]}" if mark in files else ""
        first = all(mark != line.mark for line in lines)
        lines.append(Line(one.dutch, one.said, one.part, mark if first else "", address))
    page = LanguagePage(
        state,
        "rtl" if code in RIGHT_TO_LEFT else "ltr",
        tuple(lines),
        "" if code == BINDING else texts_hash(visit.work, code),
        form,
        sum(bool(line.recording) for line in lines),
        wrong,
    )
    return render(visit, "texts/language.html", page, status=status)
