"""The locks are renewed with what they lock (`make locks`): otherwise an install is not what was tested."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.support.source import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
BUILD: list[str] = PROJECT["dependency-groups"]["build"]
DEV: list[str] = PROJECT["project"]["optional-dependencies"]["dev"]


def bare(requirement: str) -> str:
    """`uvicorn[standard]==0.54.0` as a lock writes it: `uvicorn==0.54.0`."""
    return re.sub(r"\[.*?\]", "", requirement)


def locked(name: str) -> dict[str, str]:
    """Requirement with version → its hashes and markers."""
    text = (REPOSITORY / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.split()[0]: line for line in lines}


@pytest.mark.parametrize(
    ("name", "direct"),
    [
        ("requirements.txt", RUNTIME),
        ("requirements-build.txt", BUILD),
        ("requirements-dev.txt", RUNTIME + BUILD + DEV),
    ],
)
def test_a_lock_holds_every_direct_dependency(name: str, direct: list[str]) -> None:
    assert {bare(requirement) for requirement in direct} - set(locked(name)) == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-build.txt", "requirements-dev.txt"])
def test_every_locked_package_has_a_hash(name: str) -> None:
    assert [package for package, line in locked(name).items() if "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-build.txt"])
def test_what_runs_is_what_was_tested(name: str) -> None:
    assert set(locked(name)) - set(locked("requirements-dev.txt")) == set()


def test_the_build_group_is_what_the_build_asks_for() -> None:
    assert PROJECT["build-system"]["requires"] == BUILD


def test_the_npm_lock_holds_the_pinned_packages() -> None:
    wanted = json.loads((REPOSITORY / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((REPOSITORY / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_the_npm_lock_names_no_download_address() -> None:
    packages = json.loads((REPOSITORY / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
