"""`journey serve --workers 2` as behind a proxy, and two `journey worker`: which process answers does not matter, one
leads, and who dies is followed by another. On SQLite there is one process, and nothing to look at."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import col, func, select

from journey.models import AuditEntry, Throttle, WorkerBeat
from journey.portal.letters import ALPHABET
from journey.work import House
from tests.faults.installation import Installation, wait_until
from tests.support.build import PASSWORD, build_user

VISITOR = "203.0.113.7"


@pytest.fixture(autouse=True)
def on_postgresql(on_sqlite: bool) -> None:
    if on_sqlite:
        pytest.skip("SQLite has one web process, and its worker inside it")


def web_processes(installation: Installation) -> set[int]:
    """Those that serve, without the one that watches them and Python's own helper."""
    parent = installation.running["serve"].pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return {int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()}


@contextmanager
def held(process: int, installation: Installation) -> Iterator[None]:
    """Asleep, so that whatever is asked meanwhile is answered by the other."""
    os.kill(process, signal.SIGSTOP)
    try:
        wait_until("the other answers", installation.is_ready)
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def visiting(installation: Installation) -> httpx2.Client:
    """What a proxy sends along; each request over a connection of its own."""
    headers = {"X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https", "Connection": "close"}
    return httpx2.Client(base_url=installation.address, headers=headers, timeout=30)


@pytest.fixture
def serving(installation: Installation) -> Iterator[Installation]:
    installation.running["serve"] = installation.command(
        "serve", "--port", str(installation.port), "--workers", "2"
    )
    wait_until("the web processes answer", installation.is_ready)
    yield installation


def test_two_web_processes_are_one_installation(
    house: House, serving: Installation, told: dict[str, Any]
) -> None:
    build_user(house, "lead@example.org", "lead")
    first, second = web_processes(serving)
    with visiting(serving) as staff, visiting(serving) as participant:
        with held(second, serving):
            staff.post("/sign-in", data={"email": "lead@example.org", "password": PASSWORD})
            assert staff.get("/participants").status_code == 200
            guesses = [participant.post("/code", data={"code": "ACDEFGH" + one}) for one in ALPHABET[:2]]
        with held(first, serving):
            assert staff.get("/participants").status_code == 200
            assert participant.get("/participants").status_code != 200
            guesses += [participant.post("/code", data={"code": "ACDEFGH" + one}) for one in ALPHABET[2:4]]
    assert {one.status_code for one in guesses} == {422}
    with house.work(write=False) as work:
        tried = select(func.sum(Throttle.tries)).where(col(Throttle.key).contains(f"code:{VISITOR}"))
        assert work.session.exec(tried).one() == len(guesses)
        origins = set(work.session.exec(select(AuditEntry.origin)).all())
    assert VISITOR in origins
    assert "127.0.0.1" not in origins
    told.update(processes=2)


def test_a_web_process_that_dies_is_replaced(serving: Installation) -> None:
    before = web_processes(serving)
    os.kill(min(before), signal.SIGKILL)
    assert serving.is_ready()
    wait_until("another takes its place", lambda: len(web_processes(serving) - before) == 1)


def test_of_two_workers_one_leads_until_it_dies(house: House, installation: Installation) -> None:
    def leader() -> str:
        with house.work(write=False) as work:
            beat = work.session.get(WorkerBeat, 1)
            return beat.leader if beat else ""

    installation.start_worker()
    wait_until("the first leads", leader)
    installation.running["second"] = installation.command("worker")
    first = leader()
    assert str(installation.running["worker"].pid) in first
    installation.kill("worker")
    wait_until("the second leads", lambda: leader() != first)
    assert str(installation.running["second"].pid) in leader()
