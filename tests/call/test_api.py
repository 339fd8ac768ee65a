"""Calls due and attempts over the API."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.clock import at_local, local_day
from journey.consent.service import withdraw_participant
from journey.models import Attempt, Call, Participant
from journey.work import House, Work
from tests.support.build import build_participant, build_study, get_study_by, token_headers
from tests.support.pages import PageClient

At = Callable[..., AbstractContextManager[Work]]
TODAY = date(2026, 3, 17)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def call_id(house: House) -> int:
    with house.work() as work:
        build_participant(work, get_study_by(work, "haarlem-test"))
        return work.session.exec(select(Call.id)).one() or 0


@pytest.fixture
def bearer(house: House) -> dict[str, str]:
    return token_headers(house, "researcher", "haarlem-test")


def post(client: PageClient, call_id: int, bearer: dict[str, str], **body: Any) -> Any:
    return client.post(f"/api/v1/calls/{call_id}/attempts", json=body, headers=bearer)


def test_due_calls_come_with_the_reason_for_their_place(
    client: PageClient, call_id: int, bearer: dict[str, str]
) -> None:
    answer = client.get("/api/v1/calls", headers=bearer)
    assert answer.status_code == 200
    assert answer.json() == [
        {
            "id": call_id,
            "participant": "H-001",
            "week": "2026-03-16",
            "due_on": "2026-03-17",
            "kind": "weekly",
            "appointment_at": None,
            "appointment_until": None,
            "next_at": None,
            "reason": "Nog niet gesproken",
            "rank": 6,
            "attempts": 0,
        }
    ]


@pytest.mark.parametrize(("on", "count"), [("2026-03-16", 0), ("2026-03-17", 1), ("2026-03-20", 1)])
def test_the_day_chooses_what_is_due(
    client: PageClient, call_id: int, bearer: dict[str, str], on: str, count: int
) -> None:
    assert len(client.get("/api/v1/calls", params={"on": on}, headers=bearer).json()) == count


@pytest.mark.parametrize(
    "on", ["morgen", "2026-02-30", "1773705600", "2026-03-17T10:00", "", "9999-12-31", "0001-01-01"]
)
def test_a_wrong_day_names_its_field(
    client: PageClient, call_id: int, bearer: dict[str, str], on: str
) -> None:
    answer = client.get("/api/v1/calls", params={"on": on}, headers=bearer)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "on")


def test_an_attempt_answers_with_the_round_and_when_to_try_again(
    client: PageClient, house: House, call_id: int, bearer: dict[str, str]
) -> None:
    answer = post(client, call_id, bearer, outcome="no_answer", at="2026-03-17T10:00:00+01:00")
    assert answer.status_code == 201
    body = answer.json()
    assert body["call"]["state"] == "open"
    assert body["call"]["next_at"] == "2026-03-17T12:00:00Z"
    assert body["call"]["attempts"] == 1
    with house.work() as work:
        assert work.session.exec(select(Attempt.id)).one() == body["id"]


def test_an_interview_closes_the_round(client: PageClient, call_id: int, bearer: dict[str, str]) -> None:
    call = post(client, call_id, bearer, outcome="interview").json()["call"]
    assert (call["state"], call["next_at"]) == ("done", None)


def test_a_moment_without_zone_is_local_time(
    client: PageClient, house: House, call_id: int, bearer: dict[str, str]
) -> None:
    answer = post(client, call_id, bearer, outcome="appointment", appointment_at="2026-03-19T14:30")
    assert answer.status_code == 201
    with house.work() as work:
        assert work.session.exec(select(Call.appointment_at)).one() == at_local(date(2026, 3, 19), 14, 30)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "gone_fishing"}, "outcome"),
        ({"outcome": 3}, "outcome"),
        ({}, "outcome"),
        ({"outcome": "appointment"}, "appointment_at"),
        ({"outcome": "appointment", "appointment_at": "2026-03-01T10:00+01:00"}, "appointment_at"),
        ({"outcome": "no_answer", "at": "2026-03-19T10:00+01:00"}, "at"),
        ({"outcome": "no_answer", "at": 1773705600}, "at"),
        ({"outcome": "no_answer", "at": "2026-03-17"}, "at"),
        ({"outcome": "no_answer", "at": "2026-03-17T99:00"}, "at"),
        ({"outcome": "no_answer", "at": "9999-12-31T23:59:59-14:00"}, "at"),
        ({"outcome": "no_answer", "at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"outcome": "no_answer", "note": "x" * 5001}, "note"),
        ({"outcome": "no_answer", "note": "nul \0 here"}, "note"),
        ({"outcome": "no_answer", "color": "red"}, "color"),
    ],
)
def test_a_wrong_body_names_its_field(
    client: PageClient, call_id: int, bearer: dict[str, str], body: dict[str, Any], field: str
) -> None:
    answer = post(client, call_id, bearer, **body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null"])
def test_a_body_that_is_none_is_refused(
    client: PageClient, call_id: int, bearer: dict[str, str], content: bytes
) -> None:
    headers = {**bearer, "Content-Type": "application/json"}
    assert (
        client.post(f"/api/v1/calls/{call_id}/attempts", content=content, headers=headers).status_code == 400
    )


def test_a_call_of_somebody_who_withdrew_is_a_conflict(
    client: PageClient, house: House, call_id: int, bearer: dict[str, str]
) -> None:
    with house.work() as work:
        withdraw_participant(work, work.session.exec(select(Participant)).one(), "stop")
    assert post(client, call_id, bearer, outcome="interview").status_code == 409
    assert client.get("/api/v1/calls", headers=bearer).json() == []


def test_a_closed_round_is_a_conflict(client: PageClient, call_id: int, bearer: dict[str, str]) -> None:
    post(client, call_id, bearer, outcome="interview")
    assert post(client, call_id, bearer, outcome="no_answer").status_code == 409


def test_a_retry_with_the_same_key_records_one_attempt(
    client: PageClient, house: House, call_id: int, bearer: dict[str, str]
) -> None:
    headers = {**bearer, "Idempotency-Key": "one-dial"}
    first = post(client, call_id, headers, outcome="interview")
    again = post(client, call_id, headers, outcome="interview")
    other = post(client, call_id, headers, outcome="no_answer")
    assert (first.json(), first.status_code) == (again.json(), again.status_code)
    assert other.status_code == 409
    with house.work() as work:
        assert len(work.session.exec(select(Attempt)).all()) == 1


def test_calls_of_another_study_do_not_exist(client: PageClient, house: House, call_id: int) -> None:
    with house.work() as work:
        build_study(work, "elders")
    outsider = token_headers(house, "researcher", "elders")
    assert post(client, call_id, outsider, outcome="interview").status_code == 404
    assert client.get("/api/v1/calls", headers=outsider).json() == []


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**31, 10**30])
def test_a_call_that_does_not_exist_is_not_found(
    client: PageClient, bearer: dict[str, str], number: int
) -> None:
    assert post(client, number, bearer, outcome="interview").status_code == 404


@pytest.mark.parametrize("role", ["manager", "integrator", "admin", "privacy"])
def test_other_roles_may_not(client: PageClient, house: House, call_id: int, role: str) -> None:
    other = token_headers(house, role)
    assert client.get("/api/v1/calls", headers=other).status_code == 403
    assert post(client, call_id, other, outcome="interview").status_code == 403


def test_without_a_token_nothing_is_told(client: PageClient, call_id: int) -> None:
    assert client.get("/api/v1/calls").status_code == 401
    assert post(client, call_id, {}, outcome="interview").status_code == 401


def test_the_day_of_the_frozen_clock_is_today(app: FastAPI) -> None:
    assert local_day(app.state.house.clock.now()) == TODAY
    assert TODAY - timedelta(days=1) == date(2026, 3, 16)
