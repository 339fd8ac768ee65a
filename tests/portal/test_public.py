"""Pages for everyone: is this real, what about my data, can I use it."""

from __future__ import annotations

import pytest

from journey.auth.service import create_user
from journey.work import House
from tests.support.build import PASSWORD, build_participant, build_study
from tests.support.pages import PageClient


@pytest.fixture
def house_with_numbers(house: House) -> House:
    with house.work() as work:
        build_participant(work, build_study(work), phone="0612345678")
        create_user(work, "ria@example.org", "researcher", password=PASSWORD, phone="06 2222 3333")
        create_user(work, "bo@example.org", "researcher", password=PASSWORD, phone="Bureau")
    return house


def test_the_numbers_we_call_from_are_shown_without_names(
    house_with_numbers: House, client: PageClient
) -> None:
    page = client.get("/check").text
    assert "023 200 0000" in page and "06 22223333" in page
    assert "Ria" not in page and "ria@" not in page


@pytest.mark.parametrize(
    "typed", ["0622223333", "06-2222 3333", "+31 6 22223333", "0031622223333", "023 2000000"]
)
def test_a_number_of_ours_is_recognised_however_typed(
    house_with_numbers: House, client: PageClient, typed: str
) -> None:
    assert "Ja, dit nummer is van het onderzoek." in client.post("/check", data={"number": typed}).text


def test_another_number_is_not_ours(house_with_numbers: House, client: PageClient) -> None:
    assert "Nee, dit nummer is niet van ons." in client.post("/check", data={"number": "0699999999"}).text


def test_a_participant_s_number_is_as_unknown_as_any(house_with_numbers: House, client: PageClient) -> None:
    theirs = client.post("/check", data={"number": "0612345678"}).text
    other = client.post("/check", data={"number": "0698765432"}).text
    assert theirs.replace("0612345678", "") == other.replace("0698765432", "")


@pytest.mark.parametrize("typed", ["", "mama", "😀", "1" * 5000, "+"])
def test_what_is_no_number_is_asked_again(house_with_numbers: House, client: PageClient, typed: str) -> None:
    assert client.post("/check", data={"number": typed}).status_code == 422


@pytest.mark.parametrize("path", ["/check", "/privacy", "/accessibility", "/code", "/p/unknown"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_public_pages_in_both_languages(client: PageClient, path: str, language: str) -> None:
    page = client.get(path, params={"lang": language})
    assert f'<html lang="{language}"' in page.text
    assert "set-cookie" not in page.headers


def test_without_a_study_there_is_nothing_to_call(client: PageClient) -> None:
    assert "Er loopt nu geen onderzoek." in client.get("/check").text
