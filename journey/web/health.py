"""Probes for operators: is the process alive, can it do its work, and does the worker beside it do its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import text

from journey.migrations import is_current
from journey.models import SendingState, WorkerBeat
from journey.web.metrics import queue_age
from journey.work import House, Work

STALE_AFTER: Final = timedelta(seconds=60)


@dataclass(frozen=True)
class Readiness:
    """`problems` are English words for operators; empty when ready."""

    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class WorkerHealth:
    """`worker`: `alive`, `stale` (no beat for a minute) or `never`; `sending`: `on`, `waiting` or `halted`.

    `age_seconds` is the time since the last beat of the worker that leads, None before the first;
    `queue_age_seconds` how long the oldest message that may go has waited, 0 when none waits.
    """

    worker: str
    age_seconds: int | None
    sending: str
    queue_age_seconds: int


@dataclass(frozen=True)
class Halt:
    """Sending is halted `since`; `reason` is a code of the gateway; the next try is by itself at `next_try`."""

    since: datetime
    reason: str
    next_try: datetime


def find_halt(work: Work) -> Halt | None:
    """What staff must be told: messages wait because the gateway refuses us or stays away."""
    state = work.session.get(SendingState, 1)
    if state is None or state.halted_at is None:
        return None
    return Halt(state.halted_at, state.reason, max(state.wait_until or work.now, work.now))


def readiness(house: House, work: Work) -> Readiness:
    """Whether the database answers and has the tables this version expects."""
    work.session.exec(text("SELECT 1"))  # type: ignore[call-overload]
    return Readiness(() if is_current(house.database) else ("database is not migrated",))


def worker_health(work: Work) -> WorkerHealth:
    """Read from what the worker leaves in the database; needs its tables."""
    state, beat = work.session.get(SendingState, 1), work.session.get(WorkerBeat, 1)
    sending = "on"
    if state is not None and state.halted_at is not None:
        sending = "halted"
    elif state is not None and state.wait_until is not None and state.wait_until > work.now:
        sending = "waiting"
    if beat is None:
        return WorkerHealth("never", None, sending, queue_age(work))
    age = max(work.now - beat.beat_at, timedelta())
    worker = "stale" if age > STALE_AFTER else "alive"
    return WorkerHealth(worker, int(age.total_seconds()), sending, queue_age(work))
