"""Files as people and their programs really make them: read, or refused in one sentence that names the cause and the
way out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from journey.imports.plan import PARTICIPANTS
from journey.rules.errors import Invalid
from journey.work import House
from tests.imports.conftest import PEOPLE, csv_file, look, said, xlsx_file

HEADER = ["kenmerk", "route", "aanvraag ontvangen"]
ROW = ["Z-1", "27plus", "16-2-2026"]
CSV = b"kenmerk;route;aanvraag ontvangen\r\nZ-1;27plus;16-2-2026\r\n"

Fill = Callable[[Any, Any], None]


def workbook(fill: Fill) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    fill(book, book.add_worksheet("Eerste"))
    book.close()
    return file.getvalue()


def write(sheet: Any, rows: list[list[object]], top: int = 0) -> None:
    for number, row in enumerate(rows, top):
        sheet.write_row(number, 0, row)


def under_a_title(_book: Any, sheet: Any) -> None:
    sheet.write(0, 0, "Overzicht aanvragen Haarlem, maart 2026")
    write(sheet, [HEADER, ROW], top=2)


def under_a_merged_title(book: Any, sheet: Any) -> None:
    sheet.merge_range(0, 0, 0, 2, "Overzicht", book.add_format({"bold": True}))
    write(sheet, [HEADER, ROW], top=1)


def under_merged_groups(book: Any, sheet: Any) -> None:
    sheet.merge_range(0, 0, 0, 1, "Zaak", book.add_format())
    sheet.write(0, 2, "Datums")
    write(sheet, [HEADER, ROW], top=1)


def beside_an_empty_first_sheet(book: Any, _sheet: Any) -> None:
    write(book.add_worksheet("Zaken"), [HEADER, ROW])


def beside_a_hidden_first_sheet(book: Any, sheet: Any) -> None:
    write(sheet, [["niet", "voor", "u"], ["x", "y", "z"]])
    shown = book.add_worksheet("Zaken")
    write(shown, [HEADER, ROW])
    shown.activate()
    sheet.hide()


def behind_a_chart(book: Any, sheet: Any) -> None:
    write(sheet, [HEADER, ROW])
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Eerste!$C$2:$C$2"})
    front = book.add_chartsheet("Grafiek")
    front.set_chart(chart)
    book.worksheets_objs.insert(0, book.worksheets_objs.pop())


def with_real_dates(book: Any, sheet: Any) -> None:
    write(sheet, [HEADER, ROW[:2]])
    sheet.write_datetime(1, 2, date(2026, 2, 16), book.add_format({"num_format": "d mmmm yyyy"}))


def with_a_formula(_book: Any, sheet: Any) -> None:
    write(sheet, [HEADER, ["", "27plus", "16-2-2026"]])
    sheet.write_formula(1, 0, '="Z-"&1', value="Z-1")


def with_empty_rows_and_columns(_book: Any, sheet: Any) -> None:
    write(sheet, [[*HEADER, "", ""], [], ROW, ["", "", "", ""]], top=3)


def with_a_filter_and_frozen_panes(_book: Any, sheet: Any) -> None:
    write(sheet, [HEADER, ROW])
    sheet.autofilter(0, 0, 1, 2)
    sheet.freeze_panes(1, 0)


@pytest.mark.parametrize(
    "fill",
    [
        under_a_title,
        under_a_merged_title,
        under_merged_groups,
        beside_an_empty_first_sheet,
        beside_a_hidden_first_sheet,
        behind_a_chart,
        with_real_dates,
        with_a_formula,
        with_empty_rows_and_columns,
        with_a_filter_and_frozen_panes,
    ],
)
def test_a_workbook_is_read_as_its_maker_sees_it(inside: House, fill: Fill) -> None:
    plan = look(inside, workbook(fill))
    assert said(plan) == []
    assert [(line.what, line.status, line.changes) for line in plan.lines] == [
        ("Z-1", "new", (("route", "–", "27plus"), ("aanvraag ontvangen", "–", "16-2-2026")))
    ]


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        b"sep=;\r\n" + CSV,
        b'"sep=;"\r\n' + CSV,
        b"\xef\xbb\xbfsep=;\r\n" + CSV,
        b"SEP=;\n" + CSV.replace(b"\r\n", b"\n"),
        b"\xef\xbb\xbf\xef\xbb\xbf" + CSV,
        CSV.replace(b";", b","),
        CSV.replace(b";", b"\t"),
        CSV.replace(b";", b"|"),
        b"sep=|\r\n" + CSV.replace(b";", b"|"),
        CSV.replace(b"\r\n", b"\r"),
        CSV.decode().encode("utf-16"),
        b'"kenmerk";"route";"aanvraag ontvangen"\r\n"Z-1";"27plus";"16-2-2026"\r\n',
        b'"kenmerk;""route"";""aanvraag ontvangen"""\r\n"Z-1;""27plus"";""16-2-2026"""\r\n',
        b'"kenmerk,route,aanvraag ontvangen"\r\n"Z-1,27plus,16-2-2026"\r\n',
        b"Overzicht aanvragen\r\n\r\n" + CSV,
        b"Overzicht;;\r\nGemaakt op;1-3-2026;\r\n" + CSV,
        b"Kenmerk;ROUTE;Aanvraag_ontvangen\r\nZ-1;27plus;16 februari 2026\r\n",
        "kenmerk;route;aanvraag\u00a0ontvangen\r\nZ-1;27plus;16\u00a0feb\u00a02026\r\n".encode(),
        b"zaaknummer ; route ; ontvangen op \r\n Z-1 ; 27plus ; 2026-02-16T09:12:00 \r\n",
        CSV + b";;\r\n\r\n",
        CSV.rstrip(b"\r\n"),
    ],
)
def test_a_text_is_read_whatever_saved_it(inside: House, content: bytes) -> None:
    plan = look(inside, content)
    assert said(plan) == []
    assert [(line.what, line.changes[-1][2]) for line in plan.lines] == [("Z-1", "16-2-2026")]


