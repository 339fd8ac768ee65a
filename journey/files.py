"""Sealed files: what participants send is kept outside the database and the web root, encrypted, under random names.

A file is complete on the disk before the row that names it is committed, and goes after the commit that forgets it.
What a crash leaves in between has no row, and `list_older` finds it.
"""

import contextlib
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import event
from sqlmodel import Session

from journey.vault import Vault

log = logging.getLogger("journey.files")

WRITING: Final = ".writing"
GOING: Final = "journey-files-going"


@dataclass(frozen=True)
class SealedFiles:
    """One folder of an installation; names are at least two letters and digits, of our own making."""

    folder: Path
    vault: Vault

    @classmethod
    def at(cls, folder: str, vault: Vault) -> "SealedFiles":
        return cls(Path(folder), vault)

    def write(self, name: str, content: bytes, place: str) -> None:
        """Seal and keep, on the disk when this returns; OSError when there is no room or no right. `place` names what
        the content belongs to, and has to be named again to open it."""
        path = self._path(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        own = path.with_name(f"{name}.{secrets.token_hex(4)}{WRITING}")
        try:
            with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(self.vault.seal_bytes(content, place))
                file.flush()
                os.fsync(file.fileno())
            own.rename(path)
        except BaseException:
            own.unlink(missing_ok=True)
            raise
        _sync(path.parent)

    def read(self, name: str, place: str) -> bytes | None:
        """The content; None when the file is gone. ValueError when it was sealed for another place or key."""
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        return self.vault.open_bytes(sealed, place)

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def list_older(self, moment: datetime) -> Iterator[str]:
        """Names of files last written before `moment`, halves of writings included."""
        for path in sorted(self.folder.glob("??/*")):
            with contextlib.suppress(FileNotFoundError):
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment:
                    yield path.name

    def delete_after_commit(self, session: Session, names: Iterable[str]) -> None:
        """Delete once the outermost transaction is committed. After any rollback in it, of a savepoint too, nothing is
        deleted now: what has no row any more is found by the next sweep."""
        if GOING not in session.info:
            event.listen(session, "after_commit", _committed)
            event.listen(session, "after_soft_rollback", _rolled_back)
        session.info.setdefault(GOING, []).extend((self, name) for name in names)

    def _path(self, name: str) -> Path:
        if len(name) < 2 or not name.replace(".", "").isalnum():
            raise ValueError("not a name of ours")
        return self.folder / name[:2] / name


def _committed(session: Session) -> None:
    if session.get_nested_transaction() is not None:
        return
    going, session.info[GOING] = session.info[GOING], []
    for files, name in going:
        try:
            files.delete(name)
        except OSError as fault:
            log.warning("a file could not be deleted yet: %s", type(fault).__name__)


def _rolled_back(session: Session, _previous: object) -> None:
    session.info[GOING] = []


def _sync(folder: Path) -> None:
    """So that the name survives a power loss too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
