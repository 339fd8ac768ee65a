"""The whole weekly job once, in a real browser at phone size: from enrolment to what the manager reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from journey.outbox.jobs import send_due
from journey.rating.service import NewRating, record_rating
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.work import House
from tests.support.browser import phone_page
from tests.support.build import PASSWORD, build_participant, build_study, build_user

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STUDY = "haarlem-test"
OTHERS = 9  # with the one of this test: the ten that managers must be


@pytest.fixture
def study(house: House) -> str:
    """A study with nine people who rated the first step, a researcher and a manager."""
    with house.work() as work:
        load_folder(work, folder("seeds") / "consent")
        study = build_study(work, STUDY)
        for number in range(OTHERS):
            person = build_participant(work, study, phone=f"061234560{number}", call_name=f"Buur {number}")
            record_rating(work, person, NewRating("werk-nl", "step", "neutral", "call"))
    build_user(house, "onderzoeker@example.org", "researcher", STUDY)
    build_user(house, "manager@example.org", "manager", STUDY)
    return STUDY


@pytest.fixture
def researcher(browser: Browser, live_server: str, study: str) -> Iterator[Page]:
    with phone_page(browser) as page:
        sign_in(page, live_server, "onderzoeker@example.org")
        yield page


@pytest.fixture
def participant(browser: Browser) -> Iterator[Page]:
    with phone_page(browser) as page:
        yield page


@pytest.fixture
def manager(browser: Browser, live_server: str, study: str) -> Iterator[Page]:
    with phone_page(browser) as page:
        sign_in(page, live_server, "manager@example.org")
        yield page


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(address)
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").tap()
    page.get_by_role("button", name="Uitloggen").wait_for()


def enrol(page: Page, address: str) -> str:
    page.goto(f"{address}/participants/new")
    page.get_by_text("Ja, ik doe mee.").first.tap()
    page.get_by_text("27 jaar en ouder", exact=True).tap()
    page.get_by_label("Telefoonnummer").fill("06 12 34 56 78")
    page.get_by_label("Naar wie vragen we?").fill("Mevrouw Proef")
    page.get_by_role("button", name="Aanmelden").tap()
    page.get_by_text("Aangemeld").wait_for()
    found = re.search(r"H-\d{3}", page.locator("main").inner_text())
    assert found
    return found[0]


def log_call(page: Page, address: str, code: str) -> None:
    """One step with its day and rating, a note, and the end of the call."""
    page.goto(f"{address}/calls")
    page.get_by_role("link", name=re.compile(code)).first.tap()
    step = page.locator("#call-step-werk-nl")
    step.get_by_role("button", name="gisteren").first.tap()
    step.locator(".tag", has_text="gedaan").wait_for()
    step.get_by_role("button", name="goed", exact=True).tap()
    step.get_by_role("button", name="goed", exact=True, pressed=True).wait_for()
    page.get_by_label("Onthouden voor volgende week").fill("Zoekt nog een oppas.")
    page.get_by_role("button", name="Notitie bewaren").tap()
    page.locator("[data-keep-status]", has_text="Opgeslagen").wait_for()
    second = page.locator("#call-step-werkplein")
    second.locator("summary").first.tap()
    second.get_by_role("button", name="vandaag").first.tap()
    second.locator(".tag", has_text="gedaan").wait_for()
    page.get_by_role("button", name="Gesprek klaar").tap()
    page.get_by_role("heading", name="Bellijst").wait_for()


def send_link(page: Page, address: str, code: str, house: House) -> str:
    """The participant asked for it: the SMS as it went out, read on the page of messages."""
    page.goto(f"{address}/participants/{code}")
    page.get_by_role("button", name="Maak een link").tap()
    page.get_by_role("button", name="Stuur per sms").tap()
    page.get_by_text("De sms staat klaar").wait_for()
    assert send_due(house, house.clock.now()) == 1
    page.goto(f"{address}/messages")
    page.get_by_role("link", name=re.compile(code)).first.tap()
    page.wait_for_url("**/messages/*")
    found = re.search(r"https?://\S+/p/[\w-]+", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]


def test_from_enrolment_to_the_manager_s_page(
    researcher: Page, participant: Page, manager: Page, live_server: str, house: House
) -> None:
    code = enrol(researcher, live_server)
    log_call(researcher, live_server, code)
    link = send_link(researcher, live_server, code, house)

    researcher.goto(f"{live_server}/participants/{code}")
    participant.goto(link)
    participant.get_by_role("button", name="Goed", exact=True).tap()
    participant.get_by_text("Bewaard").wait_for()
    timeline = researcher.locator("#participant-timeline")
    timeline.locator("li", has_text="Werkplein").get_by_text("goed").wait_for(timeout=40_000)

    researcher.goto(f"{live_server}/studies/{STUDY}/figures")
    with researcher.expect_navigation():
        researcher.get_by_role("button", name="Publiceer nu").tap()

    manager.goto(f"{live_server}/studies/{STUDY}/figures")
    first_step = manager.locator("main").inner_text()
    assert "10 mensen gaven een oordeel: 0 negatief, 9 neutraal, 1 positief" in first_step
    manager.goto(f"{live_server}/studies/{STUDY}/throughput")
    assert "Doorlooptijden" in manager.locator("h1").inner_text()
    for page_of_manager in ("figures", "throughput", "report"):
        manager.goto(f"{live_server}/studies/{STUDY}/{page_of_manager}")
        assert code not in manager.content()
