"""What may be in the repository: nothing of one machine, no addresses of registries, no third-party code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support.source import REPOSITORY

# Written in pieces, or this file would find itself.
MACHINE_PATH = re.compile(r"/(?:w" + r"ork|f" + r"arm|r" + r"oot)/")
LOCKS = ("requirements*", "*.lock", "package-lock.json", ".npmrc")
MINIFIED = ("*.min.js", "*.min.css")


def tracked() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True, text=True
    )
    return (REPOSITORY / name for name in listed.stdout.split("\0") if name and (REPOSITORY / name).is_file())


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def is_one_of(path: Path, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path.name, pattern) for pattern in patterns)


def test_no_tracked_file_names_a_path_of_a_machine() -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}: {hit[0]}" for path in tracked() for hit in paths_in(text_of(path))
    ]
    assert found == []


def paths_in(text: str) -> Iterator[re.Match[str]]:
    return MACHINE_PATH.finditer(text)


@pytest.mark.parametrize("folder", ["w" + "ork", "r" + "oot"])
def test_a_path_of_a_machine_is_noticed(folder: str) -> None:
    assert list(paths_in(f"open('/{folder}/main/x')"))


def test_no_lock_names_an_address() -> None:
    locks = [path for path in tracked() if is_one_of(path, LOCKS)]
    assert len(locks) >= 5
    assert [path.name for path in locks if "://" in text_of(path)] == []


def test_no_minified_file_is_tracked() -> None:
    assert [str(path) for path in tracked() if is_one_of(path, MINIFIED)] == []
