"""The desk on a laptop: everything of a call side by side, keys for who types, and what leads where on every size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from journey.call.service import NewAttempt, record_attempt
from journey.models import Attempt, Call, Rating
from journey.work import House
from tests.support.build import PASSWORD, build_participant, build_study, build_user

EMAIL = "r@example.org"
FOLD = 800


@pytest.fixture
def laptop(house: House, live_server: str, browser: Browser) -> Iterator[Page]:
    with house.work() as work:
        build_participant(work, build_study(work, "vandaag"))
    build_user(house, EMAIL, "researcher", "vandaag")
    context = browser.new_context(viewport={"width": 1280, "height": FOLD}, locale="nl-NL")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(live_server)
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/calls")
    page.get_by_role("link", name="bellen").first.click()
    page.wait_for_url("**/calls/*")
    yield page
    context.close()


def values(house: House) -> list[str]:
    with house.work() as work:
        return list(work.session.exec(select(Rating.value).order_by(col(Rating.id))).all())


def saved(page: Page) -> None:
    expect(page.locator("[data-keep-status]")).to_have_text("Opgeslagen")


def test_person_steps_and_last_week_stand_side_by_side_above_the_fold(laptop: Page) -> None:
    boxes = [
        laptop.locator(part).first.bounding_box()
        for part in (".caller", "#call-steps-title", ".desk__last", ".step")
    ]
    assert all(boxes)
    person, steps, last, step = (box or {} for box in boxes)
    assert person["x"] + person["width"] <= steps["x"]
    assert steps["x"] + steps["width"] <= last["x"]
    assert all(box["y"] < FOLD / 2 for box in (person, steps, last, step))
    assert laptop.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_keys_are_shown_and_rate_what_is_marked(laptop: Page, house: House) -> None:
    expect(laptop.locator("[data-keys]")).to_contain_text("niet goed, gaat wel, goed")
    first = laptop.locator(".keys-here")
    expect(first).to_have_count(1)
    laptop.keyboard.press("3")
    saved(laptop)
    assert values(house) == ["positive"]
    laptop.keyboard.press("1")
    laptop.wait_for_function("document.querySelectorAll('.ratings [aria-pressed=true]').length > 1")
    saved(laptop)
    assert values(house) == ["positive", "negative"]


def test_n_goes_to_the_note_where_keys_are_letters(laptop: Page, house: House) -> None:
    laptop.keyboard.press("n")
    note = laptop.locator("#call-note textarea")
    expect(note).to_be_focused()
    laptop.keyboard.type("123 een e")
    expect(note).to_have_value("123 een e")
    laptop.keyboard.press("Tab")
    saved(laptop)
    assert values(house) == []
    with house.work() as work:
        assert work.session.exec(select(Attempt)).all() == []


def test_e_ends_the_call(laptop: Page, house: House) -> None:
    laptop.keyboard.press("Control+e")
    laptop.keyboard.press("e")
    laptop.wait_for_url("**/calls?from=*")
    with house.work() as work:
        assert work.session.exec(select(Attempt.outcome)).all() == ["interview"]


def test_the_keys_can_be_switched_off(laptop: Page, house: House) -> None:
    laptop.locator("[data-keys-switch]").click()
    laptop.reload()
    laptop.keyboard.press("3")
    laptop.keyboard.press("e")
    expect(laptop.locator("[data-keys-switch]")).to_have_attribute("aria-pressed", "false")
    assert values(house) == []
    assert "/calls/" in laptop.url


def test_the_way_back_leads_where_one_came_from(laptop: Page) -> None:
    call = laptop.url
    back = laptop.locator(".breadcrumb a").first
    expect(back).to_have_text("Bellijst")
    laptop.goto(call.split("/calls")[0] + "/agenda")
    laptop.locator("a[href='/participants']").first.click()
    laptop.locator(".list-item__title").first.click()
    expect(back).to_have_text("Deelnemers")
    laptop.get_by_role("link", name="Bel nu").click()
    expect(back).to_have_text("H-001")
    back.click()
    laptop.wait_for_url("**/participants/H-001")


def test_pages_of_the_study_have_their_place_in_the_menu(laptop: Page) -> None:
    for name, path in (
        ("Werving", "recruitment"),
        ("Citaten", "quotes"),
        ("Thema's", "themes"),
        ("Brieven", "letters"),
    ):
        laptop.locator("summary.nav__link").click()
        laptop.get_by_role("link", name=name, exact=True).click()
        laptop.wait_for_url(f"**/studies/vandaag/{path}")
        expect(laptop.locator("summary.nav__link")).to_have_attribute("aria-current", "true")


def test_an_empty_day_explains_itself_with_links(laptop: Page, house: House) -> None:
    with house.work() as work:
        record_attempt(work, work.session.exec(select(Call)).one(), NewAttempt("interview"))
    laptop.goto(laptop.url.split("/calls")[0] + "/calls")
    empty = laptop.locator("section[aria-labelledby=now-title]")
    expect(empty.get_by_role("link", name="1 gesprek is deze week gedaan")).to_have_attribute(
        "href", "#done-title"
    )
    expect(empty.get_by_role("link", name="Meld iemand aan")).to_be_visible()


def test_on_a_phone_people_come_before_filters(laptop: Page) -> None:
    address = laptop.url.split("/calls")[0]
    laptop.goto(f"{address}/participants")
    expect(laptop.get_by_label("Zoek op code")).to_be_visible()
    laptop.set_viewport_size({"width": 360, "height": 740})
    expect(laptop.get_by_label("Zoek op code")).to_be_hidden()
    first = laptop.locator(".list-item").first.bounding_box()
    assert first is not None
    assert first["y"] < 400
    laptop.get_by_text("Zoeken of kiezen").click()
    expect(laptop.get_by_label("Zoek op code")).to_be_visible()
    laptop.goto(f"{address}/participants?state=active")
    expect(laptop.get_by_label("Zoek op code")).to_be_visible()
