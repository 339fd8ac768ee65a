"""The participant's page in a real browser at phone size: two taps, offline, back, without scripts, nothing refused."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from journey.work import House
from tests.portal.arrange import Visitor, rating, ratings, visitor
from tests.support.browser import PHONE


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house)


def test_two_taps_are_enough(page: Page, live_server: str, house: House, one: Visitor) -> None:
    page.goto(live_server + one.path)
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    page.get_by_role("button", name="Gaat wel").tap()
    expect(page.get_by_role("heading", name="Dank u wel")).to_be_visible()
    assert [row[1:3] for row in ratings(house)] == [("step", "positive"), ("staff", "neutral")]


def test_the_page_is_styled_and_nothing_was_refused(page: Page, live_server: str, one: Visitor) -> None:
    """The fixture fails on a message about the content security policy."""
    page.goto(live_server + one.path)
    font = page.evaluate("getComputedStyle(document.body).fontSize")
    assert font == "20px"
    height = page.get_by_role("button", name="Goed", exact=True).evaluate(
        "e => e.getBoundingClientRect().height"
    )
    assert height >= 52
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_without_javascript_two_taps_are_enough_too(
    page_without_scripts: Page, live_server: str, house: House, one: Visitor
) -> None:
    page = page_without_scripts
    page.goto(live_server + one.path)
    page.get_by_role("button", name="Niet goed").tap()
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.get_by_role("heading", name="Dank u wel")).to_be_visible()
    page.get_by_label("Wilt u er iets bij zeggen?").fill("Lang wachten.")
    page.get_by_role("button", name="Bewaren").tap()
    expect(page.get_by_text("“Lang wachten.”")).to_be_visible()
    page.reload()
    expect(page.get_by_text("“Lang wachten.”")).to_be_visible()
    assert [row[2:] for row in ratings(house)] == [
        ("negative", ""),
        ("positive", ""),
        ("negative", "Lang wachten."),
    ]


def test_back_and_another_face_is_a_correction(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Goed", exact=True)).to_be_visible()
    page.goto(f"{live_server}{one.path}/ratings?step=werkplein&subject=step")
    page.get_by_role("button", name="Niet goed").tap()
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert [row[2] for row in ratings(house)] == ["positive", "negative"]


def test_a_double_tap_counts_once(page: Page, live_server: str, house: House, one: Visitor) -> None:
    page.goto(live_server + one.path)
    page.get_by_role("button", name="Goed", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert [row[:2] for row in ratings(house)] == [("werkplein", "step")]


def test_an_answer_without_network_is_kept_and_sent_later(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    page.context.set_offline(True)
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.get_by_role("status").filter(has_text="Nog niet verstuurd")).to_be_visible()
    assert ratings(house) == []
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert len(ratings(house)) == 1
    assert page.evaluate("localStorage.length") == 0


def test_a_code_from_a_letter_leads_to_the_page(page: Page, live_server: str, one: Visitor) -> None:
    page.goto(f"{live_server}/code")
    page.get_by_label("Typ de code uit de brief").fill(one.letter_code.lower())
    page.get_by_role("button", name="Naar mijn pagina").tap()
    expect(page.get_by_role("heading", name="Waar bent u nu?")).to_be_visible()


def test_another_language_and_back(page: Page, live_server: str, one: Visitor) -> None:
    page.goto(live_server + one.path)
    page.get_by_text("Language").tap()
    page.get_by_role("link", name="English").tap()
    expect(page.get_by_role("heading", name="Where are you now?")).to_be_visible()
    page.get_by_role("button", name="Good", exact=True).tap()
    expect(page.get_by_role("heading", name="How was the contact")).to_be_visible()
    page.get_by_role("link", name="Nederlands").tap()
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()


@pytest.mark.parametrize("part", ["/ratings", "/stop", "/say", "/later", "/channel", "/data"])
def test_no_known_barriers(page: Page, live_server: str, one: Visitor, part: str) -> None:
    page.goto(live_server + one.path + part)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def has_no_barriers(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_no_known_barriers_on_the_way_from_the_first_tap_to_the_last(
    page: Page, live_server: str, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    has_no_barriers(page)
    page.get_by_role("button", name="Gaat wel").tap()
    expect(page.get_by_role("heading", name="Dank u wel")).to_be_visible()
    has_no_barriers(page)
    page.get_by_label("Wilt u er iets bij zeggen?").fill("Lang wachten.")
    page.get_by_role("button", name="Bewaren", exact=True).tap()
    expect(page.get_by_text("“Lang wachten.”")).to_be_visible()
    has_no_barriers(page)


def test_no_known_barriers_after_a_choice_or_a_mistake(page: Page, live_server: str, one: Visitor) -> None:
    for part, button, words in (
        ("/later", "Afspreken", "Kies een dag."),
        ("/data", "Laat zien", "Hoe wij u bereiken"),
        ("/say", "Bel mij", "U hoort ons uiterlijk"),
        ("/stop", "Ja, ik stop", "Maak een keuze."),
    ):
        page.goto(live_server + one.path + part)
        page.get_by_role("button", name=button, exact=True).tap()
        expect(page.get_by_text(words).first).to_be_visible()
        has_no_barriers(page)
    page.get_by_label("Wat ik al zei").check()
    page.get_by_role("button", name="Ja, ik stop").tap()
    expect(page.get_by_role("heading", name="U bent gestopt")).to_be_visible()
    has_no_barriers(page)
    page.goto(f"{live_server}/code")
    page.get_by_label("Typ de code uit de brief").fill("AAAA AAAA")
    page.get_by_role("button", name="Naar mijn pagina").tap()
    expect(page.get_by_text("Deze code kennen wij niet.").first).to_be_visible()
    has_no_barriers(page)


def test_no_known_barriers_on_public_pages(page: Page, live_server: str, house: House, one: Visitor) -> None:
    for path in ("/check", "/code", "/privacy", "/accessibility", "/p/unknown"):
        page.goto(live_server + path)
        found = Axe().run(page)
        assert found.violations_count == 0, path + found.generate_report()


def test_rating_twice_over_http_and_browser_is_the_same_answer(
    page: Page, live_server: str, house: House, one: Visitor
) -> None:
    page.goto(live_server + one.path)
    page.request.post(f"{live_server}{one.path}/ratings", form=rating())
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.get_by_role("heading", name="Hoe was het contact")).to_be_visible()
    assert len(ratings(house)) == 1
