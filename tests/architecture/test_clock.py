"""Only `journey.clock` asks what time it is: everything else is told, so that tests and demos can choose the day."""

from __future__ import annotations

import pytest

from tests.support.source import Module, modules, parse

ASKS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "func.current_date",
    "func.current_timestamp",
    "func.now",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
}


def asking(module: Module) -> list[str]:
    calls = [(line, name) for line, name in module.calls() if ".".join(name.split(".")[-2:]) in ASKS]
    imported = [(line, name) for line, name in module.imports() if name in ASKS]
    return [f"{module.name}:{line} {name}" for line, name in calls + imported]


def test_only_the_clock_asks_the_time() -> None:
    found = [place for module in modules() if module.name != "journey.clock" for place in asking(module)]
    assert found == []


def test_the_clock_itself_is_seen_asking() -> None:
    clock = next(module for module in modules() if module.name == "journey.clock")
    assert asking(clock)


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "dt.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "from time import time",
        "func.now()",
    ],
)
def test_asking_the_time_is_noticed(line: str) -> None:
    assert len(asking(parse("journey.call.bad", line))) == 1
