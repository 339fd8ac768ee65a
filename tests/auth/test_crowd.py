"""A crowd at the door keeps nobody inside waiting: a password is looked at outside every lock, a few at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI

from journey.app import FEW
from journey.audit.service import record_act
from journey.auth import service
from journey.models import User
from journey.work import House
from tests.support.build import build_user
from tests.support.pages import PageClient

PATIENCE = 20.0


class Slow:
    """Looks at passwords until it is told to go on; counts how many at a time."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.lock = threading.Semaphore(0), threading.Event(), threading.Lock()
        self.now = self.most = 0

    def verify(self, _hash: str, _password: str) -> bool:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.release()
        assert self.go_on.wait(PATIENCE)
        with self.lock:
            self.now -= 1
        return True


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    found = Slow()
    real = service._hasher
    monkeypatch.setattr(service, "_nobody_hash", lambda: "none")
    monkeypatch.setattr(service, "_hasher", type("Hasher", (), {"verify": found.verify, "hash": real.hash})())
    return found


def enter(app: FastAPI, number: int) -> Any:
    client = PageClient(app, base_url=app.state.house.settings.base_url, client=(f"10.0.0.{number}", 5000))
    data = {"email": f"{number}@example.org", "password": "correct horse battery"}
    return client.post("/sign-in", data=data, follow_redirects=False).status_code


def test_while_passwords_are_looked_at_everybody_else_goes_on(app: FastAPI, house: House, slow: Slow) -> None:
    for number in range(10):
        build_user(house, f"{number}@example.org", "researcher")
    inside = PageClient(app, base_url=house.settings.base_url)
    with ThreadPoolExecutor(10) as crowd:
        entering = [crowd.submit(enter, app, number) for number in range(10)]
        for _one in range(FEW):
            assert slow.begun.acquire(timeout=PATIENCE)
        with house.work() as work:  # nobody holds the writers' lock
            record_act(work, "test.write", "x")
        assert inside.get("/health/live").status_code == 200
        assert inside.post("/check", data={"what": "0612345678"}).status_code == 200
        slow.go_on.set()
        assert {one.result() for one in entering} == {303}
    assert slow.most <= FEW


def test_an_account_that_was_closed_meanwhile_lets_nobody_in(app: FastAPI, house: House, slow: Slow) -> None:
    build_user(house, "1@example.org", "researcher")
    with ThreadPoolExecutor(1) as crowd:
        entering = crowd.submit(enter, app, 1)
        assert slow.begun.acquire(timeout=PATIENCE)
        with house.work() as work:
            user = work.session.get_one(User, 1)
            user.active = False
            work.session.add(user)
        slow.go_on.set()
        assert entering.result() == 422