def _zip(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def hidden_only(book: Any, sheet: Any) -> None:
    sheet.write(0, 0, "")
    book.add_worksheet("Zaken").hide()


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "leeg"),
        (b" \r\n\t", "leeg"),
        (b"\xef\xbb\xbf", "leeg"),
        (workbook(lambda book, sheet: None), "leeg"),
        (workbook(hidden_only), "verborgen blad"),
        (b"<html><body><table><tr><td>kenmerk</td></tr></table>", "een webpagina"),
        (b"\n<!DOCTYPE html>\n<table>", "een webpagina"),
        (
            b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook>',
            "een oud XML-rekenblad",
        ),
        (b'<?xml version="1.0"?><zaken><zaak/></zaken>', "een XML-bestand"),
        (b'[{"kenmerk": "Z-1"}]', "een JSON-bestand"),
        (b"%PDF-1.7\n%\xe2\xe3", "een PDF"),
        (b"{\\rtf1\\ansi", "een tekstdocument"),
        (
            b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99,
            "wachtwoord",
        ),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "stuk"),
        (b"PK\x03\x04stuk", "niet heel aangekomen"),
        (_zip(word__document=b"x"), "Word-document"),
        (_zip(zaken=CSV), "zip-bestand"),
        (b"\x89PNG\r\n\x1a\n\0\0", "geen rekenblad"),
        (CSV.split(b"\r\n", maxsplit=1)[0], "geen rijen"),
        (CSV + b"Z-2;27plus;17-2-2026;te veel\r\n", "Rij 3 heeft meer cellen"),
        (CSV + b'Z-2;27plus;"17-2-2026\r\n' + b"Z-3;27plus;18-2-2026\r\n" * 900, "aanhalingsteken"),
        (
            CSV + b"Z-2;27plus;" + b"x" * 10_001 + b"\r\n",
            "Rij 3, kolom C: deze cel is langer dan 10000 tekens",
        ),
        (CSV + b"Z-2;27plus;" + b"x" * 200_000 + b"\r\n", "Rij 3, kolom C: deze cel is langer"),
    ],
)
def test_what_is_no_table_names_its_cause(inside: House, content: bytes, cause: str) -> None:
    with pytest.raises(Invalid, match=cause) as refused:
        look(inside, content)
    assert str(refused.value).endswith(".")


def test_an_unknown_column_of_days_is_asked_about(inside: House) -> None:
    plan = look(inside, csv_file("kenmerk,route,datum intake", "Z-1,27plus,16-2-2026", "Z-2,27plus,"))
    assert said(plan) == [
        "rij 1, kolom C (datum intake): In deze kolom staan datums, maar deze naam kennen we niet. "
        "Geef de kolom een naam uit het voorbeeldbestand, of haal hem weg."
    ]


@pytest.mark.parametrize("cells", [("", ""), ("46112", "46113"), ("wijk 3", "16-2-2026"), ("12", "14")])
def test_an_unknown_column_of_anything_else_is_named_and_left(inside: House, cells: tuple[str, str]) -> None:
    plan = look(
        inside, csv_file("kenmerk,route,bijzonder", f"Z-1,27plus,{cells[0]}", f"Z-2,27plus,{cells[1]}")
    )
    assert said(plan) == [] and "Deze kolommen slaan we over: bijzonder." in plan.notes


def test_a_citizen_number_by_itself_is_no_reference(inside: House) -> None:
    plan = look(inside, csv_file("kenmerk,route,aanvraag ontvangen", "111222333,27plus,16-2-2026"))
    assert said(plan) == [
        "rij 2, kolom A (kenmerk): Dit is een BSN. Gebruik een kenmerk van de zaak dat niets over iemand zegt."
    ]


def test_a_case_number_that_passes_the_test_by_chance_is_one_among_many(inside: House) -> None:
    rows = [f"{number},27plus,16-2-2026" for number in range(202600001, 202600030)]
    assert said(look(inside, csv_file("kenmerk,route,aanvraag ontvangen", *rows))) == []


def test_a_number_in_a_workbook_has_no_decimals(inside: House) -> None:
    plan = look(inside, xlsx_file([[*HEADER], [2026001.0, "27plus", "16-2-2026"]]))
    assert [line.what for line in plan.lines] == ["2026001"]


def test_two_numbers_in_a_workbook_cell_are_said_at_their_cell(inside: House) -> None:
    rows: list[list[object]] = [
        [*PEOPLE.split(",")],
        ["27plus", "Ada", "0612345678\n0687654321", "bellen", "ja", "ja"],
    ]
    assert said(look(inside, xlsx_file(rows), PARTICIPANTS)) == [
        "rij 2, kolom C (telefoon): Hier staan twee nummers. Vul er één in."
    ]
