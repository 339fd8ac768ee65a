"""A tap counts for what was under the thumb when it was aimed (rules, 42c): a second tap on the same spot answers
nothing else, with scripts, without them, and when only the server can tell."""

from __future__ import annotations

from datetime import date
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from journey.web.i18n import LANGUAGES
from journey.work import House
from tests.portal.arrange import Visitor, rating, ratings, visitor
from tests.portal.states import STATES, TODAY
from tests.support.browser import phone_page
from tests.support.pages import PageClient

SMALL = {"width": 360, "height": 640}
GAPS = (0.1, 0.3, 0.6, 1.0, 1.5)
FACES = ("negative", "neutral", "positive")
STEP = "rechten-en-plichten"


@pytest.fixture
def today() -> date:
    return TODAY


def middle_of(page: Page, value: str) -> tuple[float, float]:
    box = page.locator(f"button[value={value}]").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tap_twice(page: Page, value: str, gap: float) -> None:
    """On the same spot, with `gap` seconds from touch to touch."""
    spot = middle_of(page, value)
    begun = monotonic()
    page.touchscreen.tap(*spot)
    page.wait_for_timeout(max(0.0, gap - (monotonic() - begun)) * 1000)
    page.touchscreen.tap(*spot)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_two_taps_on_the_same_spot_are_about_one_thing(
    page: Page, live_server: str, house: House, language: str
) -> None:
    page.set_viewport_size(SMALL)
    given = []
    for value in FACES:
        for gap in GAPS:
            one = visitor(house, STATES["papers asked"])
            page.goto(f"{live_server}{one.path}?lang={language}")
            tap_twice(page, value, gap)
            expect(page.locator(".question--after")).to_be_visible()
            page.wait_for_load_state("networkidle")
            given.append((STEP, "step", value, ""))
    assert ratings(house) == given


def test_without_scripts_too(browser: Browser, live_server: str, house: House) -> None:
    given = []
    for gap in GAPS:
        one = visitor(house, STATES["papers asked"])
        with phone_page(browser, java_script=False) as page:
            page.set_viewport_size(SMALL)
            page.goto(live_server + one.path)
            tap_twice(page, "positive", gap)
            expect(page.locator(".question--after")).to_be_visible()
            page.wait_for_timeout(500)
        given.append((STEP, "step", "positive", ""))
    assert ratings(house) == given


def test_a_page_that_was_scrolled_puts_the_next_answers_lower_still(
    page: Page, live_server: str, house: House
) -> None:
    """Large letters push the faces down; those of the next question stand below where they were."""
    page.set_viewport_size(SMALL)
    one = visitor(house, STATES["papers asked"])
    page.goto(live_server + one.path)
    page.evaluate("document.querySelector('.greeting').style.marginBlockEnd = '200px'")
    lowest = page.locator("button[value=positive]").bounding_box()
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.locator(".question--after")).to_be_visible()
    highest = page.locator("button[value=negative]").bounding_box()
    assert lowest and highest and highest["y"] > lowest["y"] + lowest["height"]


def test_an_aimed_second_answer_counts(page: Page, live_server: str, house: House) -> None:
    one = visitor(house)
    page.goto(live_server + one.path)
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.locator(".question--after")).to_be_visible()
    page.get_by_role("button", name="Niet goed").tap()  # waits until it can be tapped
    expect(page.get_by_role("heading", name="Dank u wel")).to_be_visible()
    assert [row[1:3] for row in ratings(house)] == [("step", "positive"), ("staff", "negative")]


def asked_of(html: str) -> str:
    return html.split('name="asked" value="')[1].split('"')[0]


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house)


def test_the_server_takes_a_post_that_nobody_can_have_read_for_the_same_tap(
    house: House, client: PageClient, one: Visitor
) -> None:
    asked = asked_of(client.post(f"{one.path}/ratings", data=rating()).text)
    again = client.post(f"{one.path}/ratings", data=rating(subject="staff", asked=asked))
    assert again.status_code == 200 and "Hoe was het contact" in again.text
    read = str(int(asked) - 1000)
    client.post(f"{one.path}/ratings", data=rating(subject="staff", asked=read))
    assert [row[1] for row in ratings(house)] == ["step", "staff"]


def test_a_page_opened_from_a_message_asks_without_waiting(
    house: House, client: PageClient, one: Visitor
) -> None:
    """Nothing was tapped before; from a page of ours there was."""
    assert 'name="asked"' not in client.get(one.path).text
    own = client.get(one.path, headers={"Referer": f"{house.settings.base_url}/code"}).text
    assert 'name="asked"' in own and '<body class="still"' in own


def test_who_did_not_have_a_step_is_not_asked_about_contact_there(client: PageClient, one: Visitor) -> None:
    answer = client.post(f"{one.path}/ratings", data=rating(value="not_applicable")).text
    assert "Hoe was het contact" not in answer and "Dank u wel" in answer
    assert "Volgende vraag: Cv uploaden" in answer
