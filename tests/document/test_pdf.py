"""The PDF can be read aloud: PDF/UA-1 is claimed and what that asks is there, also with words in other scripts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from page import ValidationProfile, validate_pdf_bytes
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

from journey.document.content import Content, Section, Words
from journey.document.pdf import make_pdf

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PAINTS = {b"Tj", b"TJ", b"'", b'"', b"f", b"f*", b"F", b"S", b"s", b"B", b"B*", b"b", b"b*", b"Do", b"sh"}


@pytest.fixture(scope="module")
def pdf(report_of: Callable[[str], Content]) -> PdfReader:
    return PdfReader(io.BytesIO(make_pdf(report_of("manager"), NOW)))


def test_an_independent_validator_accepts_it(report_of: Callable[[str], Content]) -> None:
    report = validate_pdf_bytes(make_pdf(report_of("manager"), NOW), profile=ValidationProfile.PDF_UA_1)
    assert [failure.message for failure in report.failures] == []
    assert report.is_compliant


def plain(one: Any) -> Any:
    return one.get_object() if isinstance(one, IndirectObject) else one


def elements(reader: PdfReader) -> Iterator[tuple[tuple[str, ...], DictionaryObject]]:
    """Every element of the structure with the roles above it."""
    root = plain(reader.root_object["/StructTreeRoot"])
    roles = plain(root.get("/RoleMap", {}))

    def walk(node: Any, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], DictionaryObject]]:
        node = plain(node)
        if isinstance(node, ArrayObject):
            for child in node:
                yield from walk(child, above)
        elif isinstance(node, DictionaryObject) and ("/S" in node or node is root):
            path = above
            if "/S" in node:
                role = str(node["/S"])
                path = (*above, str(roles.get(role, role)))
                yield path, node
            if "/K" in node:
                yield from walk(node["/K"], path)

    yield from walk(root, ())


def test_it_says_that_it_is_pdf_ua_dutch_and_what_it_is_called(pdf: PdfReader) -> None:
    root = pdf.root_object
    assert b"<pdfuaid:part>1</pdfuaid:part>" in plain(root["/Metadata"]).get_data()
    assert plain(root["/MarkInfo"])["/Marked"]
    assert str(root["/Lang"]).startswith("nl")
    assert plain(root["/ViewerPreferences"])["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "De reis van aanvraag tot besluit – Haarlem 2016"


def test_every_figure_is_described(pdf: PdfReader) -> None:
    described = [str(node["/Alt"]) for path, node in elements(pdf) if path[-1] == "/Figure"]
    assert len(described) == 9
    assert described[1] == "De stap, N = 16: 1 negatief, 8 neutraal, 7 positief."


def test_headings_go_down_one_level_at_a_time(pdf: PdfReader) -> None:
    levels = [
        int(path[-1][2:]) for path, _node in elements(pdf) if path[-1][:2] == "/H" and path[-1][2:].isdigit()
    ]
    assert levels
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))


def test_every_table_has_header_cells_that_say_what_they_head(pdf: PdfReader) -> None:
    heads = [node for path, node in elements(pdf) if path[-1] == "/TH"]
    tables = [node for path, node in elements(pdf) if path[-1] == "/Table"]
    assert len(tables) == 5
    assert len(heads) >= len(tables) * 2
    assert all("/Scope" in str(plain(node["/A"])) for node in heads)


def test_nothing_is_painted_outside_the_structure(pdf: PdfReader) -> None:
    for page in pdf.pages:
        depth = 0
        stream = ContentStream(page["/Contents"], pdf)
        for _operands, operator in stream.operations:
            depth += (operator in (b"BDC", b"BMC")) - (operator == b"EMC")
            assert depth > 0 or operator not in PAINTS
        assert depth == 0


def test_every_page_is_in_the_structure_and_every_font_in_the_file(pdf: PdfReader) -> None:
    for page in pdf.pages:
        assert "/StructParents" in page
        assert page["/Tabs"] == "/S"
        for font in plain(plain(page["/Resources"])["/Font"]).values():
            below = plain(plain(plain(font)["/DescendantFonts"])[0])
            described = plain(below["/FontDescriptor"])
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & described.keys()
            assert "/ToUnicode" in plain(font)


def with_quotes(content: Content, *texts: str | None) -> Content:
    section = Section("quotes", "Citaten", 1, (Words(texts),))
    return replace(content, sections=(section,))


@pytest.mark.parametrize(
    "text",
    [
        "Ik was blij 😀👍🏽 en ❤️ ook",
        "كان الموظف لطيفا جدا",
        "ናይ ስራሕ ሰብ",
        "#set page(width: 1pt) $x$ *a* \\ @b <c> [d] `e`",
        "woord " * 830,
        "a" * 5000,
        "",
        "‮tsrif eht‬ \u200b\ufeff",
    ],
    ids=["emoji", "arabic", "tigrinya", "markup", "long", "one-word", "empty", "invisible"],
)
def test_any_words_can_be_printed(report_of: Callable[[str], Content], text: str) -> None:
    made = PdfReader(io.BytesIO(make_pdf(with_quotes(report_of("manager"), text), NOW)))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in plain(made.root_object["/Metadata"]).get_data()
    assert len(made.pages) >= 2


def test_an_emoji_is_named(report_of: Callable[[str], Content]) -> None:
    made = make_pdf(with_quotes(report_of("manager"), "Blij 😀👍🏽."), NOW)
    text = PdfReader(io.BytesIO(made)).pages[1].extract_text()
    assert "Blij (emoji)(emoji)." in text or "😀" in text


def test_signs_without_letters_cost_only_the_claim(report_of: Callable[[str], Content]) -> None:
    made = PdfReader(io.BytesIO(make_pdf(with_quotes(report_of("manager"), "Naam \U00013000"), NOW)))
    assert "Naam" in made.pages[1].extract_text()


def test_a_quote_that_was_taken_back_says_so(report_of: Callable[[str], Content]) -> None:
    made = PdfReader(io.BytesIO(make_pdf(with_quotes(report_of("manager"), None), NOW)))
    assert "Dit citaat is ingetrokken." in made.pages[1].extract_text()


def test_the_same_report_on_the_same_moment_is_the_same_file(report_of: Callable[[str], Content]) -> None:
    content = report_of("manager")
    assert make_pdf(content, NOW) == make_pdf(content, NOW)
