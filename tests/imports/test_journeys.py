"""Journeys of a case system: what a preview says, that it comes true whole or not at all, and betrays nobody."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import func, select

from journey.imports.plan import Plan
from journey.imports.service import ImportRefused, faults_file
from journey.models import Application, ImportRun, Journey, LeadTimeCount, Participant, Progress, Study
from journey.progress.beside import list_beside
from journey.progress.bulk import record_new_statements
from journey.progress.queries import Facts, get_facts
from journey.progress.service import record_application, record_step
from journey.progress.statement import Statement, record_statement
from journey.progress.summary import rebuild_summaries
from journey.route.queries import list_definitions, newest_versions
from journey.seeding.journeys import invent_journeys
from journey.work import House, Work
from tests.imports.conftest import (
    HEADER,
    ROW,
    csv_file,
    journey_of,
    look,
    said,
    take_in,
    xlsx_file,
)
from tests.support.build import build_participant, get_study_by


def counts(plan: Plan) -> tuple[int, int, int, int]:
    return tuple(plan.count(one) for one in ("error", "new", "changed", "unchanged"))  # type: ignore[arg-type,return-value]


def test_a_new_journey_gets_its_facts(inside: House) -> None:
    take_in(inside, csv_file(HEADER, ROW))
    with inside.work(write=False) as work:
        facts = get_facts(work, journey_of(work, "Z-1"))
    assert [(row.step, row.happened_on) for row in facts.progress] == [
        ("werkplein", date(2026, 2, 5)),
        ("workshop", date(2026, 2, 12)),
    ]
    assert (facts.application.received_on, facts.decision.outcome) == (date(2026, 2, 16), "granted")  # type: ignore[union-attr]


def test_a_preview_records_nothing(inside: House) -> None:
    assert counts(look(inside, csv_file(HEADER, ROW))) == (0, 1, 0, 0)
    with inside.work(write=False) as work:
        assert work.session.exec(select(func.count()).select_from(Journey)).one() == 0


def test_a_second_run_changes_nothing(inside: House) -> None:
    take_in(inside, csv_file(HEADER, ROW))
    assert counts(take_in(inside, csv_file(HEADER, ROW))) == (0, 0, 0, 1)
    with inside.work(write=False) as work:
        assert work.session.exec(select(func.count()).select_from(Progress)).one() == 2
        assert len(work.session.exec(select(ImportRun)).all()) == 2


def test_a_change_says_what_the_file_before_said(inside: House) -> None:
    take_in(inside, csv_file(HEADER, ROW))
    later = csv_file(HEADER, ROW.replace("2026-02-16", "17-2-2026"))
    assert look(inside, later).lines[0].changes == (("aanvraag ontvangen", "16-2-2026", "17-2-2026"),)
    take_in(inside, later)
    with inside.work(write=False) as work:
        assert get_facts(work, journey_of(work, "Z-1")).application.received_on == date(2026, 2, 17)  # type: ignore[union-attr]


def test_an_empty_cell_says_nothing(inside: House) -> None:
    take_in(inside, csv_file(HEADER, ROW))
    assert counts(look(inside, csv_file("kenmerk,route,gemeld op", "Z-1,27plus,"))) == (0, 0, 0, 1)


def test_one_wrong_row_keeps_everything_out(inside: House) -> None:
    wrong = ROW.replace("Z-1", "Z-2").replace("2026-03-12", "2026-02-10")
    with pytest.raises(ImportRefused):
        take_in(inside, csv_file(HEADER, ROW, wrong))
    with inside.work(write=False) as work:
        assert work.session.exec(select(func.count()).select_from(Journey)).one() == 0


def test_a_commit_that_fails_leaves_nothing(inside: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("journey.progress.summary.summarise", fail)
    with pytest.raises(RuntimeError):
        take_in(inside, csv_file(HEADER, ROW))
    with inside.work(write=False) as work:
        assert work.session.exec(select(func.count()).select_from(Journey)).one() == 0
        assert not work.session.exec(select(ImportRun)).all()


@pytest.mark.parametrize(
    ("cell", "instead", "sentence"),
    [
        ("27plus", "kookles", "rij 2, kolom B (route): Dit kennen we niet. Kies uit: 27plus"),
        ("2026-02-16", "46112x", "rij 2, kolom D (aanvraag ontvangen): Dit is geen datum."),
        ("2026-02-16", "2062-02-16", "rij 2, kolom D (aanvraag ontvangen): De datum "),
        ("toegekend", "misschien", "rij 2, kolom F (uitkomst): Dit kennen we niet."),
        ("toegekend", "", "rij 2, kolom F (uitkomst): Een besluit heeft een dag"),
        ("2026-03-12", "2026-02-10", "rij 2, kolom E (besluit verzonden): Het besluit kan niet op"),
        ("2026-02-05", "31-2-2026", "rij 2, kolom G (werkplein): Deze datum bestaat niet."),
        ("Z-1", "", "rij 2, kolom A (kenmerk): Deze cel is leeg."),
    ],
)
def test_a_fault_names_row_column_and_how_to_mend_it(
    inside: House, cell: str, instead: str, sentence: str
) -> None:
    plan = look(inside, csv_file(HEADER, ROW.replace(cell, instead, 1)))
    assert [one for one in said(plan) if one.startswith(sentence)], said(plan)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("kenmerk,gemeld op", "De kolom route ontbreekt."),
        ("kenmerk,route,Kenmerk", "kolom C (Kenmerk): Deze kolom staat er twee keer: ook in kolom A."),
        ("kenmerk,route,BSN", "kolom C (BSN): Een BSN bewaren we nooit."),
        ("kenmerk,route,achternaam", "kolom C (achternaam): In een bestand met reizen horen geen personen."),
    ],
)
def test_columns_that_cannot_be_stop_the_file(inside: House, header: str, sentence: str) -> None:
    plan = look(inside, csv_file(header, ",".join(["Z-1", "27plus", "x"][: header.count(",") + 1])))
    assert [one for one in said(plan) if sentence in one], said(plan)


def test_numbers_of_citizens_are_no_references(inside: House) -> None:
    plan = look(inside, csv_file("kenmerk,route", "111222333,27plus", "123456782,27plus"))
    assert len([one for one in said(plan) if "Dit is een BSN" in one]) == 2


def test_unknown_columns_are_skipped_and_told(inside: House) -> None:
    plan = look(inside, csv_file("kenmerk,route,behandelteam", "Z-1,27plus,noord"))
    assert plan.ok
    assert "behandelteam" in plan.notes[0]


def test_a_step_of_another_route_is_refused_at_its_column(inside: House) -> None:
    plan = look(inside, csv_file("kenmerk,route,leerplein", "Z-1,27plus,2026-02-05"))
    assert said(plan) == ["rij 2, kolom C (leerplein): De stap leerplein hoort niet bij route 27plus."]


def test_the_same_reference_twice_is_refused(inside: House) -> None:
    plan = look(inside, csv_file(HEADER, ROW, ROW))
    assert said(plan) == ["rij 3, kolom A (kenmerk): Dit kenmerk staat ook in rij 2. Houd één rij over."]


def test_suspensions_steps_that_repeat_and_states(inside: House) -> None:
    header = (
        "kenmerk,route,cv,workshop:toestand,aanvraag ontvangen,opschorting1_grond,opschorting1_gevraagd_op"
    )
    header += ",opschorting1_termijn,suspension2_ground,suspension2_from,suspension2_to"
    row = "Z-1,27plus,1-2-2026 | 3-2-2026,maatwerk,10-2-2026,1a,12-2-2026,26-2-2026,2b,1-3-2026,3-3-2026"
    take_in(inside, csv_file(header, row))
    with inside.work(write=False) as work:
        facts = get_facts(work, journey_of(work, "Z-1"))
    assert [(one.step, one.state, one.category) for one in facts.progress] == [
        ("cv", "done", ""),
        ("cv", "done", ""),
        ("workshop", "bypassed", "other"),
    ]
    assert [(one.ground, one.term or one.to_on) for one in facts.suspensions] == [
        ("1a", date(2026, 2, 26)),
        ("2b", date(2026, 3, 3)),
    ]


def test_a_date_of_another_ground_is_refused_at_its_column(inside: House) -> None:
    header = "kenmerk,route,opschorting1 grond,opschorting1 gevraagd op,opschorting1 tot"
    plan = look(inside, csv_file(header, "Z-1,27plus,1a,2026-02-12,2026-02-20"))
    assert said(plan) == ["rij 2, kolom E (opschorting1 tot): Deze datum hoort niet bij grond 1a."]


def test_a_long_file_has_a_row_per_step(inside: House) -> None:
    rows = [
        ["Kenmerk", "Route", "Stap", "Datum", "Toestand"],
        ["Z-1", "27plus", "werkplein", date(2026, 2, 5), ""],
        ["Z-1", "27plus", "cv", date(2026, 2, 6), ""],
        ["Z-2", "jongeren", "leerplein", date(2026, 2, 6), "overgeslagen"],
    ]
    plan = take_in(inside, xlsx_file(rows))
    assert counts(plan) == (0, 2, 0, 0)
    with inside.work(write=False) as work:
        assert [one.step for one in get_facts(work, journey_of(work, "Z-1")).progress] == ["werkplein", "cv"]


def test_a_long_file_with_an_unknown_step_or_the_same_row_twice(inside: House) -> None:
    row = "Z-1,27plus,cv,2026-02-05"
    plan = look(inside, csv_file("kenmerk,route,stap,datum", row, row, "Z-1,27plus,kookles,2026-02-05"))
    assert said(plan)[0] == "rij 3, kolom C (stap): Deze rij staat er ook al als rij 2."
    assert said(plan)[1].startswith("rij 4, kolom C (stap): De stap kennen we niet. Kies uit: werk-nl, cv")


def test_a_decision_before_the_receipt_of_an_earlier_file(inside: House) -> None:
    take_in(inside, csv_file("kenmerk,route,aanvraag ontvangen", "Z-1,27plus,2026-02-16"))
    plan = look(
        inside, csv_file("kenmerk,route,besluit verzonden,uitkomst", "Z-1,27plus,2026-02-10,toegekend")
    )
    assert [one for one in said(plan) if "Samen met een eerder bestand" in one]


def test_a_new_municipality_is_told(inside: House) -> None:
    plan = look(inside, csv_file("kenmerk,route,gemeente", "Z-1,27plus,Zandvoort", "Z-2,27plus,haarlem"))
    assert plan.notes == ["Nieuwe gemeenten, die we aanmaken: Zandvoort. Klopt de naam?"]


def test_the_file_of_faults_holds_no_formula(inside: House) -> None:
    plan = look(inside, csv_file("kenmerk,route,cv", "Z-1,27plus,=1+1"))
    assert '"\'=1+1"' in faults_file(plan.all_faults)


# --- nobody is betrayed -------------------------------------------------------------------------------


def _follow(house: House, reference: str) -> None:
    """The journey with this reference is of somebody, who told us other days than the case system."""
    with house.work() as work:
        study = get_study_by(work, "haarlem-test")
        person = build_participant(work, study)
        journey = journey_of(work, reference)
        person.journey_id = journey.id
        work.session.add(person)
        work.session.flush()
        record_application(work, journey, date(2026, 2, 25), source="letter")
        record_step(work, journey, "workshop", date(2026, 2, 26), source="call")


@pytest.mark.parametrize(
    ("old", "new"),
    [("2026-02-16", "2026-02-16"), ("2026-02-16", "2026-02-25"), ("2026-03-12", "2026-02-20")],
)
def test_a_preview_and_an_import_are_the_same_whoever_takes_part(inside: House, old: str, new: str) -> None:
    first = csv_file(HEADER, ROW, ROW.replace("Z-1", "Z-2"))
    take_in(inside, first)
    _follow(inside, "Z-2")
    changed = ROW.replace(old, new)
    second = csv_file(HEADER, changed, changed.replace("Z-1", "Z-2"))
    for step in (look, take_in, look):
        one, other = step(inside, second).lines
        assert (one.status, one.changes, one.notes) == (other.status, other.changes, other.notes)


def test_what_a_letter_said_is_not_overwritten(inside: House) -> None:
    take_in(inside, csv_file(HEADER, ROW))
    _follow(inside, "Z-1")
    take_in(inside, csv_file(HEADER, ROW))
    with inside.work(write=False) as work:
        journey = journey_of(work, "Z-1")
        assert get_facts(work, journey).application.received_on == date(2026, 2, 25)  # type: ignore[union-attr]
        assert [one.received_on for one in list_beside(work, Application, journey.id)] == [date(2026, 2, 16)]


def test_an_import_touches_no_participant(inside: House) -> None:
    with inside.work() as work:
        build_participant(work, get_study_by(work, "haarlem-test"))
    take_in(inside, csv_file(HEADER, ROW))
    with inside.work(write=False) as work:
        person = work.session.exec(select(Participant)).one()
        assert work.session.get_one(Journey, person.journey_id).reference is None


# --- in bulk ------------------------------------------------------------------------------------------


def test_many_at_once_gives_the_rows_that_one_by_one_gives(inside: House) -> None:
    with inside.work() as work:
        study = get_study_by(work, "haarlem-test")
        routes = list_definitions(work, study)
        since, until = study.starts_on, work.today - timedelta(days=1)
        made = list(invent_journeys(60, routes, ("Haarlem",), since, until, Random(4)))
        versions = newest_versions(work, study)
        for one in made:
            record_statement(work, study, one)
        one_by_one = [_shown(work, study, one) for one in made]
        other = get_study_by(work, "haarlem-test")
        renamed = [_renamed(one) for one in made]
        record_new_statements(work, other, renamed, versions, {"Haarlem": study.municipality_id})
        assert [_shown(work, study, one) for one in renamed] == one_by_one


def test_lead_times_follow_from_an_import(inside: House) -> None:
    take_in(inside, csv_file(HEADER, ROW, ROW.replace("Z-1", "Z-2").replace("2026-03-12", "2026-03-09")))
    with inside.work() as work:
        kept = _counted(work)
        rebuild_summaries(work.session, get_study_by(work, "haarlem-test"))
        assert kept == _counted(work) != []


def _renamed(one: Statement) -> Statement:
    return Statement(**{**vars(one), "reference": f"B-{one.reference}"})


def _shown(work: Work, study: Study, one: Statement) -> Any:
    facts: Facts = get_facts(work, journey_of(work, one.reference))
    away = {"id", "journey_id", "corrects_id"}
    rows = [
        facts.melding,
        facts.application,
        facts.decision,
        facts.departure,
        *facts.progress,
        *facts.suspensions,
    ]
    return sorted(str(row.model_dump(exclude=away)) for row in rows if row is not None)


def _counted(work: Work) -> list[Any]:
    rows = work.session.exec(select(LeadTimeCount)).all()
    return sorted(
        (row.measure, row.state, row.value, row.month, row.bypassed, row.route, row.n) for row in rows
    )
