"""The card of a route for the fridge: the steps in order, three faces each, in two languages, nothing about anyone."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from journey.work import House
from tests.support.build import PASSWORD, build_study, build_user, sign_in
from tests.support.pages import PageClient

STUDY = "haarlem-test"
ADDRESS = f"/studies/{STUDY}/routes/27plus/card"


@pytest.fixture
def desk(app: FastAPI, house: House) -> PageClient:
    with house.work() as work:
        build_study(work, STUDY)
        build_study(work, "elders")
    return sign_in(app, "r@example.org", "researcher", STUDY)


def test_the_steps_stand_in_order_with_three_faces_each(desk: PageClient) -> None:
    page = desk.get(ADDRESS).text
    names = re.findall(r'class="route__name">([^<]*)<', page)
    assert (names[0], names[-1], len(names)) == ("Aanmelden op werk.nl", "Besluit en beschikking", 8)
    assert page.count('<svg class="face ') == 24


def test_it_tells_the_number_and_how_to_be_called(desk: PageClient) -> None:
    page = desk.get(ADDRESS).text
    assert "023 200 0000" in page
    assert "BEL" in page


def test_it_speaks_english(desk: PageClient) -> None:
    page = desk.get(f"{ADDRESS}?lang=en").text
    assert "Your steps" in page
    assert "Register at werk.nl" in page


def test_a_language_without_texts_gives_dutch(desk: PageClient) -> None:
    assert "Uw stappen" in desk.get(f"{ADDRESS}?lang=xx").text


def test_the_way_to_the_cards(desk: PageClient) -> None:
    assert desk.get(f"/studies/{STUDY}/cards", follow_redirects=False).headers["location"] == ADDRESS


@pytest.mark.parametrize(
    "address", ["/studies/elders/routes/27plus/card", f"/studies/{STUDY}/routes/niets/card"]
)
def test_what_is_not_there(desk: PageClient, address: str) -> None:
    assert desk.get(address).status_code == 404


def test_managers_have_no_cards(app: FastAPI, desk: PageClient) -> None:
    assert sign_in(app, "m@example.org", "manager", STUDY).get(ADDRESS).status_code == 403


@pytest.mark.parametrize(("paper", "pages"), [("A4", 1), ("A5", 1)])
def test_it_is_one_side_of_paper(
    house: House, live_server: str, browser: Browser, paper: str, pages: int
) -> None:
    with house.work() as work:
        build_study(work, STUDY)
    build_user(house, "r@example.org", "researcher", STUDY)
    page = browser.new_context().new_page()
    page.goto(live_server)
    page.get_by_label("E-mailadres").fill("r@example.org")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/calls")
    page.goto(f"{live_server}{ADDRESS}")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))) == pages
    page.context.close()
