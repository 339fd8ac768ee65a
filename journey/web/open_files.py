"""Files that are no secret and belong to nobody, such as recordings of sentences: kept where the sealed files are, in
the folder of the installation or in its store, and not sealed."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journey.files import WRITING, as_disk_faults, store_of
from journey.settings import Settings


@dataclass(frozen=True)
class OpenFiles:
    """One folder of an installation. OSError when there is no room or no right."""

    folder: Path

    @classmethod
    def of(cls, settings: Settings, *below: str) -> "OpenFiles":
        """A part of where the settings keep files. Invalid when the store needs a missing package."""
        if not settings.uploads.startswith("s3://"):
            return cls(Path(settings.uploads, *below))
        bucket, prefix, client = store_of(settings)
        return OpenObjects(Path(prefix, *below), bucket, client)

    @property
    def is_far(self) -> bool:
        """Whether each question goes over the network."""
        return False

    def write(self, name: str, content: bytes) -> None:
        """Keep under this name, whole at once, in place of what had it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = self.folder / f"{name}.{secrets.token_hex(4)}{WRITING}"
        try:
            own.write_bytes(content)
            own.rename(self.folder / name)
        except BaseException:
            own.unlink(missing_ok=True)
            raise

    def read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def list(self) -> dict[str, str]:
        """Name -> a mark that changes with each writing."""
        found = (path for path in self.folder.glob("*.*") if not path.name.endswith(WRITING))
        return {path.name: str(path.stat().st_mtime_ns) for path in sorted(found)}


@dataclass(frozen=True)
class OpenObjects(OpenFiles):
    """The same in a bucket; `folder` is the prefix. What the store refuses or leaves unanswered is an OSError."""

    bucket: str
    client: Any

    @property
    def is_far(self) -> bool:
        return True

    def write(self, name: str, content: bytes) -> None:
        with as_disk_faults():
            self.client.put_object(Bucket=self.bucket, Key=self._key(name), Body=content)

    def read(self, name: str) -> bytes | None:
        try:
            with as_disk_faults():
                return bytes(self.client.get_object(Bucket=self.bucket, Key=self._key(name))["Body"].read())
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        with as_disk_faults():
            self.client.delete_object(Bucket=self.bucket, Key=self._key(name))

    def list(self) -> dict[str, str]:
        start = f"{self.folder.as_posix()}/"
        with as_disk_faults():
            asked = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start)
            found = [one for page in asked for one in page.get("Contents", ())]
        return {
            one["Key"].removeprefix(start): f"{one.get('ETag', '')}{one['LastModified'].isoformat()}"
            for one in found
            if "/" not in one["Key"].removeprefix(start)
        }

    def _key(self, name: str) -> str:
        return (self.folder / name).as_posix()
