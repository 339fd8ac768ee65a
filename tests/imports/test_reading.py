"""Files as programs save them: encodings, separators, dates, and what is refused with its row and column."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO

import pytest

from journey.imports.cells import read_day
from journey.imports.reading import read_sheet
from journey.rules.errors import Invalid
from tests.imports.conftest import xlsx_file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_survive_every_encoding(encoding: str) -> None:
    sheet = read_sheet("naam,dag\r\nRenée,1\r\n".encode(encoding))
    assert sheet.rows[0].cells[0] == "Renée"
    assert bool(sheet.notes) == (encoding in ("utf-16", "cp1252"))


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_found_outside_quotes(separator: str) -> None:
    sheet = read_sheet(f'"a,;\t"{separator}b\n1{separator}2\n'.encode())
    assert sheet.headers == ("a,;", "b")


def test_a_chosen_separator_wins() -> None:
    assert read_sheet(b"a;b,c\n1,2\n", ",").headers == ("a;b", "c")


def test_empty_rows_are_skipped_and_counted() -> None:
    sheet = read_sheet(b"a,b\n\n,,\n1,2\n")
    assert [(row.number, row.cells) for row in sheet.rows] == [(4, ("1", "2"))]


def test_a_workbook_gives_days_and_whole_numbers() -> None:
    sheet = read_sheet(xlsx_file([["a", "b", "c"], [date(2026, 3, 31), 46112, "x"]]))
    assert sheet.rows[0].cells == (date(2026, 3, 31), 46112.0, "x")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "leeg"),
        (b"a,b\n", "geen rijen"),
        (b"\xd0\xcf\x11\xe0rest", "werkmap is stuk"),
        (b"PK\x03\x04stuk", "niet heel aangekomen"),
        (b"a,b\n1,2,3\n", "Rij 2 heeft meer cellen"),
        (b'a,b\n1,"2\n', "Rij 2 is niet te lezen"),
        (b"a\x00b", "geen tekst"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_sheet(content)


def test_a_zip_bomb_is_not_unpacked() -> None:
    file = BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range(401):
            entry.write(b"0" * 1_000_000)
    assert len(file.getvalue()) < 1_000_000
    with pytest.raises(Invalid, match="uitgepakt te groot"):
        read_sheet(file.getvalue())


@pytest.mark.parametrize(
    "written",
    [
        "31-3-2026",
        "31/03/2026",
        "31.3.2026",
        "31 maart 2026",
        "31 mrt 2026",
        "2026-03-31",
        "2026-03-31 00:00:00",
    ],
)
def test_a_day_as_people_and_programs_write_it(written: str) -> None:
    assert read_day(written) == (date(2026, 3, 31), False)


def test_a_moment_in_another_zone_is_the_day_in_amsterdam() -> None:
    assert read_day("2026-03-02T23:30:00+00:00") == (date(2026, 3, 3), False)


@pytest.mark.parametrize("written", ["46112", 46112.0])
def test_the_number_of_a_spreadsheet_is_a_day_that_is_told(written: str | float) -> None:
    assert read_day(written) == (date(2026, 3, 31), True)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("31-3-26", "vier cijfers"),
        ("03/31/2026", "eerst de dag"),
        ("30 februari 2026", "bestaat niet"),
        ("31 march 2026", "maand kennen we niet"),
        ("1-1-1899", "voor 1900"),
        ("12", "geen datum"),
        ("gisteren", "geen datum"),
    ],
)
def test_what_is_no_day_says_how_to_write_it(written: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_day(written)
