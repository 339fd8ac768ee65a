"""A disk that is full, and a file on it that is damaged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from journey import migrations
from journey.auth.scope import get_participant
from journey.consent.service import record_consent
from journey.upload.service import NewUpload, record_upload
from journey.work import House
from tests.faults.conftest import fill, small_disk
from tests.faults.installation import Installation, wait_until
from tests.faults.load import Load, check_kept, loading
from tests.support.build import CONSENT, PASSWORD, build_user
from tests.support.postgres import PostgresServer
from tests.upload.samples import photo


@pytest.fixture
def disk(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[Path]:
    # A server of PostgreSQL has no way into the folders of a test.
    with small_disk((postgres.folder if postgres else tmp_path) / "disk", 24) as folder:
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


def test_what_somebody_sent_is_damaged_on_the_disk(
    house: House, installation: Installation, load: Load, told: dict[str, Any]
) -> None:
    """Whoever opens it reads that it is damaged; the other one opens, and answers go on."""
    with house.work() as work:
        person = get_participant(work, load.people[0])
        record_consent(work, person, replace(CONSENT, photos=True))
        rows = [record_upload(work, person, NewUpload("photo", photo(), f"key-{one}")) for one in range(2)]
        addresses = [f"/participants/{person.code}/uploads/{row.id}" for row in rows]
        damaged = installation.uploads / rows[0].stored_as[:2] / rows[0].stored_as
    build_user(house, "r@example.org", "researcher")
    installation.start_web()
    with loading(load), httpx2.Client(base_url=installation.address) as reader:
        wait_until("answers flow", load.is_flowing)
        reader.post("/sign-in", data={"email": "r@example.org", "password": PASSWORD})
        assert [reader.get(one).status_code for one in addresses] == [200, 200]
        content = bytearray(damaged.read_bytes())
        content[len(content) // 2] ^= 1
        damaged.write_bytes(content)
        answers = [reader.get(one) for one in addresses]
        assert [one.status_code for one in answers] == [409, 200]
        assert "beschadigd" in answers[0].text
        wait_until("answers flow on", load.is_flowing)
    check_kept(house, load)
    told.update(acknowledged=len(load.acknowledged), damaged=1)
