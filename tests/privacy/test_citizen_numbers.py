"""No citizen number is kept: nine digits that pass the eleven-test are refused, and what was typed is still there."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import Rating
from journey.portal.service import as_participant
from journey.rating.service import NewRating, record_rating
from journey.rules.recognisable import find_citizen_number
from tests.support.build import token_headers
from tests.support.desk import STUDY, Desk, build_desk

NUMBER = "111222333"  # passes the test, as every example of it does


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (f"bsn {NUMBER}", NUMBER),
        (NUMBER, NUMBER),
        ("1112.22.333", "1112.22.333"),
        ("111 222 333.", "111 222 333"),
        (f"({NUMBER})", NUMBER),
        ("111222334", None),
        ("000000000", None),
        (f"nr{NUMBER}", None),
        (f"9{NUMBER}", None),
        (f"{NUMBER}9", None),
        ("0612345678", None),
        ("negen cijfers", None),
    ],
)
def test_nine_digits_by_themselves_that_pass_the_test(words: str, found: str | None) -> None:
    assert find_citizen_number(words) == found


@pytest.fixture
def researcher(app: FastAPI) -> Desk:
    return build_desk(app)


def test_a_reason_with_a_number_comes_back_with_what_was_typed(researcher: Desk) -> None:
    code = researcher.enrol()
    answer = researcher.post(
        f"/participants/{code}/steps/cv",
        {"state": "skipped", "source": "call", "reason": f"zijn bsn is {NUMBER}"},
    )
    assert answer.status_code == 422
    assert "Hier staat een burgerservicenummer." in answer.text
    assert f"zijn bsn is {NUMBER}" in answer.text


def test_the_api_refuses_it_too_and_says_why(researcher: Desk) -> None:
    code = researcher.enrol()
    answer = researcher.client.post(
        f"/api/v1/participants/{code}/ratings",
        json={
            "step": "cv",
            "subject": "step",
            "value": "neutral",
            "channel": "call",
            "quote": f"bsn {NUMBER}",
        },
        headers=token_headers(researcher.house, "researcher", STUDY),
    )
    assert answer.status_code == 400
    assert "burgerservicenummer" in answer.json()["detail"]


def test_what_a_participant_says_is_kept(researcher: Desk) -> None:
    code = researcher.enrol()
    with researcher.work() as work:
        person = researcher.person(work, code)
        own = as_participant(work, person)
        record_rating(own, person, NewRating("cv", "step", "neutral", "web", quote=f"mijn bsn is {NUMBER}"))
    with researcher.house.work(write=False) as work:
        assert len(work.session.exec(select(Rating)).all()) == 1
