"""The proof: workers are killed while messages go out, and each goes exactly once.

`make test` kills thirteen times during five hundred messages, `make test-long` fifty times during two thousand.

The workers are processes of the real command, killed with SIGKILL at the worst moments: before the provider took a
message, after it did and before it said so, and anywhere in between, each time with a whole batch under way. Two run at
a time; the other takes over.
"""

from __future__ import annotations

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from journey.app import create_app
from journey.models import Message
from journey.outbox.gateways import gateway_for
from journey.outbox.jobs import send_due, settle_uncertain
from journey.outbox.service import plan_message
from journey.settings import Settings
from journey.work import House
from tests.outbox.fake_twilio import SECRET, FakeTwilio, Step, running, twilio_settings
from tests.support.build import build_participant, build_study
from tests.support.pages import PageClient

SEED = 20161
APART = 16  # requests between two kills, at most: each takes a batch along
PATIENCE = 600.0  # a busy machine; half a minute on a quiet one


@dataclass(frozen=True)
class Size:
    """`each` of the `people` gets that many messages."""

    people: int
    each: int
    kills: int


SHORT, LONG = Size(25, 20, 13), Size(100, 20, 50)

# Imports everything once and forks the command for each line on its input: a worker in a tenth of a second.
NURSERY = """
import ctypes, os, signal, sys
from journey.cli.main import app
import psycopg, sqlite3, twilio.rest.api, journey.outbox.twilio_gateway, journey.worker
from journey.settings import Settings
from journey.work import House
House.open(Settings()).database.close()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
while line := sys.stdin.readline():
    pid = os.fork()
    if pid == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(line.strip(), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        os.dup2(log, 1), os.dup2(log, 2)
        app(["worker"])
        os._exit(0)
    print(pid, flush=True)
"""


@dataclass
class Herd:
    """Worker processes, each with a log; always two."""

    folder: Path
    nursery: subprocess.Popen[str]
    alive: dict[int, Path] = field(default_factory=dict)
    logs: list[Path] = field(default_factory=list)
    killed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: queue.Queue[None] = field(default_factory=queue.Queue)

    def start_one(self) -> None:
        log = self.folder / f"worker-{len(self.logs)}.log"
        self.logs.append(log)
        assert self.nursery.stdin and self.nursery.stdout
        self.nursery.stdin.write(f"{log}\n")
        self.nursery.stdin.flush()
        with self.lock:
            self.alive[int(self.nursery.stdout.readline())] = log

    def kill_leader(self) -> None:
        """Who leads said so in its log; between two leaders it is anybody."""
        with self.lock:
            leaders = [pid for pid, log in self.alive.items() if _leads(log)] or list(self.alive)
            if leaders:
                os.kill(leaders[0], signal.SIGKILL)
                del self.alive[leaders[0]]
                self.killed += 1
                self.wanted.put(None)

    def stop(self) -> None:
        with self.lock:
            for pid in self.alive:
                os.kill(pid, signal.SIGKILL)
            self.alive.clear()


def _leads(log: Path) -> bool:
    return log.exists() and "this worker leads" in log.read_text()


@contextmanager
def herd(folder: Path, settings: Settings) -> Iterator[Herd]:
    environment = {
        **os.environ,
        "JOURNEY_DATABASE_URL": settings.database_url,
        "JOURNEY_GATEWAY": "twilio",
        "JOURNEY_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "JOURNEY_TWILIO_AUTH_TOKEN": SECRET,
        "JOURNEY_TWILIO_FROM": settings.twilio_from,
        "JOURNEY_TWILIO_API_URL": settings.twilio_api_url,
    }
    nursery = subprocess.Popen(
        [sys.executable, "-c", NURSERY],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with nursery:
        assert nursery.stdout and nursery.stdout.readline() == "ready\n"
        workers = Herd(folder, nursery)
        try:
            yield workers
        finally:
            workers.stop()
            assert nursery.stdin
            nursery.stdin.close()


def moments(kills: int) -> dict[int, str]:
    """What happens at which request: once an error although the message was taken, then so many kills of three kinds,
    each a seeded number of requests after the one before it."""
    dice, at = random.Random(SEED), 3
    found = {at: "500 taken"}
    for number in range(kills):
        at += dice.randint(1, APART)
        found[at] = ("lost", "taken", "later")[number % 3]
    return found


@dataclass
class Chaos:
    """Does to the workers what `moments` says."""

    herd: Herd
    moments: dict[int, str]
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))

    def before(self, number: int) -> Step | None:
        moment = self.moments.get(number, "")
        if moment == "lost":
            self.herd.kill_leader()
            return (500, 0)
        return (500, 0, "taken") if moment == "500 taken" else None

    def after(self, number: int) -> None:
        moment = self.moments.get(number, "")
        if moment == "taken":
            self.herd.kill_leader()
        elif moment == "later":
            threading.Timer(self.dice.uniform(0, 0.1), self.herd.kill_leader).start()

    def count(self, *kinds: str) -> int:
        return sum(kind in kinds for kind in self.moments.values())


