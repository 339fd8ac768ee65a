"""Floor 0 gives the same answer for the same facts: no clock, no randomness, no world."""

from __future__ import annotations

import sys

import pytest

from tests.support.source import Module, modules, parse

IMPURE = {
    "asyncio",
    "http",
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "uuid",
}
ALLOWED = (set(sys.stdlib_module_names) - IMPURE) | {"dateutil"}


def strangers(module: Module) -> list[str]:
    return [
        f"{module.name}:{line} imports {name}"
        for line, name in module.imports()
        if name.split(".")[0] not in ALLOWED and not name.startswith("journey.rules.")
    ]


def test_rules_import_only_pure_standard_library_and_dateutil() -> None:
    found = [stranger for module in modules("journey/rules") for stranger in strangers(module)]
    assert found == []


@pytest.mark.parametrize(
    "line", ["import random", "from time import time", "import sqlmodel", "from journey.models import Call"]
)
def test_an_impure_import_is_noticed(line: str) -> None:
    assert len(strangers(parse("journey.rules.bad", line))) == 1
