"""A database of every version that was out in the world comes forward without losing anything.

Each `.sql` here holds invented people as the code of that revision wrote them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from journey import migrations
from journey.db import Database
from journey.settings import Settings
from tests.support.databases import Databases
from tests.support.pages import PageClient

DUMPS = sorted(Path(__file__).parent.glob("*.sql"))
# What the code counts again from the facts; an upgrade may empty it.
DERIVED = ("journey_summary", "clock_span", "lead_time_count", "selection_count")


def fill(database: Database, dump: Path) -> None:
    """Foreign keys inside one table may point ahead: several rows of one transaction, checked at its end."""
    lines = [line for line in dump.read_text(encoding="utf-8").split(";\n") if "INSERT" in line]
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        for line in lines:
            connection.exec_driver_sql(line.replace("%", "%%") if not database.is_sqlite else line)


def counts(connection: Connection) -> dict[str, int]:
    names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}  # noqa: S608


def values(connection: Connection) -> list[tuple[object, ...]]:
    """A sample that no upgrade may change: who takes part, what was said, and what was agreed to."""
    questions = (
        "SELECT id, code FROM participant ORDER BY id",
        "SELECT id, step, value FROM rating ORDER BY id",
        "SELECT id, participant_id, given_at FROM consent ORDER BY id",
        "SELECT id, email, role FROM staff ORDER BY id",
    )
    return [tuple(row) for question in questions for row in connection.execute(text(question))]


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_an_older_database_comes_forward_whole(dump: Path, databases: Databases, tmp_path: Path) -> None:
    from journey.app import create_app

    with databases.bare(tmp_path) as url:
        migrations.upgrade(url, dump.stem)
        database = Database(url)
        fill(database, dump)
        with database.engine.connect() as connection:
            before, said = counts(connection), values(connection)
        migrations.upgrade(url)
        with database.engine.connect() as connection:
            after = counts(connection)
            assert values(connection) == said
            if database.is_sqlite:
                assert not connection.execute(text("PRAGMA foreign_key_check")).all()
        lost = {name: (rows, after.get(name)) for name, rows in before.items() if after.get(name) != rows}
        assert lost.keys() <= set(DERIVED), lost
        database.close()
        with PageClient(create_app(Settings(database_url=url)), base_url="http://127.0.0.1:8000") as client:
            assert client.get("/health/ready").json()["status"] == "ok"


def test_the_first_version_is_among_them() -> None:
    assert "04cbb24577e8" in {dump.stem for dump in DUMPS}
