"""How a study was done is told by its counts and settings: a study without calls says nothing of calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from journey.document.chapters import Numbering
from journey.document.content import Bar, Section
from journey.document.methods import method_sentences
from journey.document.page import make_html
from journey.document.pdf import make_pdf
from journey.document.service import read_report
from journey.models import Study
from journey.report.batches import Method
from journey.report.missed import MissedGroup, MissedSplit
from journey.resources import folder
from journey.route.definition import load_route
from journey.rules.cadence import CadenceSettings
from journey.work import Work
from tests.document.reading import html_text, pdf_text
from tests.report.cases import TODAY, lived, rated_people, reader

ROUTES = [load_route(folder("seeds") / "routes" / "27plus.toml")]
USUAL = CadenceSettings()


def channels(*groups: tuple[str, int]) -> tuple[MissedSplit, ...]:
    return (MissedSplit("channels", tuple(MissedGroup((key,), None, n, n) for key, n in groups)),)


def said(method: Method, *groups: tuple[str, int], cadence: CadenceSettings = USUAL) -> str:
    return " ".join(method_sentences(ROUTES, cadence, method, channels(*groups)))


@pytest.mark.parametrize("counts", [None, {}, {"attempts": 0, "interviews": 0}])
def test_without_calls_nobody_is_said_to_have_called(counts: dict[str, int] | None) -> None:
    text = said(Method(counts), ("sms", 12), ("paper", 3))
    assert "Deelnemers deden mee per sms (12) en op papier (3)." in text
    assert "bel" not in text.replace("oordeel", "")


def test_calls_are_counted_and_the_rhythm_is_that_of_the_study() -> None:
    rhythm = replace(USUAL, rest_days=14, attempts_a_round=4)
    text = said(Method({"attempts": 1500, "interviews": 1}), ("call", 1), cadence=rhythm)
    assert "Er waren 1.500 belpogingen en één gesprek." in text
    assert "na 14 dagen weer op de bellijst, voor hoogstens 4 pogingen per keer" in text
    assert "elke week" not in text


def test_channels_that_are_hidden_are_not_named() -> None:
    hidden = (MissedSplit("channels", reason="te weinig"),)
    text = " ".join(method_sentences(ROUTES, USUAL, Method(None), hidden))
    assert "Deelnemers deden mee" not in text


def test_the_report_tells_how_its_own_people_answered(work: Work, study: Study) -> None:
    rated_people(work, study, 3)
    content = read_report(reader(work, "researcher"), study, "research")
    text = str(next(one for one in content.sections if one.id == "method").blocks)
    assert "Deelnemers deden mee aan de telefoon (3)." in text
    assert "belde iedere deelnemer" not in text


def test_a_last_day_in_a_year_without_its_decree_is_warned_of_in_the_report(work: Work, study: Study) -> None:
    study.starts_on = date(2019, 12, 1)
    lived(work, study, received=(TODAY - date(2019, 12, 10)).days, sent=0)
    content = read_report(reader(work, "manager"), study, "manager")
    text = str(next(one for one in content.sections if one.id == "lead-times").blocks)
    assert "Voor 2020 zijn de gelijkgestelde feestdagen niet geladen" in text


def test_numbers_have_their_mark_of_thousands_in_every_form(work: Work, study: Study) -> None:
    bar = Bar("De stap", "step", 15000, 1234, 5000, 8766)
    figure = Numbering().add("Cv", ("negatief", "neutraal", "positief"), [bar])
    empty = read_report(reader(work, "researcher"), study, "research")
    content = replace(empty, sections=(Section("a", "A", 1, (figure,)),))
    assert figure.descriptions == ("De stap, N = 15.000: 1.234 negatief, 5.000 neutraal, 8.766 positief.",)
    html = html_text(make_html(content), described=False)
    assert "15.000" in html and "15000" not in html
    text = pdf_text(make_pdf(content, work.now))
    assert "N = 15.000" in text
    assert "15000" not in text
