"""Key rotation: whatever is sealed is sealed again with the first key of the ring, while the app goes on.

Every row is written only if it still holds what was read, so nothing that changes meanwhile is lost; a rotation that
is killed has done what it did, and the next one does the rest. A new sealed column is added to `SEALED`.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Table, update
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from journey.consent.register import REGISTER, place_of
from journey.files import SealedFiles
from journey.models import Upload, metadata
from journey.work import House

BATCH: Final = 200

SEALED: Final = {
    ("contact", "call_name"): "contact:{participant_id}:call_name",
    ("contact", "phone"): "contact:{participant_id}:phone",
    ("contact", "postal_address"): "contact:{participant_id}:postal_address",
    ("message", "recipient"): "message:{dedup_key}:recipient",
    ("message", "body"): "message:{dedup_key}:body",
    ("reply", "sender"): "reply:{gateway_id}:sender",
    ("reply", "body"): "reply:{gateway_id}:body",
    ("text_question", "correction_words"): "text_question:{id}:correction_words",
    ("replay", "body"): "replay:{id}:body",
    ("help_signal", "content"): "help_signal:{id}:content",
    ("staff", "second_step"): "staff:{id}:second_step",
    ("open_answer", "body"): "open_answer:{id}",
}
"""Table and column, and the place its values are sealed for, in terms of columns of the same row."""

UPLOADS: Final = "uploads"
IMPORTS: Final = "imports"
ANY_AGE: Final = datetime.max.replace(tzinfo=UTC)


@dataclass
class Rotation:
    """What is sealed with which key after counting or resealing: values by key, by place such as `contact.phone`.

    `unreadable` are values by place that no key of the ring opens; they are left as they are.
    """

    ring: tuple[str, ...]
    resealed: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    keys: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def used(self) -> set[str]:
        return {key for places in self.keys.values() for key in places}

    @property
    def unused(self) -> list[str]:
        """Keys behind the first one that nothing is sealed with any more: they may leave the ring."""
        return [key for key in self.ring[1:] if key not in self.used]

    @property
    def passing(self) -> list[str]:
        """Keys that only files of an import under way are sealed with: those go within the hour."""
        lasting = {key for place, keys in self.keys.items() if place != IMPORTS for key in keys}
        return [key for key in self.ring[1:] if key in self.used - lasting]

    @property
    def missing(self) -> list[str]:
        """Keys that something is sealed with and that are not in the ring."""
        return sorted(self.used - set(self.ring))


def rotate_keys(house: House) -> Rotation:
    """Reseal everything that is not sealed with the first key, then count again what is sealed with which."""
    resealed: Counter[str] = Counter()
    unreadable: Counter[str] = Counter()
    for table, column in SEALED:
        _reseal_column(house, metadata.tables[table], column, resealed, unreadable)
    _reseal_uploads(house, resealed, unreadable)
    _reseal_register(house, resealed, unreadable)
    after = count_keys(house)
    after.resealed, after.unreadable = resealed, unreadable
    return after


def count_keys(house: House) -> Rotation:
    """Which key everything is sealed with; opens and changes nothing."""
    found = Rotation(house.vault.key_ids)
    for name, column in SEALED:
        found.keys[f"{name}.{column}"] = _count_column(house, metadata.tables[name], column)
    uploads = SealedFiles.of(house.settings, house.vault)
    with house.database.read(long=True) as session:
        stored = list(session.exec(select(Upload.stored_as)))
    found.keys[UPLOADS] = _count_files(uploads, stored)
    imports = SealedFiles.of(house.settings, house.vault, IMPORTS)
    found.keys[IMPORTS] = _count_files(imports, list(imports.list_older(ANY_AGE)))
    register = SealedFiles.of(house.settings, house.vault, REGISTER)
    found.keys[REGISTER] = _count_files(register, list(register.list_older(ANY_AGE)))
    return found


def _reseal_column(
    house: House, table: Table, column: str, resealed: Counter[str], unreadable: Counter[str]
) -> None:
    key, sealed, name = next(iter(table.primary_key)), table.c[column], f"{table.name}.{column}"
    current = sealed.startswith(f"{house.vault.first_key}:", autoescape=True)
    wanted = select_rows(table).where(sealed.is_not(None), sealed != "", ~current).order_by(key).limit(BATCH)
    last: Any = None
    while True:
        with house.database.write(long=True) as session:
            after = wanted if last is None else wanted.where(key > last)
            rows = session.connection().execute(after).mappings().all()
            for row in rows:
                place = SEALED[table.name, column].format_map(row)
                try:
                    again = house.vault.seal(house.vault.open(row[column], place), place)
                except ValueError:
                    unreadable[name] += 1
                    continue
                resealed[name] += _swap(session, table, row[key.name], column, row[column], again)
        if len(rows) < BATCH:
            return
        last = rows[-1][key.name]


def _swap(session: Session, table: Table, row: Any, column: str, old: str, new: str) -> int:
    """1 when the row still held the old value, else 0: then somebody was ahead of us, with the first key."""
    key = next(iter(table.primary_key))
    done = session.connection().execute(
        update(table).where(key == row, table.c[column] == old).values({column: new})
    )
    return done.rowcount


def _reseal_uploads(house: House, resealed: Counter[str], unreadable: Counter[str]) -> None:
    """One file at a time under a lock on its row: a file goes after the commit that forgets it, so one that is being
    deleted is not written again."""
    files = SealedFiles.of(house.settings, house.vault)
    with house.database.read(long=True) as session:
        known = list(session.exec(select(Upload.stored_as).order_by(col(Upload.id))))
    for name in known:
        if files.key_of(name) in (None, house.vault.first_key):
            continue
        with house.database.write(long=True) as session:
            row = session.exec(select(Upload).where(Upload.stored_as == name).with_for_update()).first()
            if row is None or row.deleted_at is not None:
                continue
            place = f"upload:{row.participant_id}:{name}"
            try:
                content = files.read(name, place)
            except ValueError:
                unreadable[UPLOADS] += 1
                continue
            if content is not None:
                files.write(name, content, place)
                resealed[UPLOADS] += 1


def _reseal_register(house: House, resealed: Counter[str], unreadable: Counter[str]) -> None:
    """An entry never changes, so writing it again needs no lock; its term begins anew."""
    files = SealedFiles.of(house.settings, house.vault, REGISTER)
    for name in list(files.list_older(ANY_AGE)):
        if files.key_of(name) in (None, house.vault.first_key):
            continue
        try:
            content = files.read(name, place_of(name))
        except ValueError:
            unreadable[REGISTER] += 1
            continue
        if content is not None:
            files.write(name, content, place_of(name))
            resealed[REGISTER] += 1


def _count_column(house: House, table: Table, column: str) -> Counter[str]:
    sealed = table.c[column]
    wanted = select_rows(sealed).where(sealed.is_not(None), sealed != "")
    with house.database.read(long=True) as session:
        rows = session.connection().execute(wanted.execution_options(yield_per=1000)).scalars()
        return Counter(value.partition(":")[0] for value in rows)


def _count_files(files: SealedFiles, names: list[str]) -> Counter[str]:
    return Counter(key for name in names if (key := files.key_of(name)) is not None)
