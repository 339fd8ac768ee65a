"""Commands of operators that are typed wrong, or meet a database that is none: one sentence, exit code 2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journey import migrations
from journey.cli.main import app as commands

pytestmark = pytest.mark.both

NOBODY = "postgresql://nobody:secret-word@127.0.0.1:1/x"


def refused(said: Any) -> str:
    """The one sentence."""
    assert said.exit_code == 2, said.output
    assert isinstance(said.exception, SystemExit | None)
    assert said.stdout == ""
    (line,) = said.stderr.splitlines()
    assert "secret-word" not in line
    return line


@pytest.mark.parametrize(
    "words",
    [
        "nosuch",
        "doctor --nosuch",
        "doctor extra",
        "backup",
        "restore",
        "restore a b",
        "move",
        "rotate-keys --nosuch",
        "migrate extra",
        "serve --port abc",
        "serve --workers 0",
        "worker --nosuch",
        "create-user",
        "create-token --role manager --days x",
        "rebuild --nosuch",
        "seed",
        "simulate",
        "demo --port 0",
    ],
)
def test_a_command_that_is_typed_wrong_is_one_sentence(words: str) -> None:
    assert refused(CliRunner().invoke(commands, words.split()))


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("migrate", "postgresql://u:secret-word@host:abc/db"),
        ("backup x", "nonsense"),
        ("worker", "mysql://u:secret-word@host/x"),
    ],
)
def test_an_address_that_is_none_is_named(words: str, url: str) -> None:
    said = CliRunner().invoke(commands, words.split(), env={"JOURNEY_DATABASE_URL": url})
    assert refused(said).startswith("JOURNEY_DATABASE_URL: use sqlite:///FILE or postgresql://")


@pytest.mark.parametrize("words", ["migrate", "backup x", "rotate-keys", "serve", "worker", "rebuild"])
def test_a_file_that_is_no_database_is_said(words: str, tmp_path: Path) -> None:
    file = tmp_path / "journey.db"
    file.write_text("These are words, and not a database at all.")
    said = CliRunner().invoke(commands, words.split(), env={"JOURNEY_DATABASE_URL": f"sqlite:///{file}"})
    assert "file is not a database" in refused(said)


def test_a_move_to_nowhere_names_where_to(tmp_path: Path) -> None:
    own = {"JOURNEY_DATABASE_URL": f"sqlite:///{tmp_path / 'old.db'}"}
    none = CliRunner().invoke(commands, ["move", "--to", "nonsense"], env=own)
    assert refused(none).startswith("--to: use sqlite:///FILE or postgresql://")
    migrations.upgrade(own["JOURNEY_DATABASE_URL"])
    away = CliRunner().invoke(commands, ["move", "--to", NOBODY], env=own)
    assert refused(away).startswith("De nieuwe database (--to) is niet bereikbaar: connection failed")


def test_the_doctor_says_it_too(tmp_path: Path) -> None:
    file = tmp_path / "journey.db"
    file.write_text("These are words, and not a database at all.")
    wrong = CliRunner().invoke(commands, ["doctor"], env={"JOURNEY_DATABASE_URL": "postgresql://u@h:abc/db"})
    assert "FAULT settings: JOURNEY_DATABASE_URL: use sqlite" in wrong.output
    broken = CliRunner().invoke(commands, ["doctor"], env={"JOURNEY_DATABASE_URL": f"sqlite:///{file}"})
    assert "FAULT database: The database does not answer: file is not a database." in broken.output
