"""Answers tapped without network: kept on the phone, sent later in order and once, wiped; never lost in silence, also
with two tabs, and nothing left behind on a phone that somebody else uses next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlmodel import col, select

from journey.models import Link
from journey.work import House
from tests.portal.arrange import Visitor, rating, ratings, visitor

KEPT = "Nog niet verstuurd"
LOST = "Uw antwoord is niet aangekomen."


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house)


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).tap()


def is_wiped(page: Page) -> bool:
    """Within five seconds; our pages let nobody evaluate words, so waiting is done from outside."""
    for _ in range(50):
        if page.evaluate("() => localStorage.length") == 0:
            return True
        page.wait_for_timeout(100)
    return False


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def kept(page: Page) -> int:
    return page.evaluate("localStorage.length")


def expire(house: House) -> None:
    with house.work() as work:
        for link in work.session.exec(select(Link).where(col(Link.revoked_at).is_(None))).all():
            link.expires_at = work.now - timedelta(minutes=1)
            work.session.add(link)


def second_tab(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def test_what_was_changed_without_network_arrives_in_order(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    page.context.set_offline(True)
    for name in ("Goed", "Niet goed", "Gaat wel"):
        tap(page, name)
    says(page, KEPT)
    assert kept(page) == 3
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert [row[2] for row in ratings(house)] == ["positive", "negative", "neutral"]
    assert kept(page) == 0


def test_a_page_that_was_closed_sends_it_when_it_is_opened_again(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    page.route("**/ratings", lambda route: route.abort())
    tap(page, "Goed")
    says(page, KEPT)
    page.close()
    again = second_tab(page.context, live_server + one.path)
    expect(again.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert len(ratings(house)) == 1 and kept(again) == 0
    again.close()


def test_two_tabs_lose_nothing_and_count_nothing_twice(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(f"{live_server}{one.path}/ratings?step=werkplein&subject=step")
    other = second_tab(page.context, f"{live_server}{one.path}/ratings?step=werkplein&subject=staff")
    page.context.set_offline(True)
    tap(page, "Goed")
    tap(other, "Niet goed")
    assert kept(page) == 2
    page.context.set_offline(False)
    expect(
        other.get_by_role("heading", name="Dank u wel").or_(other.get_by_text("is verstuurd"))
    ).to_be_visible()
    assert is_wiped(page)
    assert sorted(row[1:3] for row in ratings(house)) == [("staff", "negative"), ("step", "positive")]
    other.close()


def test_a_link_that_ended_meanwhile_says_that_the_answer_did_not_arrive(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    page.context.set_offline(True)
    tap(page, "Goed")
    says(page, KEPT)
    expire(house)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Deze link werkt niet")).to_be_visible()
    says(page, LOST)
    assert kept(page) == 0 and ratings(house) == []


def test_an_answer_that_waited_too_long_is_not_lost_in_silence(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    page.evaluate(
        """([url, body]) => localStorage.setItem("journey-kept-old",
             JSON.stringify({ at: Date.now() - 3 * 864e5, page: url, url: url + "/ratings", body }))""",
        [live_server + one.path, "step=werkplein&subject=step&value=positive"],
    )
    page.reload()
    says(page, LOST)
    assert kept(page) == 0 and ratings(house) == []


def test_a_server_in_trouble_is_asked_again(page: Page, live_server: str, house: House, one: Visitor) -> None:
    page.goto(live_server + one.path)
    page.route("**/ratings", lambda route: route.fulfill(status=503, body="busy"))
    tap(page, "Goed")
    says(page, KEPT)
    page.unroute("**/ratings")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert len(ratings(house)) == 1


def test_a_phone_that_keeps_nothing_still_sends(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    page.goto(live_server + one.path)
    tap(page, "Goed")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert len(ratings(house)) == 1


def test_after_stopping_nothing_is_left_on_the_phone(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    tap(page, "Goed")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    page.goto(f"{live_server}{one.path}/stop")
    page.get_by_label("Wis alles").check()
    page.evaluate(
        """(url) => localStorage.setItem("journey-kept-x",
             JSON.stringify({ at: Date.now(), page: "", url, body: "" }))""",
        f"{live_server}/p/none/ratings",
    )
    tap(page, "Ja, ik stop")
    expect(page.get_by_role("heading", name="U bent gestopt")).to_be_visible()
    assert kept(page) == 0
    assert page.evaluate("sessionStorage.length") == 0 and page.context.cookies() == []
    page.go_back()
    expect(page.get_by_role("heading", name="Deze link werkt niet")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Deze link werkt niet")).to_be_visible()


def test_back_shows_the_page_as_it_is_now(page: Page, live_server: str, house: House, one: Visitor) -> None:
    page.goto(live_server + one.path)
    tap(page, "Goed")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    page.request.post(f"{live_server}{one.path}/stop", form={"level": "stop"})
    page.go_back()
    expect(page.get_by_role("heading", name="Deze link werkt niet")).to_be_visible()


def test_a_word_of_five_thousand_signs_and_smileys(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.request.post(f"{live_server}{one.path}/ratings", form=rating())
    page.request.post(f"{live_server}{one.path}/ratings", form=rating(subject="staff", value="neutral"))
    too_long = page.request.post(f"{live_server}{one.path}/ratings", form=rating(quote="😀" * 5001))
    assert too_long.status == 422 and "😀" * 5001 in too_long.text()
    page.request.post(f"{live_server}{one.path}/ratings", form=rating(quote="😀" * 5000))
    assert ratings(house)[-1][3] == "😀" * 5000


OWN_HEAD = {"Journey-Tap": "0123456789abcdef"}
FOREIGN: dict[str, dict[str, Any]] = {
    "log-in page of a wifi network": {"status": 200, "body": "<h1>Welkom op onze wifi</h1>"},
    "page that repeats what was sent": {"status": 200, "body": "POST"},
    "answer to another tap": {"status": 200, "body": "<!--tap 0123456789abcdef-->", "headers": OWN_HEAD},
    "nothing": {"status": 204, "body": ""},
    "redirect elsewhere": {"status": 302, "headers": {"Location": "/code"}},
    "bad request": {"status": 400, "body": "Bad request"},
    "blocked": {"status": 403, "body": "Blocked by your organisation"},
    "not found": {"status": 404, "body": "Not found"},
    "proxy wants a password": {"status": 407, "body": "Proxy authentication required"},
    "too slow": {"status": 408, "body": "Request timeout"},
    "too early": {"status": 425, "body": "Too early"},
    "network wants a password": {"status": 511, "body": "Sign in"},
    "gateway": {"status": 502, "body": "Bad gateway"},
}


@pytest.mark.parametrize("name", list(FOREIGN))
def test_a_foreign_answer_loses_nothing(
    page: Page, live_server: str, house: House, one: Visitor, name: str
) -> None:
    answer = FOREIGN[name]

    def stand_between(route: Route) -> None:
        sent = f"<form>{route.request.post_data}</form>"
        route.fulfill(**answer | ({"body": sent} if answer.get("body") == "POST" else {}))

    page.goto(live_server + one.path)
    page.route("**/ratings", stand_between)
    tap(page, "Goed")
    says(page, KEPT)
    assert kept(page) == 1 and ratings(house) == []
    assert page.get_by_role("button", name="Goed", exact=True).locator(".rating__tick").is_hidden()
    page.unroute("**/ratings")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert is_wiped(page)
    assert [row[:3] for row in ratings(house)] == [("werkplein", "step", "positive")]


def test_an_answer_of_ours_that_did_not_come_whole_is_asked_again(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    """It was stored; who asks again with the same key hears so, and it counts once."""
    page.goto(live_server + one.path)

    def cut(route: Route) -> None:
        whole = route.fetch()
        route.fulfill(response=whole, body=whole.text()[:-30])

    page.route("**/ratings", cut)
    tap(page, "Goed")
    says(page, KEPT)
    page.unroute("**/ratings")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert len(ratings(house)) == 1


def test_a_post_that_is_never_answered_is_said_and_does_not_hold_up_the_next(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    hanging: list[Route] = []
    page.route("**/ratings", lambda route: hanging.append(route))
    tap(page, "Goed")
    says(page, KEPT)
    assert page.get_by_role("button", name="Goed", exact=True).locator(".rating__tick").is_hidden()
    page.unroute("**/ratings")
    tap(page, "Niet goed")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert is_wiped(page)  # both have arrived
    assert [row[2] for row in ratings(house)] == ["positive", "negative"]


BROKEN_STORAGE = {
    "none": "Object.defineProperty(window, 'localStorage', { get: () => null })",
    "forbidden": "Object.defineProperty(window, 'localStorage', { get: () => { throw new Error('no'); } })",
    "full": "Storage.prototype.setItem = () => { throw new Error('full'); }",
    "unreadable": "Storage.prototype.getItem = () => { throw new Error('no'); }",
    "rubble": "localStorage.setItem('journey-kept-old', '{broken'); localStorage.setItem('journey-kept-x', 'null')",
}


@pytest.mark.parametrize("name", list(BROKEN_STORAGE))
def test_no_storage_stops_the_form(
    page: Page, live_server: str, house: House, one: Visitor, name: str
) -> None:
    page.add_init_script(BROKEN_STORAGE[name])
    page.goto(live_server + one.path)
    tap(page, "Goed")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert [row[:3] for row in ratings(house)] == [("werkplein", "step", "positive")]


def test_an_older_phone_that_does_not_say_which_face_it_was_sends_the_form(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.add_init_script("delete SubmitEvent.prototype.submitter")
    page.goto(live_server + one.path)
    tap(page, "Goed")
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert [row[2] for row in ratings(house)] == ["positive"]


def test_what_we_say_lies_over_no_answer(page: Page, live_server: str, one: Visitor) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(live_server + one.path)
    page.context.set_offline(True)
    for scrolled in (0, 150):
        page.evaluate(f"scrollTo(0, {scrolled})")
        tap(page, "Goed" if scrolled else "Gaat wel")
        says(page, KEPT)
        line = page.locator("[data-keep-status]").bounding_box()
        for face in page.locator("button:has(.face)").all():
            box = face.bounding_box()
            assert line and box
            assert box["y"] >= line["y"] + line["height"] or box["y"] + box["height"] <= line["y"]
