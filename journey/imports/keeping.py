"""Keeps a file between its preview and its import: sealed, for at most an hour, only for who handed it in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from journey.belonging import refuse_others
from journey.clock import Clock
from journey.files import SealedFiles
from journey.imports.reading import SEPARATORS
from journey.imports.service import Source
from journey.models import Study
from journey.work import Actor, House

KEPT: Final = timedelta(hours=1)
LETTERS: Final = dict(enumerate(("", *SEPARATORS)))


def keep(house: House, actor: Actor, study: Study, source: Source) -> str:
    """The name under which it can be found again; random, and of no use to anybody else."""
    forget_old(house, house.clock.now())
    name = secrets.token_hex(16)
    letter = next(place for place, one in LETTERS.items() if one == source.separator)
    _files(house).write(name, bytes([letter]) + source.file, _place(actor, study, source.content))
    return name


def find_kept(house: House, actor: Actor, study: Study, content: str, name: str) -> Source | None:
    """None when it is gone, too old, of somebody else, or of another study or content."""
    if len(name) != 32 or not name.isalnum() or not name.isascii():
        return None
    files = _files(house)
    try:
        if name in files.list_older(_limit()):
            return None
        kept = files.read(name, _place(actor, study, content))
    except (OSError, ValueError):
        return None
    return None if kept is None else Source(content, kept[1:], LETTERS[kept[0]])


def forget(house: House, name: str) -> None:
    _files(house).delete(name)


def forget_old(house: House, _now: datetime) -> int:
    """Delete what lies there longer than an hour; by the clock of the disk, which no setting freezes."""
    refuse_others(house)
    files = _files(house)
    old = list(files.list_older(_limit()))
    for name in old:
        files.delete(name)
    return len(old)


def _limit() -> datetime:
    return Clock(None).now() - KEPT


def _files(house: House) -> SealedFiles:
    return SealedFiles.of(house.settings, house.vault, "imports")


def _place(actor: Actor, study: Study, content: str) -> str:
    return f"import:{study.id}:{content}:{actor.label}"
