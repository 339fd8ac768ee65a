"""The desk of quotes: researchers only, no names of participants, and the same without scripts."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import QuoteEdit, QuoteTheme, Rating
from journey.rating.service import NewRating, record_rating
from journey.work import House
from tests.support.build import CONSENT, build_participant, build_study, csrf_of, sign_in
from tests.support.pages import PageClient

STUDY = "haarlem-test"
BASE = f"/studies/{STUDY}/quotes"
NAMED = "Bij mevrouw Testers ging het snel."


@pytest.fixture
def rating(house: House) -> int:
    with house.work() as work:
        person = build_participant(work, build_study(work, STUDY))
        return record_rating(work, person, NewRating("cv", "step", "neutral", "call", NAMED)).id or 0


@pytest.fixture
def ada(app: FastAPI, rating: int) -> PageClient:
    return sign_in(app, "ada@example.org", "researcher", STUDY)


@pytest.fixture
def bea(app: FastAPI, rating: int) -> PageClient:
    return sign_in(app, "bea@example.org", "lead", STUDY)


def post(client: PageClient, address: str, **fields: str) -> int:
    data = {"csrf_token": csrf_of(client), "queue": "edit", **fields}
    return client.post(f"{BASE}/{address}", data=data, follow_redirects=False).status_code


def edit_id(house: House) -> str:
    with house.work(write=False) as work:
        return str(work.session.exec(select(QuoteEdit.id).order_by(QuoteEdit.id)).all()[-1])  # type: ignore[arg-type]


def test_words_wait_in_the_queue_without_the_code_of_the_person(ada: PageClient, rating: int) -> None:
    for address in (BASE, f"{BASE}/{rating}"):
        page = ada.get(address).text
        assert NAMED in page
        assert "H-001" not in page


def test_an_edit_and_a_colleagues_approval(
    ada: PageClient, bea: PageClient, rating: int, house: House
) -> None:
    assert post(ada, f"{rating}/edit", body="Bij […] ging het snel.", act="propose") == 303
    page = bea.get(f"{BASE}/{rating}").text
    assert "<del>mevrouw Testers </del>" in page and "<ins>[…] </ins>" in page
    assert post(bea, f"{rating}/decision", act="approve", seen=edit_id(house)) == 303
    assert "Bij […] ging het snel." in bea.get(f"{BASE}?queue=approved").text


def test_the_editor_has_no_button_to_approve(ada: PageClient, rating: int, house: House) -> None:
    post(ada, f"{rating}/edit", body="Het ging snel.", act="propose")
    assert "Goedkeuren" not in ada.get(f"{BASE}/{rating}").text
    assert post(ada, f"{rating}/decision", act="approve", seen=edit_id(house)) == 422


def test_a_name_left_in_warns_and_asks_for_one_more_look(
    ada: PageClient, bea: PageClient, rating: int, house: House
) -> None:
    post(ada, f"{rating}/edit", body=NAMED, act="propose")
    assert "mevrouw Testers)" in bea.get(f"{BASE}/{rating}").text
    seen = edit_id(house)
    assert post(bea, f"{rating}/decision", act="approve", seen=seen) == 422
    assert post(bea, f"{rating}/decision", act="approve", seen=seen, sure="yes") == 303


def test_an_empty_edit_comes_back_with_a_message(ada: PageClient, rating: int) -> None:
    assert post(ada, f"{rating}/edit", body="", act="propose") == 422


def test_themes_are_given_from_the_page(ada: PageClient, rating: int, house: House) -> None:
    assert post(ada, f"{rating}/themes", themes="fast", known="", act="next") == 303
    with house.work(write=False) as work:
        assert [row.theme for row in work.session.exec(select(QuoteTheme)).all()] == ["fast"]
    assert "Snel" in ada.get(f"{BASE}?queue=all&theme=fast").text
    assert NAMED not in ada.get(f"{BASE}?queue=all&theme=-").text


def test_words_that_changed_since_are_refused(ada: PageClient, rating: int, house: House) -> None:
    with house.work() as work:
        before = work.session.get_one(Rating, rating)
        work.session.add(replace_words(before))
    assert post(ada, f"{rating}/edit", body="Het ging snel.", act="propose") == 409


def replace_words(row: Rating) -> Rating:
    return Rating(**{**row.model_dump(exclude={"id"}), "quote": "Toch niet."})


def test_right_to_left_and_long_words_are_shown_as_text(ada: PageClient, house: House) -> None:
    words = "شكرا جزيلا 🙏🏽 <b>" + "x" * 4000
    with house.work() as work:
        from tests.support.build import get_study_by

        person = build_participant(work, get_study_by(work, STUDY), phone="0612345679", consent=CONSENT)
        row = record_rating(work, person, NewRating("cv", "step", "neutral", "call", words)).id
    assert "&lt;b&gt;" in ada.get(f"{BASE}/{row}").text


@pytest.mark.parametrize("role", ["manager", "admin", "privacy"])
def test_others_have_no_desk(app: FastAPI, rating: int, role: str) -> None:
    client = sign_in(app, f"{role}@example.org", role, STUDY)
    assert client.get(BASE).status_code == client.get(f"{BASE}/{rating}").status_code == 403


def test_a_manager_sees_no_tab_for_it(app: FastAPI, ada: PageClient) -> None:
    manager = sign_in(app, "m@example.org", "manager", STUDY)
    assert BASE not in manager.get(f"/studies/{STUDY}/figures").text
    assert BASE in ada.get(f"/studies/{STUDY}/figures").text


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9223372036854775808", "9" * 300, "woord"])
def test_a_number_of_no_words_is_not_there(ada: PageClient, number: str) -> None:
    assert ada.get(f"{BASE}/{number}").status_code == 404
    assert post(ada, f"{number}/edit", act="propose", body="Goed") == 404
