"""Who signs in anew is where they were, and what they typed is there."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlmodel import delete

from journey.models import UserSession
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.web.way_back import is_own
from journey.work import House
from tests.support.build import PASSWORD, build_study, build_user, csrf_of, sign_in
from tests.support.pages import PageClient

EMAIL = "ria@example.org"


@pytest.mark.parametrize(
    ("way", "own"),
    [
        ("/participants/H-001?x=1", True),
        ("/", False),
        ("//elders.example", False),
        ("/\\elders.example", False),
        ("https://elders.example/", False),
        ("/sign-out", False),
        ("/second-step/set-up", False),
        ("/" + "x" * 600, False),
    ],
)
def test_only_a_page_of_our_own_is_followed(way: str, own: bool) -> None:
    assert is_own(way) is own


def test_a_deep_link_is_followed_after_signing_in(app: FastAPI, client: PageClient) -> None:
    build_user(app.state.house, EMAIL, "lead")
    assert client.get("/account?x=1", follow_redirects=False).headers["location"] == "/"
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}, follow_redirects=False)
    assert client.get("/", follow_redirects=False).headers["location"] == "/account?x=1"
    assert client.get("/", follow_redirects=False).headers["location"] == "/calls"


def test_signing_out_forgets_the_way(app: FastAPI, client: PageClient) -> None:
    build_user(app.state.house, EMAIL, "lead")
    client.get("/account", follow_redirects=False)
    client.post("/sign-out", follow_redirects=False)
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}, follow_redirects=False)
    assert client.get("/", follow_redirects=False).headers["location"] == "/calls"


def test_a_form_with_an_old_token_comes_back_whole(app: FastAPI) -> None:
    visitor = sign_in(app, EMAIL, "admin")
    fields = {"csrf_token": "oud", "name": "Regel één\nregel twee", "password": "geheim", "pick": "a"}
    answer = visitor.post("/admin/studies/new", data=fields)
    assert answer.status_code == 403
    assert 'action="/admin/studies/new"' in answer.text
    assert 'name="pick" value="a"' in answer.text
    assert "Regel één\nregel twee" in answer.text
    assert csrf_of(visitor) in answer.text
    assert "geheim" not in answer.text


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(
    house: House, live_server: str, page: Page
) -> None:
    with house.work() as work:
        build_study(work)
        load_folder(work, folder("seeds") / "consent")
    build_user(house, EMAIL, "researcher", "haarlem-test")

    def enter() -> None:
        page.get_by_label("E-mailadres").fill(EMAIL)
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Inloggen").click()

    page.goto(f"{live_server}/participants/new?study=haarlem-test")
    enter()
    page.wait_for_url("**/participants/new?study=haarlem-test")
    page.get_by_label("Naar wie vragen we?").fill("mevrouw Jansen")
    page.get_by_label("Telefoonnummer").fill("0612345678")
    page.get_by_text("sms", exact=True).click()
    with house.work() as work:
        work.session.execute(delete(UserSession))
    page.get_by_role("button", name="Aanmelden").click()
    enter()
    page.wait_for_url("**/participants/new?study=haarlem-test")
    expect(page.get_by_label("Naar wie vragen we?")).to_have_value("mevrouw Jansen")
    expect(page.get_by_label("Telefoonnummer")).to_have_value("0612345678")
    expect(page.locator("[name=channel][value=sms]")).to_be_checked()
    page.get_by_role("link", name="Toegankelijkheid").click()
    page.go_back()
    expect(page.get_by_label("Naar wie vragen we?")).to_have_value("mevrouw Jansen")
    page.get_by_role("button", name="Uitloggen").click()
    page.get_by_label("E-mailadres").wait_for()
    assert page.evaluate("JSON.stringify(sessionStorage)").count("Jansen") == 0
