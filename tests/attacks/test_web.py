"""What a browser, a proxy or a stranger on the network can try against any page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, cast

import anyio
import pytest
import uvicorn
from fastapi import FastAPI, Request
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from journey.app import create_app
from journey.cli.running import server_options
from journey.settings import Settings
from journey.web.limits import BodyLimit
from tests.architecture.test_access import flat
from tests.support.build import csrf_of, sign_in
from tests.support.pages import PageClient

PAGES = ("/", "/code", "/check", "/p/wrong", "/privacy", "/nothing", "/api/v1/calls", "/api/v1/openapi.json")
STAFF_PAGES = ("/calls", "/participants", "/studies", "/agenda")


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_forbids_framing_sniffing_caching_and_indexing(client: PageClient, page: str) -> None:
    headers = client.get(page, follow_redirects=False).headers
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy and "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"


def test_https_is_kept_for_a_year_with_all_below_it(database_url: str) -> None:
    with TestClient(
        create_app(Settings(database_url=database_url, base_url="https://reis.example.nl"))
    ) as client:
        kept = client.get("/code").headers["Strict-Transport-Security"]
    assert kept == "max-age=31536000; includeSubDomains"


def test_over_plain_http_no_promise_is_made(client: PageClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/code").headers


@pytest.mark.parametrize(
    "page", ["/p/wrong.css", "/p/wrong/style.css", "/static/..%2fp/wrong", "/static/%2e%2e/code"]
)
def test_a_page_that_poses_as_a_file_is_not_cached(client: PageClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pyproject.toml",
        "/static/..%2f..%2fpyproject.toml",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static//etc/passwd",
        "/static/..\\pyproject.toml",
        "/static/.%00./pyproject.toml",
    ],
)
def test_no_path_leaves_the_folder_of_assets(client: PageClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_host_that_is_claimed_is_in_no_answer(client: PageClient) -> None:
    for page in ("/", "/code", "/code/", "/check/", "/calls", "/sign-in/", "/api/v1/calls/", "/static"):
        answer = client.get(page, headers={"Host": "evil.example"}, follow_redirects=False)
        assert "evil.example" not in answer.text + str(answer.headers), page


def test_nobody_is_sent_to_another_site(client: PageClient, app: FastAPI) -> None:
    inside = sign_in(app, "robin@example.nl", "researcher")
    for visitor in (client, inside):
        for page in ("/", "/calls", "/stopped", "/p/x/ratings"):
            for name in ("next", "return", "url", "back", "to"):
                for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
                    answer = visitor.get(page, params={name: target}, follow_redirects=False)
                    assert "evil.example" not in answer.headers.get("location", "")


def test_a_slash_too_many_in_front_is_no_other_site(client: PageClient) -> None:
    for page in ("//evil.example/", "//evil.example/code/", "/%2fevil.example/"):
        answer = client.get("http://127.0.0.1:8000" + page, follow_redirects=False)
        assert not answer.headers.get("location", "").startswith(("//", "http"))


# --- verbs and forms of others ----------------------------------------------------------------------


def test_no_view_writes_on_a_safe_verb(app: FastAPI) -> None:
    """A GET runs in a unit of work that never commits; whatever writes declares POST."""
    verbs = {method for route in flat(app.routes) for method in getattr(route, "methods", None) or ()}
    assert verbs <= {"GET", "HEAD", "POST"}


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE", "TRACE", "QZ"])
def test_another_verb_is_refused(app: FastAPI, verb: str) -> None:
    inside = sign_in(app, "robin@example.nl", "researcher")
    for page in ("/sign-out", "/calls", "/participants/H-001", "/api/v1/participants/H-001"):
        assert inside.request(verb, page).status_code in (404, 405)


@pytest.mark.parametrize("hidden", [{"_method": "DELETE"}, {"X-HTTP-Method-Override": "POST"}])
def test_a_verb_in_a_field_or_header_is_no_verb(app: FastAPI, hidden: dict[str, str]) -> None:
    inside = sign_in(app, "robin@example.nl", "researcher")
    assert inside.get("/sign-out", params=hidden, headers=hidden).status_code == 405
    assert inside.get("/calls").status_code == 200


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"csrf_token": ""}', "application/json"),
        (b"csrf_token=", "text/plain"),
        (b"", "application/x-www-form-urlencoded"),
        (b"csrf_token=%C3%A9%00", "application/x-www-form-urlencoded"),
        (b"csrf_token=a&csrf_token=b", "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"<a/>", "text/xml"),
    ],
)
def test_no_content_type_gets_around_the_field_of_our_form(
    app: FastAPI, content: bytes, content_type: str
) -> None:
    inside = sign_in(app, "robin@example.nl", "researcher")
    answer = inside.post("/agenda/digest", content=content, headers={"Content-Type": content_type})
    assert answer.status_code in (400, 403)


def test_the_field_of_another_session_is_refused(app: FastAPI) -> None:
    ours, theirs = (sign_in(app, f"{name}@example.nl", "researcher") for name in ("robin", "sam"))
    assert ours.post("/agenda/digest", data={"csrf_token": csrf_of(theirs)}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    ],
)
def test_a_form_on_another_site_is_refused_even_with_our_field(app: FastAPI, headers: dict[str, str]) -> None:
    inside = sign_in(app, "robin@example.nl", "researcher")
    answer = inside.post("/agenda/digest", data={"csrf_token": csrf_of(inside)}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("base", "host", "origin", "ours"),
    [
        ("https://haarlem.example", "127.0.0.1:8000", "https://haarlem.example", True),
        ("https://haarlem.example", "app:8000", "https://haarlem.example:443", True),
        ("https://Haarlem.Example:443/", "app:8000", "https://haarlem.example", True),
        ("https://haarlem.example", "app:8000", "HTTPS://HAARLEM.EXAMPLE", True),
        ("http://127.0.0.1:8000", "192.168.1.7:8000", "http://192.168.1.7:8000", True),
        ("https://haarlem.example", "app:8000", "http://haarlem.example", False),
        ("https://haarlem.example", "app:8000", "https://haarlem.example:8443", False),
        ("https://haarlem.example", "app:8000", "https://haarlem.example.evil.example", False),
        ("https://haarlem.example", "app:8000", "https://evil.example", False),
        ("https://haarlem.example", "app:8000", "null", False),
        ("https://haarlem.example", "app:8000", "", False),
        ("https://haarlem.example", "app:8000", "https://haarlem.example:99999", False),
    ],
)
def test_an_older_phone_is_known_by_our_public_address(
    settings: Settings, base: str, host: str, origin: str, ours: bool
) -> None:
    """It sends no Sec-Fetch-Site, and a proxy may have rewritten Host."""
    app = create_app(settings.model_copy(update={"base_url": base}))
    with PageClient(app) as phone:
        answer = phone.post(
            "/p/unknown/sent/1/delete", headers={"Origin": origin, "Host": host}, follow_redirects=False
        )
    app.state.house.database.close()
    assert answer.status_code == (404 if ours else 403)


def test_the_header_of_our_script_may_be_any_letters(app: FastAPI) -> None:
    inside = sign_in(app, "robin@example.nl", "researcher")
    assert inside.post("/agenda/digest", headers={b"X-CSRF-Token": "é".encode()}).status_code == 403


# --- where somebody comes from ----------------------------------------------------------------------


def origin_seen(settings: Settings, peer: str, forwarded: str) -> str:
    """Runs a request through the server's own reading of what proxies say."""

    async def app(scope: dict[str, object], _receive: object, send: object) -> None:
        request = Request(scope)
        await PlainTextResponse(request.client.host if request.client else "")(scope, _receive, send)  # type: ignore[arg-type]

    config = uvicorn.Config(app, lifespan="off", **server_options(settings))
    config.load()
    client = TestClient(config.loaded_app, client=(peer, 5000))
    return str(client.get("/", headers={"X-Forwarded-For": forwarded}).text)


