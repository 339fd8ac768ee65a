"""Hours of mixed use by many people at once: `make soak` (MINUTES=60).

Participants, researchers, managers and other systems use one `journey serve` with its worker. Every half minute memory,
size of the database, errors and the slow end of the answers are written down. The report says whether memory stays
flat, counts every error, and explains by table what the database grew with.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import uvloop
from sqlmodel import select

from journey.auth.service import create_token, create_user
from journey.models import Participant
from journey.settings import Settings
from journey.work import House
from tests.bench import report
from tests.bench.pairs import ACTION, HIDDEN, Connection, text_of
from tests.bench.processes import WITH_US, Server, environment, journey, memory_mb
from tests.bench.rate import people
from tests.support.build import PASSWORD
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.postgres import PostgresServer

# Of a hundred users, and how many seconds each waits on average between two pages.
SHARES = {"participant": 70, "researcher": 20, "manager": 4, "api": 6}
PAUSE = 30.0
PAGES = {
    "researcher": ("/calls", "/participants", "/agenda", "/participants/{code}", "/messages"),
    "manager": (
        "/studies/haarlem-test/throughput",
        "/studies/haarlem-test/figures",
        "/studies/haarlem-test/throughput?route=27plus",
    ),
}
PEOPLE = 400
FLAT = 0.05  # of the median memory, over the last two thirds of the run


@dataclass
class World:
    """What the users know: where, whose links and codes, and what opens which door."""

    port: int
    tokens: list[str]
    codes: list[str]
    cookies: dict[str, str]
    bearers: dict[str, str]
    until: float
    times: list[float] = field(default_factory=list)
    by_page: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Sample:
    """`seconds` since the start; memory in MB; database with its journal in MB; p95 in ms of that half minute."""

    seconds: float
    pss_mb: float
    rss_mb: float
    database_mb: float
    requests: int
    p95_ms: float
    errors: int


class User:
    """One person, or one system, who does something, waits, and goes on; a fault is counted and never ends it."""

    def __init__(self, world: World, role: str, number: int) -> None:
        self.world, self.role, self.number = world, role, number
        self.chance = random.Random(number)
        self.connection = Connection(world.port)
        self.count = 0

    async def live(self) -> None:
        await asyncio.sleep(self.chance.random() * PAUSE)
        act = getattr(self, self.role)
        while time.monotonic() < self.world.until:
            try:
                await self.connection.open()  # like phones, which do not stay connected for long
                await act()
            except (OSError, asyncio.IncompleteReadError, RuntimeError) as fault:
                self.world.errors[f"{self.role}: {type(fault).__name__} {fault}"[:120]] += 1
            finally:
                self.connection.close()
            left = max(0.0, self.world.until - time.monotonic())
            await asyncio.sleep(min(left, self.chance.expovariate(1 / PAUSE)))

    async def ask(self, path: str, *, expect: tuple[int, ...] = (200,), **more: Any) -> str:
        began = time.perf_counter()
        status, content, heads = await self.connection.ask(path, **more)
        took = time.perf_counter() - began
        self.world.times.append(took)
        method = "POST" if more.keys() - {"heads"} else "GET"
        self.world.by_page.setdefault(f"{method} {plain(path)}", []).append(took)
        self.world.done[self.role] += 1
        if status not in expect:
            raise RuntimeError(f"{status} at {plain(path)}")
        return text_of(content, heads)

    async def participant(self) -> None:
        token = self.chance.choice(self.world.tokens)
        page = await self.ask(f"/p/{token}")
        action, fields = ACTION.search(page), dict(HIDDEN.findall(page))
        if action and "step" in fields:
            value = self.chance.choice(("negative", "neutral", "positive"))
            await self.ask(action[1], form={**fields, "value": value})

    async def researcher(self) -> None:
        page = self.chance.choice(PAGES["researcher"]).format(code=self.chance.choice(self.world.codes))
        await self.ask(page, heads=self.world.cookies["researcher"])

    async def manager(self) -> None:
        await self.ask(self.chance.choice(PAGES["manager"]), heads=self.world.cookies["manager"])

    async def api(self) -> None:
        self.count += 1
        if self.chance.random() < 0.5:
            body = {"step": "werkplein", "subject": "step", "value": "positive", "channel": "call"}
            await self._post(
                f"/api/v1/participants/{self.chance.choice(self.world.codes)}/ratings", "researcher", body
            )
        else:
            facts = [{"step": "werkplein", "happened_on": "2026-11-02"}]
            body = {"reference": f"zaak-{self.number}-{self.count}", "route": "27plus", "facts": facts}
            await self._post("/api/v1/studies/haarlem-test/journeys", "integrator", body)

    async def _post(self, path: str, role: str, body: dict[str, Any]) -> None:
        heads = (
            f"Authorization: Bearer {self.world.bearers[role]}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {self.number}-{self.count}\r\n"
        )
        await self.ask(path, expect=(200, 201), heads=heads, body=json.dumps(body).encode())


def plain(path: str) -> str:
    """An address without what differs per person."""
    return re.sub(r"(/p/)[^/?]+|[A-Z]-\d+", lambda found: (found[1] or "") + "…", path)


async def sign_in(port: int, email: str) -> str:
    """The head that makes a visitor this user."""
    connection = Connection(port)
    await connection.open()
    form = {"email": email, "password": PASSWORD, "csrf_token": ""}
    status, _content, heads = await connection.ask("/sign-in", form)
    connection.close()
    if status != 303:
        raise RuntimeError(f"{email} could not sign in: {status}")
    return f"Cookie: {heads['set-cookie']}\r\n"


async def use(
    server: Server, url: str, arranged: dict[str, Any], minutes: float, users: int, every: float
) -> Found:
    """The whole run; one sample per `every` seconds."""
    cookies = {role: await sign_in(server.port, f"{role}@example.org") for role in ("researcher", "manager")}
    began = time.monotonic()
    world = World(server.port, **arranged, cookies=cookies, until=began + 60 * minutes)
    roles = [role for role, share in SHARES.items() for _ in range(max(1, round(users * share / 100)))]
    living = [asyncio.create_task(User(world, role, number).live()) for number, role in enumerate(roles)]
    samples: list[Sample] = []
    while time.monotonic() < world.until:
        await asyncio.sleep(min(every, max(0.1, world.until - time.monotonic())))
        samples.append(sample(server, url, world, time.monotonic() - began))
        print(samples[-1], flush=True)
    await asyncio.gather(*living)
    pages = {name: percentiles(times) for name, times in sorted(world.by_page.items())}
    return Found(samples, dict(world.errors), dict(world.done), len(roles), pages)


def percentiles(times: list[float]) -> dict[str, float]:
    """How often, and within how many ms half and 95 % were answered."""
    times = sorted(times)
    half, most = (1000 * times[int(len(times) * share)] for share in (0.5, 0.95))
    return {"times": len(times), "p50_ms": round(half, 1), "p95_ms": round(most, 1)}


@dataclass(frozen=True)
class Found:
    samples: list[Sample]
    errors: dict[str, int]
    done: dict[str, int]
    users: int
    pages: dict[str, dict[str, float]]


def sample(server: Server, url: str, world: World, seconds: float) -> Sample:
    times, world.times = sorted(world.times), []
    p95 = 1000 * times[int(len(times) * 0.95)] if times else 0.0
    pss, rss = memory_mb(server.pid)
    size = sum(tables(url).values())
    return Sample(
        round(seconds),
        round(pss, 1),
        round(rss, 1),
        round(size / 2**20, 2),
        len(times),
        round(p95, 1),
        sum(world.errors.values()),
    )


def tables(url: str) -> dict[str, int]:
    """Bytes per table with its indexes; on SQLite also its journal."""
    if not url.startswith("sqlite"):
        with psycopg.connect(url) as connection:
            rows = connection.execute(
                "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY 1"
            ).fetchall()
        return {str(name): int(size) for name, size in rows}
    path = Path(url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=15)
    try:
        rows = connection.execute(
            "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY 1"
        ).fetchall()
    finally:
        connection.close()
    journal = path.with_name(path.name + "-wal")
    return {**dict(rows), "(journal)": journal.stat().st_size if journal.exists() else 0}


def slope(samples: list[Sample]) -> tuple[float, float]:
    """Growth of PSS in MB an hour by a straight line through the last two thirds, and the median there."""
    last = samples[len(samples) // 3 :]
    middle = sorted(one.pss_mb for one in last)[len(last) // 2]
    if len(last) < 2:
        return 0.0, middle
    mean_at = sum(one.seconds for one in last) / len(last)
    mean = sum(one.pss_mb for one in last) / len(last)
    spread = sum((one.seconds - mean_at) ** 2 for one in last)
    return 3600 * sum((one.seconds - mean_at) * (one.pss_mb - mean) for one in last) / spread, middle


def arrange(url: str, number: int) -> dict[str, Any]:
    """People with links, staff and tokens, through the services."""
    tokens = people(url, number)
    house = House.open(Settings(database_url=url, env="development"))
    with house.work() as work:
        for role in ("researcher", "manager"):
            create_user(work, f"{role}@example.org", role, password=PASSWORD, study=None, name=role.title())
        bearers = {role: create_token(work, role, None) for role in ("researcher", "integrator")}
        codes = list(work.session.exec(select(Participant.code)).all())
    house.database.close()
    return {"tokens": tokens, "codes": codes, "bearers": bearers}


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        with SqliteDatabases(folder).fresh(folder) as url:
            yield url
        return
    server = PostgresServer(durable=True)
    server.start()
    try:
        with PostgresDatabases(server.url(), "soak").fresh(folder) as url:
            yield url
    finally:
        server.stop()


@contextmanager
def worker(url: str, folder: Path) -> Iterator[None]:
    """`journey worker` beside the server on PostgreSQL; on SQLite it runs inside it."""
    if url.startswith("sqlite"):
        yield
        return
    settings = {"JOURNEY_DATABASE_URL": url, "JOURNEY_UPLOADS": str(folder / "uploads")}
    process = subprocess.Popen(
        [*WITH_US, sys.executable, "-m", "journey", "worker"],
        env=environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def text(found: dict[str, Any]) -> str:
    lines = ["# A long run", "", *report.head(found), ""]
    lines.append(
        f"{found['users']} users for {found['minutes']:g} minutes on {found['database']}: "
        + ", ".join(f"{number:,} requests as {role}" for role, number in found["done"].items())
        + "."
    )
    lines += ["", f"- Errors: **{sum(found['errors'].values())}**."]
    lines += [f"  - {number} x {fault}" for fault, number in found["errors"].items()]
    words = "flat" if found["flat"] else "**not flat**"
    lines.append(
        f"- Memory (PSS of `journey serve` and its children) is {words}: {found['slope_mb_an_hour']:+.1f} MB an hour "
        f"over the last two thirds, {found['growth_mb']:+.1f} MB in that time, around {found['median_mb']:.0f} MB."
    )
    if found["minutes"] < 30:
        lines.append("- A run this short says little about memory: caches still fill.")
    lines += [
        "",
        "## What the database grew with",
        "",
        "| table | before, KB | after, KB |",
        "| --- | --- | --- |",
    ]
    after = found["tables_after"]
    for name in sorted(after, key=lambda name: after[name], reverse=True)[:15]:
        lines.append(
            f"| {name} | {found['tables_before'].get(name, 0) / 1024:,.0f} | {after[name] / 1024:,.0f} |"
        )
    total = [sum(found[key].values()) / 1024 for key in ("tables_before", "tables_after")]
    lines.append(f"| all {len(after)} | {total[0]:,.0f} | {total[1]:,.0f} |")
    lines += ["", "## How long each took", "", "| | times | p50, ms | p95, ms |", "| --- | --- | --- | --- |"]
    for name, one in found["pages"].items():
        lines.append(f"| {name} | {' | '.join(f'{value:,g}' for value in one.values())} |")
    lines += [
        "",
        "## Samples",
        "",
        "| s | PSS, MB | RSS, MB | database, MB | requests | p95, ms | errors so far |",
    ]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    lines += [f"| {' | '.join(f'{value:g}' for value in one.values())} |" for one in found["samples"]]
    return "\n".join(lines) + "\n"


def soak(minutes: float, users: int, name: str, number: int = PEOPLE, every: float = 30.0) -> dict[str, Any]:
    found = report.begin()
    with tempfile.TemporaryDirectory() as scratch, database(name, Path(scratch)) as url:
        folder = Path(scratch)
        arranged = arrange(url, number)
        before = tables(url)
        with journey(url, folder) as server, worker(url, folder):
            seen = uvloop.run(use(server, url, arranged, minutes, users, every))
            after = tables(url)
    an_hour, middle = slope(seen.samples)
    hours = 2 / 3 * minutes / 60
    return found | {
        "minutes": minutes,
        "database": name,
        **asdict(seen),
        "slope_mb_an_hour": an_hour,
        "growth_mb": an_hour * hours,
        "median_mb": middle,
        "flat": abs(an_hour * hours) <= FLAT * middle,
        "tables_before": before,
        "tables_after": after,
        "load_at_end": round(os.getloadavg()[0], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--report", type=Path, metavar="DIR")
    asked = parser.parse_args()
    found = soak(asked.minutes, asked.users, asked.database)
    said = text(found)
    print(said)
    if asked.report:
        report.write(asked.report, "soak", found, said)
    raise SystemExit(bool(found["errors"]))


if __name__ == "__main__":
    main()
