"""The formats: what opens them reads the same, with labels, types and what is missing."""

from __future__ import annotations

import json
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pyreadstat
import pytest
from python_calamine import CalamineWorkbook

from journey.export.service import Order, write_export
from journey.models import Study
from journey.progress.service import NewSuspension, record_extension, record_suspension
from journey.rating.service import NewRating, record_rating
from journey.rules.errors import DomainError, Invalid
from journey.work import Work
from tests.export.conftest import make, read_csv
from tests.export.test_cells import FORMULAS
from tests.report.cases import close, days_before, lived, rate
from tests.support.build import build_participant

XES_TYPES = {"string", "date", "int", "boolean"}


@pytest.fixture
def hostile(work: Work, study: Study) -> Study:
    """A study in which every formula we know was said by somebody."""
    for words in FORMULAS:
        person = build_participant(work, study)
        record_rating(
            work, person, NewRating("cv", "step", "negative", "call", quote=words.replace("\0", ""))
        )
    return study


def test_no_cell_of_a_csv_is_a_formula_however_it_is_split(
    work: Work, hostile: Study, tmp_path: Path
) -> None:
    made = make(work, hostile, tmp_path, "answers", "csv")
    text = made.paths[0].read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == len(FORMULAS) + 1
    for line in text.splitlines():
        cells = line.removeprefix('"').removesuffix('"').split('";"')
        assert not any(
            cell.lstrip(" '\"").startswith(tuple("=+-@")) and not cell.startswith("'") for cell in cells
        )
    assert all(row["quote"].startswith("'") for row in read_csv(made.paths[0]))


def test_no_cell_of_a_workbook_is_a_formula_and_words_stay_words(
    work: Work, hostile: Study, tmp_path: Path
) -> None:
    [path] = make(work, hostile, tmp_path, "answers", "xlsx").paths
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name]
        assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
        assert 'quotePrefix="1"' in parts.read("xl/styles.xml").decode()
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("answers").to_python()
    said = {row[head.index("quote")] for row in rows}
    assert "=1+1" in said
    assert "-2+3+cmd|' /C calc'!A0" in said


def test_negative_numbers_stay_numbers(work: Work, study: Study, tmp_path: Path) -> None:
    person = build_participant(work, study)
    lived(work, study, steps={"cv": 5}, person=person)
    record_rating(work, person, NewRating("cv", "step", "neutral", "call"))
    made = make(work, study, tmp_path, "answers", "csv")
    [row] = read_csv(made.paths[0])
    assert row["recall_lag"] == "5"
    from journey.export.csv_file import _cell

    assert _cell(-3, ";") == "-3"


def test_a_csv_opens_in_a_dutch_spreadsheet(work: Work, study: Study, tmp_path: Path) -> None:
    close(work, build_participant(work, study), "6.5")
    made = make(work, study, tmp_path, "answers", "csv")
    assert made.paths[0].read_bytes().startswith(b"\xef\xbb\xbf")
    assert [path.name for path in made.paths] == [
        "answers.csv",
        "answers-closing.csv",
        "answers-dictionary.csv",
        "answers-about.csv",
    ]
    assert read_csv(made.paths[1])[0]["grade"] == "6,5"


def test_every_variable_is_in_the_dictionary(work: Work, study: Study, tmp_path: Path) -> None:
    for content in ("answers", "journeys", "figures"):
        data, *others, words, _about = make(work, study, tmp_path, content, "csv").paths
        described = {(row["table"], row["variable"]) for row in read_csv(words) if row["label"]}
        for path in (data, *others):
            table = path.stem.removeprefix(f"{content}-")
            head = path.read_text(encoding="utf-8-sig").splitlines()[0].strip('"').split('";"')
            assert {(table, name) for name in head} <= described, table


def test_a_workbook_has_real_dates_and_says_where_it_comes_from(
    work: Work, study: Study, tmp_path: Path
) -> None:
    rate(work, build_participant(work, study))
    [path] = make(work, study, tmp_path, "answers", "xlsx").paths
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["answers", "closing", "dictionary", "about"]
    head, row = book.get_sheet_by_name("answers").to_python()
    assert row[head.index("answered_on")] == date(2026, 11, 20)
    about = dict(book.get_sheet_by_name("about").to_python()[1:])
    assert about["Doel"] == "jaarverslag"
    assert "haarlem-test" in about["Onderzoek"]


def test_spss_reads_labels_missing_values_and_dates(work: Work, study: Study, tmp_path: Path) -> None:
    values = ("negative", "positive", "not_applicable", "no_answer")
    for value in values:
        rate(work, build_participant(work, study), value=value)
    path = make(work, study, tmp_path, "answers", "sav").paths[0]
    data, meta = pyreadstat.read_sav(path, user_missing=True, output_format="dict")
    assert sorted(data["value"]) == [1, 3, 98, 99]
    assert meta.variable_value_labels["value"] == {
        1: "negatief",
        2: "neutraal",
        3: "positief",
        98: "niet van toepassing",
        99: "geen antwoord",
    }
    assert meta.missing_ranges["value"] == [{"lo": 98, "hi": 98}, {"lo": 99, "hi": 99}]
    assert meta.column_names_to_labels["value"] == "Oordeel"
    assert (meta.variable_measure["value"], meta.variable_measure["step"]) == ("ordinal", "nominal")
    assert set(data["answered_on"]) == {date(2026, 11, 20)}
    without, _meta = pyreadstat.read_sav(path, output_format="dict")
    assert sum(one is not None and one == one for one in without["value"]) == 2


