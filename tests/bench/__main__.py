"""`make bench`: every part, one report.

`python -m tests.bench [--quick] [--only NAME…] [--database NAME] [--runs N] [--report DIR]`

A part that fails is told in the report and makes the command fail, after the others had their turn.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
import time
from pathlib import Path

from tests.bench import report
from tests.bench.figure import Figure, Options, Part

FIRST = ("rate", "start", "portal")


def known() -> dict[str, Part]:
    """The parts by name: ours, and every module of this folder whose name begins with `size`."""
    sizes = sorted(path.stem for path in Path(__file__).parent.glob("size*.py"))
    parts = {}
    for name in (*FIRST, *sizes):
        module = importlib.import_module(f"tests.bench.{name}")
        if hasattr(module, "parts"):
            parts[name] = module.parts
    return parts


def run(options: Options, names: list[str], folder: Path | None, file: str = "bench") -> bool:
    """Whether every part ran; whether aims are met is for the reader of the report."""
    found = report.begin() | {"quick": options.quick, "runs": options.runs}
    figures: dict[str, list[Figure]] = {}
    for name, part in known().items():
        if names and name not in names:
            continue
        began = time.perf_counter()
        rows = figures[name] = []

        def tell(name: str = name, rows: list[Figure] = rows, began: float = began) -> None:
            """The report after every figure, so that a bench that is cut off keeps what it found."""
            found["figures"][name] = [figure.as_json() for figure in rows]
            found["seconds"][name] = round(time.perf_counter() - began)
            found["load_at_end"] = round(os.getloadavg()[0], 2)
            if folder:
                report.write(folder, file, found, report.markdown(found, figures))

        try:
            for figure in part(options):
                rows.append(figure)
                print(f"{name}: {report.row(figure)}", flush=True)
                tell()
        except Exception as fault:
            found["failed"][name] = f"{type(fault).__name__}: {fault}"
            print(f"{name} FAILED: {found['failed'][name]}", file=sys.stderr, flush=True)
            if options.quick:
                raise
        gc.collect()
        tell()
    return not found["failed"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", choices=sorted(known()))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--runs", type=int, default=0, help="interleaved rounds (5; quick: 1)")
    parser.add_argument("--report", type=Path, metavar="DIR")
    asked = parser.parse_args()
    options = Options(
        quick=asked.quick,
        databases=tuple(asked.database or ("sqlite", "postgresql")),
        runs=asked.runs or (1 if asked.quick else 5),
    )
    raise SystemExit(not run(options, asked.only, asked.report, "-".join(asked.only) or "bench"))


if __name__ == "__main__":
    main()
