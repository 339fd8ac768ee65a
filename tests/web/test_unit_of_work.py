"""What a view wrote is on disk before the answer leaves, or there is no good answer."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlmodel import Session, func, select

from journey.models import UserSession
from tests.support.build import PASSWORD, build_user
from tests.support.pages import PageClient

pytestmark = pytest.mark.both


@pytest.fixture
def login(app: FastAPI) -> dict[str, str]:
    build_user(app.state.house, "ria@example.org", "researcher")
    return {"email": "ria@example.org", "password": PASSWORD}


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full")), 503),
        (OperationalError("COMMIT", {}, psycopg.errors.DiskFull("could not extend file")), 503),
        (OperationalError("COMMIT", {}, sqlite3.OperationalError("no such table: rating")), 500),
        (ProgrammingError("COMMIT", {}, psycopg.errors.UndefinedTable("rating")), 500),
    ],
    ids=["full-sqlite", "full-postgresql", "lasting-sqlite", "lasting-postgresql"],
)
def test_a_failing_commit_gives_no_good_answer(
    app: FastAPI,
    login: dict[str, str],
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    status: int,
) -> None:
    """What may be gone at the next try is a 503 that says so; a fault of ours is a 500."""

    def fail(_session: Session) -> None:
        raise fault

    with PageClient(app, raise_server_exceptions=False) as client:
        monkeypatch.setattr(Session, "commit", fail)
        answer = client.post("/sign-in", data=login, follow_redirects=False)
    monkeypatch.undo()
    assert answer.status_code == status
    assert ("retry-after" in answer.headers) == (status == 503)
    assert session.exec(select(func.count()).select_from(UserSession)).one() == 0


def test_the_same_key_acts_once_and_answers_twice(
    client: PageClient, login: dict[str, str], session: Session
) -> None:
    answers = []
    for _ in range(2):
        client.cookies.clear()
        answers.append(
            client.post("/sign-in", data=login, headers={"Idempotency-Key": "k-1"}, follow_redirects=False)
        )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert session.exec(select(func.count()).select_from(UserSession)).one() == 1


def test_the_same_key_with_another_body_is_refused(client: PageClient, login: dict[str, str]) -> None:
    headers = {"Idempotency-Key": "k-1"}
    client.post("/sign-in", data=login, headers=headers, follow_redirects=False)
    client.cookies.clear()
    other: dict[str, Any] = {**login, "email": "someone@example.org"}
    assert client.post("/sign-in", data=other, headers=headers).status_code == 409


def test_a_refused_try_is_not_remembered(client: PageClient, login: dict[str, str]) -> None:
    headers = {"Idempotency-Key": "k-2"}
    wrong = client.post("/sign-in", data={**login, "password": "wrong"}, headers=headers)
    right = client.post("/sign-in", data=login, headers=headers, follow_redirects=False)
    assert (wrong.status_code, right.status_code) == (422, 303)


def test_an_old_form_with_other_words_is_something_new(client: PageClient, login: dict[str, str]) -> None:
    answers = []
    for email in (login["email"], "someone@example.org"):
        client.cookies.clear()
        form = {**login, "email": email, "idempotency_key": "page-1"}
        answers.append(client.post("/sign-in", data=form, follow_redirects=False).status_code)
    assert answers == [303, 422]
