"""How many participants a second can open their link and give an answer that is kept over a power cut.

Sixteen at once against the real `journey serve`. In the same run, by turns: FastAPI saying hello, and the barest
applications that show a page and insert a row. Afterwards every acknowledged answer is looked for in the database.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from journey.models import Link, Rating
from journey.participant.queries import get_journey
from journey.portal.service import create_link
from journey.settings import Settings
from journey.vault import token_hash
from journey.work import House
from tests.bench.figure import Figure, Options
from tests.bench.processes import Server, bare, environment, journey, processor_seconds
from tests.portal.arrange import two_steps
from tests.support.build import build_participant, build_study
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.postgres import PostgresServer

AT_ONCE = 16
QUESTIONS = 3


@dataclass(frozen=True)
class Sizes:
    """Per round: people of ours, pairs of the bare applications, hellos. `warm` is the same, once, before."""

    people: int
    pairs: int
    hellos: int
    warm: int


FULL = Sizes(people=60, pairs=600, hellos=5_000, warm=16)
QUICK = Sizes(people=4, pairs=12, hellos=40, warm=0)


@dataclass
class Target:
    """One server under measurement and what was seen of it, round by round."""

    name: str
    kind: str
    server: Server
    tokens: list[str]
    url: str = ""
    rounds: list[dict[str, Any]] = field(default_factory=list)
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def load(self, amount: int) -> dict[str, Any]:
        """One round of so many tokens: used ones of ours are gone, those of others may come back."""
        now, self.tokens = self.tokens[:amount], self.tokens[amount:]
        before = processor_seconds(self.server.pid)
        found = pairs(self.server.port, self.kind, now)
        self.processor.append(processor_seconds(self.server.pid) - before)
        self.kept += [tuple(one) for one in found["kept"]]
        return found

    def rates(self) -> list[float]:
        return [len(one["opened"]) / one["seconds"] for one in self.rounds]

    def times(self, of: str, share: float) -> list[float]:
        """The time in ms within which that share was answered, per round."""
        return [1000 * sorted(one[of])[int(len(one[of]) * share)] for one in self.rounds]


def pairs(port: int, kind: str, tokens: list[str], at_once: int = AT_ONCE) -> dict[str, Any]:
    """The load as a process of its own; a fault of any request ends the bench."""
    job = {"port": port, "kind": kind, "tokens": tokens, "connections": at_once}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.pairs"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        env=environment(),
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout)
    if found["wrong"]:
        raise RuntimeError(f"{kind}: {len(found['wrong'])} went wrong, such as {found['wrong'][0]}")
    return found


def people(url: str, amount: int) -> list[str]:
    """Links of so many people of one study, who each have three questions to answer."""
    house = House.open(Settings(database_url=url, env="development"))
    links = []
    with house.work() as work:
        study = build_study(work)
        for number in range(amount):
            person = build_participant(work, study, channel="web", phone=f"06{10_000_000 + number}")
            two_steps(work, person, get_journey(work, person))
            links.append(create_link(work, person).link.rpartition("/")[2])
    house.database.close()
    return links


def check_kept(name: str, url: str, kept: list[tuple[str, str, str]]) -> None:
    """Every acknowledged answer is in the database, once, and nothing else is; AssertionError when not."""
    house = House.open(Settings(database_url=url, env="development"))
    with house.work(write=False) as work:
        rows = work.session.exec(
            select(Link.token_hash, Rating.step, Rating.subject)
            .join(Rating, col(Rating.participant_id) == col(Link.participant_id))
            .where(Rating.channel == "web")
        ).all()
    house.database.close()
    expected = Counter((token_hash(token), step, subject) for token, step, subject in kept)
    assert Counter(map(tuple, rows)) == expected, f"{name}: kept {len(rows)}, acknowledged {len(kept)}"
    assert set(expected.values()) == {1}, f"{name}: an answer was acknowledged twice"


@contextmanager
def targets(options: Options, sizes: Sizes) -> Iterator[list[Target]]:
    """Everything that is measured, running side by side; only one at a time gets load."""
    amount = sizes.warm + options.runs * sizes.people
    found: list[Target] = []
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as open_:
        folder = Path(scratch)
        for name, kind in (("hello", "hello"), ("sqlmodel", "bare"), ("plain_sqlite", "bare")):
            found.append(Target(name, kind, open_.enter_context(bare(name, folder)), []))
        if "sqlite" in options.databases:
            url = open_.enter_context(SqliteDatabases(folder).fresh(folder))
            tokens = people(url, amount)
            server = open_.enter_context(journey(url, folder))
            found.append(Target("sqlite", "journey", server, tokens, url))
        if "postgresql" in options.databases:
            found += open_.enter_context(on_postgresql(options, folder, amount))
        yield found


@contextmanager
def on_postgresql(options: Options, folder: Path, amount: int) -> Iterator[list[Target]]:
    """Two databases with the same people, one for each number of processes, on a server that keeps its promises."""
    server = PostgresServer(durable=True)
    server.start()
    try:
        databases = PostgresDatabases(server.url(), "bench")
        with ExitStack() as open_:
            url = open_.enter_context(databases.fresh(folder))
            tokens = people(url, amount)
            second = open_.enter_context(databases.copy(url, folder))
            yield [
                Target(name, "journey", open_.enter_context(journey(at, folder, workers=workers)), tokens, at)
                for name, at, workers in (("postgresql", url, 1), ("postgresql, 2 processes", second, 2))
            ]
    finally:
        server.stop()


def measure(options: Options, sizes: Sizes) -> list[Target]:
    """Rounds in which each has its turn, every other round the other way around."""
    with targets(options, sizes) as found:
        amounts = {"hello": sizes.hellos, "bare": sizes.pairs, "journey": sizes.people}
        for target in found:
            if target.kind != "journey":
                target.tokens = ["first"] * (sizes.warm + options.runs * amounts[target.kind])
            if sizes.warm:
                target.load(sizes.warm)
        for number in range(options.runs):
            for target in found if number % 2 == 0 else reversed(found):
                target.rounds.append(target.load(amounts[target.kind]))
        for target in found:
            if target.kind == "journey":
                check_kept(target.name, target.url, target.kept)
    return found


def parts(options: Options) -> Iterator[Figure]:
    found = {target.name: target for target in measure(options, QUICK if options.quick else FULL)}
    hello, sqlmodel, plain = found["hello"], found["sqlmodel"], found["plain_sqlite"]
    yield Figure("hello of FastAPI", "a second", hello.rates())
    for one in (sqlmodel, plain):
        yield Figure(f"bare page and row, {one.name}", "pairs a second", one.rates(), hello.rates(), "hello")
        yield Figure(f"submit p95, {one.name}", "ms", one.times("submitted", 0.95))
        yield Figure(f"submit p99, {one.name}", "ms", one.times("submitted", 0.99))
    for name in ("sqlite", "postgresql", "postgresql, 2 processes"):
        if name in found:
            yield from _figures(found[name], hello, sqlmodel, plain)


def _figures(ours: Target, hello: Target, sqlmodel: Target, plain: Target) -> Iterator[Figure]:
    database, rates = ours.name, ours.rates()
    asked = {"postgresql": 0.08, "postgresql, 2 processes": 0.10}.get(database)
    own = {"database": database, "better": "more"}
    if database == "sqlite":
        yield Figure("pairs", "a second", rates, sqlmodel.rates(), "sqlmodel", 1.0, **own)
        yield Figure("pairs", "a second", rates, plain.rates(), "plain sqlite3", **own)
    yield Figure("pairs", "a second", rates, hello.rates(), "hello", asked, **own)
    for of, share, aim in (
        ("opened", 0.5, None),
        ("opened", 0.95, None),
        ("submitted", 0.5, None),
        ("submitted", 0.95, 25.0),
        ("submitted", 0.99, 50.0),
    ):
        bound = aim if database == "sqlite" else None
        name = f"{of}, p{round(share * 100)}"
        yield Figure(name, "ms", ours.times(of, share), aim=bound, database=database)
    used = [
        1000 * spent / len(one["opened"])
        for spent, one in zip(ours.processor[-len(rates) :], ours.rounds, strict=True)
    ]
    yield Figure("processor per pair, all processes of ours", "ms", used, database=database)
