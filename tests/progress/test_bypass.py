"""Why a step was taken away: a category that can be counted, whoever tells it, and words beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from journey import migrations
from journey.db import Database
from journey.models.journey import BypassReason
from journey.progress.reasons import told_why
from journey.rules.errors import Invalid
from tests.support.databases import Databases

pytestmark = pytest.mark.both


@pytest.mark.parametrize("category", list(BypassReason))
def test_a_reason_that_names_a_category_is_the_category(category: str) -> None:
    assert told_why("bypassed", f" {category} ") == (category, "")


@pytest.mark.parametrize("reason", ["", "maatwerk: eerst zorg", "Other_Route"])
def test_any_other_reason_is_words_of_category_other(reason: str) -> None:
    assert told_why("bypassed", reason) == ("other", reason)


def test_a_category_keeps_its_words() -> None:
    assert told_why("bypassed", "volgt een cursus", "other_route") == ("other_route", "volgt een cursus")


@pytest.mark.parametrize("reason", ["ziek", "other_route"])
def test_what_was_skipped_keeps_its_words_without_a_category(reason: str) -> None:
    assert told_why("skipped", reason) == ("", reason)


@pytest.mark.parametrize(("state", "category"), [("skipped", "other"), ("bypassed", "verzonnen")])
def test_a_category_that_cannot_be_is_refused_at_its_field(state: str, category: str) -> None:
    with pytest.raises(Invalid) as refused:
        told_why(state, "", category)
    assert refused.value.field == "category"


FORMER = [("bypassed", "other_route"), ("bypassed", "eerst zorg"), ("bypassed", ""), ("skipped", "ziek")]
NOW = [("other_route", ""), ("other", "eerst zorg"), ("other", ""), ("", "ziek")]
BACK = ["other_route", "eerst zorg", "other", "ziek"]


def test_reasons_that_were_there_get_a_category_and_come_back(databases: Databases, tmp_path: Path) -> None:
    with databases.bare(tmp_path) as url:
        migrations.upgrade(url, "a1f1522ebbaf")
        database = Database(url)
        try:
            with database.engine.begin() as connection:
                _fill(connection)
            database.engine.dispose()
            migrations.upgrade(url, "5c1d7e90b2fa")
            assert _read(database, "category", "reason") == NOW
            migrations.downgrade(url, "a1f1522ebbaf")
            assert _read(database, "reason") == [(reason,) for reason in BACK]
            migrations.upgrade(url, "5c1d7e90b2fa")
            assert [category for (category,) in _read(database, "category")][:3] == [
                "other_route",
                "other",
                "other",
            ]
        finally:
            database.close()


def _read(database: Database, *columns: str) -> list[tuple[str, ...]]:
    with database.engine.connect() as connection:
        progress = sa.table("progress", sa.column("id"), *(sa.column(name) for name in columns))
        wanted = sa.select(*(progress.c[name] for name in columns)).order_by(progress.c.id)
        rows = connection.execute(wanted).all()
    database.engine.dispose()
    return [tuple(row) for row in rows]


def _fill(connection: sa.Connection) -> None:
    """The fewest rows that a step can hang on, by what every column of that time needs."""
    tables = sa.MetaData()
    tables.reflect(connection)
    for name in ("municipality", "study", "route_version", "journey"):
        _add(connection, tables.tables[name])
    for number, (state, reason) in enumerate(FORMER, start=1):
        _add(connection, tables.tables["progress"], id=number, state=state, reason=reason)


def _add(connection: sa.Connection, table: sa.Table, **values: object) -> None:
    filled = {
        column.name: 1 if column.foreign_keys or column.primary_key else _some(column)
        for column in table.columns
        if not column.nullable
    }
    connection.execute(table.insert().values(**{**filled, **values}))


def _some(column: sa.Column[object]) -> object:
    from datetime import UTC, date, datetime

    kinds: dict[type, object] = {int: 1, bool: False, date: date(2026, 1, 1), float: 1.0}
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 1, 1, tzinfo=UTC)
    if isinstance(kind, sa.JSON):
        return {}
    special = {"source": "call", "counting_mode": "wet", "state": "done"}
    return special.get(column.name, kinds.get(kind.python_type, "x"))
