"""Moves an installation from SQLite to PostgreSQL: every table, in one transaction, compared before it counts.

The file is held exclusively while it is read, so nothing can be written that would stay behind; a move that is killed
leaves the new database as it was.
"""

import hashlib
import json
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, create_engine, delete, func, insert, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from journey.db import Database, Limits
from journey.migrations import position, upgrade
from journey.models import metadata
from journey.operations.version import refuse_unfit
from journey.rules.errors import Conflict, Invalid
from journey.settings import read_database_url

log = logging.getLogger("journey.move")

BATCH = 1000
WITHOUT_END = Limits(size=1, statement_seconds=0, lock_seconds=30, idle_seconds=0)


@dataclass(frozen=True)
class Moved:
    """What was moved and found equal: rows by table."""

    rows: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def move(source_url: str, target_url: str, tell: Callable[[str], None] = log.info) -> Moved:
    """Copy all rows of the SQLite database to the empty PostgreSQL database, migrating that first. Conflict when the
    source is in use or of another version, the target holds rows, or one row differs; then the target is unchanged."""
    try:
        read_database_url(target_url)
    except ValueError as wrong:
        raise Invalid("--to: %(why)s.", why=str(wrong)) from None
    source_database, target = Database(source_url), Database(target_url, limits=WITHOUT_END)
    try:
        if not source_database.is_sqlite or target.is_sqlite:
            raise Invalid("Verhuizen gaat van SQLite (JOURNEY_DATABASE_URL) naar PostgreSQL (--to).")
        refuse_unfit(source_database)
        source_database.close()
        _refuse_away(target)
        upgrade(target_url)
        refuse_unfit(target)
        source = _alone(source_database.engine.url.database or "")
        try:
            with source.connect() as old, target.engine.begin() as new:
                return _move_all(old, new, tell)
        finally:
            source.dispose()
    finally:
        source_database.close()
        target.close()


def _refuse_away(target: Database) -> None:
    try:
        position(target)
    except DatabaseError as fault:
        why = str(fault.orig or fault).strip().partition("\n")[0]
        raise Invalid("De nieuwe database (--to) is niet bereikbaar: %(why)s.", why=why) from None


def _alone(file: str) -> Engine:
    """The file for us alone. Every open connection, of a server or a worker, keeps a shared lock on it: with one of
    those about, an exclusive one is refused, and as long as we hold ours, nobody else can open it."""
    connection = sqlite3.connect(file, timeout=1, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        connection.close()
        raise Conflict(
            "De oude database is nog in gebruik. Stop eerst de server en de worker (en wie er verder in kijkt), en "
            "probeer het dan opnieuw."
        ) from None
    return create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, hide_parameters=True)


def _move_all(old: Connection, new: Connection, tell: Callable[[str], None]) -> Moved:
    tables = metadata.sorted_tables
    new.execute(text("LOCK TABLE " + ", ".join(_quoted(new, table.name) for table in tables)))
    new.execute(delete(metadata.tables["installation"]))  # the mark of what is moved comes along
    if full := [table.name for table in tables if new.execute(select(table).limit(1)).first()]:
        raise Conflict(
            "De nieuwe database is niet leeg (%(tables)s). Kies een lege.", tables=", ".join(full[:3])
        )
    with keys_later(new, tables):
        for table in tables:
            _copy(old, new, table)
    rows = {}
    for table in tables:
        here, there = fingerprint(old, table), fingerprint(new, table)
        if here != there:
            raise Conflict(
                "Tabel %(table)s is na het kopiëren niet gelijk. Er is niets verhuisd.", table=table.name
            )
        set_sequences(new, table)
        rows[table.name] = here[0]
        tell(f"{table.name}: {here[0]} rows, equal ({here[1][:12]})")
    return Moved(rows)


def _copy(old: Connection, new: Connection, table: Table) -> None:
    for batch in old.execute(_in_parts(table)).mappings().partitions(BATCH):
        new.execute(insert(table), [dict(row) for row in batch])


def _in_parts(table: Table) -> Select[Any]:
    """Said of the statement: of a connection it would hold for all that follow, whose cursors nobody closes."""
    return select(table).execution_options(stream_results=True, yield_per=BATCH)


def fingerprint(connection: Connection, table: Table) -> tuple[int, str]:
    """Number of rows and a hash over every column of every row, the same on both databases whatever order they keep."""
    count, sum_of_rows = 0, 0
    for row in connection.execute(_in_parts(table)):
        digest = hashlib.sha256("\x1f".join(_written(value) for value in row).encode()).digest()
        sum_of_rows = (sum_of_rows + int.from_bytes(digest)) % 2**256
        count += 1
    return count, f"{sum_of_rows:064x}"


def _written(value: Any) -> str:
    """One value, typed, so that nothing and an empty text differ."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).isoformat()
    elif isinstance(value, date):
        value = value.isoformat()
    elif isinstance(value, dict | list):
        value = json.dumps(value, sort_keys=True)
    return f"{type(value).__name__}:{value!r}"


class keys_later:
    """Foreign keys that point inside a table or back at one that comes later are checked at the end."""

    def __init__(self, connection: Connection, tables: list[Table]) -> None:
        self._connection = connection
        place = {table.name: number for number, table in enumerate(tables)}
        self._keys = [
            (_quoted(connection, table.name), _quoted(connection, str(key.constraint.name)))
            for table in tables
            for key in table.foreign_keys
            if key.constraint is not None and place[key.column.table.name] >= place[table.name]
        ]

    def __enter__(self) -> None:
        for table, key in self._keys:
            self._connection.execute(
                text(f"ALTER TABLE {table} ALTER CONSTRAINT {key} DEFERRABLE INITIALLY DEFERRED")
            )

    def __exit__(self, fault: type[BaseException] | None, *_rest: object) -> None:
        if fault is not None:
            return
        self._connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        for table, key in self._keys:
            self._connection.execute(text(f"ALTER TABLE {table} ALTER CONSTRAINT {key} NOT DEFERRABLE"))


def set_sequences(connection: Connection, table: Table) -> None:
    """So that the next row gets a number that no copied row has."""
    for column in table.primary_key:
        where = {"table": _quoted(connection, table.name), "column": column.name}
        name = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), where).scalar()
        highest = connection.execute(select(func.max(column))).scalar() if name else None
        if highest is not None:
            connection.execute(
                text("SELECT setval(:name, :highest)"), {"name": name, "highest": highest}
            ).scalar_one()


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
