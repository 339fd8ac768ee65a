"""What the screens, the scheduler and the sender take when the tables are large: 100.000 people with their answers.

One small study is lived through the services, then copied in bulk to each size (`journey.seeding.copies`). Times are
of the server alone, in this process; beside those of pages stands `/check`, a page without data, asked by turns.
"""

from __future__ import annotations

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
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import col, func, select

from journey.app import create_app
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
from tests.bench.processes import environment
from tests.outbox.fake_twilio import FakeTwilio, running, twilio_settings
from tests.support.build import get_study_by, sign_in
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.postgres import PostgresServer

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
STUDY = "groot"
SERVER_TIME = {1_000: 35.0, 10_000: 50.0, 100_000: 100.0}  # ms, 95 of 100 answers


@dataclass(frozen=True)
class Sizes:
    pattern: int
    journeys: tuple[int, ...]
    desk: int
    asked: int
    messages: int
    rows: int


FULL = Sizes(pattern=40, journeys=(1_000, 10_000, 100_000), desk=5_000, asked=10, messages=1_000, rows=10_000)
QUICK = Sizes(pattern=4, journeys=(12,), desk=8, asked=2, messages=3, rows=4)


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
    app = create_app(settings(url))
    try:
        if size == sizes.desk:
            yield from desk(app, size, sizes, options, own)
        if size in sizes.journeys:
            yield from managers(app, size, sizes, options, own)
        if size == max(sizes.journeys):
            yield from sweep(app.state.house, size, own)
            yield from sending(app.state.house, url, sizes, own)
            yield from commands(url, size, sizes, folder, own)
    finally:
        app.state.house.database.close()


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


