"""The report of 2016 holds the numbers that were published, the same in every form."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from journey.document.content import Bar, Bars, Content
from journey.document.page import make_html
from journey.document.pdf import make_pdf
from journey.document.word import make_docx
from journey.resources import folder
from tests.document.reading import docx_text, html_text, numbers, pdf_text

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PUBLISHED = tomllib.loads((folder("seeds") / "haarlem-2016" / "published.toml").read_text(encoding="utf-8"))
ReportOf = Callable[[str], Content]


def bar_of(content: Content, step: str, subject: str) -> Bar:
    figures = [block for block in content.blocks() if isinstance(block, Bars)]
    return next(
        bar
        for figure in figures
        if figure.step == step and figure.route == "27plus"
        for bar in figure.bars
        if bar.subject == subject
    )


def bars_of_statements(content: Content) -> list[Bar]:
    figures = [block for block in content.blocks() if isinstance(block, Bars)]
    return [bar for figure in figures for bar in figure.bars if bar.subject == "statement"]


def all_text(content: Content) -> str:
    return html_text(make_html(content), described=False)


@pytest.mark.parametrize("audience", ["manager", "research"])
@pytest.mark.parametrize("figure", PUBLISHED["figures"], ids=lambda one: f"{one['step']}-{one['subject']}")
def test_every_figure_has_the_published_counts(
    report_of: ReportOf, audience: str, figure: dict[str, int]
) -> None:
    bar = bar_of(report_of(audience), str(figure["step"]), str(figure["subject"]))
    assert bar.asked == figure["n"]
    for name in ("negative", "neutral", "positive"):
        if name in figure:
            assert getattr(bar, name) == figure[name]


def test_what_was_printed_in_words_is_said_in_the_same_words(report_of: ReportOf) -> None:
    text = all_text(report_of("manager"))
    assert text.count("Ongeveer een derde (5) is positief") >= 2


def test_the_grade_and_the_statements_are_those_of_2016(report_of: ReportOf) -> None:
    text = all_text(report_of("manager"))
    assert "gemiddeld een 6,1" in text
    assert "Er waren 18 eindgesprekken. Een derde (6 van de 18) gaf een 7 of hoger." in text
    assert (
        "Ruim de helft (10 van de 18) is het eens met de stelling ‘De medewerkers waren vriendelijk’." in text
    )
    assert (
        "Het minst vaak zijn mensen het eens met: ‘De medewerkers begrepen mijn situatie’ (6 van de 18)."
        in text
    )
    agreed = {bar.label: bar.positive for bar in bars_of_statements(report_of("manager"))}
    assert agreed["De medewerkers wisten waar ze het over hadden"] == 9


def test_the_lead_times_are_those_of_2016(report_of: ReportOf) -> None:
    text = all_text(report_of("manager"))
    assert "tot de workshop duurt het gemiddeld 11 dagen" in text
    assert "het langste tot nu toe duurde 26 dagen" in text
    assert "tot het besluit duurt het gemiddeld 36 dagen" in text


def test_a_lower_n_is_explained(report_of: ReportOf) -> None:
    text = all_text(report_of("manager"))
    assert "Gegevens van één deelnemer mogen niet worden gebruikt." in text
    assert "Twee deelnemers hoefden deze stap niet te doen." in text


def test_managers_read_why_young_people_are_not_shown_and_nothing_else_of_them(report_of: ReportOf) -> None:
    content = report_of("manager")
    young = [section for section in content.sections if "jongeren" in section.id]
    assert [section.id for section in young] == ["route-jongeren"]
    assert "Minder dan 10 antwoorden" in str(young[0].blocks)
    assert not any(isinstance(block, Bars) for block in young[0].blocks)


def test_researchers_read_the_young_people_apart(report_of: ReportOf) -> None:
    content = report_of("research")
    order = [section.id for section in content.sections if section.level == 1]
    assert order.index("route-jongeren") > order.index("closing") > order.index("route-27plus")
    assert any(isinstance(block, Bars) and block.route == "jongeren" for block in content.blocks())


@pytest.mark.parametrize("audience", ["manager", "research"])
def test_pdf_shows_the_same_numbers_as_html(report_of: ReportOf, audience: str) -> None:
    content = report_of(audience)
    found = numbers(pdf_text(make_pdf(content, NOW)))
    expected = numbers(html_text(make_html(content), described=False))
    assert expected - found == {}
    # The head of a table is repeated on the next page.
    assert set(found - expected) <= {"90", "100"}


@pytest.mark.parametrize("audience", ["manager", "research"])
def test_word_shows_the_same_numbers_as_html(report_of: ReportOf, audience: str) -> None:
    content = report_of(audience)
    assert numbers(docx_text(make_docx(content, NOW))) == numbers(
        html_text(make_html(content), described=True)
    )


def test_a_report_survives_being_kept_as_json(report_of: ReportOf) -> None:
    content = report_of("research")
    assert Content.from_json(content.to_json()) == content
