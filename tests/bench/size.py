"""What the screens, the scheduler and the sender take when the tables are large: 100.000 people with their answers.

One small study is lived through the services, then copied in bulk to each size (`journey.seeding.copies`). Pages are
asked of `journey serve` over one connection, one at a time; beside them stands `/check`, a page without data, by turns.
"""

from __future__ import annotations

import asyncio
import csv
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from journey.models import Message, Participant, Rating
from journey.outbox.jobs import send_due
from journey.outbox.service import plan_message
from journey.report.service import publish_batch
from journey.seeding.copies import copy_people
from journey.seeding.simulate import simulate
from journey.settings import Settings
from journey.work import House
from journey.worker import HOURLY, MORNING, NIGHTLY, SETTLE_SECONDS, STEADY
from tests.bench.figure import Figure, Options
from tests.bench.pairs import Connection, text_of
from tests.bench.processes import Server, environment, journey, processor_seconds
from tests.bench.soak import sign_in
from tests.outbox.fake_twilio import FakeTwilio, running, twilio_settings
from tests.support.build import build_user, get_study_by
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.postgres import PostgresServer

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
STUDY = "groot"
LEAD, MANAGER = "lead@example.org", "manager@example.org"
FEWEST = 2
LONGEST_BLOCK = 8_000.0  # ms
SERVER_TIME = {1_000: 35.0, 10_000: 50.0, 100_000: 100.0}  # ms, 95 of 100 answers


@dataclass(frozen=True)
class Sizes:
    pattern: int
    journeys: tuple[int, ...]
    desk: int
    asked: int
    messages: int
    rows: int
    files: int  # where every kind of report and export is made; of the largest size they would take most of a bench


FULL = Sizes(
    pattern=40,
    journeys=(1_000, 10_000, 100_000),
    desk=5_000,
    asked=40,
    messages=1_000,
    rows=10_000,
    files=10_000,
)
QUICK = Sizes(pattern=4, journeys=(12,), desk=8, asked=2, messages=3, rows=4, files=12)


@contextmanager
def databases(name: str, folder: Path) -> Iterator[Any]:
    if name == "sqlite":
        yield SqliteDatabases(folder)
        return
    server = PostgresServer(durable=True)
    server.start()
    try:
        yield PostgresDatabases(server.url(), "size")
    finally:
        server.stop()


def settings(url: str) -> Settings:
    return Settings(database_url=url, env="development", today=TODAY)


def parts(options: Options) -> Iterator[Figure]:
    sizes = QUICK if options.quick else FULL
    for name in options.databases:
        with (
            tempfile.TemporaryDirectory() as scratch,
            databases(name, Path(scratch)) as made,
            made.fresh(Path(scratch)) as pattern,
        ):
            house = House.open(settings(pattern))
            with house.work(long=True) as work:
                simulate(work, STUDY, sizes.pattern, 1)
            house.database.close()
            for size in sorted({sizes.desk, *sizes.journeys}):
                folder = Path(scratch) / str(size)
                folder.mkdir()
                with made.copy(pattern, folder) as url:
                    yield from of_size(url, name, size, sizes, options, folder)


def of_size(
    url: str, database: str, size: int, sizes: Sizes, options: Options, folder: Path
) -> Iterator[Figure]:
    own: dict[str, Any] = {"database": database}
    seconds, people, ratings, peak = fill(url, size)
    yield Figure(
        f"filling {size} people and journeys",
        "s",
        [seconds],
        aim=180.0 if size == max(sizes.journeys) else None,
        note=f"{people} people, {ratings} ratings; this process {peak} MB at most until here",
        **own,
    )
    house = House.open(settings(url))
    try:
        build_user(house, LEAD, "lead", STUDY)
        build_user(house, MANAGER, "manager")
        if size in sizes.journeys:
            yield publishing(house, size, own)
        with journey(
            url, folder, worker=False, JOURNEY_TODAY=TODAY.isoformat(), JOURNEY_ENV="development"
        ) as server:
            if size == sizes.desk:
                yield from desk(server, size, sizes, options, own)
            if size in sizes.journeys:
                yield from managers(server, size, sizes, options, own)
        if size == max(sizes.journeys):
            yield from sweep(house, size, own)
            yield from sending(house, url, sizes, own)
            yield importing(url, size, sizes, folder, own)
        if size in (sizes.files, max(sizes.journeys)):
            yield from files(url, size, sizes, folder, own)
    finally:
        house.database.close()


def fill(url: str, size: int) -> tuple[float, int, int, int]:
    """Seconds it took, people and ratings there are, and what this process held at most so far in MB."""
    began = time.perf_counter()
    house = House.open(settings(url))
    with house.work(long=True) as work:
        study = get_study_by(work, STUDY)
        copy_people(work, study, size, 0, lambda _line: None)
    took = time.perf_counter() - began
    with house.work(write=False) as work:
        people, ratings = (
            work.session.exec(select(func.count()).select_from(table)).one()
            for table in (Participant, Rating)
        )
    if house.database.engine.dialect.name == "postgresql":
        with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")  # as autovacuum does within a minute
    house.database.close()
    return took, people, ratings, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# --- pages --------------------------------------------------------------------------------------------


