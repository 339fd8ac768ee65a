"""An upgrade that is interrupted is started again, and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from journey import migrations
from journey.db import Database
from tests.faults.installation import Installation
from tests.support.postgres import PostgresServer

FIRST = "04cbb24577e8"
ROWS = 400


def test_migrate_is_killed_halfway(
    postgres: PostgresServer | None, tmp_path: Path, told: dict[str, Any]
) -> None:
    url = postgres.url() if postgres else f"sqlite:///{tmp_path / 'old.db'}"
    migrations.upgrade(url, FIRST)
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO municipality (code, name, prefix, counting_mode, last_number) "
                "VALUES (:code, :code, 'G', 'wet', 0)"
            ),
            [{"code": f"gemeente-{number}"} for number in range(ROWS)],
        )
    installation, dice, kills = Installation(tmp_path, url, "http://127.0.0.1:1"), random.Random(3), 0
    while kills < 40:
        process = installation.command("migrate")
        deadline = time.monotonic() + 0.4 * 1.1**kills + dice.uniform(0, 0.05)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        if process.poll() is not None:
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    assert process.returncode == 0, installation.log("migrate")[-2000:]
    assert migrations.is_current(database)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM municipality")).scalar_one() == ROWS
        assert not connection.execute(text("PRAGMA foreign_key_check")).all() if database.is_sqlite else True
    database.close()
    assert kills > 0
    told.update(kills=kills)
