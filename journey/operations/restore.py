"""Puts a back-up into a database, and withdraws again who stopped since (rules, 32).

The whole file is opened once before anything is written, so one that is damaged or cut short changes nothing; the rows
come in one transaction.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)

from journey.consent.register import Reapplied, reapply_register
from journey.db import Database
from journey.files import SealedFiles
from journey.migrations import NEWER, downgrade, knows, position, upgrade
from journey.operations.backup import MAGIC
from journey.operations.move import WITHOUT_END, keys_later, set_sequences
from journey.rules.errors import Conflict, Invalid
from journey.settings import Settings
from journey.vault import Vault
from journey.web.spoken import put_back_recording
from journey.work import House

# The most that one piece may hold; a longer one is no piece of ours.
LONGEST_PIECE = 200_000_000


@dataclass(frozen=True)
class Restored:
    """Rows and files of the back-up of `made_at` (ISO 8601, UTC), and what was taken back again."""

    made_at: str
    rows: int
    files: int
    reapplied: Reapplied


@dataclass(frozen=True)
class _Content:
    """What a back-up says of itself; `tables` in the order of its rows."""

    revision: str
    made_at: str
    tables: tuple[str, ...]
    rows: int
    files: int


def restore(settings: Settings, path: Path, *, replace: bool = False) -> Restored:
    """Fill the database of the settings. Invalid when the file is damaged, of a newer version, or sealed with a key
    that is not in the ring; Conflict when the database holds rows and `replace` is not said: they are lost then."""
    vault = Vault.from_settings(settings)
    content = _look_through(path, vault)
    _make_room(settings, content.revision, replace)
    database = Database(settings.database_url, enforce_keys=False, limits=WITHOUT_END)
    try:
        with database.engine.execution_options(journey_writes=True).begin() as connection:
            _fill(connection, settings, vault, path, content)
    finally:
        database.close()
    upgrade(settings.database_url)
    house = House.open(settings)
    try:
        return Restored(content.made_at, content.rows, content.files, reapply_register(house))
    finally:
        house.database.close()


def _look_through(path: Path, vault: Vault) -> _Content:
    """Every piece opens, and the last one says that it is the last."""
    head: dict[str, Any] = {}
    last: dict[str, Any] = {}
    tables: dict[str, None] = {}
    for last, _body in read_pieces(path, vault):
        if last["kind"] == "meta":
            head = last
        elif last["kind"] == "rows":
            tables[last["table"]] = None
    if not head or last.get("kind") != "end":
        raise Invalid("De reservekopie is niet compleet. Er is niets veranderd.")
    if not knows(head["revision"]):
        raise Invalid(NEWER)
    return _Content(head["revision"], head["at"], tuple(tables), last["rows"], last["files"])


def read_pieces(path: Path, vault: Vault) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Head and body of each piece; Invalid when the file is no back-up, is damaged, or is sealed with a key
    that is not in the ring."""
    with path.open("rb") as file:
        if file.readline(100) != MAGIC:
            raise Invalid("Dit is geen reservekopie van Journey.")
        own, number = file.readline(100).strip().decode(errors="replace"), 0
        while size := file.read(8):
            length = int.from_bytes(size)
            sealed = file.read(length) if length < LONGEST_PIECE else b""
            key = sealed[:80].partition(b":")[0].decode(errors="replace")
            if len(size) < 8 or len(sealed) < length:
                raise Invalid("De reservekopie is niet compleet. Er is niets veranderd.")
            if key not in vault.key_ids:
                raise Invalid("Sleutel %(key)s ontbreekt in JOURNEY_ENCRYPTION_KEYS.", key=key[:40])
            try:
                plain = vault.open_bytes(sealed, f"backup:{own}:{number}")
            except ValueError:
                raise Invalid("De reservekopie is beschadigd. Er is niets veranderd.") from None
            head, _, body = plain.partition(b"\n")
            yield json.loads(head), body
            number += 1


def _make_room(settings: Settings, revision: str, replace: bool) -> None:
    """An empty database at the revision of the back-up."""
    database = Database(settings.database_url, limits=WITHOUT_END)
    try:
        stands = position(database)
        rows = 0 if stands == "empty" else _count_rows(database)
    finally:
        database.close()
    if rows and not replace:
        raise Conflict(
            "De database is niet leeg: er staan %(rows)s rijen in. Met --replace gaan die verloren.",
            rows=rows,
        )
    if stands == "newer":
        raise Conflict(NEWER)
    if stands != "empty":
        downgrade(settings.database_url, "base")
    upgrade(settings.database_url, revision)


def _count_rows(database: Database) -> int:
    """Without the mark that every database is made with."""
    known = MetaData()
    with database.engine.connect() as connection:
        known.reflect(connection)
        return sum(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in known.tables.values()
            if table.name not in ("alembic_version", "installation")
        )


def _fill(connection: Connection, settings: Settings, vault: Vault, path: Path, content: _Content) -> None:
    known = MetaData()  # as the revision of the back-up has them, not as the models do
    known.reflect(connection)
    first = [known.tables[name] for name in content.tables if name in known.tables]
    tables = [*first, *(table for table in known.sorted_tables if table not in first)]
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
    if "installation" in content.tables:
        connection.execute(delete(known.tables["installation"]))  # the mark of the back-up comes in its place
    files = SealedFiles.of(settings, vault)
    if connection.dialect.name == "sqlite":
        _insert_all(connection, known, vault, path, files, settings)
        if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
            raise Invalid("De reservekopie is beschadigd. Er is niets veranderd.")
        return
    with keys_later(connection, tables):
        _insert_all(connection, known, vault, path, files, settings)
    for table in tables:
        if inspect(table).primary_key and table.name != "alembic_version":
            set_sequences(connection, table)


def _insert_all(
    connection: Connection,
    known: MetaData,
    vault: Vault,
    path: Path,
    files: SealedFiles,
    settings: Settings,
) -> None:
    for head, body in read_pieces(path, vault):
        if head["kind"] == "rows":
            table = known.tables[head["table"]]
            rows = [_row(connection, table, head["columns"], json.loads(line)) for line in body.splitlines()]
            connection.execute(insert(table), rows)
        elif head["kind"] == "file":
            files.write(head["name"], body, head["place"])
        elif head["kind"] == "recording":
            language, _, name = head["name"].partition("/")
            put_back_recording(settings, language, name, body)


def _row(connection: Connection, table: Table, columns: list[str], values: list[Any]) -> dict[str, Any]:
    naive = connection.dialect.name == "sqlite"
    return {
        name: _read(value, naive and isinstance(table.c[name].type, DateTime))
        for name, value in zip(columns, values, strict=True)
    }


def _read(value: Any, naive: bool) -> Any:
    """What `backup.written` wrote."""
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "moment":
        moment = datetime.fromisoformat(inner)
        return moment.replace(tzinfo=None) if naive else moment
    readers = {"day": date.fromisoformat, "time": time.fromisoformat, "bytes": b64decode}
    return readers[kind](inner) if kind in readers else inner
