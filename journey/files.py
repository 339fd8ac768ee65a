"""Sealed files: what participants send is kept outside the database and the web root, encrypted, under random names.

A file is complete on the disk before the row that names it is committed, and goes after the commit that forgets it.
What a crash leaves in between has no row, and `list_older` finds it. `JOURNEY_UPLOADS=s3://BUCKET/PREFIX` keeps them in
an S3-compatible store instead of a folder, sealed by us just the same.
"""

import contextlib
import functools
import importlib
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event
from sqlmodel import Session

from journey.rules.errors import Invalid
from journey.settings import Settings
from journey.vault import Vault

log = logging.getLogger("journey.files")

WRITING: Final = ".writing"
GOING: Final = "journey-files-going"
MARK: Final = ".installation"
LONGEST_MARK: Final = 64
LONGEST_KEY_NAME: Final = 80  # bytes in which the name of a key ends
READ_SECONDS = 20.0  # that a store may be silent


@dataclass(frozen=True)
class SealedFiles:
    """One folder of an installation; names are at least two letters and digits, of our own making."""

    folder: Path
    vault: Vault

    @classmethod
    def at(cls, folder: str, vault: Vault) -> "SealedFiles":
        return cls(Path(folder), vault)

    @classmethod
    def of(cls, settings: Settings, vault: Vault, *below: str) -> "SealedFiles":
        """Where the settings keep them, or in a part of that place. Invalid when the store needs a missing package."""
        if not settings.uploads.startswith("s3://"):
            return cls(Path(settings.uploads, *below), vault)
        bucket, prefix, client = store_of(settings)
        return SealedObjects(Path(prefix, *below), vault, bucket, client)

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

    def key_of(self, name: str) -> str | None:
        """Name of the key a file is sealed with; None when the file is gone."""
        sealed = self._head(name)
        return None if sealed is None else sealed.partition(b":")[0].decode(errors="replace")

    def _head(self, name: str) -> bytes | None:
        try:
            with self._path(name).open("rb") as file:
                return file.read(LONGEST_KEY_NAME)
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def read_mark(self) -> str | None:
        """Which installation this place is of; None when nothing says so."""
        found = sorted(path.name for path in self.folder.glob(f"{MARK}-*"))
        return found[0].removeprefix(f"{MARK}-") if found else None

    def write_mark(self, mark: str) -> None:
        """Of two at one moment one has it: read it again to know."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        (self.folder / f"{MARK}-{mark}").mkdir(mode=0o700, exist_ok=True)

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


@dataclass(frozen=True)
class SealedObjects(SealedFiles):
    """The same in a bucket; `folder` is the prefix. Whatever the store refuses or leaves unanswered is an OSError, as a
    full disk is; it has tried three times by then."""

    bucket: str
    client: Any

    def write(self, name: str, content: bytes, place: str) -> None:
        with as_disk_faults():
            self.client.put_object(
                Bucket=self.bucket, Key=self._key(name), Body=self.vault.seal_bytes(content, place)
            )

    def read(self, name: str, place: str) -> bytes | None:
        try:
            with as_disk_faults():
                sealed = self.client.get_object(Bucket=self.bucket, Key=self._key(name))["Body"].read()
        except FileNotFoundError:
            return None
        return self.vault.open_bytes(sealed, place)

    def _head(self, name: str) -> bytes | None:
        try:
            with as_disk_faults():
                body = self.client.get_object(Bucket=self.bucket, Key=self._key(name))["Body"]
                with contextlib.closing(body):
                    return bytes(body.read(LONGEST_KEY_NAME))
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError), as_disk_faults():
            self.client.delete_object(Bucket=self.bucket, Key=self._key(name))

    def read_mark(self) -> str | None:
        try:
            with as_disk_faults():
                body = self.client.get_object(Bucket=self.bucket, Key=(self.folder / MARK).as_posix())["Body"]
                with contextlib.closing(body):
                    return bytes(body.read(LONGEST_MARK)).decode("ascii", errors="replace")
        except FileNotFoundError:
            return None

    def write_mark(self, mark: str) -> None:
        """A store cannot refuse the second of two at one moment; the last one to write has it."""
        with as_disk_faults():
            self.client.put_object(
                Bucket=self.bucket, Key=(self.folder / MARK).as_posix(), Body=mark.encode()
            )

    def list_older(self, moment: datetime) -> Iterator[str]:
        start = "" if self.folder == Path() else f"{self.folder.as_posix()}/"
        with as_disk_faults():
            pages = list(
                self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start)
            )
        for found in (found for page in pages for found in page.get("Contents", ())):
            first, _, name = found["Key"].removeprefix(start).partition("/")
            if len(first) == 2 and name and "/" not in name and found["LastModified"] < moment:
                yield name

    def _key(self, name: str) -> str:
        return self._path(name).as_posix()


def store_of(settings: Settings) -> tuple[str, str, Any]:
    """Bucket, prefix and client of uploads in a store. Invalid when the package for it is missing."""
    bucket, _, prefix = settings.uploads.removeprefix("s3://").partition("/")
    client = _client(
        settings.s3_endpoint, settings.s3_region, settings.s3_key_id, settings.s3_secret.get_secret_value()
    )
    return bucket, prefix, client


@functools.lru_cache(maxsize=4)
def _client(endpoint: str, region: str, key_id: str, secret: str) -> Any:
    """One client for a process: it keeps connections, and threads may share it."""
    try:
        boto3, config = importlib.import_module("boto3"), importlib.import_module("botocore.config")
    except ImportError:
        raise Invalid(
            "JOURNEY_UPLOADS=s3://… heeft het pakket boto3 nodig: pip install 'journey[s3]'."
        ) from None
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region or "us-east-1",
        aws_access_key_id=key_id or None,
        aws_secret_access_key=secret or None,
        config=config.Config(
            connect_timeout=5,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextlib.contextmanager
def as_disk_faults() -> Iterator[None]:
    faults = importlib.import_module("botocore.exceptions")
    try:
        yield
    except faults.ClientError as refusal:
        code = refusal.response.get("Error", {}).get("Code", "")
        kind = FileNotFoundError if code in ("NoSuchKey", "404") else OSError
        raise kind(f"the store refused: {code}") from None
    except faults.BotoCoreError as fault:
        raise OSError(f"the store does not answer: {type(fault).__name__}") from None


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
