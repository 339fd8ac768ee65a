"""Two strings for one identity are one, signs that nobody sees change nothing, and what a spreadsheet rounded is no
number of anybody."""

from __future__ import annotations

import unicodedata

import pytest
from sqlmodel import func, select

from journey.imports.plan import PARTICIPANTS
from journey.models import Journey
from journey.work import House
from tests.imports.conftest import PEOPLE, csv_file, look, said, take_in, xlsx_file

HEADER = "kenmerk,route,aanvraag ontvangen"
SPELLINGS = [
    "z-2026 é1",
    "Z-2026  É1",
    " Z-2026 É1 ",
    "Z-2026\u00a0É1",
    "Z\u20112026 É1",
    "Z\u20132026 É1",
    "\u200eZ-2026 É1",
    "Z-2026\u200b É1",
    "\ufeffZ-2026 É1",
    unicodedata.normalize("NFD", "Z-2026 É1"),
    "\uff3a-\uff12\uff10\uff12\uff16 É1",
]


def count_journeys(house: House) -> int:
    with house.work(write=False) as work:
        return work.session.exec(select(func.count()).select_from(Journey)).one()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_reference_in_another_spelling_is_the_same_application(inside: House, spelling: str) -> None:
    take_in(inside, csv_file(HEADER, "Z-2026 É1,27plus,2026-02-16"))
    plan = take_in(inside, csv_file(HEADER, f'"{spelling}",27plus,2026-02-17'))
    assert (plan.count("new"), plan.count("changed"), count_journeys(inside)) == (0, 1, 1)
    with inside.work(write=False) as work:
        assert work.session.exec(select(Journey.reference)).one() == "Z-2026 É1"  # as it was first spelled


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_two_spellings_in_one_file_are_one_application(inside: House, spelling: str) -> None:
    plan = look(inside, csv_file(HEADER, "Z-2026 É1,27plus,2026-02-16", f'"{spelling}",27plus,2026-02-17'))
    assert said(plan) == ["rij 3, kolom A (kenmerk): Dit kenmerk staat ook in rij 2. Houd één rij over."]


@pytest.mark.parametrize("other", ["Z-2026 E1", "Z-2026 É2", "Z-2026É1", "Z.2026 É1"])
def test_another_reference_is_another_application(inside: House, other: str) -> None:
    take_in(inside, csv_file(HEADER, "Z-2026 É1,27plus,2026-02-16"))
    assert take_in(inside, csv_file(HEADER, f"{other},27plus,2026-02-17")).count("new") == 1


@pytest.mark.parametrize("unseen", ["\u200b", "\u200e\u200f", "\u2060\ufeff", "\u3164", "\u00ad", "\u2800"])
def test_a_reference_that_nobody_can_see_is_refused(inside: House, unseen: str) -> None:
    sentences = said(look(inside, csv_file(HEADER, f"{unseen},27plus,2026-02-16")))
    assert sentences and all("kolom A (kenmerk)" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    "rounded",
    [
        "2,02612E+11",
        "2.02612E+11",
        "2,02612e+11",
        "2E+11",
        "1,23457E+15",
        "2,02612E+011",
        "\u200e2,02612E+11",
        "２,02612E+11",
    ],
)
def test_what_a_spreadsheet_rounded_is_refused_for_that_reason(inside: House, rounded: str) -> None:
    plan = look(inside, csv_file(HEADER, f'"{rounded}",27plus,2026-02-16', f'"{rounded}",27plus,2026-02-17'))
    assert [sentence for sentence in said(plan) if "afgerond" in sentence] == [
        f"rij {row}, kolom A (kenmerk): Dit nummer is door een spreadsheet afgerond. "
        "Maak de kolom tekst en zet de nummers er opnieuw in."
        for row in (2, 3)
    ]
    assert not any("Houd één rij over" in sentence for sentence in said(plan))


@pytest.mark.parametrize("number", [1e15, 2026120000000001.0, 12345678901234567890.0])
def test_a_number_with_more_digits_than_a_workbook_holds_is_refused(inside: House, number: float) -> None:
    plan = look(
        inside, xlsx_file([["kenmerk", "route", "aanvraag ontvangen"], [number, "27plus", "16-2-2026"]])
    )
    assert any("afgerond" in sentence for sentence in said(plan))


@pytest.mark.parametrize("number", [202600000001.0, 999999999999999.0])
def test_a_number_that_a_workbook_holds_whole_is_read(inside: House, number: float) -> None:
    plan = look(
        inside, xlsx_file([["kenmerk", "route", "aanvraag ontvangen"], [number, "27plus", "16-2-2026"]])
    )
    assert [line.what for line in plan.lines] == [str(int(number))] and plan.ok


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("’t Hart", "'t Hart"),
        ("'t Hart", "`t Hart"),
        ("José", unicodedata.normalize("NFD", "José")),
        ("İbrahim", "ibrahim"),
        ("IŞIL", "ışıl"),
        ("Ada", "ADA"),
        ("Ada  Jansen", "Ada Jansen"),
        ("Ada\u00a0Jansen", "Ada Jansen"),
        ("\u200eAda", "Ada"),
        ("Steﬀi", "Steffi"),
        ("Ĳsbrand", "IJsbrand"),
        ("Anne‑Marie", "Anne-Marie"),
        ("Strauß", "STRAUSS"),
        ("محمد", "\u200fمحمد"),
    ],
)
def test_one_name_in_two_spellings_on_one_number_is_one_person(inside: House, first: str, again: str) -> None:
    take_in(inside, csv_file(PEOPLE, f'27plus,"{first}",0612345678,bellen,ja,ja'), PARTICIPANTS)
    plan = look(inside, csv_file(PEOPLE, f'27plus,"{again}",06-12345678,bellen,ja,nee'), PARTICIPANTS)
    assert [line.status for line in plan.lines] == ["unchanged"]


@pytest.mark.parametrize(
    "typed",
    [
        "0612345678",
        "06 12 34 56 78",
        "06-12345678",
        "06\u200e12345678",
        "\u202a0612345678\u202c",
        "06\u00a012345678",
        "06‑12345678",
        "06–12345678",
        "+31 6 12345678",
        "0031612345678",
        "(06) 12345678",
        "٠٦١٢٣٤٥٦٧٨",
        "０６１２３４５６７８",
        "06.12.34.56.78",
        "612345678",
    ],
)
def test_a_number_is_read_however_it_came(inside: House, typed: str) -> None:
    take_in(inside, csv_file(PEOPLE, "27plus,Ada,0612345678,bellen,ja,ja"), PARTICIPANTS)
    plan = look(inside, csv_file(PEOPLE, f'27plus,Ada,"{typed}",bellen,ja,nee'), PARTICIPANTS)
    assert [line.status for line in plan.lines] == ["unchanged"], said(plan)


@pytest.mark.parametrize(
    "typed",
    [
        "0612345678 / 0687654321",
        "06-12345678 of 06-87654321",
        "0612345678,0687654321",
        "06 12345678; 023 5551234",
    ],
)
def test_two_numbers_in_one_cell_are_called_two_numbers(inside: House, typed: str) -> None:
    plan = look(inside, csv_file(PEOPLE, f'27plus,Ada,"{typed}",bellen,ja,nee'), PARTICIPANTS)
    assert said(plan) == ["rij 2, kolom C (telefoon): Hier staan twee nummers. Vul er één in."]
