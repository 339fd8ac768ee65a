"""The scheduler and sender: rings the bell for jobs that scan rows which are due.

One leader at a time: a second copy waits and takes over when the first is gone. The scheduler keeps nothing; what has
to happen once is a row in the database, so a job may ring too often, late, or after weeks of silence, and nothing
happens twice. A job that fails stops no other and is logged without what it was about.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from journey.agenda.jobs import is_digest_time, plan_digests
from journey.auth.jobs import remove_old
from journey.call.jobs import plan_due_calls
from journey.clock import AMSTERDAM, Clock, local_day
from journey.consent.register import keep_register
from journey.imports.keeping import forget_old
from journey.logs import configure, new_number, numbered, place_of
from journey.models import JobRun, WorkerBeat
from journey.outbox.jobs import send_due, settle_uncertain
from journey.privacy.retention import keep_terms
from journey.report.service import count_due, publish_due
from journey.settings import Settings
from journey.texts.questions import keep_talking
from journey.upload.jobs import tidy_uploads
from journey.work import House, Work

log = logging.getLogger("journey.worker")

Job = Callable[[House, datetime], object]

SEND_SECONDS = 5
BEAT_SECONDS = 10
SETTLE_SECONDS = 60
LEADER_SECONDS = 1.0
CLOCK_JUMP = timedelta(seconds=SEND_SECONDS)
NIGHT_FROM_HOUR = 3
ADVISORY_LOCK = 7_405_318_264


def once_a_day(house: House, now: datetime, name: str, act: Callable[[Work], object]) -> bool:
    """Do `act` once for each local date, from 03:00 or at the first start after; whether it was done now.

    The row that says so is written first and in the same transaction: a second process waits for it, a failure takes
    it back, and the hour that comes twice in October does nothing twice.
    """
    if not is_night(now):
        return False
    with house.work(now=now) as work:
        if was_done_today(work, name):
            return False
        try:
            with work.session.begin_nested():
                work.session.add(JobRun(job=name, run_on=local_day(now), finished_at=now))
        except IntegrityError:
            return False
        act(work)
    return True


def is_night(now: datetime) -> bool:
    """Whether the night's work may begin; it may still when the day has come."""
    return now.astimezone(AMSTERDAM).hour >= NIGHT_FROM_HOUR


def was_done_today(work: Work, name: str) -> bool:
    return work.session.get(JobRun, (name, work.today)) is not None


def publish_nightly(house: House, now: datetime) -> bool:
    """Publish the batches of figures that are due (rules, 33): counted first, so that nobody waits for that."""
    if not is_night(now):
        return False
    with house.work(now=now, write=False) as work:
        if was_done_today(work, "publish"):
            return False
        ready = count_due(work)
    return once_a_day(house, now, "publish", partial(publish_due, ready=ready))


def beat(house: House, now: datetime) -> None:
    """Leave the moment where probes can read it: by a bell like any other, so that it stops when the bells do."""
    with house.work(now=now) as work:
        work.session.merge(WorkerBeat(leader=f"{socket.gethostname()}:{os.getpid()}"[:80], beat_at=now))


def text_the_day(house: House, now: datetime) -> bool:
    """Plan the texts of the morning, once a day; a worker that starts in the afternoon leaves them out."""
    return is_digest_time(now) and once_a_day(house, now, "digest", plan_digests)


def keep_asking(house: House, now: datetime) -> None:
    """Questions by text whose turn or reminder has come (rules, 42a)."""
    with house.work(now=now) as work:
        keep_talking(work)


def empty_journal(house: House, _now: datetime) -> None:
    """What was erased while somebody read for long is still in the journal of SQLite."""
    house.database.empty_journal()


def empty_journal_always(house: House, _now: datetime) -> None:
    """Also what another process erased, or one that was killed."""
    house.database.empty_journal(always=True)


# Every hour and at each start: idempotent, so the only cost of once too often is a query.
HOURLY: Mapping[str, Job] = {
    "plan-calls": plan_due_calls,
    "remove-old": remove_old,
    "uploads": tidy_uploads,
    "questions": keep_asking,
    "empty-journal": empty_journal_always,
}
# A few times an hour, because the night's work waits for the first start after it.
NIGHTLY: Mapping[str, Job] = {
    "forget-imports": forget_old,
    "publish": publish_nightly,
    "keep-terms": keep_terms,
}
# At half past eight; the later rings are for a worker that was not there.
MORNING: Mapping[str, Job] = {"digest": text_the_day}
STEADY: Mapping[int, Mapping[str, Job]] = {
    BEAT_SECONDS: {"beat": beat},
    SETTLE_SECONDS: {"settle": settle_uncertain, "register": keep_register, "journal": empty_journal},
}


def run_job(house: House, name: str, job: Job) -> None:
    """One ring: reads the clock of the house, has a number of its own, and keeps a failure to itself."""
    with numbered(new_number("run")):
        try:
            job(house, house.clock.now())
        except Exception as fault:
            log.error("job %s failed: %s", name, place_of(fault))


