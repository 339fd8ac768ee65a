"""The commands that set up an installation: what they print, and that a second try does no harm."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from journey.cli.main import app as journey
from journey.resources import folder
from tests.support.pages import PageClient


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> object:
    """Runs a command on the database of the test."""
    monkeypatch.setenv("JOURNEY_DATABASE_URL", database_url)

    def run(*words: str) -> Result:
        return CliRunner().invoke(journey, list(words))

    return run


def test_a_token_stands_alone_on_the_last_line(run) -> None:
    run("seed", str(folder("seeds")))
    result = run("create-token", "--role", "manager", "--study", "haarlem-2016")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("journey_")


def test_the_token_opens_the_api(run, client: PageClient) -> None:
    run("seed", str(folder("seeds")))
    token = run("create-token", "--role", "manager", "--study", "haarlem-2016").stdout.splitlines()[-1]
    answer = client.get("/api/v1/studies/haarlem-2016/closing", headers={"Authorization": f"Bearer {token}"})
    assert (answer.json()["n"], answer.json()["grade_mean"]) == (18, 6.1)


def test_a_new_user_can_sign_in_with_the_printed_password(run, client: PageClient) -> None:
    password = run("create-user", "ans@example.org", "--role", "admin", "--name", "Ans").stdout.splitlines()[
        -1
    ]
    form = {"email": "ans@example.org", "password": password}
    assert client.post("/sign-in", data=form, follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "words",
    [
        ("create-user", "ans@example.org", "--role", "boss"),
        ("create-user", "nobody", "--role", "admin"),
        ("create-token", "--role", "manager", "--study", "nowhere"),
        ("simulate", "--study", "proef", "--participants", "0", "--seed", "1"),
    ],
)
def test_bad_input_is_one_sentence_on_stderr(run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_simulated_study_is_there_with_its_people(run) -> None:
    words = ("simulate", "--study", "proef", "--participants", "3", "--seed", "7", "--today", "2026-03-16")
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert "3 deelnemers" in result.stdout
    assert run(*words).exit_code == 2
