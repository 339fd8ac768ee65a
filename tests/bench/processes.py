"""Processes that are measured: started as an operator starts them, on a free port, ended by who started them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MB = 1024
WITH_US = ("setpriv", "--pdeathsig", "TERM")  # a bench that is killed takes its servers along


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**more: str) -> dict[str, str]:
    """Ours, without settings from outside, and with compiled Python, as installed software has."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JOURNEY_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, **more}


@dataclass(frozen=True)
class Server:
    port: int
    pid: int
    process: subprocess.Popen[bytes]
    started_in: float

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def started(words: list[str], path: str, log: Path, port: int, **settings: str) -> Iterator[Server]:
    """`python -m WORDS`, from when it answers 200 at `path`; `started_in` says how many seconds that took."""
    with log.open("ab") as into:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*WITH_US, sys.executable, "-m", *words],
            env=environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=into,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        took = _wait(f"http://127.0.0.1:{port}{path}", process, log, began)
        yield Server(port, process.pid, process, took)
    finally:
        end(process)


@contextmanager
def journey(
    database_url: str,
    folder: Path,
    *,
    workers: int = 1,
    worker: bool = True,
    port: int = 0,
    path: str = "/check",
    **more: str,
) -> Iterator[Server]:
    """`journey serve`, with log lines as in production; on SQLite its worker runs inside it, unless `worker` is off."""
    port = port or free_port()
    settings = {
        "JOURNEY_DATABASE_URL": database_url,
        "JOURNEY_UPLOADS": str(folder / "uploads"),
        "JOURNEY_LOG_FORMAT": "json",
        **more,
    }
    words = ["journey", "serve", "--port", str(port), "--workers", str(workers)]
    words += [] if worker else ["--no-worker"]
    with started(words, path, folder / f"serve-{port}.log", port, **settings) as server:
        yield server


@contextmanager
def bare(name: str, folder: Path) -> Iterator[Server]:
    """One of the applications of `tests.bench.bare`."""
    port = free_port()
    words = ["uvicorn", "--factory", f"tests.bench.bare:{name}", "--port", str(port)]
    words += ["--log-level", "warning", "--no-access-log"]
    path = "/" if name == "hello" else "/first"
    log = folder / f"{name}.log"
    with started(words, path, log, port, BARE_DATABASE=str(folder / f"{name}.db")) as server:
        yield server


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path, began: float) -> float:
    while time.perf_counter() - began < 120:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                answer.read()
                return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None:
                break
            time.sleep(0.005)
    raise RuntimeError(f"{address} does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def descendants(pid: int) -> list[int]:
    """The process and all that came of it."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def memory_mb(pid: int) -> tuple[float, float]:
    """PSS and RSS in MB of a process with all its children, as the kernel counts them."""
    pss = rss = 0
    for one in descendants(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith("kB")}
        pss, rss = pss + sizes["Pss"], rss + sizes["Rss"]
    return pss / MB, rss / MB


def processor_seconds(pid: int) -> float:
    """What a process and its living children used of the processor so far."""
    ticks = 0
    for one in descendants(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
