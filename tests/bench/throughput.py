"""How long the page of lead times takes over 100.000 journeys: `make bench`.

Prints ratios of medians within one run, because milliseconds say more about the machine than about the product: the
page at 100.000 against the same page at 1.000, and against a small page without figures. Run on both databases.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median

from fastapi import FastAPI
from fastapi.testclient import TestClient

from journey import migrations
from journey.app import create_app
from journey.seeding.population import add_population
from journey.settings import Settings
from tests.support.build import build_study, sign_in, token_headers
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.postgres import PostgresServer

TODAY = date(2026, 11, 20)
SMALL = 1_000
BOUND_MS = 100
CHOICES = ("", "?route=27plus", "?municipality=1", "?month=2026-09", "?bypass=yes", "?bypass=no")


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    server = PostgresServer()
    server.start()
    try:
        with PostgresDatabases(server.url(), "bench").fresh(folder) as url:
            yield url
    finally:
        server.stop()


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    with SqliteDatabases(folder).fresh(folder) as url:
        yield url


def fill(app: FastAPI, code: str, journeys: int) -> None:
    began = time.perf_counter()
    with app.state.house.work() as work:
        add_population(work, build_study(work, code), journeys, seed=1)
    print(f"  {journeys} journeys written and counted in {time.perf_counter() - began:.0f} s")


def measured(ask: Callable[[], None], times: int) -> tuple[float, float]:
    """Median milliseconds on the clock and of the processor, warm."""
    clock, processor = [], []
    for _ in range(times + 2):
        began, worked = time.perf_counter(), time.process_time()
        ask()
        clock.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - worked))
    return median(clock[2:]), median(processor[2:])


def bench(url: str, journeys: int, times: int) -> bool:
    """Whether every page and the API stay within the bound."""
    migrations.upgrade(url)
    app = create_app(Settings(database_url=url, env="development", today=TODAY))
    fill(app, "klein", SMALL)
    fill(app, "groot", journeys)
    signed_in = sign_in(app, "manager@example.org", "manager")
    # A client that does not parse every page it gets, as the one of the tests does.
    manager = TestClient(app, base_url=app.state.house.settings.base_url, cookies=dict(signed_in.cookies))
    token = token_headers(app.state.house, "manager")

    def asked(path: str, headers: dict[str, str] | None = None) -> tuple[float, float]:
        def ask() -> None:
            answer = manager.get(path, headers=headers)
            assert answer.status_code == 200, path

        return measured(ask, times)

    static = asked("/check")
    small = asked("/studies/klein/throughput")
    print(f"  {'':38} {'ms':>6} {'cpu ms':>7} {'x 1.000':>8} {'x /check':>9}")
    slowest = 0.0
    for path, headers in (
        *((f"/studies/groot/throughput{choice}", None) for choice in CHOICES),
        ("/studies/groot/throughput/sheet", None),
        ("/api/v1/studies/groot/lead-times", token),
    ):
        clock, processor = asked(path, headers)
        slowest = max(slowest, clock)
        ratios = f"{clock / small[0]:>8.2f} {clock / static[0]:>9.2f}"
        print(f"  {path.replace('/studies/groot', ''):38} {clock:>6.0f} {processor:>7.0f} {ratios}")
    print(f"  the same page at {SMALL}: {small[0]:.0f} ms; /check: {static[0]:.0f} ms")
    app.state.house.database.close()
    return slowest <= BOUND_MS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journeys", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args()
    for name in options.database or ("sqlite", "postgresql"):
        print(f"{name}, {options.journeys} journeys")
        with (
            tempfile.TemporaryDirectory() as folder,
            {"sqlite": sqlite, "postgresql": postgres}[name](Path(folder)) as url,
        ):
            within = bench(url, options.journeys, options.times)
        print(f"  {'within' if within else 'NOT within'} {BOUND_MS} ms")


if __name__ == "__main__":
    main()
