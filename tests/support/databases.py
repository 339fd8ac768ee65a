"""A fresh, migrated, empty database for each test: migrated once, then copied, which costs milliseconds.

On SQLite the migrated one is a file that the next run finds again, until a migration changes.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from journey import migrations


class SqliteDatabases:
    """`fresh` is migrated to head, `bare` has no tables at all, `copy` is as another that nobody has open; so too in
    the other class."""

    def __init__(self, kept: Path) -> None:
        self._template = kept / f"{_state_of_migrations()}.db"

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        if not self._template.exists():
            # Under a name of its own first: other processes of the run do the same.
            made = self._template.with_suffix(f".{os.getpid()}")
            migrations.upgrade(f"sqlite:///{made}")
            made.replace(self._template)
        shutil.copyfile(self._template, folder / "journey.db")
        yield f"sqlite:///{folder / 'journey.db'}"

    @contextmanager
    def bare(self, folder: Path) -> Iterator[str]:
        yield f"sqlite:///{folder / 'bare.db'}"

    @contextmanager
    def copy(self, url: str, folder: Path) -> Iterator[str]:
        shutil.copyfile(url.removeprefix("sqlite:///"), folder / "copy.db")
        yield f"sqlite:///{folder / 'copy.db'}"


def _state_of_migrations() -> str:
    """Changes with whatever a migrated database follows from."""
    package = Path(migrations.__file__).parents[1]
    sources = [*package.glob("migrations/**/*.py"), *package.glob("models/*.py"), package / "db.py"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources))).hexdigest()[:20]


class PostgresDatabases:
    """The worker's name keeps parallel test processes apart on the one server they share."""

    def __init__(self, server_url: str, worker: str) -> None:
        self._server_url = server_url
        self._worker = worker
        self._numbers = itertools.count(1)
        self._template: str | None = None
        self._strategy: str | None = None

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        if self._template is None:
            template = f"template_{self._worker}"
            self._execute("CREATE DATABASE {}", template)
            migrations.upgrade(self._url(template))
            self._template = template
        with self._database("CREATE DATABASE {} TEMPLATE {}" + self._by_file(), self._template) as url:
            yield url

    def _by_file(self) -> str:
        """Copying files takes half the time of writing every page to the log, as PostgreSQL does since 15."""
        if self._strategy is None:
            with psycopg.connect(self._server_url) as connection:
                newer = connection.info.server_version >= 150000
            self._strategy = " STRATEGY FILE_COPY" if newer else ""
        return self._strategy

    @contextmanager
    def bare(self, folder: Path) -> Iterator[str]:
        with self._database("CREATE DATABASE {}") as url:
            yield url

    @contextmanager
    def copy(self, url: str, folder: Path) -> Iterator[str]:
        with self._database(
            "CREATE DATABASE {} TEMPLATE {}" + self._by_file(), url.rpartition("/")[2]
        ) as own:
            yield own

    @contextmanager
    def _database(self, create: str, *template: str) -> Iterator[str]:
        name = f"test_{self._worker}_{next(self._numbers)}"
        self._execute(create, name, *template)
        try:
            yield self._url(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _url(self, name: str) -> str:
        return f"{self._server_url.rpartition('/')[0]}/{name}"

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


Databases = SqliteDatabases | PostgresDatabases
