"""Runs a command at each of the moments at which clocks go wrong: `python -m tests.support.moments -- COMMAND`.

libfaketime moves the clock of the command and of all its processes by one distance, so that tests, product, servers and
the commands that tests start agree on the time, wherever they ask for it. Moving `journey.clock` alone would leave the
tests themselves behind, which ask the real one. `MOMENT=2028-02-29T12:00+01:00` tries that one only.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

MOMENTS = {
    "the year ends": "2026-12-31T23:58+01:00",
    "summer time begins": "2027-03-28T01:58+01:00",
    "summer time ends": "2026-10-25T02:58+02:00",
    "29 February, as a quarter of an hour ends": "2028-02-29T10:14:50+01:00",
}


def main() -> int:
    command = sys.argv[sys.argv.index("--") + 1 :]
    asked = os.environ.get("MOMENT")
    moments = {"asked for": asked} if asked else MOMENTS
    failed = [name for name, moment in moments.items() if run_at(name, moment, command)]
    print(f"failed: {', '.join(failed)}" if failed else f"green at {len(moments)} moments")
    return len(failed)


def run_at(name: str, moment: str, command: list[str]) -> int:
    later = datetime.fromisoformat(moment).timestamp() - datetime.now().timestamp()
    print(f"--- {name}: {moment}", flush=True)
    moved = {
        "LD_PRELOAD": str(library()),
        "FAKETIME": f"{later:+.0f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # how long something took is no matter of dates
        "FAKETIME_DONT_RESET": "1",
    }
    return subprocess.run(command, env={**os.environ, **moved}).returncode


def library() -> Path:
    found = sorted(Path("/usr").glob("lib*/**/faketime/libfaketimeMT.so.1"))
    if not found:
        raise SystemExit("moving the clock needs Debian's package faketime")
    return found[0]


if __name__ == "__main__":
    raise SystemExit(main())
