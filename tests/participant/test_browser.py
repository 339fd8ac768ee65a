"""The researcher's screens in a real browser at phone size: enrolling, tapping, an answer that appears by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from journey.participant.queries import get_journey, get_writable
from journey.progress.service import record_application, record_step
from journey.rating.service import NewRating, record_rating
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House
from tests.support.browser import PHONE
from tests.support.build import PASSWORD, build_participant, build_study, build_user

EMAIL = "noor@example.nl"


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """One study with one person, H-001, who was at the desk and handed in the application."""
    house = House.open(settings)
    with house.work() as work:
        study = build_study(work)
        load_folder(work, folder("seeds") / "consent")
        person = build_participant(work, study)
        journey = get_journey(work, person)
        record_step(work, journey, "werkplein", work.today, source="call")
        record_application(work, journey, work.today, source="call")
    build_user(house, EMAIL, "researcher", "haarlem-test")
    yield house
    house.database.close()


def enter(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").first.tap()
    expect(page.get_by_role("button", name="Uitloggen")).to_be_visible()


def enrol_by_hand(page: Page, address: str) -> None:
    page.goto(f"{address}/participants/new")
    page.get_by_text("Ja, ik doe mee.").first.tap()
    page.get_by_label("27 jaar en ouder").tap()
    page.get_by_label("Telefoonnummer").fill("06 87654321")
    page.get_by_label("Naar wie vragen we?").fill("mevrouw Jansen")
    page.get_by_role("button", name="Aanmelden", exact=True).tap()
    expect(page.get_by_role("heading", name="H-002")).to_be_visible()


def test_enrolling_with_scripts(page: Page, live_server: str, house: House) -> None:
    enter(page, live_server)
    enrol_by_hand(page, live_server)


def test_enrolling_without_scripts(page_without_scripts: Page, live_server: str, house: House) -> None:
    enter(page_without_scripts, live_server)
    enrol_by_hand(page_without_scripts, live_server)


@pytest.fixture(params=["scripts", "no scripts"])
def either(request: pytest.FixtureRequest) -> Page:
    name = "page" if request.param == "scripts" else "page_without_scripts"
    page: Page = request.getfixturevalue(name)
    return page


SWIPE = 480
HIDDEN_BY = (
    "[...document.querySelectorAll('.nav, .action-bar')].map((one) => one.getBoundingClientRect().top)"
)


def swipes_to(page: Page, selector: str) -> int:
    """How often a thumb goes up before the end of this is free of the bars below."""
    bottom, bars = page.evaluate(
        f"(one) => [document.querySelector(one).getBoundingClientRect().bottom, {HIDDEN_BY}]", selector
    )
    free = min(bar for bar in bars if bar > 200)
    swipes = max(0, math.ceil((bottom - free) / SWIPE))
    page.evaluate(f"scrollBy(0, {swipes * SWIPE})")
    return swipes


def test_reading_aloud_is_a_page_of_its_own_and_loses_nothing(
    either: Page, live_server: str, house: House
) -> None:
    enter(either, live_server)
    either.goto(f"{live_server}/participants/new")
    either.get_by_label("Telefoonnummer").fill("06 87654321")
    either.get_by_role("button", name="Lees voor").tap()
    expect(either.get_by_text("Wie ziet wat u zegt?")).to_be_visible()
    either.get_by_role("button", name="Terug").tap()
    expect(either.get_by_label("Telefoonnummer")).to_have_value("06 87654321")
    expect(either.locator("[name=participate]:checked")).to_have_count(0)
    either.get_by_role("button", name="Lees voor").tap()
    either.get_by_role("button", name="Doet mee").tap()
    expect(either.get_by_label("Telefoonnummer")).to_have_value("06 87654321")
    expect(either.locator("[name=participate][value=yes]")).to_be_checked()
    either.get_by_text("27 jaar en ouder", exact=True).tap()
    either.get_by_role("button", name="Aanmelden", exact=True).tap()
    expect(either.get_by_role("heading", name="H-002")).to_be_visible()


def test_back_of_the_browser_brings_what_was_typed(page: Page, live_server: str, house: House) -> None:
    enter(page, live_server)
    page.goto(f"{live_server}/participants/new")
    page.get_by_label("Telefoonnummer").fill("06 87654321")
    page.get_by_role("button", name="Lees voor").tap()
    expect(page.get_by_text("Wie ziet wat u zegt?")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Telefoonnummer")).to_have_value("06 87654321")


def test_enrolling_is_eight_taps_and_four_swipes(page: Page, live_server: str, house: House) -> None:
    enter(page, live_server)
    page.goto(f"{live_server}/participants/new")
    taps = swipes = 0
    for step in (
        page.get_by_role("button", name="Lees voor"),
        page.get_by_role("button", name="Doet mee"),
        page.locator("label", has_text="iets wat ik zeg"),
        page.get_by_text("27 jaar en ouder", exact=True),
        page.get_by_label("Telefoonnummer"),
        page.get_by_label("Naar wie vragen we?"),
        page.get_by_role("button", name="Aanmelden", exact=True),
    ):
        if "Doet mee" in str(step):
            page.locator(".read").wait_for()
            swipes += swipes_to(page, ".read")
        elif "iets wat" in str(step):
            page.locator("#participate").wait_for()
            swipes += swipes_to(page, "form .button--large")
        step.tap()
        if "Telefoon" in str(step):
            step.fill("06 87654321")
        taps += 1
    expect(page.get_by_role("heading", name="H-002")).to_be_visible()
    assert taps <= 8 and swipes <= 4, (taps, swipes)


def test_the_address_is_only_asked_for_letters(page: Page, live_server: str, house: House) -> None:
    enter(page, live_server)
    page.goto(f"{live_server}/participants/new")
    expect(page.get_by_label("Adres voor brieven")).to_be_hidden()
    page.get_by_text("brief", exact=True).tap()
    expect(page.get_by_label("Adres voor brieven")).to_be_visible()


def test_a_tap_on_a_face_is_saved_in_place(page: Page, live_server: str, house: House) -> None:
    enter(page, live_server)
    page.goto(f"{live_server}/participants/H-001/steps/werkplein")
    page.locator("#value-step-positive").tap()
    expect(page.get_by_text("Opgeslagen")).to_be_visible()
    expect(page.locator("#value-step-positive")).to_have_attribute("aria-pressed", "true")
    page.locator("#value-staff-negative").tap()
    expect(page.locator("#ratings li", has_text="medewerker: niet goed")).to_have_count(1)
    page.reload()
    expect(page.locator("#value-staff-negative")).to_have_attribute("aria-pressed", "true")


def test_an_answer_of_the_participant_appears_by_itself(page: Page, live_server: str, house: House) -> None:
    enter(page, live_server)
    page.goto(f"{live_server}/participants/H-001")
    expect(page.get_by_text("stap: goed")).to_be_hidden()
    with house.work() as work:
        record_rating(work, get_writable(work, "H-001"), NewRating("werkplein", "step", "positive", "web"))
    expect(page.get_by_text("stap: goed")).to_be_visible(timeout=20_000)


def test_the_list_filters_while_typing_and_keeps_the_place(
    page: Page, live_server: str, house: House
) -> None:
    with house.work() as work:
        from tests.support.build import get_study_by

        build_participant(work, get_study_by(work, "haarlem-test"), phone="0612345679")
    enter(page, live_server)
    page.goto(f"{live_server}/participants")
    page.get_by_text("Zoeken of kiezen").click()
    page.get_by_label("Zoek op code").press_sequentially("002")
    expect(page.get_by_role("link", name="H-001")).to_have_count(0)
    expect(page.get_by_role("link", name="H-002")).to_be_visible()
    expect(page.get_by_label("Zoek op code")).to_be_focused()


@pytest.mark.parametrize(
    "address",
    ["", "/new", "/H-001", "/H-001/steps/werkplein", "/H-001/contact", "/H-001/consent", "/H-001/withdrawal"],
)
def test_the_pages_fit_a_phone_and_are_accessible(
    page: Page, live_server: str, house: House, address: str
) -> None:
    enter(page, live_server)
    page.goto(f"{live_server}/participants{address}")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
