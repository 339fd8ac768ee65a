"""The worker: one leader, jobs once a day, failures that stay with their job."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, delete, select

from journey.auth.jobs import remove_old
from journey.auth.service import create_user, sign_in
from journey.clock import at_local
from journey.models import Call, JobRun, Replay, Throttle, UserSession, WorkerBeat
from journey.settings import Settings
from journey.work import House, Work
from journey.worker import Worker, lock_of, once_a_day, run_job
from tests.support.build import build_participant, build_study

pytestmark = pytest.mark.both

DAY = date(2026, 3, 16)
PATIENCE = 30.0


def wait_until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def running(*workers: Worker) -> Iterator[None]:
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()


def test_of_two_workers_one_leads_and_the_other_takes_over(settings: Settings) -> None:
    houses = [House.open(settings), House.open(settings)]
    first, second = (Worker(house, leader_seconds=0.05) for house in houses)
    with running(first, second):
        first.start()
        assert wait_until(lambda: first.is_leader)
        second.start()
        time.sleep(0.3)
        assert (first.is_leader, second.is_leader) == (True, False)
        first.stop()
        assert wait_until(lambda: second.is_leader)
        assert not first.is_leader
    for house in houses:
        house.database.close()


def test_a_lock_that_was_let_go_can_be_taken_again(house: House) -> None:
    first, second = lock_of(house), lock_of(house)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    assert second.is_held()
    second.release()
    assert not second.is_held()


def test_a_worker_that_is_killed_is_followed_by_another(settings: Settings, house: House) -> None:
    environment = {**os.environ, "JOURNEY_DATABASE_URL": settings.database_url}
    process = subprocess.Popen([sys.executable, "-m", "journey", "worker"], env=environment)
    lock = lock_of(house)
    try:
        assert wait_until(lambda: not _is_free(house))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        assert wait_until(lock.acquire)
    finally:
        lock.release()
        process.kill()


def test_who_waits_leads_within_seconds_after_the_leader_was_killed(settings: Settings, house: House) -> None:
    environment = {**os.environ, "JOURNEY_DATABASE_URL": settings.database_url}
    process = subprocess.Popen([sys.executable, "-m", "journey", "worker"], env=environment)
    standby = Worker(house)
    try:
        assert wait_until(lambda: _leader(house).endswith(f":{process.pid}"))
        with running(standby):
            standby.start()
            time.sleep(1.5)
            assert not standby.is_leader
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=10)
            killed = time.monotonic()
            assert wait_until(lambda: standby.is_leader)
            assert time.monotonic() - killed < 10
            assert wait_until(lambda: _leader(house).endswith(f":{os.getpid()}"))
    finally:
        process.kill()


def _leader(house: House) -> str:
    """Who last left a beat."""
    with house.work(write=False) as work:
        seen = work.session.get(WorkerBeat, 1)
        return seen.leader if seen else ""


def test_bells_are_hung_again_when_the_clock_is_set_back(house: House) -> None:
    worker = Worker(house, leader_seconds=0.05)
    with running(worker):
        worker.start()
        assert wait_until(lambda: worker.is_leader)
        silent = worker._scheduler
        for bell in silent.get_jobs():
            bell.modify(next_run_time=datetime.now(UTC) + timedelta(hours=2))
        worker._seen = datetime.now(UTC) + timedelta(hours=2)
        assert wait_until(lambda: worker._scheduler not in (None, silent))
        soon = datetime.now(UTC) + timedelta(minutes=1)
        bells = {bell.id: bell.next_run_time for bell in worker._scheduler.get_jobs()}
    assert bells["send"] < soon


def test_the_worker_process_ends_at_once_when_asked(settings: Settings, house: House) -> None:
    environment = {**os.environ, "JOURNEY_DATABASE_URL": settings.database_url}
    process = subprocess.Popen([sys.executable, "-m", "journey", "worker"], env=environment)
    try:
        assert wait_until(lambda: not _is_free(house))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert wait_until(lambda: _is_free(house))
    finally:
        process.kill()


def _is_free(house: House) -> bool:
    lock = lock_of(house)
    free = lock.acquire()
    lock.release()
    return free


def test_calls_are_planned_at_the_start(house: House) -> None:
    now = house.clock.now()
    with house.work(now=now - timedelta(days=14)) as work:
        build_participant(work, build_study(work))
    worker = Worker(house, leader_seconds=0.05)
    with running(worker):
        worker.start()
        assert wait_until(lambda: _open_calls(house, now) == 1)


def _open_calls(house: House, now: datetime) -> int:
    with house.work(write=False, now=now) as work:
        this_week = work.today - timedelta(days=work.today.weekday())
        calls = work.session.exec(select(Call).where(Call.state == "open", Call.week == this_week)).all()
        return len(calls)


def test_a_worker_can_be_started_again(house: House) -> None:
    worker = Worker(house, leader_seconds=0.05)
    for _ in range(2):
        with running(worker):
            worker.start()
            assert wait_until(lambda: worker.is_leader)


# --- Once a day ------------------------------------------------------------------------------------


class Counted:
    """A job that counts how often it ran, and fails when told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.runs = 0
        self.fails = fails

    def __call__(self, work: Work) -> None:
        self.runs += 1
        if self.fails:
            raise RuntimeError("Ada, 0612345678")


