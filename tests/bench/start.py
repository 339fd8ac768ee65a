"""How soon `journey serve` shows its first page, what memory it takes, and what an installation takes on disk.

One process on SQLite with its worker in it. By turns the same is done with a bare FastAPI, for what Python and the
framework take by themselves.
"""

from __future__ import annotations

import re
import tempfile
import threading
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from tests.bench.figure import Figure, Options
from tests.bench.processes import bare, journey, memory_mb
from tests.bench.rate import pairs, people
from tests.support.databases import SqliteDatabases

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("journey", "templates", "static", "seeds")


def parts(options: Options) -> Iterator[Figure]:
    times, visitors = (1, 2) if options.quick else (max(options.runs, 5), 40)
    began: list[float] = []
    bare_began: list[float] = []
    idle: list[tuple[float, float]] = []
    busy: list[tuple[float, float]] = []
    bare_idle: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with SqliteDatabases(folder).fresh(folder) as url:
            tokens = people(url, times * visitors)
            for _ in range(times):
                with bare("hello", folder) as server:
                    bare_began.append(server.started_in)
                    bare_idle.append(memory_mb(server.pid))
                with journey(url, folder) as server:
                    began.append(server.started_in)
                    time.sleep(0 if options.quick else 2)
                    idle.append(memory_mb(server.pid))
                    busy.append(under_load(server.pid, server.port, tokens[:visitors]))
                    tokens = tokens[visitors:]
    own = {"database": "sqlite"}
    yield Figure("start to first page", "s", began, aim=0.9, note="a page for everybody, `/check`", **own)
    yield Figure("start to first page, hello of FastAPI", "s", bare_began)
    for which, values, aim in (("idle", idle, 90.0), ("at most under load of 16 at once", busy, 95.0)):
        yield Figure(f"memory {which}, PSS", "MB", [pss for pss, _ in values], aim=aim, **own)
        yield Figure(f"memory {which}, RSS", "MB", [rss for _, rss in values], **own)
    yield Figure("memory idle, hello of FastAPI, PSS", "MB", [pss for pss, _ in bare_idle])
    yield Figure(
        "size of the package", "MB", [package_mb()], note="journey, templates, static and seeds, not compiled"
    )
    packages, megabytes = environment_mb()
    yield Figure(
        "size of the locked environment", "MB", [megabytes], note=f"{packages} packages, compiled files too"
    )


def under_load(pid: int, port: int, tokens: list[str]) -> tuple[float, float]:
    """The most PSS and RSS that were seen, in MB, while these people answer their questions."""
    seen = [memory_mb(pid)]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.25):
            seen.append(memory_mb(pid))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        pairs(port, "journey", tokens)
    finally:
        ended.set()
        looking.join()
    seen.append(memory_mb(pid))
    return max(pss for pss, _ in seen), max(rss for _, rss in seen)


def package_mb() -> float:
    files = (file for name in SHIPPED for file in (ROOT / name).rglob("*") if file.is_file())
    return sum(file.stat().st_size for file in files if "__pycache__" not in file.parts) / 2**20


def environment_mb() -> tuple[int, float]:
    """How many packages of the lock file are installed here, and their files on disk in MB."""
    locked = re.findall(
        r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M
    )
    found, size = 0, 0
    for name in locked:
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:  # of another system
            continue
        found += 1
        paths = (Path(str(file.locate())) for file in files)
        size += sum(path.stat().st_size for path in paths if path.is_file())
    return found, size / 2**20
