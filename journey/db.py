"""The database: one engine, and the only two ways to a session.

`read()` never commits. `write()` commits when its block ends well and rolls back when it does not; on SQLite one
process-wide lock around it keeps writers from starving each other (without it the slowest writes took fifteen times
longer), and `BEGIN IMMEDIATE` keeps another process from writing between our read and our write.
On PostgreSQL every transaction has limits, so that one slow question cannot hold all connections.
"""

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session, create_engine

ERASED: Final = "journey_erased"
BUSY_MS: Final = 15_000
EMPTYING_MS: Final = 200


@dataclass(frozen=True)
class Limits:
    """What one process may take of PostgreSQL; times in seconds, 0 is without end. SQLite knows none of them.

    `pooled`: a pooler that hands each transaction to another server process stands between, so nothing may live in a
    session: limits are set per transaction and no statement is prepared.
    """

    size: int = 8
    overflow: int = 0
    wait_seconds: float = 10
    statement_seconds: float = 15
    long_seconds: float = 900
    lock_seconds: float = 10
    idle_seconds: float = 60
    pooled: bool = False


class Database:
    """One database by its URL; `sqlite:///…` or `postgresql+psycopg://…` (plain `postgresql://` is taken as that)."""

    def __init__(self, url: str, *, enforce_keys: bool = True, limits: Limits | None = None) -> None:
        if url.startswith("postgresql://"):
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = (
            _sqlite_engine(url, enforce_keys)
            if self.is_sqlite
            else _postgresql_engine(url, limits or Limits())
        )
        self._writer = self.engine.execution_options(journey_writes=True)
        self._lock = threading.Lock()
        self._journal_holds = False

    @contextmanager
    def read(self, *, long: bool = False) -> Iterator[Session]:
        """`long` for exports, reports and other work that nobody waits for behind one page."""
        with Session(self._bound(self.engine, long), expire_on_commit=False) as session:
            session.info["journey_read"] = True
            yield session

    @contextmanager
    def write(self, *, long: bool = False) -> Iterator[Session]:
        with (
            self._lock if self.is_sqlite else nullcontext(),
            Session(self._bound(self._writer, long), expire_on_commit=False) as session,
        ):
            try:
                yield session
                session.commit()
                self._journal_holds |= session.info.pop(ERASED, False)
            except BaseException:
                session.rollback()
                raise
        self.empty_journal()

    def empty_journal(self, *, always: bool = False) -> bool:
        """Whether what was erased is out of the journal of SQLite too. A reader that takes long keeps it there; then
        the next one who writes, or the worker, tries again."""
        if not self.is_sqlite or not (self._journal_holds or always):
            return True
        with contextlib.closing(self.engine.raw_connection()) as connection, self._lock:
            connection.execute(f"PRAGMA busy_timeout={EMPTYING_MS}")
            busy, *_pages = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            self._journal_holds = bool(busy)
        return not busy

    def close(self) -> None:
        self.engine.dispose()

    @staticmethod
    def _bound(engine: Engine, long: bool) -> Engine:
        return engine.execution_options(journey_long=True) if long else engine


def forget_journal(session: Session) -> None:
    """What this session deletes must be out of the journal as soon as it is committed."""
    session.info[ERASED] = True


def files_of(database: Path) -> tuple[Path, ...]:
    """The file of SQLite and those it makes beside it."""
    return database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))


def reads_only(session: Session) -> bool:
    """Whether the session came from `read()`: what it sees was committed by somebody."""
    return "journey_read" in session.info


def keep_rows(session: Session) -> None:
    """Hold every row that this session reads until it ends, so that looking one up again costs no question. For pages,
    not for what reads thousands."""
    session.info.setdefault("journey_kept", [])


@event.listens_for(Session, "loaded_as_persistent")
def _keep(session: Session, row: Any) -> None:
    if (kept := session.info.get("journey_kept")) is not None:
        kept.append(row)


def is_passing(fault: BaseException) -> bool:
    """Whether a fault of the database may be gone at the next try: away, too busy, too slow, or locked."""
    if isinstance(fault, PoolTimeout):
        return True
    if not isinstance(fault, DBAPIError):
        return False
    if fault.connection_invalidated:
        return True
    if (code := getattr(fault.orig, "sqlstate", None)) is not None:
        # connection, insufficient resources, shutdown, serialisation, lock not available, idle too long
        return code[:2] in ("08", "40", "53", "57") or code in ("55P03", "25P03")
    said = str(fault.orig)
    if type(fault.orig).__module__.startswith("sqlite3"):
        return any(word in said for word in ("locked", "busy", "full", "disk I/O", "unable to open"))
    return isinstance(fault, OperationalError | InterfaceError)


def _postgresql_engine(url: str, limits: Limits) -> Engine:
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=limits.size,
        max_overflow=limits.overflow,
        pool_timeout=limits.wait_seconds,
        connect_args={"connect_timeout": 5} | ({"prepare_threshold": None} if limits.pooled else {}),
        hide_parameters=True,
    )
    in_session = {
        "statement_timeout": limits.statement_seconds,
        "lock_timeout": limits.lock_seconds,
        "idle_in_transaction_session_timeout": limits.idle_seconds,
    }

    if not limits.pooled:

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(_set(in_session))
            connection.autocommit = False

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        patient = connection.get_execution_options().get("journey_long", False)
        longer = {
            "statement_timeout": limits.long_seconds,
            "idle_in_transaction_session_timeout": limits.long_seconds,
        }
        wanted = (in_session if limits.pooled else {}) | (longer if patient else {})
        if wanted:
            connection.exec_driver_sql(_set(wanted, "LOCAL "))

    return engine


def _set(limits: dict[str, float], scope: str = "") -> str:
    return "; ".join(f"SET {scope}{name} = {int(seconds * 1000)}" for name, seconds in limits.items())


def _sqlite_engine(url: str, enforce_keys: bool) -> Engine:
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": 15},
        hide_parameters=True,  # a fault must not quote what was stored
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        if (name := engine.url.database) and name != ":memory:":
            _keep_private(Path(name))
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={enforce_keys:d}",
            f"busy_timeout={BUSY_MS}",
            "secure_delete=ON",  # what is deleted is overwritten
            "temp_store=MEMORY",  # sorting leaves nothing on a disk
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("journey_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _keep_private(database: Path) -> None:
    """For the owner alone, before there is anything in it; what SQLite makes beside it gets the same mode. A file that
    is somebody else's stays as it is: the doctor tells."""
    with contextlib.suppress(OSError):
        for file in files_of(database):
            if file.exists() and file.stat().st_mode & 0o077:
                file.chmod(0o600)
