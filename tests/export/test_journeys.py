"""Journeys without persons: nothing a manager gets depends on who takes part."""

from __future__ import annotations

from pathlib import Path

import pytest

from journey.consent.service import withdraw_participant
from journey.export.service import Order, write_export
from journey.models import Study
from journey.progress.service import NewSuspension, record_suspension
from journey.recruitment.queries import recruitment_counts
from journey.report.queries import lead_times
from journey.rules.errors import Forbidden
from journey.work import Work
from tests.export.conftest import Export, make, read_csv
from tests.report.cases import days_before, lived, rate
from tests.support.build import build_participant, get_study_by


def test_a_manager_gets_byte_for_byte_the_same_whoever_takes_part(
    work: Work, study: Study, tmp_path: Path
) -> None:
    for number in range(5):
        lived(work, study, steps={"werkplein": 80}, received=70, sent=20 + number, reference=f"zaak-{number}")
    files = {}
    for moment in ("before", "after", "stopped", "erased"):
        if moment == "after":
            person = build_participant(work, study)
            lived(work, study, steps={"werkplein": 90, "cv": 88}, received=60, sent=2, person=person)
            rate(work, person)
        elif moment != "before":
            withdraw_participant(work, person, {"stopped": "stop", "erased": "erase"}[moment])
        for kind in ("csv", "json", "xes"):
            made = make(work, study, tmp_path, "journeys", kind, "manager")
            files[moment, kind] = [path.read_bytes() for path in made.paths]
    for kind in ("csv", "json", "xes"):
        assert (
            files["before", kind] == files["after", kind] == files["stopped", kind] == files["erased", kind]
        )


def test_the_key_of_the_case_system_and_the_code_of_a_person_are_nowhere(
    work: Work, study: Study, tmp_path: Path
) -> None:
    person = build_participant(work, study)
    lived(work, study, steps={"cv": 50}, person=person)
    lived(work, study, received=70, reference="zaak-geheim")
    for role in ("manager", "researcher"):
        for kind in ("csv", "json", "xes"):
            made = make(work, study, tmp_path, "journeys", kind, role)
            text = "".join(path.read_text(encoding="utf-8-sig") for path in made.paths)
            assert "zaak-geheim" not in text
            assert person.code not in text


def test_journeys_stand_in_no_order_of_coming_and_those_of_participants_apart(
    work: Work, study: Study, export: Export
) -> None:
    journeys = [lived(work, study, received=70, reference=f"zaak-{number}") for number in range(30)]
    lived(work, study, received=60, person=build_participant(work, study))
    names = [row["journey"] for row in export(study, "journeys")]
    own = [row["journey"] for row in export(study, "participants")]
    assert (len(set(names)), len(own), set(names) & set(own)) == (len(journeys), 1, set())
    assert names == sorted(names)
    assert names == [row["journey"] for row in export(study, "journeys")]


def test_a_manager_has_no_journeys_of_participants(work: Work, study: Study, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        make(work, study, tmp_path, "participants", "csv", "manager")


def test_as_many_ended_as_on_the_page_of_2016(cohort: Work, tmp_path: Path) -> None:
    study = get_study_by(cohort, "haarlem-2016")
    made = write_export(cohort, study, Order("journeys", "csv", "controle"), tmp_path / "j.csv")
    rows, seen = read_csv(made.paths[0]), lead_times(cohort, study)
    for name in ("gate", "application", "application_net", "total", "total_without_wait"):
        days = [int(row[f"{name}_days"]) for row in rows if row[f"{name}_days"]]
        page = getattr(seen, name)
        assert (len(days), max(days)) == (page.n, page.max), name
    assert len(rows) == recruitment_counts(cohort, study).population


def test_of_who_set_aside_nothing_from_that_step_on_is_there(
    work: Work, study: Study, export: Export, tmp_path: Path
) -> None:
    person = build_participant(work, study)
    lived(work, study, steps={"cv": 60, "workshop": 50}, received=40, sent=10, person=person)
    withdraw_participant(work, person, "from_step", "workshop")
    [row] = export(study, "participants")
    assert row["step_cv"] == days_before(60).isoformat()
    for name in (
        "step_workshop",
        "step_aanvraag",
        "received_on",
        "sent_on",
        "outcome",
        "last_day",
        "total_days",
    ):
        assert row[name] == "", name
    log = make(work, study, tmp_path, "participants", "xes").paths[0].read_text()
    assert 'value="cv"' in log
    assert 'value="workshop"' not in log
    assert 'value="decision"' not in log


def test_a_suspension_has_the_days_that_the_clock_stood_still(
    work: Work, study: Study, export: Export
) -> None:
    journey = lived(work, study, received=70, reference="zaak-1")
    asked, term, supplied = days_before(60), days_before(46), days_before(50)
    record_suspension(
        work, journey, NewSuspension("1a", invited_on=asked, term=term, supplied_on=supplied), source="import"
    )
    [row] = export(study, "journeys", "suspensions")
    assert (row["ground"], row["first_day"], row["last_day"]) == (
        "1a",
        days_before(59).isoformat(),
        days_before(51).isoformat(),
    )
    assert export(study, "journeys")[0]["suspended_days"] == "9"
