"""The one reader of dates: how people, phones and case systems write a day."""

from __future__ import annotations

from datetime import date

import pytest

from journey.rules.dates import read_date
from journey.rules.errors import Invalid

DAY = date(2026, 2, 3)


@pytest.mark.parametrize(
    "typed",
    [
        "3-2-2026",
        "03-02-2026",
        "3/2/2026",
        "3.2.2026",
        "3 2 2026",
        "3 februari 2026",
        "3\u00a0februari\u00a02026",
        "3 feb 2026",
        "3 feb. 2026",
        "3 FEBR 2026",
        "3-feb-2026",
        "dinsdag 3 februari 2026",
        "di 3 feb 2026",
        "di. 3-2-2026",
        "3\u20112\u20112026",
        "3\u20132\u20132026",
        "\u200e3-2-2026\u200e",
        "3 - 2 - 2026",
        "3 / 2 / 2026",
        " 3-2-2026 ",
        "\uff13-\uff12-\uff12\uff10\uff12\uff16",
        "\u0663/\u0662/\u0662\u0660\u0662\u0666",
        "2026-02-03",
        "2026-2-3",
        "2026/02/03",
        "2026.02.03",
        "20260203",
        "2026-02-03 00:00:00",
        "2026-02-03T09:30",
        "2026-02-02T23:30Z",  # half past midnight in Amsterdam
        "2026-02-03T00:00:00+01:00",
        "3-2-2026 09:30",
        "3-2-2026, 09:30",
        "3 februari 2026 09.30 uur",
    ],
)
def test_a_day_is_read_as_it_was_meant(typed: str) -> None:
    assert read_date(typed) == DAY


@pytest.mark.parametrize(("name", "month"), [("maa", 3), ("mrt", 3), ("mei", 5), ("sept", 9), ("okt", 10)])
def test_short_names_of_months(name: str, month: int) -> None:
    assert read_date(f"3 {name} 2026") == date(2026, month, 3)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "geen datum"),
        ("gisteren", "geen datum"),
        ("12", "geen datum"),
        ("2026", "geen datum"),
        ("2026-0203", "geen datum"),
        ("3-2", "geen datum"),
        ("3-2-26", "vier cijfers"),
        ("3 feb '26", "vier cijfers"),
        ("3-2-202", "vier cijfers"),
        ("3 fevrier 2026", "maand kennen we niet"),
        ("29-2-2026", "bestaat niet"),
        ("31-4-2026", "bestaat niet"),
        ("2-13-2026", "bestaat niet"),
        ("0-2-2026", "bestaat niet"),
        ("2026-02-30", "bestaat niet"),
        ("2026-02-30T10:00", "bestaat niet"),
        ("0026-02-03", "voor 1900"),
        ("3-2-2026 en 4-2-2026", "geen datum"),
    ],
)
def test_what_is_no_day_is_refused_in_a_sentence_that_helps(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_date(typed)
