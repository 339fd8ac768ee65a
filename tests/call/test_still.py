"""Nothing moves under the thumb: with slow answers, what lies under a touched point is what was aimed at."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import col, select

from journey.models import Rating
from journey.work import House
from tests.call.test_browser import arrange, sign_in

LISTEN = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) window.shifts.push({value: one.value, moved: [...one.sources].map(
            (source) => source.node && (source.node.outerHTML || source.node.parentElement.outerHTML))});
    }).observe({type: "layout-shift"});
}"""
# Brings it in view; where a finger aims, and whether it would hit it there.
AIM = """(selector) => {
    const aimed = document.querySelector(selector);
    aimed.scrollIntoView({block: "center"});
    const box = aimed.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""
HIT = """([selector, x, y]) => !!document.elementFromPoint(x, y)?.closest(selector)"""
HEIGHTS = """() => Object.fromEntries([...document.querySelectorAll("li.step")]
    .map((one) => [one.id, one.getBoundingClientRect().height]))"""


@pytest.fixture
def desk(house: House, live_server: str, page: Page) -> Page:
    arrange(house)
    sign_in(page, live_server)
    slow(page)
    page.evaluate(LISTEN)
    return page


def slow(page: Page) -> None:
    """Answers to taps take 300 to 1.500 ms, as on a bad network, while the page goes on."""
    chance = random.Random(19)

    def answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        wait = chance.uniform(0.3, 1.5)
        response = route.fetch()
        page.wait_for_timeout(wait * 1000)
        return route.fulfill(response=response)

    page.context.route("**/calls/**", answer)


def tap(page: Page, selector: str) -> None:
    """Aim, and touch the point that was aimed at when an answer may have come in meanwhile."""
    x, y = page.evaluate(AIM, selector)
    page.wait_for_timeout(350)
    assert page.evaluate(HIT, [selector, x, y]), f"something else lies where {selector} was aimed at"
    page.touchscreen.tap(x, y)


def settle(page: Page) -> None:
    expect(page.locator("[data-keep-status]")).to_have_text("Opgeslagen", timeout=60_000)


def test_taps_that_overtake_slow_answers_hit_what_they_were_aimed_at(desk: Page, house: House) -> None:
    desk.locator("#call-step-werkplein summary").first.click()
    desk.wait_for_timeout(500)  # unfolding moves what is below, and is told a little later
    desk.evaluate("window.shifts.length = 0")
    before = desk.evaluate(HEIGHTS)
    for selector in (
        "#call-werkplein-when [data-ago='1']",
        "#call-werkplein-step-negative",
        "#call-werkplein-staff-positive",
        "#call-werkplein-when [name=week]",
        "#call-werkplein-staff-neutral",
    ):
        tap(desk, selector)
    settle(desk)
    assert desk.evaluate(HEIGHTS) == before
    assert desk.evaluate("window.shifts") == []
    with house.work() as work:
        rows = work.session.exec(select(Rating).order_by(col(Rating.id))).all()
        assert [(row.step, row.subject, row.value) for row in rows] == [
            ("werkplein", "step", "negative"),
            ("werkplein", "staff", "positive"),
            ("werkplein", "staff", "neutral"),
        ]
