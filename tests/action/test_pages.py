"""The page of improvements: who may use it, what stays typed, and that two people are needed."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import Action
from journey.work import House
from tests.support.build import build_study, csrf_of, sign_in
from tests.support.pages import PageClient

STUDY = "haarlem-test"
ADDRESS = f"/studies/{STUDY}/actions"
TYPED = {
    "step": "cv",
    "since": "2026-01-05",
    "nl_heard": "Niemand hielp met het cv.",
    "nl_done": "Er is nu elke dinsdag hulp bij het cv.",
}


@pytest.fixture(autouse=True)
def study(house: House) -> None:
    with house.work() as work:
        build_study(work, STUDY)


def write_down(client: PageClient, **changes: str) -> int:
    answer = client.post(
        f"{ADDRESS}/new", data={**TYPED, **changes, "csrf_token": csrf_of(client)}, follow_redirects=False
    )
    return answer.status_code


def test_one_writes_it_and_another_approves_it(app: FastAPI) -> None:
    writer = sign_in(app, "manager@example.org", "manager", STUDY)
    reader = sign_in(app, "researcher@example.org", "researcher", STUDY)
    assert write_down(writer) == 303
    assert "wacht op een collega" in writer.get(ADDRESS).text
    reader.post(f"{ADDRESS}/1/approve", data={"csrf_token": csrf_of(reader)})
    shown = writer.get(ADDRESS).text
    assert "Deelnemers lezen dit" in shown
    assert TYPED["nl_done"] in shown


def test_its_writer_cannot_approve_it_by_hand(app: FastAPI, house: House) -> None:
    writer = sign_in(app, "manager@example.org", "manager", STUDY)
    write_down(writer)
    answer = writer.post(f"{ADDRESS}/1/approve", data={"csrf_token": csrf_of(writer)})
    assert answer.status_code == 409
    with house.work() as work:
        assert work.session.exec(select(Action.state)).one() == "draft"


def test_what_was_typed_stays_typed(app: FastAPI) -> None:
    client = sign_in(app, "researcher@example.org", "researcher", STUDY)
    answer = client.post(
        f"{ADDRESS}/new",
        data={**TYPED, "step": "", "en_done": "Help with the CV", "csrf_token": csrf_of(client)},
    )
    assert answer.status_code == 422
    assert TYPED["nl_heard"] in answer.text
    assert "Help with the CV" in answer.text


def test_a_form_filled_in_again_changes_it(app: FastAPI) -> None:
    client = sign_in(app, "manager@example.org", "manager", STUDY)
    write_down(client)
    page = client.get(f"{ADDRESS}/1")
    assert TYPED["nl_heard"] in page.text
    client.post(f"{ADDRESS}/1", data={**TYPED, "nl_done": "Anders gedaan.", "csrf_token": csrf_of(client)})
    assert "Anders gedaan." in client.get(ADDRESS).text


@pytest.mark.parametrize("role", ["admin", "privacy"])
def test_others_do_not_see_it(app: FastAPI, role: str) -> None:
    assert sign_in(app, f"{role}@example.org", role, STUDY).get(ADDRESS).status_code == 403


def test_one_of_another_study_is_not_there(app: FastAPI, house: House) -> None:
    write_down(sign_in(app, "manager@example.org", "manager", STUDY))
    with house.work() as work:
        build_study(work, "zandvoort-test")
    outsider = sign_in(app, "manager2@example.org", "manager", "zandvoort-test")
    assert outsider.get(f"{ADDRESS}/1").status_code == 404
    assert outsider.get("/studies/zandvoort-test/actions/1").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9223372036854775808", "9" * 300, "woord"])
def test_a_number_of_no_improvement_is_not_there(app: FastAPI, number: str) -> None:
    client = sign_in(app, "manager@example.org", "manager", STUDY)
    fields = {"csrf_token": csrf_of(client)}
    assert client.get(f"{ADDRESS}/{number}").status_code == 404
    for act in ("", "/approve", "/drop"):
        assert client.post(f"{ADDRESS}/{number}{act}", data=fields).status_code == 404
    assert client.post(f"/studies/{STUDY}/compare/{number}/drop", data=fields).status_code == 404
