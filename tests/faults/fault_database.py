"""A database that goes away under load and comes back."""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Any

import psycopg
import pytest

from journey.work import House
from tests.faults.installation import Installation, wait_until
from tests.faults.load import Load, check_kept, loading
from tests.support.postgres import PostgresServer


def test_the_database_is_unreachable_for_a_while(
    house: House,
    installation: Installation,
    load: Load,
    postgres: PostgresServer | None,
    told: dict[str, Any],
) -> None:
    """PostgreSQL is killed and started again; the SQLite file is locked by another program for longer than we wait."""
    installation.start_web()
    with loading(load):
        wait_until("answers flow", load.is_flowing)
        if postgres is None:
            _lock(installation.database_url.removeprefix("sqlite:///"), seconds=20)
        else:
            postgres.kill()
            time.sleep(3)
            assert not installation.is_ready()
            postgres.start_again()
        wait_until("the web process is ready by itself", installation.is_ready)
        wait_until("answers flow again", load.is_flowing)
    house.database.close()
    check_kept(house, load)
    assert 503 in load.statuses
    told.update(acknowledged=len(load.acknowledged), refused=load.refusals.total())


def _lock(file: str, seconds: float) -> None:
    with sqlite3.connect(file, timeout=30, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        other.execute("ROLLBACK")


def test_connections_are_cut_again_and_again(
    house: House,
    installation: Installation,
    load: Load,
    postgres: PostgresServer | None,
    told: dict[str, Any],
) -> None:
    if postgres is None:
        pytest.skip("SQLite has no connections to cut")
    installation.start_web()
    with loading(load), psycopg.connect(postgres.url(), autocommit=True) as operator:
        for _ in range(10):
            time.sleep(0.5)
            operator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            )
        wait_until("answers flow again", load.is_flowing)
    house.database.close()
    check_kept(house, load)
    told.update(acknowledged=len(load.acknowledged), refused=load.refusals.total())


def test_the_leading_worker_loses_its_database_and_leads_again(
    house: House,
    installation: Installation,
    load: Load,
    postgres: PostgresServer | None,
    told: dict[str, Any],
) -> None:
    """Another worker waits beside it: one of the two leads, and the heart beats again."""
    from journey.models import WorkerBeat

    def beat() -> object:
        with house.work(write=False) as work:
            found = work.session.get(WorkerBeat, 1)
            return found and found.beat_at

    installation.start_worker()
    other = installation.command("worker")
    installation.running["other"] = other
    wait_until("a worker leads", beat)
    before = beat()
    if postgres is None:
        installation.kill("worker")
    else:
        postgres.kill()
        time.sleep(2)
        postgres.start_again()
    house.database.close()
    started = time.monotonic()
    wait_until("the heart beats again", lambda: beat() not in (None, before))
    told.update(seconds_without_a_leader=round(time.monotonic() - started, 1))
    assert threading.active_count() < 50