class Browser:
    """Somebody signed in, with one connection; `csrf` is what forms need."""

    def __init__(self, server: Server, email: str) -> None:
        self.pid = server.pid
        self._loop = asyncio.new_event_loop()
        self._connection = Connection(server.port)
        self._cookies = self._loop.run_until_complete(sign_in(server.port, email))
        self._loop.run_until_complete(self._connection.open())
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.ask("/calls", (200, 403))[0])
        self.csrf = found[1] if found else ""

    def ask(
        self, path: str, expect: tuple[int, ...] = (200,), form: dict[str, str] | None = None, heads: str = ""
    ) -> tuple[str, int]:
        """The page, and how many bytes it took as sent."""
        asked = self._connection.ask(path, form, heads + self._cookies)
        status, content, said = self._loop.run_until_complete(asked)
        assert status in expect, (status, path)
        return text_of(content, said), len(content)

    def close(self) -> None:
        self._connection.close()
        self._loop.close()


@contextmanager
def browser(server: Server, email: str) -> Iterator[Browser]:
    made = Browser(server, email)
    try:
        yield made
    finally:
        made.close()


def timed(ask: Callable[[], Any]) -> float:
    """Milliseconds on the clock."""
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def _block(ask: Callable[[], Any], most: int) -> list[float]:
    """So many times in a row; of a slow page fewer."""
    took: list[float] = []
    while len(took) < most and (len(took) < FEWEST or sum(took) < LONGEST_BLOCK):
        took.append(timed(ask))
    return took


def page(
    name: str,
    browser: Browser,
    ask: Callable[[], Any],
    aim: float | None,
    sizes: Sizes,
    options: Options,
    own: dict[str, Any],
) -> Iterator[Figure]:
    """The first time, then per round what half and 95 of 100 answers stay within, and the mean on the processor."""
    first = timed(ask)
    times: list[list[float]] = []
    processor: dict[str, list[float]] = {"page": [], "check": []}
    asked: dict[str, Callable[[], Any]] = {"page": ask, "check": partial(browser.ask, "/check")}
    for _ in range(options.runs):
        for which, one in asked.items():
            used = processor_seconds(browser.pid)
            took = sorted(_block(one, sizes.asked))
            processor[which].append(1000 * (processor_seconds(browser.pid) - used) / len(took))
            if which == "page":
                times.append(took)

    def within(share: float) -> list[float]:
        return [took[int(len(took) * share)] for took in times]

    yield Figure(f"{name}, first time", "ms", [first], **own)
    yield Figure(f"{name}, p50", "ms", within(0.5), **own)
    yield Figure(f"{name}, p95", "ms", within(0.95), aim=aim, **own)
    yield Figure(f"{name}, processor", "ms", processor["page"], processor["check"], "/check", **own)


def desk(server: Server, size: int, sizes: Sizes, options: Options, own: dict[str, Any]) -> Iterator[Figure]:
    with browser(server, LEAD) as lead:
        listed, _ = lead.ask("/calls?everyone=yes")
        calls = re.findall(r'href="/calls/(\d+)"', listed)
        assert calls, "nobody has to be called"
        note = f"list of calls, {size} people, {len(calls)} on the page, {len(listed) // 1024} KB"
        yield from page(note, lead, partial(lead.ask, "/calls"), 50.0, sizes, options, own)
        screen = f"/calls/{calls[0]}"
        shown, _ = lead.ask(screen)
        yield from page("call screen", lead, partial(lead.ask, screen), 50.0, sizes, options, own)
        step = re.search(rf'"{screen}/steps/([a-z-]+)/rating"', shown)
        assert step, "no step to rate"
        address = f"{screen}/steps/{step[1]}/rating"
        values = cycle(("positive", "neutral"))

        def tap() -> Any:
            form = {"csrf_token": lead.csrf, "step": next(values)}
            return lead.ask(address, form=form, heads="HX-Request: true\r\n")

        yield from page("tap on the call screen", lead, tap, 50.0, sizes, options, own)


def managers(
    server: Server, size: int, sizes: Sizes, options: Options, own: dict[str, Any]
) -> Iterator[Figure]:
    aim = SERVER_TIME.get(size)
    with browser(server, MANAGER) as manager:
        for which in ("throughput", "throughput?route=27plus", "figures"):
            address = f"/studies/{STUDY}/{which}"
            answer, sent = manager.ask(address)
            note = f"as sent; {len(answer.encode()) // 1024} KB unpacked"
            yield Figure(f"{which}, {size}: size", "KB", [sent / 1024], aim=60.0, note=note, **own)
            ask = partial(manager.ask, address)
            yield from page(f"{which}, {size}", manager, ask, aim, sizes, options, own)


