"""The two scripts in a real browser: taps without network are kept, sent in order and once, and leave no trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from journey.resources import folder
from journey.web.taps import TapMark
from journey.web.templating import environment
from tests.support.server import served

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page

CALL = """{% extends "base.html" %}
{% from "_components/forms.html" import csrf, idempotency, textarea, error_summary %}
{% from "_components/rating.html" import rating %}
{% block scripts %}<script src="{{ static("place.js") }}" defer></script>{% endblock %}
{% block main %}<div id="call-step">{{ error_summary(errors) }}
<form method="post" action="/tap" data-keep data-target="call-step">{{ csrf("t") }}{{ idempotency("first") }}
{{ rating("step", "Hoe was de stap?", value=value) }}</form>
<form method="post" action="/tap" data-keep data-target="call-step">{{ csrf("t") }}{{ idempotency("second") }}
{{ textarea("quote", "Waarom?", value="Lang.", required=False, draft="q") }}<button>Bewaar</button></form></div>
<a href="/call?next">Volgende</a>{% endblock %}"""
QUESTION = """{% extends "participant_base.html" %}
{% from "_components/forms.html" import idempotency %}{% from "_components/rating.html" import rating %}
{% block main %}<h1>{{ title }}</h1>{% if title != "Dank u wel" %}
<form method="post" action="/answer" data-keep>{{ idempotency("first") }}
{{ rating("value", "Uw antwoord", size="large", others=False) }}</form>{% endif %}{% endblock %}"""


@dataclass
class Desk:
    """A server that remembers what it was sent; `status` is what it answers to a tap."""

    address: str = ""
    taps: list[dict[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    status: int = 200

    def said(self, name: str) -> list[str]:
        return [tap[name] for tap in self.taps if name in tap]

    async def call(self, request: Request) -> Response:
        return self._page(signed_in="out" not in request.query_params)

    async def door(self, _request: Request) -> Response:
        return self._page(signed_in=False)

    async def tap(self, request: Request) -> Response:
        body = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        self.taps.append(body)
        self.tokens.add(request.headers.get("X-CSRF-Token", ""))
        if self.status == 401:
            return self._page(401, signed_in=False)
        if self.status == 422:
            return self._page(422, errors={"quote": "Geen namen."})
        if self.status == 409:
            return HTMLResponse("<p>Deze deelnemer is gestopt.</p>", 409)
        return self._page(self.status, value=body.get("step"))

    async def question(self, _request: Request) -> Response:
        return HTMLResponse(_render(QUESTION, title="Hoe was het gesprek?"))

    async def answer(self, request: Request) -> Response:
        await self.tap(request)
        return HTMLResponse(_render(QUESTION, title="Dank u wel"))

    def _page(self, status: int = 200, *, signed_in: bool = True, **shown: Any) -> Response:
        page = {"value": None, "errors": {}} | shown
        return HTMLResponse(_render(CALL, signed_in=signed_in, **page), status)


def _render(source: str, *, signed_in: bool = True, **shown: Any) -> str:
    visit = SimpleNamespace(
        actor=SimpleNamespace(id=3, name="Sanne", role="researcher") if signed_in else None,
        locale="nl",
        dir="ltr",
        csrf_token="t",
        follows_tap=False,
        recorded="",
        nav=[],
        nav_row=[],
        nav_more=[],
    )
    return environment().from_string(source).render(visit=visit, page=None, **shown)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setitem(environment().globals, "static", lambda path: f"/static/{path}")
    desk = Desk()
    routes = [
        Route("/call", desk.call),
        Route("/tap", desk.tap, methods=["POST"]),
        Route("/sign-out", desk.door, methods=["POST"]),
        Route("/question", desk.question),
        Route("/answer", desk.answer, methods=["POST"]),
        Mount("/static", StaticFiles(directory=folder("static"))),
    ]
    with served(lambda _address: Starlette(routes=routes, middleware=[Middleware(TapMark)])) as desk.address:
        yield desk


@pytest.fixture
def call(desk: Desk, page: Page) -> Page:
    """The call screen, open on a phone."""
    page.goto(f"{desk.address}/call")
    return page


def wait_for(page: Page, text: str) -> None:
    page.locator("[data-keep-status]").get_by_text(text).wait_for()


def keep_retrying(page: Page) -> None:
    """The network comes back again and again, so that no test waits for the quarter minute between tries."""
    page.evaluate("() => { setInterval(() => dispatchEvent(new Event('online')), 100) }")


def kept(page: Page) -> int:
    """What somebody tapped or typed; the mark of whose tab it is stays until they sign out."""
    stored = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    return len([name for name in stored if name != "journey-owner"])


def offline_taps(page: Page, *words: str) -> None:
    page.context.set_offline(True)
    for word in words:
        page.get_by_role("button", name=word).click()


def test_a_tap_is_saved_at_once_and_shows_the_answer(desk: Desk, call: Page) -> None:
    call.get_by_role("button", name="goed", exact=True).click()
    wait_for(call, "Opgeslagen")
    assert desk.said("step") == ["positive"]
    assert (desk.tokens, desk.said("csrf_token")) == ({"t"}, [])
    assert call.get_by_role("button", name="goed", exact=True).get_attribute("aria-pressed") == "true"
    assert kept(call) == 0


def test_taps_without_network_are_counted_and_sent_in_order(desk: Desk, call: Page) -> None:
    offline_taps(call, "niet goed", "gaat wel")
    wait_for(call, "Nog 2 niet verstuurd")
    assert desk.taps == []
    call.context.set_offline(False)
    wait_for(call, "Opgeslagen")
    assert desk.said("step") == ["negative", "neutral"]
    assert len(set(desk.said("idempotency_key"))) == 2
    assert kept(call) == 0


def test_a_double_tap_without_network_counts_once(call: Page) -> None:
    offline_taps(call, "niet goed", "niet goed")
    wait_for(call, "Nog 1 niet verstuurd")


def test_kept_taps_survive_closing_the_page(desk: Desk, call: Page) -> None:
    offline_taps(call, "niet goed")
    desk.status = 503
    call.context.set_offline(False)
    call.on("dialog", lambda dialog: dialog.accept())
    call.reload()
    desk.status = 200
    keep_retrying(call)
    wait_for(call, "Opgeslagen")
    assert set(desk.said("step")) == {"negative"}
    assert len(set(desk.said("idempotency_key"))) == 1


def test_a_fault_of_the_server_keeps_the_tap(desk: Desk, call: Page) -> None:
    desk.status = 500
    with call.expect_response("**/tap"):
        call.get_by_role("button", name="niet goed").click()
    desk.status = 200
    keep_retrying(call)
    wait_for(call, "Opgeslagen")
    assert set(desk.said("step")) == {"negative"}
    assert len(set(desk.said("idempotency_key"))) == 1


@pytest.mark.parametrize("status", [200, 204, 400, 403, 404, 407, 408, 425, 502, 511])
def test_a_foreign_answer_saves_nothing_and_loses_nothing(desk: Desk, call: Page, status: int) -> None:
    call.route("**/tap", lambda route: route.fulfill(status=status, body="<h1>Welkom op onze wifi</h1>"))
    call.get_by_role("button", name="goed", exact=True).click()
    wait_for(call, "Nog 1 niet verstuurd")
    assert desk.taps == []
    call.unroute("**/tap")
    keep_retrying(call)
    wait_for(call, "Opgeslagen")
    assert desk.said("step") == ["positive"]
    assert kept(call) == 0


def test_a_request_that_hangs_does_not_hold_up_the_next(desk: Desk, call: Page) -> None:
    call.route("**/tap", lambda _route: None)
    call.get_by_role("button", name="niet goed").click()
    wait_for(call, "Nog 1 niet verstuurd")
    call.unroute("**/tap")
    call.wait_for_timeout(3500)  # so long may an answer take
    call.get_by_role("button", name="goed", exact=True).click()
    wait_for(call, "Opgeslagen")
    assert desk.said("step") == ["negative", "positive"]


@pytest.mark.parametrize(
    "broken",
    [
        "Object.defineProperty(window, 'localStorage', { get: () => null })",
        "Storage.prototype.setItem = () => { throw new Error('full'); }",
        "localStorage.setItem('journey-unsent', '{broken')",
    ],
)
def test_no_storage_stops_the_form_of_a_colleague(desk: Desk, page: Page, broken: str) -> None:
    page.add_init_script(broken)
    page.goto(f"{desk.address}/call")
    page.get_by_role("button", name="goed", exact=True).click()
    page.get_by_role("button", name="goed", exact=True).and_(page.locator("[aria-pressed=true]")).wait_for()
    assert desk.said("step") == ["positive"]


def test_leaving_with_unsent_taps_is_asked(call: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    call.on("dialog", stay)
    offline_taps(call, "niet goed")
    call.get_by_role("link", name="Volgende").click(no_wait_after=True)
    call.wait_for_timeout(300)
    assert asked == ["beforeunload"]


def test_a_refused_form_comes_back_with_the_focus_on_what_is_wrong(desk: Desk, call: Page) -> None:
    desk.status = 422
    call.get_by_role("button", name="Bewaar").click()
    call.get_by_text("Geen namen.").wait_for()
    assert call.evaluate("document.activeElement.hasAttribute('data-error-summary')")


def test_a_refusal_shows_the_reason_and_what_was_typed(desk: Desk, call: Page) -> None:
    desk.status = 409
    call.get_by_label("Waarom?").fill("Het duurde lang.")
    call.get_by_role("button", name="Bewaar").click()
    box = call.locator("[data-keep-refused]")
    box.locator("summary", has_text="Deze deelnemer is gestopt.").click()
    assert "Het duurde lang." in box.inner_text()
    box.get_by_role("button").click()
    assert not box.is_visible()


def test_after_an_expired_session_the_tap_waits_for_the_sign_in(desk: Desk, call: Page) -> None:
    desk.status = 401
    call.get_by_role("button", name="niet goed").click()
    wait_for(call, "Log opnieuw in")
    desk.status = 200
    call.goto(f"{desk.address}/call")
    wait_for(call, "Opgeslagen")
    assert desk.said("step") == ["negative", "negative"]
    assert len(set(desk.said("idempotency_key"))) == 1


def test_half_typed_text_survives_a_reload(call: Page) -> None:
    call.get_by_label("Waarom?").fill("Ik wist niet")
    call.reload()
    assert call.get_by_label("Waarom?").input_value() == "Ik wist niet"


def test_half_typed_text_survives_the_answer_to_another_tap(call: Page) -> None:
    call.get_by_label("Waarom?").fill("Ik wist niet")
    call.get_by_role("button", name="goed", exact=True).click()
    wait_for(call, "Opgeslagen")
    assert call.get_by_label("Waarom?").input_value() == "Ik wist niet"


def test_saved_text_is_no_longer_a_draft(desk: Desk, call: Page) -> None:
    call.get_by_label("Waarom?").fill("Ik wist niet")
    call.get_by_role("button", name="Bewaar").click()
    wait_for(call, "Opgeslagen")
    assert desk.said("quote") == ["Ik wist niet"]
    assert kept(call) == 0


def test_signing_out_leaves_nothing_on_the_phone(desk: Desk, call: Page) -> None:
    call.on("dialog", lambda dialog: dialog.accept())
    call.get_by_label("Waarom?").fill("Ik wist niet")
    desk.status = 503
    call.get_by_role("button", name="niet goed").click()
    wait_for(call, "Nog 1 niet verstuurd")
    call.get_by_role("button", name="Uitloggen").click()
    call.wait_for_url("**/sign-out")
    assert call.evaluate("localStorage.length + sessionStorage.length") == 0


def test_signing_out_with_unsent_taps_can_be_taken_back(call: Page) -> None:
    call.on("dialog", lambda dialog: dialog.dismiss())
    offline_taps(call, "niet goed")
    call.get_by_role("button", name="Uitloggen").click()
    assert kept(call) == 1


def test_a_participant_goes_on_without_a_second_request(desk: Desk, page: Page) -> None:
    with page.expect_request("**/speak.js"):  # loaded late, no part of what this counts
        page.goto(f"{desk.address}/question")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url.removeprefix(desk.address)))
    page.get_by_role("button", name="goed", exact=True).click()
    page.get_by_role("heading", name="Dank u wel").wait_for()
    assert requests == ["/answer"]
    assert page.url.endswith("/answer")
    assert kept(page) == 0


def test_a_participants_tap_without_network_is_kept_and_sent_once(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.address}/question")
    offline_taps(page, "niet goed", "niet goed")
    wait_for(page, "Nog niet verstuurd")
    page.context.set_offline(False)
    page.get_by_role("heading", name="Dank u wel").wait_for()
    assert desk.said("value") == ["negative"]
    assert kept(page) == 0


def test_without_a_script_a_tap_is_an_ordinary_post(desk: Desk, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk.address}/question")
    page.get_by_role("button", name="goed", exact=True).click()
    assert page.get_by_role("heading").inner_text() == "Dank u wel"
    context.close()
