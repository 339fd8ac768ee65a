"""The wheel is the whole product: code, templates, static files with htmx inside, and seeds."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_build import SHA256, TARGET, fetch_htmx
from tests.support.source import REPOSITORY

# Built from a copy, so that neither an old build nor this one touches the checkout.
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "tests", "docs", "__pycache__", "*.db", ".*_cache"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    source = Path(shutil.copytree(REPOSITORY, folder / "source", ignore=LEFT_OUT))
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        source,
    ]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


def files(folder: str) -> set[str]:
    """Every file under a folder of the checkout, as the wheel should name it."""
    found = (path for path in (REPOSITORY / folder).rglob("*") if path.is_file())
    return {f"journey/{path.relative_to(REPOSITORY).as_posix()}" for path in found}


@pytest.mark.parametrize("folder", ["templates", "static", "seeds"])
def test_the_wheel_carries_every_file_of(folder: str, wheel: zipfile.ZipFile) -> None:
    assert files(folder)
    assert files(folder) - set(wheel.namelist()) == set()


def test_the_wheel_carries_the_pinned_htmx(wheel: zipfile.ZipFile) -> None:
    assert hashlib.sha256(wheel.read("journey/static/vendor/htmx.min.js")).hexdigest() == SHA256


def test_the_wheel_carries_the_migrations(wheel: zipfile.ZipFile) -> None:
    revisions = (REPOSITORY / "journey/migrations/versions").glob("*.py")
    expected = {f"journey/migrations/versions/{path.name}" for path in revisions}
    assert expected
    assert expected - set(wheel.namelist()) == set()


def test_the_wheel_installs_the_command(wheel: zipfile.ZipFile) -> None:
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "journey = journey.cli.main:app" in wheel.read(entry_points).decode()


def test_an_installed_wheel_finds_its_files(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    script = "from journey.resources import folder; print(*map(folder, ('templates', 'static', 'seeds')), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [
        str(tmp_path / "journey" / name) for name in ("templates", "static", "seeds")
    ]


def test_an_installed_wheel_is_set_up_in_an_empty_folder(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    wheel.extractall(installed)
    empty.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JOURNEY_")}
    words = ("setup", "--municipality", "Haarlem", "--admin", "ans@example.org")
    for command, said in ((words, "Gemeente Haarlem: gemaakt."), (("seed", "seeds/routes"), "stond er al")):
        done = subprocess.run(
            [sys.executable, "-m", "journey", *command],
            cwd=empty,
            env=kept | {"PYTHONPATH": str(installed)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
    assert (empty / "journey.db").is_file()


def test_the_right_htmx_is_not_fetched_again(tmp_path: Path) -> None:
    there = tmp_path / TARGET
    there.parent.mkdir(parents=True)
    shutil.copy(REPOSITORY / TARGET, there)
    fetch_htmx(tmp_path)  # would fail: there is no package.json to fetch by
    assert there.is_file()


def test_another_htmx_does_not_pass(tmp_path: Path) -> None:
    there = tmp_path / TARGET
    there.parent.mkdir(parents=True)
    there.write_text("var htmx = null")
    with pytest.raises(FileNotFoundError, match=r"package\.json"):
        fetch_htmx(tmp_path)
