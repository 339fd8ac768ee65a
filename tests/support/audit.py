"""`make audit`: known weaknesses in what requirements.txt pins. A finding fails. Where no advisory service can
be reached, nothing is known: that is said in one line, and fails only with AUDIT=strict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.source import REPOSITORY

OPTIONS = (
    "--disable-pip",
    "--require-hashes",
    "--format",
    "json",
    "--progress-spinner",
    "off",
    "--timeout",
    "10",
)
MOST_SECONDS = 300


def main(tool: str = str(Path(sys.executable).parent / "pip-audit"), strict: bool | None = None) -> int:
    """Runs the tool, prints what it found, and gives the exit status."""
    if strict is None:
        strict = os.environ.get("AUDIT") == "strict"
    lock = str(REPOSITORY / "requirements.txt")
    try:
        run = subprocess.run(
            [tool, "-r", lock, *OPTIONS], capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
        answer, complaint = run.stdout, run.stderr
    except (OSError, subprocess.TimeoutExpired) as failure:
        answer, complaint = "", str(failure)
    sentence, status = judge(answer, complaint)
    print(sentence)
    return int(strict) if status is None else status


def judge(answer: str, complaint: str = "") -> tuple[str, int | None]:
    """What the tool's JSON means, in words, and 0 or 1; None when it could not find out."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaint.strip().splitlines() or ["no answer"])[-1]
        return f"Not audited: no advisory service could be reached ({last[:160]}).", None
    weak = [
        f"{package['name']} {package['version']}: {weakness['id']}"
        + (f", mended in {', '.join(weakness['fix_versions'])}" if weakness.get("fix_versions") else "")
        for package in packages
        for weakness in package.get("vulns", [])
    ]
    if weak:
        return "\n".join(["Known weaknesses in requirements.txt:", *weak]), 1
    skipped = sum("skip_reason" in package for package in packages)
    if skipped or not packages:
        count = f"{skipped} of {len(packages)} packages"
        return f"Not audited: no advisory service told anything about {count}.", None
    return f"Audited: no known weakness in {len(packages)} packages.", 0


if __name__ == "__main__":
    raise SystemExit(main())
