"""Writes a back-up while the app runs: one sealed file that either database can be restored from.

Everything is read in one transaction, so it is one moment; the file gets its name when it is whole. Each piece is
sealed for its place in this file, so a piece that is missing, changed or of another file does not open.
"""

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, select, text
from sqlmodel import Session

from journey.clock import local_day
from journey.files import SealedFiles
from journey.models import JobRun, Upload, metadata
from journey.operations.version import refuse_unfit
from journey.rules.errors import Conflict
from journey.web.i18n import LANGUAGES
from journey.web.spoken import find_recording, list_recordings
from journey.work import House

MAGIC: Final = b"JOURNEY-BACKUP-1\n"
BATCH: Final = 500


@dataclass(frozen=True)
class Made:
    """Rows and files of participants in a back-up."""

    rows: int
    files: int


def backup(house: House, path: Path) -> Made:
    """Write `path`. Conflict when it exists or the database is of another version; OSError when there is no room, and
    then nothing is left behind."""
    refuse_unfit(house.database)
    if path.exists():
        raise Conflict("%(file)s bestaat al. Kies een andere naam.", file=str(path))
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            made = _write(house, _Sealed(file, house))
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)  # fails, as rename would not, when the name was taken meanwhile
    finally:
        part.unlink(missing_ok=True)
    now = house.clock.now()
    with house.work(now=now) as work:
        work.session.merge(JobRun(job="backup", run_on=local_day(now), finished_at=now))
    return made


class _Sealed:
    """Pieces one after the other: eight bytes of length, then a line of JSON and a body, sealed together."""

    def __init__(self, file: BinaryIO, house: House) -> None:
        self._file, self._vault, self._number = file, house.vault, 0
        self._id = secrets.token_hex(16)
        file.write(MAGIC + self._id.encode() + b"\n")

    def add(self, head: dict[str, Any], body: bytes = b"") -> None:
        plain = json.dumps(head).encode() + b"\n" + body
        sealed = self._vault.seal_bytes(plain, f"backup:{self._id}:{self._number}")
        self._number += 1
        self._file.write(len(sealed).to_bytes(8) + sealed)


def _write(house: House, out: _Sealed) -> Made:
    with house.database.read(long=True) as session:
        connection = _one_moment(house, session)
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        out.add({"kind": "meta", "revision": revision, "at": house.clock.now().isoformat()})
        rows = sum(
            _write_table(connection, name, out) for name in (table.name for table in metadata.sorted_tables)
        )
        files = 0
        for name, place in _list_uploads(connection):
            content = SealedFiles.of(house.settings, house.vault).read(name, place)
            if content is not None:
                out.add({"kind": "file", "name": name, "place": place}, content)
                files += 1
        for language in LANGUAGES:
            for name in list_recordings(house.settings, language, fresh=True).values():
                if (sound := find_recording(house.settings, language, name)) is not None:
                    out.add({"kind": "recording", "name": f"{language}/{name}"}, sound)
        out.add({"kind": "end", "rows": rows, "files": files})
    return Made(rows, files)


def _one_moment(house: House, session: Session) -> Connection:
    if house.database.is_sqlite:
        return session.connection()
    return session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _write_table(connection: Connection, name: str, out: _Sealed) -> int:
    table, count = metadata.tables[name], 0
    read = select(table).order_by(*table.primary_key).execution_options(stream_results=True, yield_per=BATCH)
    for batch in connection.execute(read).partitions(BATCH):
        lines = (json.dumps([written(value) for value in row]) for row in batch)
        out.add({"kind": "rows", "table": name, "columns": table.columns.keys()}, "\n".join(lines).encode())
        count += len(batch)
    return count


def _list_uploads(connection: Connection) -> Iterator[tuple[str, str]]:
    table = Upload.__table__  # type: ignore[attr-defined]
    found = select(table.c.stored_as, table.c.participant_id).where(table.c.deleted_at.is_(None))
    for name, person in connection.execute(found).all():
        yield name, f"upload:{person}:{name}"


def written(value: Any) -> Any:
    """A value of a column as JSON; what JSON has no word for is named."""
    if isinstance(value, datetime):
        return {"moment": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    if isinstance(value, bytes):
        return {"bytes": b64encode(value).decode()}
    return {"json": value} if isinstance(value, dict | list) else value
