"""The figures over the API: who may read them, what is refused, and the fields of the contract."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from journey.work import House
from tests.support.build import token_headers
from tests.support.pages import PageClient

BASE = "/api/v1/studies/haarlem-test"


@pytest.fixture
def filled(filled_app: FastAPI) -> House:
    house: House = filled_app.state.house
    return house


@pytest.fixture
def client(filled_app: FastAPI) -> PageClient:
    return PageClient(filled_app, base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        ("researcher", "figures", 200),
        ("manager", "closing", 200),
        ("integrator", "figures", 403),
        ("integrator", "closing", 403),
        ("integrator", "lead-times", 200),
        ("integrator", "lead-times?population=participants", 403),
        ("manager", "lead-times?population=participants", 200),
        ("admin", "lead-times", 403),
        ("manager", "figures?route=bbz", 400),
        ("manager", "lead-times?population=some", 400),
    ],
)
def test_who_may_read_what_over_the_api(
    client: PageClient, filled: House, role: str, address: str, status: int
) -> None:
    answer = client.get(f"{BASE}/{address}", headers=token_headers(filled, role))
    assert answer.status_code == status
    if status >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_wrong_route_is_named_as_field(client: PageClient, filled: House) -> None:
    headers = token_headers(filled, "researcher")
    answer = client.get(f"{BASE}/figures?route=bbz", headers=headers)
    assert [error["field"] for error in answer.json()["errors"]] == ["route"]


@pytest.mark.parametrize("address", ["figures", "closing", "lead-times"])
def test_another_study_is_not_found_over_the_api(client: PageClient, filled: House, address: str) -> None:
    headers = token_headers(filled, "manager", "elders")
    assert client.get(f"{BASE}/{address}", headers=headers).status_code == 404


def test_without_a_token_nothing_is_read(client: PageClient, filled: House) -> None:
    assert client.get(f"{BASE}/figures").status_code == 401


def test_hidden_counts_are_null_over_the_api(client: PageClient, filled: House) -> None:
    headers = token_headers(filled, "manager")
    rows = client.get(f"{BASE}/figures?route=jongeren", headers=headers).json()["rows"]
    row = next(row for row in rows if row["step"] == "cv")
    assert (row["shown"], row["footnotes"]) == (False, [])
    counts = ("asked", "n", "negative", "neutral", "positive", "not_applicable", "no_answer")
    assert {row[name] for name in counts} == {None}


def test_the_lead_times_have_the_fields_of_the_contract(client: PageClient, filled: House) -> None:
    headers = token_headers(filled, "integrator")
    answer = client.get(f"{BASE}/lead-times?population=all", headers=headers).json()
    assert set(answer) == {"gate", "application", "application_net", "total", "pairs"}
    base = {"n", "open", "mean", "median", "p90", "max", "shown", "reason", "curve"}
    assert set(answer["gate"]) == base
    assert set(answer["application"]) == base | {"within_limit", "share_within_limit"}
    assert set(answer["pairs"][0]) == base | {"from", "to", "norm_days"}
    assert set(answer["total"]["curve"][0]) == {"day", "waiting", "low", "high"}


def test_the_closing_interviews_have_the_fields_of_the_contract(client: PageClient, filled: House) -> None:
    headers = token_headers(filled, "manager")
    answer = client.get(f"{BASE}/closing", headers=headers).json()
    assert (answer["n"], answer["grade_mean"], answer["shown"]) == (15, 6.5, True)
    friendly = next(row for row in answer["statements"] if row["id"] == "friendly")
    assert friendly == {"id": "friendly", "n": 15, "agree": 15, "neutral": 0, "disagree": 0}
