"""One heap of the C library for all threads: with a heap each, the memory of a process grows with every thread."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have one heap")

# Instead of answering requests: threads that take memory at the same time, as those of a server do, and a count of the
# heaps that it came from.
THREADS = """
import ctypes, sys, threading
import uvicorn
from journey.cli import running

def heaps(*_asked, **_options):
    together = threading.Barrier(4)
    def take():
        together.wait()
        taken = [bytes(5_000) for _ in range(100)]
        together.wait()
    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    library = ctypes.CDLL(None)
    library.fopen.restype = ctypes.c_void_p
    file = ctypes.c_void_p(library.fopen(sys.argv[1].encode(), b"w"))
    library.malloc_info(0, file)
    library.fclose(file)

"""
SERVE = """
uvicorn.run = heaps
from journey.settings import Settings
running.serve_forever(Settings(), "127.0.0.1", 0, 1, with_worker=False)
"""
OF_SEVERAL = """
running.app_of_process()
heaps()
"""
WORKER = """
import journey.worker
from journey.cli.main import app
running.refuse_unfit_database = lambda settings: None
journey.worker.run_forever = heaps
app(["worker"])
"""


@pytest.mark.parametrize("process", [SERVE, OF_SEVERAL, WORKER], ids=["serve", "one of several", "worker"])
def test_threads_of_every_process_share_one_heap(process: str, tmp_path: Path) -> None:
    assert _heaps(process, tmp_path) == 1


def test_an_operator_may_ask_for_more(tmp_path: Path) -> None:
    assert _heaps(SERVE, tmp_path, MALLOC_ARENA_MAX="3") > 1


def _heaps(process: str, folder: Path, **more: str) -> int:
    told = folder / "heaps.xml"
    kept = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    kept |= {
        "JOURNEY_DATABASE_URL": f"sqlite:///{folder / 'journey.db'}",
        "JOURNEY_UPLOADS": str(folder / "uploads"),
    }
    subprocess.run(
        [sys.executable, "-c", THREADS + process, str(told)], env=kept | more, check=True, timeout=120
    )
    return told.read_text().count("<heap ")
