"""What researchers write: paragraphs and lists, the latest counts, and nobody overwrites what they did not see."""

from __future__ import annotations

import pytest

from journey.document.content import Items, Paragraph, text_blocks
from journey.document.service import open_report, read_report
from journey.document.texts import get_section, list_sections, record_text
from journey.models import Study
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.work import Work
from tests.report.cases import rated_people


def test_empty_lines_part_paragraphs_and_dashes_make_lists() -> None:
    typed = "Eerste\nregel.\n\nTweede:\n- een\n* twee\n\n\n- drie"
    assert text_blocks(typed) == [
        Paragraph("Eerste regel."),
        Paragraph("Tweede:"),
        Items(("een", "twee")),
        Items(("drie",)),
    ]


@pytest.mark.parametrize("typed", ["", "\n\n \r\n\r\n", "   "])
def test_nothing_typed_is_nothing(typed: str) -> None:
    assert text_blocks(typed) == []


def test_sections_are_in_the_order_of_the_report(work: Work, study: Study) -> None:
    order = [one.section for one in list_sections(work, study)]
    assert order[:3] == ["summary", "introduction", "step.27plus.werk-nl"]
    assert order[-2:] == ["conclusions", "recommendations"]


def test_the_latest_text_counts_and_an_empty_one_takes_the_section_out(work: Work, study: Study) -> None:
    first = record_text(work, study, "conclusions", "Eerst dit.", seen=0)
    assert first is not None
    assert "Eerst dit." in str(open_report(work, study, read_report(work, study, "research")))
    record_text(work, study, "conclusions", "", seen=first.id or 0)
    content = open_report(work, study, read_report(work, study, "research"))
    assert "conclusions" not in [section.id for section in content.sections]


def test_an_old_page_overwrites_nothing(work: Work, study: Study) -> None:
    record_text(work, study, "conclusions", "Van Ria.", seen=0)
    with pytest.raises(Conflict):
        record_text(work, study, "conclusions", "Van Bo.", seen=0)
    section = get_section(work, study, "conclusions")
    assert section.text is not None
    assert section.text.body == "Van Ria."
    assert record_text(work, study, "conclusions", "Van Bo.", seen=section.seen) is not None


def test_the_same_text_again_is_no_new_one(work: Work, study: Study) -> None:
    record_text(work, study, "summary", "Dit.", seen=0)
    assert record_text(work, study, "summary", "Dit. ", seen=0) is None


def test_too_long_and_unknown_are_refused(work: Work, study: Study) -> None:
    with pytest.raises(Invalid):
        record_text(work, study, "summary", "a" * 20001, seen=0)
    with pytest.raises(NotFound):
        record_text(work, study, "step.27plus.elsewhere", "Dit.", seen=0)


def test_a_remark_at_a_step_stands_at_that_step(work: Work, study: Study) -> None:
    rated_people(work, study, 2)
    record_text(work, study, "step.27plus.cv", "Let op het cv.", seen=0)
    content = open_report(work, study, read_report(work, study, "research"))
    step = next(section for section in content.sections if section.id == "step-27plus-cv")
    assert step.blocks[-1] == Paragraph("Let op het cv.")
