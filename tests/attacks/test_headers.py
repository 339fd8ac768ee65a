"""Every answer carries every header of security, also the ones no view made: refusals, limits and faults of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy.exc import OperationalError

from journey.portal import public
from journey.portal.tries import QUESTIONS
from tests.support.build import csrf_of, sign_in
from tests.support.pages import PageClient

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
Ask = Callable[[PageClient, FastAPI], Response]


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[PageClient]:
    with PageClient(app, raise_server_exceptions=False) as client:
        yield client


def lacking(answer: Response) -> list[str]:
    """The headers that an answer misses or has wrong."""
    policy = answer.headers.get("Content-Security-Policy", "")
    wrong = [name for name, value in ALWAYS.items() if answer.headers.get(name) != value]
    if not ("default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy):
        wrong.append("Content-Security-Policy")
    if not answer.headers.get("X-Request-ID"):
        wrong.append("X-Request-ID")
    is_asset = str(answer.request.url.path).startswith("/static/") and answer.status_code == 200
    if ("no-store" in answer.headers.get("Cache-Control", "")) == is_asset:
        wrong.append("Cache-Control")
    return wrong


def form_that_is_wrong(_visitor: PageClient, app: FastAPI) -> Response:
    inside = sign_in(app, "robin@example.nl", "researcher")
    return inside.post(
        "/account/password", data={"csrf_token": csrf_of(inside), "current": "x", "new": "y", "again": "z"}
    )


def too_often(visitor: PageClient, _app: FastAPI) -> Response:
    for _ in range(QUESTIONS):
        visitor.post("/check", data={"what": "0612345678"})
    return visitor.post("/check", data={"what": "0612345678"})


ASKED: dict[str, tuple[int, Ask]] = {
    "page": (200, lambda visitor, _app: visitor.get("/code")),
    "health": (200, lambda visitor, _app: visitor.get("/health/live")),
    "picture": (200, lambda visitor, _app: visitor.get("/static/icon.svg")),
    "no such asset": (404, lambda visitor, _app: visitor.get("/static/none.css")),
    "way in": (303, lambda visitor, _app: visitor.get("/calls", follow_redirects=False)),
    "no such page": (404, lambda visitor, _app: visitor.get("/nothing")),
    "unsigned webhook": (
        403,
        lambda visitor, _app: visitor.post("/webhooks/twilio/inbound", data={"From": "1"}),
    ),
    "other verb": (405, lambda visitor, _app: visitor.delete("/code")),
    "too large": (413, lambda visitor, _app: visitor.post("/check", content=b"x" * 1_000_001)),
    "wrong form": (422, form_that_is_wrong),
    "too often": (429, too_often),
    "api without token": (401, lambda visitor, _app: visitor.get("/api/v1/calls")),
    "api too large": (
        413,
        lambda visitor, _app: visitor.post("/api/v1/participants", content=b"x" * 1_000_001),
    ),
    "api description": (200, lambda visitor, _app: visitor.get("/api/v1/openapi.json")),
}


@pytest.mark.usefixtures("still_clock")
@pytest.mark.parametrize("asked", ASKED)
def test_every_header_is_on_every_answer(visitor: PageClient, app: FastAPI, asked: str) -> None:
    status, ask = ASKED[asked]
    answer = ask(visitor, app)
    assert answer.status_code == status
    assert lacking(answer) == []


@pytest.mark.parametrize(
    ("fault", "status"),
    [(RuntimeError("x"), 500), (OperationalError("SELECT", {}, Exception("database is locked")), 503)],
)
def test_the_page_of_a_fault_has_them_too(
    visitor: PageClient, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int
) -> None:
    def fall(*_args: object) -> None:
        raise fault

    monkeypatch.setattr(public, "render", fall)
    answer = visitor.get("/privacy")
    assert answer.status_code == status
    assert lacking(answer) == []


def test_a_fault_below_the_api_has_them_too(
    visitor: PageClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_args: object, **_more: object) -> None:
        raise RuntimeError("x")

    monkeypatch.setattr("journey.auth.access._token_actor", fall)
    answer = visitor.get("/api/v1/calls", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["API-Version"]
    assert lacking(answer) == []


@pytest.mark.parametrize("path", ["/static/journey.css", "/static/participant.js"])
def test_a_script_or_style_sheet_has_the_headers_that_say_something_there(
    visitor: PageClient, path: str
) -> None:
    headers = visitor.get(path).headers
    assert (headers["X-Content-Type-Options"], headers["Cross-Origin-Resource-Policy"]) == (
        "nosniff",
        "same-origin",
    )
    assert "Content-Security-Policy" not in headers and "immutable" in headers["Cache-Control"]