@pytest.mark.parametrize(
    ("moment", "runs"),
    [
        (at_local(DAY, 2, 59), 0),
        (at_local(DAY, 3), 1),
        (at_local(DAY, 5, 40), 1),
        (at_local(DAY, 22), 1),
    ],
)
def test_the_work_of_the_night_waits_for_three_or_the_first_start_after(
    house: House, moment: datetime, runs: int
) -> None:
    job = Counted()
    assert once_a_day(house, moment, "night", job) is bool(runs)
    assert job.runs == runs


def test_it_is_done_once_a_day_and_each_day_again(house: House) -> None:
    job = Counted()
    for day in range(3):
        for hour in (3, 4, 23):
            once_a_day(house, at_local(DAY + timedelta(days=day), hour), "night", job)
    assert job.runs == 3


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_clock_change_night_is_one_night(house: House, night: date) -> None:
    job = Counted()
    start = at_local(night, 0)
    for quarter in range(24):
        once_a_day(house, start + timedelta(minutes=15 * quarter), "night", job)
    assert job.runs == 1


def test_two_weeks_off_are_not_made_up_for(house: House) -> None:
    job = Counted()
    once_a_day(house, at_local(DAY, 4), "night", job)
    once_a_day(house, at_local(DAY + timedelta(days=14), 9), "night", job)
    assert job.runs == 2


def test_a_failure_is_tried_again_the_same_night(house: House) -> None:
    job = Counted(fails=True)
    with pytest.raises(RuntimeError):
        once_a_day(house, at_local(DAY, 3), "night", job)
    job.fails = False
    assert once_a_day(house, at_local(DAY, 3, 20), "night", job)
    with house.work() as work:
        assert work.session.exec(select(JobRun.run_on)).all() == [DAY]


def test_two_processes_do_the_night_once(settings: Settings) -> None:
    job = Counted()
    barrier = threading.Barrier(2)

    def run() -> None:
        house = House.open(settings)
        barrier.wait(timeout=10)
        once_a_day(house, at_local(DAY, 3), "night", job)
        house.database.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    assert job.runs == 1


# --- Failures and cleaning -------------------------------------------------------------------------


def test_a_job_that_fails_is_logged_without_what_it_was_about(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_house: House, _now: datetime) -> None:
        raise ValueError("Ada, 0612345678")

    with caplog.at_level(logging.ERROR):
        run_job(house, "broken", broken)
    assert "job broken failed: ValueError" in caplog.text
    assert "Ada" not in caplog.text


@pytest.mark.parametrize("today", [DAY])
def test_jobs_get_the_frozen_day(house: House, today: date) -> None:
    seen: list[datetime] = []
    run_job(house, "look", lambda _house, now: seen.append(now))
    assert seen[0].astimezone(UTC).date() in (DAY, DAY - timedelta(days=1))


def test_what_served_its_time_is_removed_and_the_rest_stays(house: House) -> None:
    now = at_local(DAY, 10)
    with house.work(now=now - timedelta(days=9)) as work:
        create_user(work, "r@example.org", "researcher", password="long enough to pass")
        sign_in(work, "r@example.org", "long enough to pass")
    for age in (timedelta(hours=1), timedelta(days=2)):
        with house.work(now=now - age) as work:
            work.session.add(Throttle(key=f"k{age}", window=work.now, tries=1))
            work.session.add(Replay(scope="s", key=f"k{age}", fingerprint="f", created_at=work.now))
    with house.work(now=now - timedelta(hours=1)) as work:
        sign_in(work, "r@example.org", "long enough to pass")
        work.session.exec(delete(Throttle).where(col(Throttle.key).not_like("k%")))  # what signing in counted
    removed = remove_old(house, now)
    with house.work() as work:
        left = [len(work.session.exec(select(table)).all()) for table in (Throttle, Replay, UserSession)]
    assert removed == 3
    assert left == [1, 1, 1]
