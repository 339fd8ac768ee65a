"""Signing in, staying in, going out."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from journey.settings import Settings
from tests.support.browser import FLAGS, phone_page
from tests.support.build import PASSWORD, build_user, csrf_of, sign_in
from tests.support.pages import PageClient
from tests.support.server import served


def test_a_stranger_is_asked_to_sign_in(client: PageClient) -> None:
    assert "Inloggen" in client.get("/").text


def test_a_page_of_staff_sends_a_stranger_to_the_start(client: PageClient) -> None:
    answer = client.get("/studies", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_who_kept_the_address_of_a_refused_try_comes_in_by_the_start(client: PageClient) -> None:
    answer = client.get("/sign-in", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_page_asked_for_where_only_forms_go_says_so_and_what_goes(client: PageClient) -> None:
    answer = client.get("/sign-out")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "Zo werkt dit adres niet. Er is niets veranderd." in answer.text


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " "])
def test_a_wrong_password_keeps_the_address_typed(app: FastAPI, client: PageClient, password: str) -> None:
    build_user(app.state.house, "ria@example.org", "researcher")
    answer = client.post("/sign-in", data={"email": "ria@example.org", "password": password})
    assert answer.status_code == 422
    assert 'value="ria@example.org"' in answer.text


def test_an_unknown_address_gets_the_same_sentence_as_a_wrong_password(
    app: FastAPI, client: PageClient
) -> None:
    build_user(app.state.house, "ria@example.org", "researcher")
    sentence = "Dit e-mailadres en wachtwoord horen niet bij elkaar."
    for email in ("ria@example.org", "nobody@example.org"):
        assert sentence in client.post("/sign-in", data={"email": email, "password": "wrong"}).text


@pytest.mark.usefixtures("still_clock")
def test_guessing_stops_after_ten_tries(app: FastAPI, client: PageClient) -> None:
    build_user(app.state.house, "ria@example.org", "researcher")
    tries = [
        client.post("/sign-in", data={"email": "ria@example.org", "password": str(n)}) for n in range(11)
    ]
    assert [answer.status_code for answer in tries[-2:]] == [422, 429]


def test_after_signing_out_the_old_cookie_is_worthless(app: FastAPI) -> None:
    client = sign_in(app, "mo@example.org", "manager")
    cookie = client.cookies["journey_session"]
    client.post("/sign-out", data={"csrf_token": csrf_of(client)})
    client.cookies.set("journey_session", cookie)
    assert "Inloggen" in client.get("/").text


def test_a_form_without_the_session_s_field_is_refused(app: FastAPI) -> None:
    client = sign_in(app, "mo@example.org", "manager")
    assert client.post("/sign-out", data={}).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_a_form_from_another_site_is_refused(client: PageClient, headers: dict[str, str]) -> None:
    answer = client.post("/sign-in", data={"email": "a@example.org", "password": "x"}, headers=headers)
    assert answer.status_code == 403


def test_a_phone_on_plain_http_can_sign_in(browser: Browser, app: FastAPI, settings: Settings) -> None:
    """On a plain address that is not this machine a browser sends no Sec-Fetch-Site: only Origin tells."""
    build_user(app.state.house, "ria@example.org", "researcher")
    with served(lambda _address: app) as address:
        port = address.rsplit(":", 1)[1]
        flags = [*FLAGS, "--host-resolver-rules=MAP desk.example 127.0.0.1"]
        launched = browser.browser_type.launch(executable_path="/usr/bin/chromium", args=flags)
        with phone_page(launched, java_script=False) as page:
            page.goto(f"http://desk.example:{port}/")
            page.get_by_label("E-mailadres").fill("ria@example.org")
            page.get_by_label("Wachtwoord").fill(PASSWORD)
            page.get_by_role("button", name="Inloggen").tap()
            page.get_by_role("button", name="Uitloggen").wait_for()
        launched.close()
