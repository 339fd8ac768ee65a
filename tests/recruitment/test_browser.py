"""In the back of the room, on a phone: two people who say the same are two, and a bad network loses nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.build import PASSWORD, build_study, build_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from journey.work import House

STUDY = "haarlem-test"


def arrange(house: House) -> None:
    with house.work() as work:
        build_study(work, STUDY)
    build_user(house, "r@example.nl", "researcher", STUDY)


def begin(page: Page, server: str) -> None:
    """Signed in, at a new meeting."""
    page.goto(f"{server}/")
    page.get_by_label("E-mailadres").fill("r@example.nl")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").first.click()
    page.get_by_role("button", name="Uitloggen").wait_for()
    page.goto(f"{server}/studies/{STUDY}/recruitment")
    page.get_by_role("button", name="Begin met tellen").click()


def test_the_same_tap_while_the_network_is_away_counts_every_person(
    house: House, live_server: str, page: Page
) -> None:
    arrange(house)
    begin(page, live_server)
    page.context.set_offline(True)
    for _ in range(3):
        page.get_by_role("button", name="Nee", exact=True).click()
    page.get_by_text("Nog 3 niet verstuurd").wait_for()
    page.context.set_offline(False)
    page.get_by_text("3 benaderd: 0 ja, 3 nee, 0 later.").wait_for()


def test_a_chosen_language_is_of_one_person(house: House, live_server: str, page: Page) -> None:
    arrange(house)
    begin(page, live_server)
    page.get_by_text("Route of taal erbij").click()
    page.get_by_text("Polski").click()
    page.get_by_role("button", name="Ja, straks aanmelden").click()
    page.get_by_text("1 benaderd").wait_for()
    page.get_by_role("button", name="Later", exact=True).click()
    page.get_by_text("2 benaderd").wait_for()
    assert page.get_by_text("Polski", exact=False).locator("visible=true").count() == 1


def test_without_scripts_every_tap_works(house: House, live_server: str, page_without_scripts: Page) -> None:
    page = page_without_scripts
    arrange(house)
    begin(page, live_server)
    page.get_by_role("button", name="Nee", exact=True).click()
    page.get_by_role("button", name="Later", exact=True).click()
    page.get_by_text("2 benaderd: 0 ja, 1 nee, 1 later.").wait_for()
    page.get_by_role("button", name="Neem mijn laatste tik terug").click()
    page.get_by_text("1 benaderd: 0 ja, 1 nee, 0 later.").wait_for()
    page.get_by_role("button", name="Ja, nu aanmelden").click()
    page.wait_for_url("**/participants/new?study=*&approach=*")
