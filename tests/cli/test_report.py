"""`journey report` writes what managers may read, or the live report, of today or as recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from journey.cli.main import app as journey
from journey.document.service import record_snapshot
from journey.work import House
from tests.report.cases import fill, rated_people
from tests.support.build import build_study, get_study_by


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> object:
    """Runs a command on the database of the test."""
    monkeypatch.setenv("JOURNEY_DATABASE_URL", database_url)

    def run(*words: str) -> Result:
        return CliRunner().invoke(journey, list(words))

    return run


@pytest.mark.parametrize(("kind", "begins"), [("html", b"<!doctype"), ("pdf", b"%PDF-1"), ("docx", b"PK")])
def test_each_format(house: House, run: object, tmp_path: Path, kind: str, begins: bytes) -> None:
    with house.work() as work:
        fill(work)
    target = tmp_path / f"report.{kind}"
    result = run("report", "--study", "haarlem-test", "--format", kind, "-o", str(target))  # type: ignore[operator]
    assert result.exit_code == 0, result.output
    assert target.read_bytes().lstrip().startswith(begins)


def test_small_groups_are_only_in_the_live_report(house: House, run: object, tmp_path: Path) -> None:
    with house.work() as work:
        fill(work)
    words = ("report", "--study", "haarlem-test", "-o")
    run(*words, str(tmp_path / "m.html"))  # type: ignore[operator]
    run(*words, str(tmp_path / "r.html"), "--audience", "research")  # type: ignore[operator]
    assert "N = 3" not in (tmp_path / "m.html").read_text()
    assert "N = 3" in (tmp_path / "r.html").read_text()


def test_a_day_gives_the_recorded_numbers(house: House, run: object, tmp_path: Path) -> None:
    with house.work() as work:
        study = build_study(work)
        rated_people(work, study, 3)
        day = record_snapshot(work, study, "research").as_of
    with house.work() as work:
        rated_people(work, get_study_by(work, "haarlem-test"), 2)
    words = ("report", "--study", "haarlem-test", "--audience", "research", "-o", str(tmp_path / "r.html"))
    for choice in (("--on", day.isoformat()), ("--number", "1")):
        result = run(*words, *choice)  # type: ignore[operator]
        assert result.exit_code == 0, result.output
        assert "N = 3" in (tmp_path / "r.html").read_text()
        assert "N = 5" not in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize(
    "choice",
    [
        ("--study", "nergens"),
        ("--study", "haarlem-test", "--number", "7"),
        ("--study", "haarlem-test", "--on", "2001-01-01"),
    ],
)
def test_what_is_not_there_ends_with_one_sentence(
    house: House, run: object, tmp_path: Path, choice: tuple[str, ...]
) -> None:
    with house.work() as work:
        build_study(work)
    result = run("report", *choice, "-o", str(tmp_path / "r.html"))  # type: ignore[operator]
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_folder_that_is_not_there_is_told(house: House, run: object, tmp_path: Path) -> None:
    with house.work() as work:
        build_study(work)
    result = run("report", "--study", "haarlem-test", "-o", str(tmp_path / "no" / "r.html"))  # type: ignore[operator]
    assert result.exit_code == 2
    assert "bestaat niet" in result.stderr


def test_without_published_figures_it_says_how_to_see_them(house: House, run: object, tmp_path: Path) -> None:
    with house.work() as work:
        build_study(work)
    result = run("report", "--study", "haarlem-test", "-o", str(tmp_path / "r.html"))  # type: ignore[operator]
    assert result.exit_code == 0
    assert "--audience research" in result.stderr
