"""The schema goes up, down and up again, and ends as the tables say, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from journey import migrations
from journey.db import Database
from journey.models import metadata
from tests.support.databases import Databases

pytestmark = pytest.mark.both


@pytest.fixture
def bare(databases: Databases, tmp_path: Path) -> Iterator[str]:
    with databases.bare(tmp_path) as url:
        yield url


def tables(url: str) -> set[str]:
    database = Database(url)
    try:
        return set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    finally:
        database.close()


def test_upgrade_makes_every_table(bare: str) -> None:
    migrations.upgrade(bare)
    assert tables(bare) == set(metadata.tables)


def test_downgrade_takes_every_table_away(bare: str) -> None:
    migrations.upgrade(bare)
    migrations.downgrade(bare, "base")
    assert tables(bare) == set()


def test_up_down_up_ends_where_up_ended(bare: str) -> None:
    migrations.upgrade(bare)
    migrations.downgrade(bare, "base")
    migrations.upgrade(bare)
    assert tables(bare) == set(metadata.tables)


def test_each_step_down_can_be_taken_up_again(bare: str) -> None:
    migrations.upgrade(bare)
    migrations.downgrade(bare, "-1")
    migrations.upgrade(bare)
    assert tables(bare) == set(metadata.tables)


def test_migrations_and_tables_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
