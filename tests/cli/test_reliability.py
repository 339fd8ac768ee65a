"""`journey reliability` as the whole program offers it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner, Result

from journey.cli.main import app


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["reliability", *args])


def test_the_json_of_the_contract() -> None:
    assert json.loads(run("--n", "389", "--population", "2300", "--json").stdout) == {
        "reliability": 96.95,
        "margin_95": 4.53,
        "response": 16.91,
        "indicative": False,
    }


def test_people_read_dutch_decimals() -> None:
    stdout = run("--n", "389", "--population", "2300").stdout
    assert "96,95 %" in stdout
    assert "± 4,53" in stdout


def test_a_survey_below_90_percent_is_called_indicative() -> None:
    assert "Indicatief." in run("--n", "20", "--population", "2300").stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--n", "5", "--population", "4"], "groter dan de populatie"),
        (["--n", "0", "--population", "4"], "ten minste 1"),
        (["--n", "-3", "--population", "4"], "ten minste 1"),
        (["--n", "0", "--population", "0"], "populatie"),
        (["--n", "veel", "--population", "4"], "veel"),
        (["--n", "1.5", "--population", "4"], "1.5"),
        (["--population", "4"], "--n"),
        (["--n", "4"], "--population"),
        (["--n", "4", "--population", "9", "--nonsense"], "--nonsense"),
    ],
)
def test_bad_input_is_exit_2_and_one_sentence_on_stderr(args: list[str], words: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_it_starts_without_the_web_or_the_database() -> None:
    code = "import sys, journey.cli.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"fastapi", "sqlalchemy", "sqlmodel", "pydantic", "jinja2"} & set(loaded.split())
