"""One report of one bench: Markdown to read and JSON to compare, both with the machine it was measured on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure


def machine() -> dict[str, Any]:
    """Processor, cores, memory in GB, Python, system, and how busy it is at this moment."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = [line.partition(":")[2].strip() for line in facts.splitlines() if line.startswith("model name")]
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages * size / 2**30, 1),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load": round(os.getloadavg()[0], 2),
    }


def commit() -> str:
    """The commit that was measured; with a plus when something was changed since."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip()


def begin() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "figures": {},
        "failed": {},
        "seconds": {},
    }


def write(folder: Path, name: str, found: dict[str, Any], text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (folder / f"{name}.md").write_text(text, encoding="utf-8")


def head(found: dict[str, Any]) -> list[str]:
    """Where and when, in sentences."""
    there = found["machine"]
    return [
        f"Measured {found['at']} at commit {found['commit']}, on {there['processor']}, {there['cores']} cores, "
        f"{there['memory_gb']} GB, Python {there['python']}, {there['system']}. "
        f"Load of the machine {there['load']} at the start"
        + (f", {found['load_at_end']} at the end." if "load_at_end" in found else "."),
    ]


def markdown(found: dict[str, Any], figures: dict[str, list[Figure]]) -> str:
    lines = ["# What was measured", "", *head(found), ""]
    lines.append(
        "Medians, with the range over the runs in brackets; a ratio is of what was measured by turns in that same run."
    )
    if found["quick"]:
        lines += ["", "**A quick run: it shows that everything runs, its numbers mean nothing.**"]
    for part, rows in figures.items():
        lines += ["", f"## {part} ({found['seconds'][part]} s)", ""]
        lines += [
            "| | database | measured | limit | ratio | aim | |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        lines += [row(figure) for figure in rows]
    lines += [f"\n## {part}\n\nFailed: {fault}" for part, fault in found["failed"].items()]
    return "\n".join(lines) + "\n"


def row(figure: Figure) -> str:
    limit = f"{figure.limit_name}: {spread(figure.limits, figure.unit)}" if figure.limits else ""
    ratio = spread(figure.ratios, "") if figure.ratios else ""
    aim = ""
    if figure.aim is not None:
        aim = f"{'≤' if figure.better == 'less' else '≥'} {number(figure.aim)}" + (
            " x" if figure.limits else f" {figure.unit}"
        )
    met = {None: "", True: "met", False: "**not met**"}[figure.met]
    name = figure.name + (f" ({figure.note})" if figure.note else "")
    return f"| {name} | {figure.database} | {spread(figure.values, figure.unit)} | {limit} | {ratio} | {aim} | {met} |"


def spread(values: list[float], unit: str) -> str:
    middle = (
        sorted(values)[len(values) // 2]
        if len(values) % 2
        else sum(sorted(values)[len(values) // 2 - 1 :][:2]) / 2
    )
    said = f"{number(middle)} {unit}".strip()
    return said if len(values) == 1 else f"{said} ({number(min(values))}-{number(max(values))})"


def number(value: float) -> str:
    """Three significant digits where there are decimals, whole numbers whole."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