def timed(ask: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds on the clock and of this process on the processor; AssertionError for an answer that is not one."""
    began, worked = time.perf_counter(), time.process_time()
    answer = ask()
    took = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)
    assert answer.status_code < 400, (answer.status_code, answer.request.url)
    return took


def page(
    name: str,
    client: TestClient,
    ask: Callable[[], Any],
    aim: float | None,
    sizes: Sizes,
    options: Options,
    own: dict[str, Any],
) -> Iterator[Figure]:
    """The first time, then per round the median and what 95 of 100 answers stay within, beside `/check`."""
    first = timed(ask)
    ours: list[list[tuple[float, float]]] = []
    bare: list[list[tuple[float, float]]] = []
    for _ in range(options.runs):
        ours.append([])
        bare.append([])
        for _ in range(sizes.asked):
            ours[-1].append(timed(ask))
            bare[-1].append(timed(lambda: client.get("/check")))

    def within(share: float, which: int, rounds: list[list[tuple[float, float]]] = ours) -> list[float]:
        return [sorted(one[which] for one in times)[int(len(times) * share)] for times in rounds]

    yield Figure(f"{name}, first time", "ms", [first[0]], **own)
    yield Figure(f"{name}, p50", "ms", within(0.5, 0), **own)
    yield Figure(f"{name}, p95", "ms", within(0.95, 0), aim=aim, **own)
    processor = within(0.5, 1)
    yield Figure(f"{name}, processor, p50", "ms", processor, within(0.5, 1, bare), "/check", **own)
    yield Figure(f"{name}, processor, p95", "ms", within(0.95, 1), **own)


def client_of(app: Any, email: str, role: str, study: str | None = None) -> tuple[TestClient, str]:
    """A client that does not parse every page it gets, as the one of the tests does; and its token of forms."""
    signed = sign_in(app, email, role, study)
    client = TestClient(app, base_url=app.state.house.settings.base_url, cookies=dict(signed.cookies))
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/calls").text)
    return client, found[1] if found else ""


def desk(app: Any, size: int, sizes: Sizes, options: Options, own: dict[str, Any]) -> Iterator[Figure]:
    client, token = client_of(app, "lead@example.org", "lead", STUDY)
    listed = client.get("/calls?everyone=yes")
    calls = re.findall(r'href="/calls/(\d+)"', listed.text)
    assert calls, "nobody has to be called"
    note = f"list of calls, {size} people, {len(calls)} on the page, {len(listed.content) // 1024} KB"
    yield from page(note, client, lambda: client.get("/calls"), 50.0, sizes, options, own)
    screen = f"/calls/{calls[0]}"
    shown = client.get(screen)
    assert shown.status_code == 200
    yield from page("call screen", client, lambda: client.get(screen), 50.0, sizes, options, own)
    step = re.search(rf'"{screen}/steps/([a-z-]+)/rating"', shown.text)
    assert step, "no step to rate"
    values = ("positive", "neutral")
    taps = iter(range(1_000_000))

    def tap() -> Any:
        return client.post(
            f"{screen}/steps/{step[1]}/rating",
            data={"csrf_token": token, "step": values[next(taps) % 2]},
            headers={"HX-Request": "true"},
        )

    yield from page("tap on the call screen", client, tap, 50.0, sizes, options, own)


def managers(app: Any, size: int, sizes: Sizes, options: Options, own: dict[str, Any]) -> Iterator[Figure]:
    aim = SERVER_TIME.get(size)
    client, _ = client_of(app, "manager@example.org", "manager")
    publish(app.state.house)
    for which in ("throughput", "throughput?route=27plus", "figures"):
        address = f"/studies/{STUDY}/{which}"
        answer = client.get(address)
        sent = int(answer.headers["content-length"]) / 1024
        note = f"as sent; {len(answer.content) // 1024} KB unpacked"
        yield Figure(f"{which}, {size}: size", "KB", [sent], aim=60.0, note=note, **own)
        yield from page(
            f"{which}, {size}",
            client,
            partial(client.get, address),
            aim,
            sizes,
            options,
            own,
        )


def publish(house: House) -> None:
    with house.work(long=True) as work:
        publish_batch(work, get_study_by(work, STUDY), force=True)


# --- jobs ---------------------------------------------------------------------------------------------


def sweep(house: House, size: int, own: dict[str, Any]) -> Iterator[Figure]:
    """Every job of the worker but sending, once, on a morning that has work for them, and once more."""
    jobs = {**HOURLY, **NIGHTLY, **MORNING, **STEADY[SETTLE_SECONDS]}
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


def commands(url: str, size: int, sizes: Sizes, folder: Path, own: dict[str, Any]) -> Iterator[Figure]:
    """Each as a process of its own, as an operator runs it."""
    sheet = folder / "rows.csv"
    with sheet.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            [
                "kenmerk",
                "route",
                "gemeld_op",
                "aanvraag ontvangen",
                "besluit verzonden",
                "uitkomst",
                "werkplein",
            ]
        )
        for number in range(sizes.rows):
            day = date(2026, 6, 1) + timedelta(days=number % 60)
            dates = [(day + timedelta(days=days)).isoformat() for days in (0, 10, 38, 3)]
            rows.writerow([f"B-{number}", "27plus", *dates[:3], "toegekend", dates[3]])
    asked = [(f"import of {sizes.rows} rows", ["import", str(sheet), "--study", STUDY])]
    for kind in ("html", "pdf", "docx"):
        asked.append(
            (
                f"report, {kind}",
                ["report", "--study", STUDY, "--format", kind, "-o", str(folder / f"r.{kind}")],
            )
        )
    for kind in ("csv", "xlsx", "sav", "json", "xes"):
        asked.append(
            (
                f"export, {kind}",
                ["export", "--study", STUDY, "--format", kind, "-o", str(folder / f"e.{kind}")],
            )
        )
    for name, words in asked[:1] if sizes is QUICK else asked:
        took, peak = spent(url, words)
        yield Figure(f"{name}, {size} journeys", "s", [took], note=f"{peak:.0f} MB at most", **own)


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
