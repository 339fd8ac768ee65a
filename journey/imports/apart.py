"""Reads a file in a process of its own (`journey.imports.lines`), which may use only so much memory and time. What that
process says is JSON and nothing more: it looked into a file of a stranger.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from journey.imports.text_file import read_text
from journey.imports.workbook import Line, is_workbook
from journey.rules.errors import DomainError, Invalid

log = logging.getLogger("journey.imports")

# A text that cannot become large needs no process; beginning one takes a fifth of a second.
SMALL_TEXT: Final = 200_000
SECONDS: Final = 60.0
AT_ONCE: Final = 2
WAIT_SECONDS: Final = 1.0  # who waits holds one of the few threads
UNREADABLE: Final = (
    "Dit bestand is niet te lezen: het is te groot, of het is stuk. Haal lege rijen en kolommen weg, of sla het op als "
    "CSV."
)
_turns = threading.BoundedSemaphore(AT_ONCE)


class Busy(DomainError):
    """Others are reading large files."""

    status = 503


def read_apart(content: bytes, separator: str) -> tuple[Sequence[Line], list[str]]:
    """Lines and notes of a file. Invalid when it is no table, or too much; Busy when it cannot be its turn."""
    if len(content) <= SMALL_TEXT and not is_workbook(content):
        return read_text(content, separator)
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy("Er worden nu al bestanden gelezen. Probeer het zo nog eens.", field="file")
    try:
        said = _run(content, separator)
    finally:
        _turns.release()
    if "message" in said:
        raise Invalid(said["message"], field=said["field"], **said["params"])
    return [_line(row) for row in said["rows"]], [str(note) for note in said["notes"]]


def _run(content: bytes, separator: str) -> dict[str, Any]:
    kept = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "SYSTEMROOT") if name in os.environ
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "journey.imports.lines", separator],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**kept, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("a file was not read within %s seconds", int(SECONDS))
        raise Invalid(UNREADABLE, field="file") from None
    if done.returncode != 0:
        log.warning("a file could not be read: the reader ended with %s", done.returncode)
        raise Invalid(UNREADABLE, field="file")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _line(row: list[Any]) -> Line:
    return tuple(date.fromisoformat(cell["d"]) if isinstance(cell, dict) else cell for cell in row)
