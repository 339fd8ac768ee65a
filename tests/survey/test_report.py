"""The report of a survey: sentences that follow from numbers, in every format."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from docx import Document
from pypdf import PdfReader

from journey.auth.scope import get_study
from journey.document.files import make_file
from journey.document.service import open_report, read_report, record_snapshot
from journey.document.texts import list_sections, record_text
from journey.report.service import publish_batch
from tests.survey.conftest import STRATA, Surveys


@pytest.fixture
def published(of_2022: Surveys) -> Surveys:
    with of_2022.house.work() as work:
        for code in STRATA:
            publish_batch(work, get_study(work, code))
    return of_2022


def texts(surveys: Surveys, code: str = "participatiewet-2022", audience: str = "manager") -> dict[str, str]:
    """Section to all its words."""
    with surveys.house.work() as work:
        content = open_report(work, study := get_study(work, code), read_report(work, study, audience))  # type: ignore[arg-type]
    return {one.id: f"{one.title} {one.blocks!r}" for one in content.sections}


def test_chapters_stand_in_the_order_of_the_printed_report(published: Surveys) -> None:
    assert list(texts(published)) == [
        "summary",
        "method",
        *(
            f"section-{one}"
            for one in [
                "general",
                "intake",
                "track",
                "work",
                "staff",
                "reach",
                "information",
                "background",
                "points",
            ]
        ),
        "changed",
        "unit-hengelo",
        "unit-haaksbergen",
        "unit-borne",
    ]


def test_the_summary_says_only_what_is_proven(published: Surveys) -> None:
    summary = texts(published)["summary"]
    assert "389 van de 2.300" in summary and "‘Wisselen vaak’" in summary
    assert "Hebben vooroordelen" not in summary and "Hoger" not in summary


def test_the_method_tells_what_the_printed_report_forgot(published: Surveys) -> None:
    method = texts(published)["method"]
    for words in ("RR1", "7,59, niet 7,61", "Holm", "hoogstens 3.244", "indicatief", "minder dan 10"):
        assert words in method, words
    staff = texts(published)["section-staff"]
    assert "Geen aantoonbaar verschil met de referentiegroep: ‘Hebben vooroordelen’" in staff
    assert "Lager dan de referentiegroep: ‘Wisselen vaak’, ‘Te veel nadruk op plichten’" in staff


def test_an_appendix_per_unit_has_its_earlier_years(published: Surveys) -> None:
    assert "2010" in texts(published)["unit-hengelo"] and "2010" not in texts(published)["unit-borne"]
    minima = texts(published, "minima-2022")
    assert "weggelaten" in minima["unit-borne"]
    assert "groep niet bekend" in minima["method"]


def test_small_groups_are_in_the_report_of_researchers_only(published: Surveys) -> None:
    for audience, there in (("research", True), ("manager", False)):
        borne = texts(published, "minima-2022", audience)["unit-borne"]
        assert ("Cijfer: individuele inkomenstoeslag" in borne) is there


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_every_format_holds_it(published: Surveys, kind: str) -> None:
    with published.house.work() as work:
        study = get_study(work, "participatiewet-2022")
        content = open_report(work, study, read_report(work, study, "manager"))
        data = make_file(content, kind, work.now).data  # type: ignore[arg-type]
    if kind == "pdf":
        reader = PdfReader(io.BytesIO(data))
        text = "".join(page.extract_text() for page in reader.pages)
        assert b"pdfuaid" in data or "/MarkInfo" in reader.trailer["/Root"]
    elif kind == "docx":
        document = Document(io.BytesIO(data))
        text = " ".join(one.text for one in document.paragraphs)
    else:
        text = data.decode()
    assert "Wat inwoners vinden" in text and "389 van de 2.300 mensen" in text.replace("\n", " ")


def test_a_researcher_writes_per_section_and_it_is_recorded(published: Surveys) -> None:
    with published.house.work() as work:
        study = get_study(work, "participatiewet-2022")
        assert "section.staff" in [one.section for one in list_sections(work, study)]
        record_text(work, study, "section.staff", "De klachten gaan over wisselingen.", seen=0)
        snapshot = record_snapshot(work, study, "manager")
        assert "wisselingen" in str(snapshot.content) and snapshot.as_of <= work.today + timedelta(days=1)
