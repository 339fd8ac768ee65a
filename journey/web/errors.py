"""Refusals and faults as answers: a page for people, `application/problem+json` under `/api`."""

import logging
import re
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from journey.db import is_passing
from journey.logs import HEADER, current_request, numbered, place_of
from journey.rules.errors import DomainError
from journey.web.csrf import FIELD, StalePage
from journey.web.forms import said
from journey.web.i18n import gettext as _
from journey.web.i18n import use_language
from journey.web.templating import redirect, render
from journey.web.visit import SAFE_METHODS, Visit
from journey.web.way_back import remember_way

log = logging.getLogger("journey.web")

TITLES = {
    400: "Dat klopt niet",
    401: "U bent niet ingelogd",
    403: "Dit mag u niet zien",
    404: "Niet gevonden",
    405: "Dat kan hier niet",
    406: "Dat kan hier niet",
    409: "Dat kan nu niet",
    413: "Dit is te groot",
    415: "Dat kan hier niet",
    422: "Dat klopt niet",
    429: "Te veel pogingen",
    500: "Er ging iets mis",
    503: "Even niet bereikbaar",
}
SENTENCES = {
    400: "Dit konden wij niet lezen. Probeer het nog eens.",
    404: "Deze pagina bestaat niet.",
    405: "Zo werkt dit adres niet. Er is niets veranderd.",
    500: "Dit ligt aan ons. Wat al was opgeslagen, is bewaard. Probeer het later nog eens.",
    503: "Het systeem is even niet bereikbaar. Er is niets verloren. Probeer het zo nog eens.",
}
JSON_ONLY = "Stuur JSON, met Content-Type: application/json. Er is niets veranderd."
SECRET = re.compile("password|secret|^code$")
KEYS = ("idempotency_key", "page", "seen", "known", "asked")
PARTICIPANT_PAGES = ("/p/", "/code", "/check", "/privacy", "/accessibility", "/stopped")


@dataclass(frozen=True)
class ErrorPage:
    title: str
    message: str
    status: int
    number: str = ""  # of the request, on the page of a fault of ours: who tells us of it can name it
    frame: Any = None  # for who has no account: who asks and whom to call, as far as it can be known


@dataclass(frozen=True)
class StalePageAgain:
    """`fields` are (name, value) of what was sent to `action`."""

    action: str
    fields: list[tuple[str, str]]

    @property
    def typed(self) -> list[str]:
        """What a reader would know as typed: words, not keys and choices."""
        return [value for name, value in self.fields if value.strip() and name not in KEYS]


class NotAcceptable(DomainError):
    """Who asks accepts no answer that we can give."""

    status = 406


class SignInNeeded(DomainError):
    """No valid session or token."""

    status = 401


class ChangeNeeded(DomainError):
    """The password is a first one, which others know too."""

    status = 403


