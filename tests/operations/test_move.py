"""From SQLite to PostgreSQL: all of it and equal, or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text, update

from journey import migrations
from journey.db import Database
from journey.models import Municipality, metadata
from journey.operations import move as moving
from journey.operations.move import fingerprint, move
from journey.operations.version import refuse_unfit
from journey.rules.errors import Conflict, Invalid
from journey.seeding.demo import fill_if_empty
from journey.settings import Settings
from journey.work import House
from tests.support.databases import Databases
from tests.support.pages import PageClient

pytestmark = pytest.mark.both

TOLD: list[str] = []


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite installation with the demo in it."""
    file = tmp_path_factory.mktemp("source") / "journey.db"
    migrations.upgrade(f"sqlite:///{file}")
    house = House.open(Settings(database_url=f"sqlite:///{file}", env="demo", _env_file=None))
    fill_if_empty(house)
    house.database.close()
    return file


@pytest.fixture
def target(databases: Databases, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if request.config.getoption("database") == "sqlite":
        pytest.skip("what is moved to is PostgreSQL")
    with databases.bare(tmp_path) as url:
        yield url


def rows(connection: Connection) -> int:
    return sum(
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    )


def test_every_row_arrives_equal_and_the_app_works_on_it(filled: Path, target: str) -> None:
    from journey.app import create_app

    moved = move(f"sqlite:///{filled}", target, TOLD.append)
    old, new = Database(f"sqlite:///{filled}"), Database(target)
    with old.engine.connect() as here, new.engine.connect() as there:
        for table in metadata.sorted_tables:
            assert fingerprint(here, table) == fingerprint(there, table), table.name
        assert moved.total == rows(here) > 1000
    with new.write() as session:
        session.add(Municipality(code="nieuw", name="Nieuw", prefix="N"))
    old.close()
    new.close()
    app = create_app(Settings(database_url=target, env="demo"))
    with PageClient(app, base_url="http://127.0.0.1:8000") as client:
        assert client.get("/health/ready").status_code == 200
        assert client.get("/").status_code == 200


def test_a_target_with_rows_is_refused_and_kept(filled: Path, target: str) -> None:
    migrations.upgrade(target)
    new = Database(target)
    with new.write() as session:
        session.add(Municipality(code="daar", name="Daar", prefix="D"))
    with pytest.raises(Conflict, match="niet leeg"):
        move(f"sqlite:///{filled}", target, TOLD.append)
    with new.engine.connect() as there:
        assert rows(there) == 2  # with the mark that every database gets
    new.close()


def test_what_differs_after_the_copy_undoes_the_move_and_it_can_be_done_again(
    filled: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = moving._copy

    def spoil(old: Connection, new: Connection, table: object) -> None:
        copy(old, new, table)
        if table.name == "municipality":
            new.execute(update(table).values(name="Anders"))

    with monkeypatch.context() as patch:
        patch.setattr(moving, "_copy", spoil)
        with pytest.raises(Conflict, match="municipality"):
            move(f"sqlite:///{filled}", target, TOLD.append)
    new = Database(target)
    with new.engine.connect() as there:
        assert rows(there) == 1  # the mark that every database gets
    new.close()
    assert move(f"sqlite:///{filled}", target, TOLD.append).total > 1000


def test_a_database_in_use_is_not_moved(filled: Path, target: str) -> None:
    server = Database(f"sqlite:///{filled}")
    with server.read() as session:
        session.execute(text("SELECT 1 FROM municipality")).all()
    with pytest.raises(Conflict, match="in gebruik"):
        move(f"sqlite:///{filled}", target, TOLD.append)
    server.close()


def test_nobody_can_open_the_source_while_it_is_read(filled: Path) -> None:
    engine = moving._alone(str(filled))
    with engine.connect(), pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(filled, timeout=0.1).execute("SELECT count(*) FROM municipality")
    engine.dispose()


def test_only_to_postgresql(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="PostgreSQL"):
        move(f"sqlite:///{filled}", f"sqlite:///{tmp_path / 'other.db'}", TOLD.append)


def test_an_older_database_is_migrated_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    migrations.upgrade(url, "04cbb24577e8")
    database = Database(url)
    with pytest.raises(Conflict, match="journey migrate"):
        refuse_unfit(database)
    database.close()


def test_a_newer_database_is_refused_and_not_touched(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'feedc0ffee00'"))
    with pytest.raises(Conflict, match="nieuwere versie"):
        refuse_unfit(database)
    with pytest.raises(Conflict, match="nieuwere versie"):
        migrations.upgrade(database_url)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "feedc0ffee00"
    database.close()


def test_an_unreachable_database_is_said_in_one_sentence() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/journey")
    with pytest.raises(Conflict, match="niet bereikbaar"):
        refuse_unfit(database)
    database.close()