def test_a_visitor_cannot_choose_the_own_origin(settings: Settings) -> None:
    assert origin_seen(settings, "198.51.100.7", "10.0.0.1") == "198.51.100.7"


def test_what_a_visitor_adds_before_our_proxy_does_not_count(settings: Settings) -> None:
    assert origin_seen(settings, "127.0.0.1", "10.0.0.1, 198.51.100.7") == "198.51.100.7"


def test_a_proxy_elsewhere_is_believed_when_it_is_named(settings: Settings) -> None:
    behind = settings.model_copy(update={"trusted_proxies": "10.1.0.0/16"})
    assert origin_seen(behind, "10.1.2.3", "198.51.100.7") == "198.51.100.7"


def test_nobody_trusts_every_proxy() -> None:
    with pytest.raises(ValidationError, match="every visitor"):
        Settings(trusted_proxies="*")


# --- bodies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("announced", ["1000001", "9" * 5000])
def test_a_body_that_announces_too_much_is_not_read(client: PageClient, announced: str) -> None:
    answer = client.post("/check", content=b"what=x", headers={"Content-Length": announced})
    assert answer.status_code == 413


def test_a_body_that_stops_coming_is_let_go() -> None:
    async def silent() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()

    limit = BodyLimit(reading, most=1000, silence=0.01)
    scope: Any = {"type": "http", "method": "POST", "path": "/check", "headers": [], "query_string": b""}
    with pytest.raises(HTTPException) as refused:
        anyio.run(cast("Any", limit), scope, silent, silent)
    assert refused.value.status_code == 408


def test_a_form_of_thousands_of_fields_is_refused(client: PageClient) -> None:
    answer = client.post("/check", data={f"f{number}": "x" for number in range(3000)})
    assert answer.status_code == 400


# --- where weaknesses are told ----------------------------------------------------------------------


@pytest.fixture
def told(database_url: str) -> Iterator[TestClient]:
    settings = Settings(
        database_url=database_url,
        base_url="https://reis.example.nl",
        security_contact="mailto:veilig@example.nl",
        today=date(2026, 3, 16),
    )
    with TestClient(create_app(settings)) as client:
        yield client


def test_who_finds_a_weakness_reads_whom_to_tell(told: TestClient) -> None:
    answer = told.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(re.findall(r"^([\w-]+): (.+)$", answer.text, re.MULTILINE))
    assert fields["Contact"] == "mailto:veilig@example.nl"
    assert fields["Expires"] == "2026-09-14T00:00:00Z"
    assert fields["Canonical"] == "https://reis.example.nl/.well-known/security.txt"


def test_without_a_contact_there_is_no_such_page(client: PageClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


def test_an_expired_contact_is_not_told(database_url: str) -> None:
    settings = Settings(
        database_url=database_url,
        security_contact="https://example.nl/meld",
        security_contact_until=date(2026, 3, 15),
        today=date(2026, 3, 16),
    )
    with TestClient(create_app(settings)) as client:
        assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    "contact", ["veilig@example.nl", "mailto:a@example.nl\nContact: x", "http://example.nl"]
)
def test_a_contact_that_cannot_be_reached_safely_is_refused(contact: str) -> None:
    with pytest.raises(ValidationError, match="contact"):
        Settings(security_contact=contact)
