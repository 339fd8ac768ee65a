"""What SQLite keeps is for the service alone, overwritten when it is deleted, and soon out of the journal."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from journey import migrations
from journey.cli.running import demo_settings
from journey.db import Database, files_of, forget_journal

SECRET = "paarsezonnebloem" * 8


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own.db"


@pytest.fixture
def own(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


def keep(database: Database) -> None:
    with database.write() as session:
        session.connection().execute(text("CREATE TABLE IF NOT EXISTS kept (words TEXT)"))
        session.connection().execute(text("INSERT INTO kept VALUES (:words)"), {"words": SECRET})


def erase(session: Session) -> None:
    session.connection().execute(text("DELETE FROM kept"))
    forget_journal(session)


def holders(file: Path) -> list[str]:
    return [one.name for one in files_of(file) if one.exists() and SECRET.encode() in one.read_bytes()]


def test_the_database_and_its_journal_are_for_the_owner_alone(own: Database, file: Path) -> None:
    keep(own)
    assert {stat.S_IMODE(one.stat().st_mode) for one in files_of(file)} == {0o600}


def test_a_database_that_others_could_read_is_closed(own: Database, file: Path) -> None:
    file.touch(0o644)
    file.chmod(0o644)
    keep(own)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_erased_is_in_no_file(own: Database, file: Path) -> None:
    keep(own)
    assert holders(file)
    with own.write() as session:
        erase(session)
    assert holders(file) == []


def test_behind_a_reader_who_takes_long_it_goes_when_that_one_is_done(own: Database, file: Path) -> None:
    keep(own)
    with own.read() as session:
        session.connection().execute(text("SELECT * FROM kept")).all()
        with own.write() as writer:
            erase(writer)
        assert holders(file)
        assert not own.empty_journal()
    assert own.empty_journal()
    assert holders(file) == []


def test_an_upgrade_leaves_nothing_of_what_was_deleted_before(file: Path) -> None:
    url = f"sqlite:///{file}"
    migrations.upgrade(url, "8c15d2f7a946")
    before = Database(url)
    with before.write() as session:
        session.connection().execute(text("PRAGMA secure_delete=OFF"))
    keep(before)
    with before.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")
        connection.exec_driver_sql("DELETE FROM kept")
        connection.commit()
    before.close()
    migrations.upgrade(url)
    assert holders(file) == []


def test_the_demo_uses_the_file_that_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_DATABASE_URL", "sqlite:///theirs.db")
    named, unnamed = demo_settings(Path("mine.db"), 8000, None), demo_settings(None, 8000, None)
    assert (named.database_url, unnamed.database_url) == ("sqlite:///mine.db", "sqlite:///theirs.db")
    assert named.uploads == "mine-uploads"
    assert "uploads" not in (named.uploads, unnamed.uploads)
