"""A database of every revision of the tables comes forward without losing anything.

Each `.sql` here holds invented people as they stood in the tables of one revision; the next revision needs the dump of
the one that is newest now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from journey import migrations
from journey.db import Database
from journey.progress.summary import rebuild_missing
from journey.settings import Settings
from tests.support.databases import Databases
from tests.support.pages import PageClient

pytestmark = pytest.mark.both

CHAIN: Final = tuple(
    reversed(
        [one.revision for one in ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions()]
    )
)
DUMPS: Final = {dump.stem: dump for dump in Path(__file__).parent.glob("*.sql")}
IN_ORDER: Final = sorted(DUMPS, key=CHAIN.index)

# What the code counts again from the facts; an upgrade may empty it.
DERIVED: Final = ("journey_summary", "clock_span", "lead_time_count", "selection_count")
# What stood in one column and stands in two since 5c1d7e90b2fa and 8c15d2f7a946, or with the people themselves since
# d3f7a1c5e982.
MOVED: Final = {
    ("progress", "reason"),
    *(("batch", name) for name in ("breakdowns", "people", "counted", "lead_times")),
}
# What the upgrade of a dump must have made of it, beside what it had to leave alone.
MADE: Final[dict[str, tuple[str, list[tuple[object, ...]]]]] = {
    "9b2e47d1c6f3": (
        "SELECT participant_id, step, subject, state, message_id FROM text_question",
        [(22, "cv", "step", "asked", 5)],
    ),
    "a1f1522ebbaf": (
        "SELECT category, reason FROM progress WHERE state = 'bypassed' ORDER BY id",
        [("circumstances", ""), ("other", "had al een cv van vorig jaar")],
    ),
    "7d3c5a90b1e4": ("SELECT participant_id, changes FROM calendar_entry", [(22, 0)]),
    "b84e2f61c0d7": ("SELECT id FROM message WHERE (tried_at IS NULL) <> (tries = 0)", []),
    "f3b71c92d6e5": (
        """SELECT CAST(breakdowns AS TEXT) LIKE '%"channels"%"lag"%', CAST(breakdowns AS TEXT) LIKE '%"spoken"%',
           CAST(counted AS TEXT) LIKE '%"bar/%' FROM batch ORDER BY id""",
        [(1, 0, 1)],
    ),
    "d3f7a1c5e982": ("SELECT participant_id FROM contact WHERE phone_wrong_at IS NOT NULL", [(22,)]),
    # Of two spellings that were stored before they were one, the first has the key.
    "6b0d93e7c418": (
        "SELECT id, reference_key FROM journey WHERE id > 300 ORDER BY id",
        [(301, "z-2026 0001"), (302, "z-2026 0001\n302"), (303, "z-2026 0001")],
    ),
    "a4c8e13f6d27": ("SELECT calls, texts, file_dates FROM consent WHERE id = 2", [(1, 1, 0)]),
}

Rows = dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]]


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


def rows(connection: Connection, wanted: Rows | None = None) -> Rows:
    """All that is stored, by table: names of columns and rows; only the columns of `wanted` when given."""
    found: Rows = {}
    for table in set(wanted or inspect(connection).get_table_names()) - {"alembic_version", *DERIVED}:
        stored = connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608
        own = tuple(stored.keys())
        names = wanted[table][0] if wanted else tuple(name for name in own if (table, name) not in MOVED)
        listed = (tuple(row[name] for name in names) for row in stored.mappings())
        found[table] = names, sorted(listed, key=repr)
    return found


class Climb:
    """An empty database that goes up one revision after the other, to be copied at each; in any other order a new one
    starts from nothing."""

    def __init__(self, fresh: Callable[[], str]) -> None:
        self.fresh = fresh
        self.url, self.place = "", len(CHAIN)

    def to(self, revision: str) -> str:
        if CHAIN.index(revision) < self.place:
            self.url = self.fresh()
        self.place = CHAIN.index(revision)
        migrations.upgrade(self.url, revision)
        return self.url


@pytest.fixture(scope="module")
def climbing(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Climb]:
    with ExitStack() as stack:
        yield Climb(lambda: stack.enter_context(databases.bare(tmp_path_factory.mktemp("climbing"))))


@pytest.fixture
def filled(
    request: pytest.FixtureRequest, climbing: Climb, databases: Databases, tmp_path: Path
) -> Iterator[Database]:
    """At the revision of its parameter, with the rows of that dump."""
    with databases.copy(climbing.to(request.param), tmp_path) as url:
        database = Database(url)
        fill(database, DUMPS[request.param])
        yield database
        database.close()


def serves(url: str) -> None:
    from journey.app import create_app

    with PageClient(create_app(Settings(database_url=url)), base_url="http://127.0.0.1:8000") as client:
        assert client.get("/health/ready").json()["status"] == "ok"


@pytest.mark.parametrize("filled", IN_ORDER, indirect=True)
def test_an_older_database_comes_forward_whole(filled: Database, request: pytest.FixtureRequest) -> None:
    revision = request.node.callspec.params["filled"]
    with filled.engine.connect() as connection:
        before = rows(connection)
    migrations.upgrade(filled.url)
    with filled.engine.connect() as connection:
        after = rows(connection, before)
        assert {name: kept for name, kept in before.items() if kept != after[name]} == {}
        if filled.is_sqlite:
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()
        if revision in MADE:
            question, answer = MADE[revision]
            assert [tuple(row) for row in connection.execute(text(question))] == answer
    with filled.write() as session:
        rebuild_missing(session)
        asked = """SELECT id FROM journey WHERE id NOT IN (SELECT journey_id FROM journey_summary)
            AND id NOT IN (SELECT journey_id FROM participant WHERE journey_id IS NOT NULL)"""
        assert session.connection().execute(text(asked)).all() == []
    if revision == CHAIN[0]:
        serves(filled.url)


def test_every_revision_before_the_newest_is_among_them() -> None:
    assert set(CHAIN[:-1]) <= set(DUMPS) <= set(CHAIN)
