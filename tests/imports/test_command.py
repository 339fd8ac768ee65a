"""`journey import`: exit 2 and clear sentences, nothing recorded on a dry run."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import func, select
from typer.testing import CliRunner

from journey.cli.main import app
from journey.models import Journey
from journey.work import House
from tests.imports.conftest import CODE, HEADER, ROW, csv_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reizen.csv"
    path.write_bytes(csv_file(HEADER, ROW))
    return path


@pytest.fixture(autouse=True)
def same_house(inside: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_DATABASE_URL", inside.settings.database_url)
    monkeypatch.setenv("JOURNEY_TODAY", str(inside.settings.today))


def count(house: House) -> int:
    with house.work(write=False) as work:
        return work.session.exec(select(func.count()).select_from(Journey)).one()


def test_a_file_is_taken_in(file: Path, inside: House) -> None:
    answer = CliRunner().invoke(app, ["import", str(file), "--study", CODE])
    assert (answer.exit_code, answer.stdout.splitlines()[0]) == (0, "1 reis nieuw")
    assert count(inside) == 1


def test_a_dry_run_records_nothing(file: Path, inside: House) -> None:
    answer = CliRunner().invoke(app, ["import", str(file), "--study", CODE, "--dry-run"])
    assert (answer.exit_code, answer.stdout.splitlines()[0]) == (0, "1 reis nieuw")
    assert "rij 2: Z-1: route 27plus; gemeld op 2-2-2026; aanvraag ontvangen 16-2-2026" in answer.stderr
    assert count(inside) == 0


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_a_fault_is_named_and_nothing_recorded(file: Path, inside: House, dry: list[str]) -> None:
    file.write_bytes(csv_file(HEADER, ROW, ROW.replace("Z-1", "Z-2").replace("toegekend", "soms")))
    answer = CliRunner().invoke(app, ["import", str(file), "--study", CODE, *dry])
    assert answer.exit_code == 2
    assert "rij 3, kolom F (uitkomst): Dit kennen we niet." in answer.stderr
    assert count(inside) == 0


@pytest.mark.parametrize(
    "arguments",
    [["--study", "elders"], ["--study", CODE, "--content", "iets"], ["--study", CODE, "--separator", "x"]],
)
def test_what_cannot_be_ends_with_a_sentence(file: Path, arguments: list[str]) -> None:
    answer = CliRunner().invoke(app, ["import", str(file), *arguments])
    assert answer.exit_code == 2
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "Traceback" not in answer.stderr
