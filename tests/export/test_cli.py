"""`journey export`: a file and a line in the log, or one sentence and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner

from journey.cli.main import app
from journey.models import ExportRun
from journey.work import House
from tests.report.cases import lived, rate
from tests.support.build import build_participant, build_study


@pytest.fixture(autouse=True)
def arranged(house: House, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with house.work() as work:
        study = build_study(work)
        rate(work, build_participant(work, study))
        lived(work, study, received=70, reference="zaak-1")
    monkeypatch.setenv("JOURNEY_DATABASE_URL", database_url)


def export(*arguments: object):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(app, ["export", "--study", "haarlem-test", *map(str, arguments)])


@pytest.mark.parametrize("kind", ["csv", "xlsx", "sav", "xes", "json"])
def test_the_command_of_the_contract_writes_the_file(kind: str, tmp_path: Path, session: Session) -> None:
    target = tmp_path / "out" / f"gegevens.{kind}"
    target.parent.mkdir()
    answer = export("--format", kind, "-o", target)
    assert answer.exit_code == 0, answer.output
    assert target.stat().st_size > 0
    run = session.exec(select(ExportRun)).one()
    assert (run.content, run.format, run.made_by) == (
        "journeys" if kind == "xes" else "answers",
        kind,
        "system",
    )
    assert not [path for path in target.parent.iterdir() if path.name.startswith(".")]


def test_content_purpose_and_separator_can_be_said(tmp_path: Path, session: Session) -> None:
    target = tmp_path / "reizen.csv"
    more = ("--content", "journeys", "--purpose", "Voor de raad", "--separator", "comma")
    assert export("--format", "csv", "-o", target, *more).exit_code == 0
    assert target.read_text(encoding="utf-8-sig").startswith('"journey","municipality"')
    assert (tmp_path / "reizen-dictionary.csv").exists()
    run = session.exec(select(ExportRun)).one()
    assert (run.purpose, run.rows) == ("Voor de raad", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--format", "doc", "-o", "x.doc"),
        ("--format", "xes", "--content", "answers", "-o", "x.xes"),
        ("--format", "csv", "-o", "bestaat-niet/x.csv"),
        ("--format", "csv", "-o", "x.csv", "--purpose", " "),
        ("--format", "csv", "-o", "x.csv", "--separator", "pipe"),
        ("--format", "csv", "-o", "x.csv", "--study", "onbekend"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    wrong: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    (tmp_path / "leeg").mkdir()
    monkeypatch.chdir(tmp_path / "leeg")
    answer = export(*wrong)
    assert answer.exit_code == 2
    assert len(answer.stderr.strip().splitlines()) == 1
    assert list((tmp_path / "leeg").iterdir()) == []
    assert session.exec(select(ExportRun)).all() == []


def test_a_place_that_cannot_be_written_ends_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_rest: object, **_named: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    answer = export("--format", "csv", "-o", tmp_path / "x.csv")
    assert answer.exit_code == 2
    assert answer.stderr.splitlines() == [f"Hier kan geen bestand komen: {tmp_path / 'x.csv'}."]