def problem(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    """RFC 9457; `errors` lists the fields of a wrong body."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _is_part(request: Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def _readable(text: str) -> str:
    """A name as it was sent may hold half a character, which no answer can."""
    return text.encode(errors="replace").decode()


def speak_as_before(request: Request) -> Visit:
    """Refusals are answered outside the thread of the view: in the language it had chosen, else in the one that a
    participant's page was asked in."""
    visit: Visit = getattr(request.state, "visit", None) or Visit(request, request.app.state.house)
    asked = request.query_params.get("lang", "") if visit.path.startswith(PARTICIPANT_PAGES) else ""
    use_language(visit.chosen_language or asked)
    return visit


async def meet(request: Request, status: int) -> Any:
    """What the room of participants has for who has no account: its frame, or another address; None for others."""
    if status >= 500 or _is_api(request) or _is_part(request):
        return None
    return await run_in_threadpool(request.app.state.meet_stranger, request, status)


def answer(request: Request, status: int, detail: str, frame: Any = None, **more: Any) -> Response:
    """`detail` is a sentence to translate, or one that was translated already; `frame` comes from `meet`."""
    if isinstance(frame, Response):
        return frame
    visit = speak_as_before(request)
    title = _(TITLES.get(status, TITLES[400 if status < 500 else 500]))
    if _is_api(request):
        return problem(status, title, _(detail), **more)
    if visit.is_htmx:
        template = "error/_message.html"
    else:
        is_theirs = frame or visit.path.startswith(PARTICIPANT_PAGES)
        template = "error/participant.html" if is_theirs else "error/page.html"
    page = ErrorPage(title, _(detail), status, current_request() if status >= 500 else "", frame)
    return render(visit, template, page, status=status)


def _give_back(request: Request) -> Response:
    """A page that was too long open: everything that was typed, to send again with one tap. What is secret is typed
    anew, and a file is chosen anew."""
    visit: Visit = request.state.visit
    fields = [
        (name, value)
        for name, value in visit.form_data.multi_items()
        if isinstance(value, str) and name != FIELD and not SECRET.search(name)
    ]
    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return render(visit, "error/stale.html", StalePageAgain(where, fields), status=403)


def _field(error: dict[str, Any]) -> str:
    """The field a wrong body has to mend; `body` when it cannot be read at all."""
    if error["type"] == "json_invalid" or len(error["loc"]) == 1:
        return "body"
    return _readable(".".join(str(part) for part in error["loc"][1:]))


def install(app: FastAPI) -> None:
    @app.exception_handler(DomainError)
    async def refused(request: Request, refusal: DomainError) -> Response:
        # A part of a page says that one was signed out; the sign-in page inside it would help nobody.
        is_page = not _is_api(request) and not _is_part(request)
        if isinstance(refusal, SignInNeeded) and is_page:
            return remember_way(request, request.app.state.house.settings, redirect("/"))
        if isinstance(refusal, ChangeNeeded) and is_page:
            return redirect("/account")
        if isinstance(refusal, StalePage) and is_page:
            return _give_back(request)
        frame = await meet(request, refusal.status)
        speak_as_before(request)  # before its sentence is put into words
        fields = {"errors": [{"field": refusal.field, "message": said(refusal)}]} if refusal.field else {}
        return answer(request, refusal.status, said(refusal), frame, **fields)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, wrong: RequestValidationError) -> Response:
        if not _is_api(request):
            status = 404 if all(error["loc"][0] == "path" for error in wrong.errors()) else 400
            return answer(request, status, SENTENCES[status], await meet(request, status))
        sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method not in SAFE_METHODS and sent and not sent.endswith(("/json", "+json")):
            return answer(request, 415, JSON_ONLY)
        errors = [{"field": _field(error), "message": error["msg"]} for error in wrong.errors()]
        named = "; ".join(f"{error['field']}: {error['message']}" for error in errors)
        return answer(request, 400, named, errors=errors)

    @app.exception_handler(HTTPException)
    async def http(request: Request, fault: HTTPException) -> Response:
        frame = await meet(request, fault.status_code)
        page = answer(request, fault.status_code, SENTENCES.get(fault.status_code, str(fault.detail)), frame)
        page.headers.update(fault.headers or {})
        return page

    @app.exception_handler(SQLAlchemyError)
    async def away(request: Request, fault: SQLAlchemyError) -> Response:
        """A database that is away, full or too busy: nothing was half done, and the same may work in a moment."""
        if not is_passing(fault):
            raise fault
        log.error("the database does not answer: %s", place_of(fault))
        page = answer(request, 503, SENTENCES[503])
        page.headers["Retry-After"] = "5"
        return page

    @app.exception_handler(Exception)
    async def broken(request: Request, fault: Exception) -> Response:
        # The framework calls this outside our own middleware, so the number and the headers are put on again.
        number = getattr(request.state, "number", "")
        with numbered(number):
            log.error("unhandled %s", place_of(fault))
            page = answer(
                request, 500, SENTENCES[500], **({"request_id": number} if _is_api(request) else {})
            )
        page.headers[HEADER] = number
        request.app.state.headers.put(page.headers, request.url.path, 500)
        return page
