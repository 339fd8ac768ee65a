"""What operators measure, in Prometheus' words: requests of the web processes, and the state of queues and jobs.

Everything is of the installation as a whole: no person, no study and no address as it was sent. Requests are counted in
memory; with several web processes they share files (`PROMETHEUS_MULTIPROC_DIR`), so that each answers for all of them.
What comes from the database is counted when it is asked and is the same whoever answers.
"""

import os
import platform
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.pool import QueuePool
from sqlmodel import col, func, or_, select

from journey import __version__
from journey.models import Call, JobRun, Message, WorkerBeat
from journey.work import House, Work

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Messages that are not settled: how many, and since when the oldest waits. `failed` has no age: nothing happens to it.
UNSETTLED: Final = ("ready", "sending", "accepted", "uncertain")
FAILED: Final = ("failed", "undelivered")


class RequestMetrics:
    """Counts and durations of requests since this process began, or all web processes when they share files."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self._count = Counter("journey_requests", "Answered requests", labels, registry=self.registry)
        self._seconds = Histogram(
            "journey_request_seconds",
            "Time to the end of the answer",
            labels,
            registry=self.registry,
            buckets=SECONDS,
        )

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """`route` is an address as the code knows it; `status` is kept as its class, such as `2xx`."""
        labels = (route, method, f"{status // 100}xx")
        self._count.labels(*labels).inc()
        self._seconds.labels(*labels).observe(seconds)

    def exposition(self) -> bytes:
        registry = self.registry
        if os.environ.get(SHARED):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def exposition(requests: RequestMetrics, house: House, work: Work) -> bytes:
    """Everything, as Prometheus reads it."""
    return requests.exposition() + generate_latest(_state(house, work))


class _Gauges:
    """A registry of gauges that are set once."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

    def add(
        self, name: str, meaning: str, values: float | Iterable[tuple[str, float]], label: str = ""
    ) -> None:
        gauge = Gauge(f"journey_{name}", meaning, (label,) if label else (), registry=self.registry)
        if isinstance(values, int | float):
            gauge.set(values)
        else:
            for value_of, value in values:
                gauge.labels(value_of).set(value)


def _state(house: House, work: Work) -> CollectorRegistry:
    gauges = _Gauges()
    gauges.add("calls_due", "Open call prompts that may be dialled today", _calls_due(work))
    gauges.add("call_rounds_open", "Open call prompts", _count(work, Call.state == "open"))
    sizes, ages = _messages(work)
    gauges.add("messages", "Messages that are not settled, or failed", sizes, "state")
    gauges.add("message_oldest_seconds", "How long the oldest has been in this state", ages, "state")
    gauges.add("queue_age_seconds", "How long the oldest due message waits", queue_age(work))
    if beat := work.session.get(WorkerBeat, 1):
        gauges.add("worker_beat_age_seconds", "Since the worker last rang", _age(work, beat.beat_at))
    gauges.add("job_finished_timestamp_seconds", "When a daily job last ended well", _jobs(work), "job")
    gauges.add("database_pool_connections", "Connections of the process that answers", _pool(house), "state")
    build = Gauge(
        "journey_build_info", "Version", ("version", "python", "database"), registry=gauges.registry
    )
    database = "sqlite" if house.database.is_sqlite else "postgresql"
    build.labels(__version__, platform.python_version(), database).set(1)
    return gauges.registry


def queue_age(work: Work) -> int:
    """Whole seconds that the oldest message that may go has waited; 0 when none waits."""
    oldest = work.session.exec(
        select(func.min(Message.due_at)).where(Message.state == "ready", Message.due_at <= work.now)
    ).one()
    return int(_age(work, oldest)) if oldest else 0


def _age(work: Work, moment: datetime) -> float:
    return max(work.now - moment, timedelta()).total_seconds()


def _calls_due(work: Work) -> int:
    return _count(
        work,
        Call.state == "open",
        Call.due_on <= work.today,
        or_(col(Call.next_at).is_(None), col(Call.next_at) <= work.now),
    )


def _count(work: Work, *conditions: Any) -> int:
    return work.session.exec(select(func.count()).select_from(Call).where(*conditions)).one()


def _messages(work: Work) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """Size and age per state; a state without messages is 0, so that an alarm has something to compare with."""
    rows = work.session.exec(
        select(Message.state, func.count(), func.min(Message.updated_at))
        .where(col(Message.state).in_(UNSETTLED + FAILED))
        .group_by(Message.state)
    ).all()
    found = {state: (count, since) for state, count, since in rows}
    sizes = [(state, float(found.get(state, (0, None))[0])) for state in UNSETTLED + FAILED]
    ages = [
        (state, _age(work, since) if (since := found.get(state, (0, None))[1]) else 0.0)
        for state in UNSETTLED
    ]
    return sizes, ages


def _jobs(work: Work) -> list[tuple[str, float]]:
    rows = work.session.exec(select(JobRun.job, func.max(JobRun.finished_at)).group_by(JobRun.job)).all()
    return [(job, finished.timestamp()) for job, finished in rows]


def _pool(house: House) -> list[tuple[str, float]]:
    pool = house.database.engine.pool
    if not isinstance(pool, QueuePool):
        return []
    return [("in_use", float(pool.checkedout())), ("idle", float(pool.checkedin())), ("most", _most(pool))]


def _most(pool: QueuePool) -> float:
    return float(pool.size() + pool._max_overflow)
