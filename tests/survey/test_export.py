"""A survey as data: one row per respondent, described for people, SPSS and programs."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pyreadstat
import pytest

from journey.auth.scope import get_study
from journey.export.service import Order, write_export
from journey.report.service import publish_batch
from journey.rules.errors import Invalid
from journey.rules.roles import MANAGER, RESEARCHER
from tests.support.build import csrf_of, sign_in
from tests.survey.conftest import Surveys


def write(surveys: Surveys, tmp_path: Path, kind: str, content: str = "answers") -> list[Path]:
    with surveys.house.work(write=False) as work:
        study = get_study(work, "participatiewet-2022")
        made = write_export(work, study, Order(content, kind, "toets"), tmp_path / f"uit.{kind}")
        return list(made.paths)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_one_row_per_respondent_with_reasons(of_2022: Surveys, tmp_path: Path) -> None:
    rows = read(write(of_2022, tmp_path, "csv")[0])
    assert len(rows) == 389
    assert sum(row["unit"] == "borne" for row in rows) == 61
    assert {row["pay_short"] for row in rows} >= {"agree", "not_asked", "no_answer"}
    assert sum(row["good__friendly"] == "yes" for row in rows) == 100
    assert not {"respondent", "id", "answered_on"} & rows[0].keys()


def test_the_package_describes_what_is_there(of_2022: Surveys, tmp_path: Path) -> None:
    paths = write(of_2022, tmp_path, "csv")
    package = json.loads(paths[-1].read_text(encoding="utf-8"))
    assert paths[-1].name == "datapackage.json"
    assert [one["path"] for one in package["resources"]] == [path.name for path in paths[:-1]]
    for resource, path in zip(package["resources"], paths, strict=False):
        with path.open(encoding=resource["encoding"], newline="") as file:
            found = list(csv.DictReader(file, delimiter=resource["dialect"]["delimiter"]))
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(found[0])
        for field in fields:
            allowed = field.get("constraints", {}).get("enum")
            values = {row[field["name"]] for row in found} - {""}
            assert allowed is None or values <= set(allowed), field["name"]


def test_spss_has_labels_and_declared_missing_values(of_2022: Surveys, tmp_path: Path) -> None:
    path = write(of_2022, tmp_path, "sav")[0]
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    assert len(frame) == 389 and meta.missing_ranges["pay_short"] == [{"lo": 96.0, "hi": 99.0}]
    assert meta.variable_value_labels["staff_respect"][1.0] == "Helemaal mee eens"
    clean, _meta = pyreadstat.read_sav(str(path))
    assert clean["overall"].mean() == pytest.approx(7.6067, abs=0.0001)
    assert clean["pay_problem"].count() == 106


def test_figures_are_those_of_the_pages(of_2022: Surveys, tmp_path: Path) -> None:
    rows = read(write(of_2022, tmp_path, "csv", "figures")[0])
    overall = next(row for row in rows if (row["item"], row["unit"]) == ("overall", "all"))
    assert (overall["n"], overall["value"], overall["reference"]) == ("389", "7,6067", "7,5")
    change = next(row for row in rows if (row["item"], row["unit"]) == ("staff_change", "all"))
    assert change["verdict"] == "lager"


def test_managers_take_figures_along_without_small_groups_and_no_answers(of_2022: Surveys) -> None:
    with of_2022.house.work() as work:
        publish_batch(work, get_study(work, "minima-2022"))
    client = sign_in(of_2022.app, "m@example.nl", MANAGER)
    form = {"csrf_token": csrf_of(client), "format": "csv", "purpose": "toets"}
    assert client.post("/studies/minima-2022/export", data={**form, "content": "answers"}).status_code == 422
    answer = client.post("/studies/minima-2022/export", data={**form, "content": "figures"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        name = next(one for one in archive.namelist() if one.endswith(".csv") and "figures-" in one)
        text = archive.read(name).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    hidden = next(row for row in rows if (row["item"], row["unit"]) == ("income_supplement_grade", "borne"))
    assert (hidden["shown"], hidden["n"], hidden["value"]) == ("no", "", "")


def test_a_survey_has_no_journeys(of_2022: Surveys, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="geen reizen"):
        write(of_2022, tmp_path, "csv", "journeys")
    client = sign_in(of_2022.app, "r@example.nl", RESEARCHER)
    assert client.get("/studies/minima-2022/export").status_code == 200
    assert client.get("/studies/minima-2022/import").status_code == 200
