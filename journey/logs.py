"""What goes into the log, and in which shape: one line an event, as words or as JSON, each with the number of its
request or run.

A log line never holds a value of a person (rules, 36). So a fault is written as its type and place, never as its own
words, which quote what was typed; and of other people's libraries only the first line of a message is kept, with
figures filled in and nothing else.
"""

import json
import logging
import secrets
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TextIO

LogFormat = Literal["text", "json"]

OURS: Final = "journey"
HEADER: Final = "X-Request-ID"
_HOME: Final = Path(__file__).resolve().parent.parent
_request: ContextVar[str] = ContextVar("request", default="")


def new_number(kind: str = "") -> str:
    """A number for one request, or for one run of `kind`; at most 32 characters."""
    return f"{kind}{'-' if kind else ''}{secrets.token_hex(8)}"[:32]


def current_request() -> str:
    """The number of the request or run that is going on; "" outside one."""
    return _request.get()


@contextmanager
def numbered(number: str) -> Iterator[str]:
    """Every line and every audit entry written inside carries this number."""
    before = _request.set(number)
    try:
        yield number
    finally:
        _request.reset(before)


def place_of(fault: BaseException) -> str:
    """Type and place, such as `IntegrityError at journey/rating/service.py:88 (default.py:952)`: the last line of ours
    on the way and, when that is another, the line that raised."""
    name = type(fault).__name__
    steps = traceback.extract_tb(fault.__traceback__)
    if not steps:
        return name
    last = steps[-1]
    ours = [step for step in steps if Path(step.filename).is_relative_to(_HOME / OURS)]
    if not ours:
        return f"{name} at {Path(last.filename).name}:{last.lineno}"
    mine = ours[-1]
    shown = f"{name} at {Path(mine.filename).relative_to(_HOME).as_posix()}:{mine.lineno}"
    return shown if mine is last else f"{shown} ({Path(last.filename).name}:{last.lineno})"


def facts(**named: str | int | float) -> dict[str, Any]:
    """For the `extra` of a line: fields that stand beside its message."""
    return {"facts": named}


class SafeFormatter(logging.Formatter):
    """One line a record. `shape` is `text` or `json`."""

    def __init__(self, shape: LogFormat) -> None:
        super().__init__()
        self.shape = shape

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": current_request(),
            "message": _message(record),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = place_of(record.exc_info[1])
        if self.shape == "json":
            return json.dumps(line, ensure_ascii=False)
        return _as_text(line)


def _message(record: logging.LogRecord) -> str:
    if record.name == OURS or record.name.startswith(f"{OURS}."):
        return record.getMessage().replace("\n", " ")
    first = str(record.msg).strip().partition("\n")[0]
    if not isinstance(record.args, tuple):
        return first
    shown = tuple(value if isinstance(value, int | float) else "…" for value in record.args)
    try:
        return first % shown if shown else first
    except (TypeError, ValueError):
        return first


def _as_text(line: dict[str, Any]) -> str:
    head = [line.pop("time"), line.pop("level").upper(), line.pop("logger")]
    number, message = line.pop("request"), line.pop("message")
    tail = [f"{name}={value}" for name, value in line.items()]
    return " ".join([*head, *([f"[{number}]"] if number else []), message, *tail])


def configure(shape: LogFormat, stream: TextIO | None = None, level: int = logging.INFO) -> logging.Handler:
    """One handler for the whole process, on standard error; our own loggers speak from `level` on, others when they
    warn. Loggers that other libraries gave handlers of their own lose those. Returns the handler."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(SafeFormatter(shape))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "apscheduler", "twilio.http_client"):
        other = logging.getLogger(name)
        other.handlers.clear()
        other.propagate = name != "uvicorn.access"  # its lines hold whole addresses
        other.setLevel(logging.WARNING)
    return handler