def planned(house: House, size: Size) -> Counter[tuple[str, str]]:
    """The messages, some of them the same text to one person: (number, text) and how often."""
    expected: Counter[tuple[str, str]] = Counter()
    with house.work() as work:
        study = build_study(work)
        for one in range(size.people):
            person = build_participant(work, study, phone=f"0612{one:06d}")
            for two in range(size.each):
                body = f"Geheime tekst {one}" if two < 5 else f"Geheime tekst {one}-{two}"
                assert plan_message(work, person, "link", body, f"chaos:{one}:{two}")
                expected[f"+31612{one:06d}", body] += 1
    return expected


def ready(house: House) -> int:
    with house.work(write=False) as work:
        return work.session.exec(select(func.count()).where(Message.state == "ready")).one()


def rows(house: House) -> list[Message]:
    with house.work(write=False) as work:
        return list(work.session.exec(select(Message)).all())


def let_them_work(house: House, workers: Herd, kills: int) -> None:
    """Until nothing stands ready: who was killed is replaced at once."""
    deadline = time.monotonic() + PATIENCE
    for _ in range(2):
        workers.start_one()
    while ready(house) or workers.killed < kills:
        assert time.monotonic() < deadline, f"{ready(house)} still ready after {workers.killed} kills"
        try:
            workers.wanted.get(timeout=0.2)
            workers.start_one()
        except queue.Empty:
            continue


def settle(house: House, twilio: FakeTwilio, settings: Settings) -> None:
    """The hours after, with the clock moved: what is uncertain is looked for, what never left goes."""
    gateway = gateway_for(settings)
    for minutes in range(0, 180, 3):
        now = datetime.now(UTC) + timedelta(minutes=minutes)
        twilio.clock = lambda now=now: now  # type: ignore[misc]
        send_due(house, now, gateway)
        settle_uncertain(house, now, gateway)


def test_the_short_form_is_the_beginning_of_the_long_one() -> None:
    short, long = list(moments(SHORT.kills).items()), list(moments(LONG.kills).items())
    assert short == long[: len(short)]
    assert (SHORT.people < LONG.people, SHORT.each) == (True, LONG.each)
    assert {kind for _, kind in short} == {kind for _, kind in long}
    assert short[-1][0] < SHORT.people * SHORT.each  # all of it happens


@pytest.mark.both
def test_each_message_goes_exactly_once_while_workers_are_killed(
    house: House, tmp_path: Path, long_form: bool
) -> None:
    size, twilio, dice = LONG if long_form else SHORT, FakeTwilio(page_size=7), random.Random(SEED)
    expected = planned(house, size)
    with running(twilio) as address:
        settings = twilio_settings(house.settings.database_url, address)
        with herd(tmp_path, settings) as workers:
            chaos = Chaos(workers, moments(size.kills))
            twilio.before, twilio.after = chaos.before, chaos.after
            let_them_work(house, workers, size.kills)
        twilio.before = twilio.after = None
        unsure = [row for row in rows(house) if row.state in ("sending", "uncertain")]
        assert len(unsure) >= chaos.count("lost", "taken", "500 taken")
        app = create_app(settings)
        with PageClient(app, base_url=settings.base_url) as client:
            for row in dice.sample(twilio.taken, len(twilio.taken) // 4):
                for status in dice.sample(["sent", "delivered", "delivered"], 3):
                    assert twilio.report(client, row, status) == 204
        app.state.house.database.close()
        settle(house, twilio, settings)

    assert workers.killed >= size.kills
    assert Counter((row.to, row.body) for row in twilio.taken) == expected
    ended = rows(house)
    assert {row.state for row in ended} <= {"accepted", "sent", "delivered"}
    assert sorted(row.gateway_id or "" for row in ended) == sorted(row.sid for row in twilio.taken)
    told = "\n".join(log.read_text() for log in workers.logs if log.exists())
    assert "this worker leads" in told
    for secret in (SECRET, "0612", "31612", "Geheime"):
        assert secret not in told