class Lock(Protocol):
    """What only one worker of an installation holds."""

    def acquire(self) -> bool: ...
    def is_held(self) -> bool: ...
    def release(self) -> None: ...


class FileLock:
    """flock on a file beside the SQLite database: the system lets go of it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self) -> bool:
        import fcntl

        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def is_held(self) -> bool:
        return self._file is not None

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class AdvisoryLock:
    """A lock of the PostgreSQL session: gone with the connection, so the connection is asked now and then."""

    def __init__(self, house: House) -> None:
        self._engine = house.database.engine
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            asked = connection.execute(
                text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK}
            ).scalar()
            self._connection = connection if asked else None
        finally:
            if self._connection is None:
                connection.close()
        return self._connection is not None

    def is_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.release()
            return False
        return True

    def release(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
            except SQLAlchemyError:
                connection.invalidate()  # the lock went with the connection
            connection.close()


class NoLock:
    """A database in memory has one process, and so one worker."""

    def acquire(self) -> bool:
        return True

    def is_held(self) -> bool:
        return True

    def release(self) -> None:
        return None


def lock_of(house: House) -> Lock:
    """The lock that fits the database of the house."""
    if not house.database.is_sqlite:
        return AdvisoryLock(house)
    file = house.database.engine.url.database
    return FileLock(Path(f"{file}.worker-lock")) if file and file != ":memory:" else NoLock()


class Worker:
    """The scheduler on threads of its own; `start` returns at once, `stop` waits for jobs that run."""

    def __init__(self, house: House, *, leader_seconds: float = LEADER_SECONDS) -> None:
        self._house = house
        self._lock = lock_of(house)
        self._wait = leader_seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._scheduler: BackgroundScheduler | None = None
        self._ended = threading.Event()
        self._seen = Clock().now()

    @property
    def is_leader(self) -> bool:
        return self._scheduler is not None

    def start(self) -> None:
        self._stopping.clear()
        self._thread = threading.Thread(target=self._lead, name="journey-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _lead(self) -> None:
        try:
            while not self._stopping.is_set():
                self._check()
                self._stopping.wait(self._wait)
        finally:
            self._step_down()

    def _check(self) -> None:
        """Take the lead when it is free; give it up when the lock was lost."""
        try:
            if self._scheduler is None and self._lock.acquire():
                log.info("this worker leads")
                self._hang_bells()
            elif self._scheduler is not None and not self._lock.is_held():
                log.warning("this worker lost the lead")
                self._step_down()
            elif self._scheduler is not None and self._clock_was_set_back():
                log.warning("the clock was set back: every bell is hung again")
                self._take_down_bells()
                self._hang_bells()
        except (SQLAlchemyError, OSError) as fault:
            log.error("no lead: %s", place_of(fault))

    def _clock_was_set_back(self) -> bool:
        """A bell hung for a moment that lies hours ahead again would be silent until then."""
        seen, self._seen = self._seen, Clock().now()
        return self._seen < seen - CLOCK_JUMP

    def _step_down(self) -> None:
        self._take_down_bells()
        self._lock.release()

    def _hang_bells(self) -> None:
        self._ended.clear()
        self._scheduler = _scheduler(self._house, self._ended)
        self._scheduler.start()

    def _take_down_bells(self) -> None:
        """Waits for jobs that run; the sender ends after the batch it is at."""
        if self._scheduler is not None:
            self._ended.set()
            self._scheduler.shutdown(wait=True)
            self._scheduler = None


def _scheduler(house: House, ended: threading.Event) -> BackgroundScheduler:
    """All jobs on a memory store. Rings that were missed come once; a job never runs beside itself."""
    scheduler = BackgroundScheduler(
        timezone=AMSTERDAM,
        executors={"default": ThreadPoolExecutor(max_workers=4)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    at_once = Clock().now()  # bells follow the real clock; jobs are told what the house takes for now
    bells: list[tuple[Mapping[str, Job], CronTrigger | IntervalTrigger]] = [
        (HOURLY, CronTrigger(minute=2, timezone=AMSTERDAM)),
        (NIGHTLY, CronTrigger(minute="*/20", timezone=AMSTERDAM)),
        (MORNING, CronTrigger(hour="8-11", minute="*/10", timezone=AMSTERDAM)),
    ]
    bells += [
        (jobs, IntervalTrigger(seconds=seconds, timezone=AMSTERDAM)) for seconds, jobs in STEADY.items()
    ]
    bells.append(
        (
            {"send": partial(send_due, ended=ended.is_set)},
            IntervalTrigger(seconds=SEND_SECONDS, timezone=AMSTERDAM),
        )
    )
    for jobs, trigger in bells:
        for name, job in jobs.items():
            scheduler.add_job(run_job, trigger, args=(house, name, job), id=name, next_run_time=at_once)
    return scheduler


def run_forever(settings: Settings) -> None:
    """The worker process: until SIGTERM or SIGINT; jobs that run are finished first."""
    configure(settings.log_shape)
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    house = House.open(settings)
    worker = Worker(house)
    worker.start()
    try:
        while not ended.wait(timeout=1):
            pass
    finally:
        worker.stop()
        house.database.close()