def test_spss_takes_an_empty_study_and_the_longest_words(work: Work, study: Study, tmp_path: Path) -> None:
    for content in ("answers", "journeys", "figures"):
        for path in make(work, study, tmp_path, content, "sav").paths:
            pyreadstat.read_sav(path, output_format="dict")
    words = "é" * 5000
    record_rating(
        work, build_participant(work, study), NewRating("cv", "step", "neutral", "call", quote=words)
    )
    data, _meta = pyreadstat.read_sav(
        make(work, study, tmp_path, "answers", "sav").paths[0], output_format="dict"
    )
    assert list(data["quote"]) == [words]


def test_without_the_libraries_for_spss_one_sentence_says_so(
    work: Work, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(Invalid, match="installeer journey"):
        make(work, study, tmp_path, "answers", "sav")


def test_an_event_log_holds_to_the_standard(work: Work, study: Study, tmp_path: Path) -> None:
    journey = lived(work, study, steps={"werkplein": 75, "cv": 74}, received=70, sent=5, reference="zaak-1")
    pause = NewSuspension("1a", invited_on=days_before(60), term=days_before(46), supplied_on=days_before(50))
    record_suspension(work, journey, pause, source="import")
    record_extension(work, journey, days_before(20), days_before(1), source="import")
    lived(work, study, reference="zaak-2")
    [path] = make(work, study, tmp_path, "journeys", "xes").paths
    log = ElementTree.parse(path).getroot()  # noqa: S314
    assert {one.get("prefix") for one in log.findall("extension")} == {"concept", "time", "lifecycle"}
    assert {one.get("scope") for one in log.findall("global")} == {"trace", "event"}
    assert {one.tag for one in log} == {"extension", "global", "classifier", "string", "trace"}
    traces = log.findall("trace")
    assert len(traces) == 2
    for one in log.iter("trace"):
        assert {part.tag for part in one} <= XES_TYPES | {"event"}
        for event in one.findall("event"):
            keys = [attribute.get("key") for attribute in event]
            assert {"concept:name", "lifecycle:transition", "time:timestamp"} <= set(keys)
            assert len(keys) == len(set(keys))
            assert {attribute.tag for attribute in event} <= XES_TYPES
    moments = [_told(event) for one in traces for event in one.findall("event")]
    assert [(name, transition, day) for name, transition, day in moments] == [
        ("werkplein", "complete", days_before(75)),
        ("cv", "complete", days_before(74)),
        ("application", "complete", days_before(70)),
        ("suspension", "suspend", days_before(59)),
        ("suspension", "resume", days_before(50)),
        ("extension", "complete", days_before(20)),
        ("decision", "complete", days_before(5)),
    ]


def _told(event: ElementTree.Element) -> tuple[str | None, str | None, date]:
    found = {part.get("key"): part.get("value") for part in event}
    moment = datetime.fromisoformat(found["time:timestamp"] or "")
    assert moment.utcoffset() == timedelta(0)
    assert (moment.hour, moment.minute) == (12, 0)  # the same day in Amsterdam, whole days across summer time
    return found["concept:name"], found["lifecycle:transition"], moment.date()


def test_json_holds_the_same_with_what_it_means(work: Work, study: Study, tmp_path: Path) -> None:
    person = build_participant(work, study)
    rate(work, person, value="positive")
    close(work, person, "6.5")
    [path] = make(work, study, tmp_path, "answers", "json").paths
    found = json.loads(path.read_text())
    assert found["about"]["purpose"] == "jaarverslag"
    assert found["tables"]["answers"][0]["value"] == "positive"
    assert found["tables"]["closing"][0]["grade"] == 6.5
    [variable] = [one for one in found["variables"]["answers"] if one["name"] == "value"]
    assert variable["missing"] == ["not_applicable", "no_answer"]


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (Order("answers", "xes", "doel"), "format"),
        (Order("figures", "xes", "doel"), "format"),
        (Order("answers", "doc", "doel"), "format"),
        (Order("people", "csv", "doel"), "content"),
        (Order("answers", "csv", "  "), "purpose"),
        (Order("answers", "csv", "x" * 301), "purpose"),
        (Order("answers", "csv", "doel", "pipe"), "separator"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    work: Work, study: Study, tmp_path: Path, order: Order, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        write_export(work, study, order, tmp_path / "x")
    assert refused.value.field == field
    assert not (tmp_path / "x").exists()
