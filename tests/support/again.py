"""A world that many tests begin with: arranged once per process through the services, afterwards put back as rows.

What is put back is as old as it was when it was kept: moments move along with the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text
from sqlmodel import Session

from journey.models import metadata
from journey.work import House


@dataclass(frozen=True)
class Kept:
    at: datetime
    rows: tuple[tuple[Table, list[dict[str, Any]]], ...]
    more: str


_kept: dict[Hashable, Kept] = {}


def arranged(house: House, key: Hashable, arrange: Callable[[], str]) -> str:
    """What `arrange` gives, which fills the database of `house`; the second time in this process its rows are put into
    the empty database instead. Where something was arranged before, it is called as always. `key` names what the
    world depends on beside database and day."""
    now = house.clock.now()
    with house.database.read() as session:
        if not _is_empty(session):
            return arrange()
    whole = (house.database.is_sqlite, house.settings.today or now.date(), key)
    if (kept := _kept.get(whole)) is None:
        more = arrange()
        with house.database.read() as session:
            _kept[whole] = Kept(now, _read(session.connection()), more)
        return more
    with house.database.write() as session:
        _put_back(session.connection(), kept, now - kept.at, house.database.is_sqlite)
    return kept.more


def _is_empty(session: Session) -> bool:
    """Every service that arranges anything leaves a line, and every study and user is one."""
    found = session.connection().exec_driver_sql(
        "SELECT 1 FROM audit_entry UNION ALL SELECT 1 FROM study UNION ALL SELECT 1 FROM staff LIMIT 1"
    )
    return found.first() is None


def _read(connection: Connection) -> tuple[tuple[Table, list[dict[str, Any]]], ...]:
    found = (
        (table, [dict(row) for row in connection.execute(select(table)).mappings()])
        for table in metadata.sorted_tables
        if table.name != "installation"  # every database is made with its own
    )
    return tuple((table, rows) for table, rows in found if rows)


def _put_back(connection: Connection, kept: Kept, later: timedelta, is_sqlite: bool) -> None:
    for table, rows in kept.rows:
        connection.execute(insert(table), [_moved(row, later) for row in rows])
        if not is_sqlite and "id" in table.c:
            connection.execute(_NEXT, {"table": table.name, "last": max(row["id"] for row in rows)})


_NEXT = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")


def _moved(row: dict[str, Any], later: timedelta) -> dict[str, Any]:
    return {name: value + later if isinstance(value, datetime) else value for name, value in row.items()}