# --- jobs ---------------------------------------------------------------------------------------------


def publishing(house: House, size: int, own: dict[str, Any]) -> Figure:
    """The nightly counting of a batch that managers read."""
    began = time.perf_counter()
    with house.work(long=True) as work:
        publish_batch(work, get_study_by(work, STUDY), force=True)
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Figure(f"publishing a batch, {size}", "s", [took], note=f"{peak} MB at most until here", **own)


def sweep(house: House, size: int, own: dict[str, Any]) -> Iterator[Figure]:
    """Every job of the worker but sending and publishing, once, on a morning that has work for them, and once more."""
    jobs = {**HOURLY, **NIGHTLY, **MORNING, **STEADY[SETTLE_SECONDS]}
    del jobs["publish"]
    morning = datetime(2026, 11, 23, 8, tzinfo=UTC)
    for moment, which in ((morning, "first of the week"), (morning + timedelta(hours=1), "with nothing new")):
        lasted: dict[str, float] = {}
        for name, job in jobs.items():
            began = time.perf_counter()
            job(house, moment)
            lasted[name] = time.perf_counter() - began
        longest = sorted(lasted.items(), key=lambda one: -one[1])[:4]
        most = ", ".join(f"{name} {seconds:.1f}" for name, seconds in longest)
        name = f"sweep of the worker, {size}, {which}"
        yield Figure(name, "s", [sum(lasted.values())], aim=10.0, note=most, **own)


def sending(house: House, url: str, sizes: Sizes, own: dict[str, Any]) -> Iterator[Figure]:
    with house.work(now=NOON) as work:
        planned = 0
        for person in work.session.exec(select(Participant).order_by(col(Participant.id).desc())):
            planned += plan_message(work, person, "link", "Een tekst", f"bench:{person.id}") is not None
            if planned >= sizes.messages:
                break
    twilio = FakeTwilio()
    with running(twilio) as address:
        sender = House.open(twilio_settings(url, address))
        began, taken, runs = time.perf_counter(), 0, 0
        while now := send_due(sender, NOON):
            taken, runs = taken + now, runs + 1
        took = time.perf_counter() - began
        with sender.work(write=False) as work:
            left = work.session.exec(
                select(func.count()).select_from(Message).where(Message.state == "waiting")
            ).one()
        sender.database.close()
    note = f"{taken} of {planned} in {runs} runs, {left} left; the gateway on the same processor"
    yield Figure("sending", "messages a second", [taken / took], aim=200.0, better="more", note=note, **own)


# --- commands -----------------------------------------------------------------------------------------


def importing(url: str, size: int, sizes: Sizes, folder: Path, own: dict[str, Any]) -> Figure:
    sheet = folder / "rows.csv"
    head = (
        "kenmerk",
        "route",
        "gemeld_op",
        "aanvraag ontvangen",
        "besluit verzonden",
        "uitkomst",
        "werkplein",
    )
    with sheet.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(head)
        for number in range(sizes.rows):
            day = date(2026, 6, 1) + timedelta(days=number % 60)
            dates = [(day + timedelta(days=days)).isoformat() for days in (0, 10, 38, 3)]
            rows.writerow([f"B-{number}", "27plus", *dates[:3], "toegekend", dates[3]])
    return _command(f"import of {sizes.rows} rows", ["import", str(sheet), "--study", STUDY], url, size, own)


def files(url: str, size: int, sizes: Sizes, folder: Path, own: dict[str, Any]) -> Iterator[Figure]:
    formats = {"report": ("html", "pdf", "docx"), "export": ("csv", "xlsx", "sav", "json", "xes")}
    for command, kinds in formats.items():
        for kind in kinds if size == sizes.files and sizes is FULL else kinds[:1]:
            words = [
                command,
                "--study",
                STUDY,
                "--format",
                kind,
                "-o",
                str(folder / f"{command}.{kind}"),
            ]
            yield _command(f"{command}, {kind}", words, url, size, own)


def _command(name: str, words: list[str], url: str, size: int, own: dict[str, Any]) -> Figure:
    """A command as a process of its own, as an operator runs it."""
    took, peak = spent(url, words)
    return Figure(f"{name}, {size} journeys", "s", [took], note=f"{peak:.0f} MB at most", **own)


def spent(url: str, words: list[str]) -> tuple[float, float]:
    """Seconds and the most resident memory in MB of `journey WORDS`."""
    began = time.perf_counter()
    more = {"JOURNEY_DATABASE_URL": url, "JOURNEY_TODAY": TODAY.isoformat(), "JOURNEY_ENV": "development"}
    most = 0.0
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "journey", *words], env=environment(**more), stdout=said, stderr=said
        )
        while process.poll() is None:
            # Not of `wait4`: that counts what this process held when it made the other.
            found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
            most = max(most, int(found[1]) / 1024 if found else 0.0)
            time.sleep(0.05)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{words}: {said.read().decode()[-1000:]}")
    return time.perf_counter() - began, most
