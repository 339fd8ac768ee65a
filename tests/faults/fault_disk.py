"""A disk that is full, and a file on it that is damaged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from journey import migrations
from journey.work import House
from tests.faults.conftest import fill, small_disk
from tests.faults.installation import Installation, wait_until
from tests.faults.load import Load, check_kept, loading
from tests.support.postgres import PostgresServer


@pytest.fixture
def disk(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 24) as folder:
        yield folder


@pytest.fixture
def database_url(disk: Path, postgres: PostgresServer | None) -> Iterator[str]:
    """The database lies on the small disk: the SQLite file, or the tables of a PostgreSQL whose log lies elsewhere."""
    if postgres is None:
        url = f"sqlite:///{disk / 'journey.db'}"
        migrations.upgrade(url)
        yield url
        return
    tables = disk / "tables"
    tables.mkdir()
    postgres.own(tables)
    postgres.own(disk)
    with psycopg.connect(postgres.url(), autocommit=True) as operator:
        operator.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
        operator.execute("CREATE DATABASE small TABLESPACE small")
    url = postgres.url("small")
    migrations.upgrade(url)
    yield url
    postgres.stop()


def test_the_disk_is_full_and_has_room_again(
    house: House, installation: Installation, load: Load, disk: Path, told: dict[str, Any]
) -> None:
    installation.start_web()
    with loading(load):
        wait_until("answers flow", load.is_flowing)
        filler = fill(disk)
        wait_until("the full disk is noticed", lambda: any(status == 503 for status in load.statuses))
        time.sleep(2)
        filler.unlink()
        wait_until("answers flow again, without hands", load.is_flowing)
    house.database.close()
    check_kept(house, load)
    told.update(acknowledged=len(load.acknowledged), refused=load.refusals.total())
