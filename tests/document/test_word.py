"""The Word file opens as it is: valid parts, real headings, repeated table heads, described pictures, in Dutch."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from docx import Document
from docx.oxml.ns import qn

from journey.document.content import Content, Paragraph, Section, Words
from journey.document.word import make_docx

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def data(report_of: Callable[[str], Content]) -> bytes:
    return make_docx(report_of("manager"), NOW)


def test_every_part_is_xml_and_nothing_points_outside(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                root = ElementTree.fromstring(parts.read(name))  # noqa: S314 - we wrote it ourselves
                assert all(one.get("TargetMode") != "External" for one in root)


def test_headings_are_headings(data: bytes, report_of: Callable[[str], Content]) -> None:
    styles = [(one.style.name, one.text) for one in Document(io.BytesIO(data)).paragraphs]
    expected = [(f"Heading {one.level}", one.title) for one in report_of("manager").sections]
    assert [one for one in styles if one[0].startswith("Heading")] == expected
    assert styles[1] == ("Title", "De reis van aanvraag tot besluit")


def test_tables_repeat_their_head_and_pictures_are_described(data: bytes) -> None:
    document = Document(io.BytesIO(data))
    assert all(table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None for table in document.tables)
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert len(described) == 9
    assert described[1] == "De stap, N = 16: 1 negatief, 8 neutraal, 7 positief."


def test_it_is_dutch_and_has_a_title(data: bytes) -> None:
    core = Document(io.BytesIO(data)).core_properties
    assert core.language == "nl-NL"
    assert core.title == "De reis van aanvraag tot besluit – Haarlem 2016"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert 'w:lang w:val="nl-NL"' in parts.read("word/styles.xml").decode()


@pytest.mark.parametrize(
    "text", ["Blij 😀", "كان الموظف لطيفا", "a\x00b\x0bc\ud800d", "x" * 5000, "één\n\ntwee", ""]
)
def test_any_words_can_stand_in_it(report_of: Callable[[str], Content], text: str) -> None:
    section = Section("quotes", "Citaten", 1, (Words((text, None)), Paragraph(text)))
    made = make_docx(replace(report_of("manager"), sections=(section,)), NOW)
    said = "\n".join(one.text for one in Document(io.BytesIO(made)).paragraphs)
    assert "Dit citaat is ingetrokken." in said
    assert not text or text[0] in said


def test_right_to_left_words_run_that_way(report_of: Callable[[str], Content]) -> None:
    section = Section("quotes", "Citaten", 1, (Words(("كان الموظف لطيفا",)),))
    made = make_docx(replace(report_of("manager"), sections=(section,)), NOW)
    quote = next(one for one in Document(io.BytesIO(made)).paragraphs if "الموظف" in one.text)
    assert quote._p.pPr.find(qn("w:bidi")) is not None
