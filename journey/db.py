"""The database: one engine, and the only two ways to a session.

`read()` never commits. `write()` commits when its block ends well and rolls back when it does not; on SQLite one
process-wide lock around it keeps writers from starving each other (without it the slowest writes took fifteen times
longer), and `BEGIN IMMEDIATE` keeps another process from writing between our read and our write.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import Session, create_engine


class Database:
    """One database by its URL; `sqlite:///…` or `postgresql+psycopg://…` (plain `postgresql://` is taken as that)."""

    def __init__(self, url: str, *, enforce_keys: bool = True) -> None:
        if url.startswith("postgresql://"):
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = (
            _sqlite_engine(url, enforce_keys)
            if self.is_sqlite
            else create_engine(url, pool_pre_ping=True, pool_size=8, hide_parameters=True)
        )
        self._writer = self.engine.execution_options(journey_writes=True)
        self._lock = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with (
            self._lock if self.is_sqlite else nullcontext(),
            Session(self._writer, expire_on_commit=False) as session,
        ):
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def close(self) -> None:
        self.engine.dispose()


def _sqlite_engine(url: str, enforce_keys: bool) -> Engine:
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": 15},
        hide_parameters=True,  # a fault must not quote what was stored
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={enforce_keys:d}",
            "busy_timeout=15000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("journey_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
