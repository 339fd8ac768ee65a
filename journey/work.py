"""One unit of work: the session, the moment, who acts, and the vault, handed down together.

Every service and query takes a `Work` first. `now` is read once, when the work begins.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlmodel import Session

from journey.clock import Clock, local_day
from journey.db import Database, Limits
from journey.logs import current_request
from journey.rules.roles import ADMIN, LEAD, MANAGER, RESEARCHER
from journey.settings import Settings
from journey.vault import Vault


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, a token, a participant through a link, or the system itself.

    `studies` holds the ids of the studies in reach; None means every study of the installation.
    """

    kind: str
    label: str
    role: str
    id: int | None = None
    studies: frozenset[int] | None = None
    name: str = ""

    @property
    def is_researcher(self) -> bool:
        return self.role in (RESEARCHER, LEAD)

    @property
    def is_manager(self) -> bool:
        return self.role == MANAGER

    @property
    def is_admin(self) -> bool:
        return self.role == ADMIN

    def reaches(self, study_id: int) -> bool:
        return self.studies is None or study_id in self.studies


def limits_of(settings: Settings) -> Limits:
    """What the settings let one process take of PostgreSQL."""
    return Limits(
        size=settings.pool_size,
        overflow=settings.pool_overflow,
        wait_seconds=settings.pool_timeout_seconds,
        statement_seconds=settings.statement_timeout_seconds,
        long_seconds=settings.long_statement_timeout_seconds,
        lock_seconds=settings.lock_timeout_seconds,
        idle_seconds=settings.idle_transaction_timeout_seconds,
        pooled=settings.pooled,
    )


SYSTEM = Actor(kind="system", label="system", role="system")
NOBODY = Actor(kind="nobody", label="nobody", role="nobody", studies=frozenset())


class Reading(Protocol):
    """What reading facts needs: no clock and nobody who acts."""

    @property
    def session(self) -> Session: ...


@dataclass
class Work:
    session: Session
    now: datetime
    actor: Actor
    settings: Settings
    vault: Vault
    origin: str = field(default="")
    request: str = field(default_factory=current_request)

    @property
    def today(self) -> date:
        return local_day(self.now)


@dataclass(frozen=True)
class House:
    """What one process shares: settings, database, clock and vault."""

    settings: Settings
    database: Database
    clock: Clock
    vault: Vault

    @classmethod
    def open(cls, settings: Settings) -> "House":
        database = Database(settings.database_url, limits=limits_of(settings))
        return cls(settings, database, Clock(settings.today), Vault.from_settings(settings))

    @contextmanager
    def work(
        self,
        actor: Actor = SYSTEM,
        *,
        write: bool = True,
        now: datetime | None = None,
        origin: str = "",
        long: bool | None = None,
    ) -> Iterator[Work]:
        """A unit of work: commits at the end when `write`, never when not. What the system itself does may take `long`
        of the database; a page may not, unless it says so."""
        database, long = self.database, actor is SYSTEM if long is None else long
        with database.write(long=long) if write else database.read(long=long) as session:
            yield Work(session, now or self.clock.now(), actor, self.settings, self.vault, origin)
