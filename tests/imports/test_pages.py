"""The pages: choose a file, look, take it in; who may, and where a file stays meanwhile."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.imports.keeping import forget_old
from journey.models import Journey
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House
from tests.imports.conftest import CODE, HEADER, PEOPLE, ROW, csv_file
from tests.support.build import csrf_of, sign_in
from tests.support.pages import PageClient

PAGE = f"/studies/{CODE}/import"


@pytest.fixture
def filled(inside: House, app: FastAPI) -> FastAPI:
    with inside.work() as work:
        load_folder(work, folder("seeds") / "consent")
    return app


@pytest.fixture
def researcher(filled: FastAPI) -> PageClient:
    return sign_in(filled, "onderzoeker@example.org", "researcher")


def hand_in(client: PageClient, file: bytes, content: str = "journeys", follow: bool = True) -> object:
    return client.post(
        PAGE,
        data={"csrf_token": csrf_of(client), "content": content, "separator": ""},
        files={"file": ("bestand.csv", file)},
        follow_redirects=follow,
    )


def address_of(client: PageClient, file: bytes, content: str = "journeys") -> str:
    return str(hand_in(client, file, content, follow=False).headers["location"])  # type: ignore[attr-defined]


def kept(settings: Settings) -> list[Path]:
    return [path for path in Path(settings.uploads).glob("imports/*/*") if path.is_file()]


def test_a_file_is_shown_and_then_taken_in(researcher: PageClient, house: House, settings: Settings) -> None:
    address = address_of(researcher, csv_file(HEADER, ROW))
    assert "Lees alles in" in researcher.get(address).text
    answer = researcher.post(address, data={"csrf_token": csrf_of(researcher)})
    assert "1 reis nieuw" in answer.text
    with house.work(write=False) as work:
        assert [one.reference for one in work.session.exec(select(Journey)).all()] == ["Z-1"]
    assert kept(settings) == []


def test_a_wrong_file_has_no_button_and_cannot_be_forced(researcher: PageClient, house: House) -> None:
    address = address_of(researcher, csv_file(HEADER, ROW.replace("27plus", "kookles")))
    page = researcher.get(address).text
    assert "Lees alles in" not in page
    assert "kolom B (route)" in page
    answer = researcher.post(address, data={"csrf_token": csrf_of(researcher)})
    assert "Er is niets ingelezen" in answer.text
    with house.work(write=False) as work:
        assert not work.session.exec(select(Journey)).all()
    assert "kookles" in researcher.get(f"{address}/faults.csv").text


def test_a_file_that_is_no_table_comes_back_with_the_form(researcher: PageClient) -> None:
    answer = hand_in(researcher, b"%PDF-1.7")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "Dit is een PDF" in answer.text  # type: ignore[attr-defined]


def test_no_file_at_all(researcher: PageClient) -> None:
    data = {"csrf_token": csrf_of(researcher), "content": "journeys"}
    assert "Kies een bestand." in researcher.post(PAGE, data=data).text


def test_a_file_over_the_limit_of_other_pages_is_taken(researcher: PageClient) -> None:
    rows = [f"Z-{number},27plus,2026-02-02,,,,," + " " * 900 for number in range(1300)]
    file = csv_file(HEADER, *rows)
    assert len(file) > 1_000_000
    assert "Bladzijde 1 van 13" in hand_in(researcher, file).text  # type: ignore[attr-defined]


def test_a_kept_file_is_sealed_and_gone_after_an_hour(
    researcher: PageClient, house: House, settings: Settings
) -> None:
    address = address_of(researcher, csv_file(PEOPLE, "27plus,Ada,0612345678,bellen,ja,ja"), "participants")
    [path] = kept(settings)
    assert b"Ada" not in path.read_bytes()
    old = time.time() - 3700
    os.utime(path, (old, old))
    assert researcher.get(address).status_code == 404
    assert forget_old(house, house.clock.now()) == 1
    assert kept(settings) == []


def test_a_kept_file_is_of_who_handed_it_in(researcher: PageClient, filled: FastAPI) -> None:
    address = address_of(researcher, csv_file(HEADER, ROW))
    colleague = sign_in(filled, "collega@example.org", "lead")
    assert colleague.get(address).status_code == 404
    assert researcher.get(address.replace("/journeys/", "/participants/")).status_code == 404


def test_a_file_can_be_thrown_away(researcher: PageClient, settings: Settings) -> None:
    address = address_of(researcher, csv_file(HEADER, ROW))
    researcher.post(f"{address}/forget", data={"csrf_token": csrf_of(researcher)})
    assert kept(settings) == []


@pytest.mark.parametrize(
    ("role", "status"),
    [("researcher", 200), ("lead", 200), ("admin", 200), ("manager", 403), ("privacy", 403)],
)
def test_who_may_hand_in_files(filled: FastAPI, role: str, status: int) -> None:
    client = sign_in(filled, f"{role}@example.org", role)
    assert client.get(PAGE).status_code == status
    assert client.get(f"/studies/{CODE}/import-template/reizen.csv").status_code == status


def test_an_administrator_hands_in_journeys_and_no_people(filled: FastAPI) -> None:
    client = sign_in(filled, "beheer@example.org", "admin")
    assert "deelnemers.csv" not in client.get(PAGE).text
    assert "Wat er gaat gebeuren" in hand_in(client, csv_file(HEADER, ROW)).text  # type: ignore[attr-defined]
    people = hand_in(client, csv_file(PEOPLE, "27plus,Ada,0612345678,bellen,ja,ja"), "participants")
    assert people.status_code == 422  # type: ignore[attr-defined]


def test_a_study_of_others_is_not_there(filled: FastAPI, house: House) -> None:
    from tests.support.build import build_study

    with house.work() as work:
        build_study(work, "elders")
    client = sign_in(filled, "daar@example.org", "researcher", "elders")
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("name", ["reizen.csv", "reizen.xlsx", "reizen-lang.xlsx", "reizen-lang.csv"])
def test_a_template_can_be_taken_in_as_it_is(researcher: PageClient, name: str) -> None:
    file = researcher.get(f"/studies/{CODE}/import-template/{name}").content
    assert "Lees alles in" in hand_in(researcher, file).text  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["deelnemers.csv", "deelnemers.xlsx"])
def test_the_template_of_participants_can_be_taken_in(researcher: PageClient, name: str) -> None:
    file = researcher.get(f"/studies/{CODE}/import-template/{name}").content
    assert "Lees alles in" in hand_in(researcher, file, "participants").text  # type: ignore[attr-defined]
