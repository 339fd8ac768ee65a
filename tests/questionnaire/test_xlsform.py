"""XLSForm out and in again is the same questionnaire."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter
from fastapi import FastAPI

from journey.questionnaire.definition import load_questionnaire
from journey.questionnaire.queries import get_newest, get_questionnaire
from journey.questionnaire.xlsform import read_xlsform, write_xlsform
from journey.resources import folder
from journey.rules.errors import Invalid
from journey.rules.questionnaire import Condition, Kind
from journey.seeding.load import load_folder

FILES = sorted((folder("seeds") / "questionnaires").glob("*.toml"))
Rows = list[list[str]]


def workbook(survey: Rows, choices: Rows | None = None, settings: Rows | None = None) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows or []):
            sheet.write_row(line, 0, row)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_out_and_in_again_is_the_same(path: object) -> None:
    read = load_questionnaire(path)  # type: ignore[arg-type]
    again = read_xlsform(write_xlsform(read))
    assert again == read
    assert write_xlsform(again) and read_xlsform(write_xlsform(again)) == again


def test_a_form_of_somebody_else_is_taken_over() -> None:
    read = read_xlsform(
        workbook(
            [
                ["type", "name", "label", "relevant"],
                ["select_one yn", "used", "Gebruikte u dit?", ""],
                ["select_multiple where", "place", "Waar?", "${used} = 'yes'"],
                [
                    "integer",
                    "grade",
                    "Welk cijfer?",
                    "selected(${place}, 'desk') or selected(${place}, 'phone')",
                ],
                ["text", "more", "Nog iets?", "(${used} = 'yes') and ${grade} = '1'"],
            ],
            [
                ["list_name", "name", "label"],
                ["yn", "yes", "Ja"],
                ["yn", "no", "Nee"],
                ["where", "desk", "Balie"],
                ["where", "phone", "Telefoon"],
            ],
            [["form_title", "form_id", "version"], ["Proef", "Proef 1", 3]],
        )
    )
    assert (read.id, read.version, read.name) == ("proef-1", 3, "Proef")
    assert [item.kind for item in read.items] == [Kind.one_of, Kind.some_of, Kind.grade10, Kind.open]
    assert read.items[2].asked_of == (Condition("place", ("desk", "phone")),)
    assert read.items[3].asked_of == (Condition("used", ("yes",)), Condition("grade", ("1",)))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["geopoint", "here", "Waar bent u?", ""]], "geopoint"),
        ([["select_one weg", "a", "A?", ""]], "weg"),
        ([["integer", "a", "A?", ""], ["integer", "b", "B?", "${a} > 5"]], "kunnen we niet overnemen"),
        ([["integer", "b", "B?", "${a} = '1'"]], "eerdere vraag"),
        ([["integer", "a", "A?", ""], ["integer", "a", "A?", ""]], "twee keer"),
        ([["integer", "Á b", "A?", ""]], "kleine letters"),
    ],
)
def test_what_we_do_not_know_is_refused_whole(rows: Rows, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_xlsform(workbook([["type", "name", "label", "relevant"], *rows]))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 stuk", b"a;b"])
def test_what_is_no_workbook(content: bytes) -> None:
    with pytest.raises(Invalid, match="werkmap"):
        read_xlsform(content)


def test_a_form_in_the_folder_is_loaded_as_any_other(app: FastAPI, tmp_path: Path) -> None:
    read = load_questionnaire(folder("seeds") / "questionnaires" / "kort.toml")
    (tmp_path / "questionnaires").mkdir()
    (tmp_path / "questionnaires" / "kort.xlsx").write_bytes(write_xlsform(read))
    with app.state.house.work() as work:
        assert load_folder(work, tmp_path / "questionnaires") == ["Vragenlijst kort, versie 1: geladen."]
        assert get_questionnaire(work, get_newest(work, "kort").id or 0) == read
