"""Journeys without a person: new and again by reference, what a case system may not overwrite, what it never learns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import func, select
from starlette.testclient import TestClient

from journey.models import Application, Decision, Journey, Progress, Suspension
from journey.progress.queries import Facts, get_facts
from journey.progress.service import record_application, record_step
from journey.work import House
from tests.api.conftest import STUDY, Api
from tests.api.test_requests import _at_once, problem

PATH = f"/studies/{STUDY}/journeys"
BODY: dict[str, Any] = {
    "reference": "Z-1",
    "route": "27plus",
    "reported_on": "2026-01-12",
    "facts": [
        {"step": "werkplein", "happened_on": "2026-01-13"},
        {"step": "workshop", "happened_on": "2026-01-26", "state": "done"},
        {"step": "aanvraag", "happened_on": "2026-01-29"},
    ],
    "application": {"received_on": "2026-01-29"},
    "suspensions": [
        {"ground": "1a", "invited_on": "2026-02-02", "term": "2026-02-16", "supplied_on": "2026-02-09"}
    ],
    "decision": {"decided_on": "2026-03-01", "sent_on": "2026-03-02", "outcome": "granted"},
}


def facts(house: House, reference: str = "Z-1") -> Facts:
    with house.work(write=False) as work:
        journey = work.session.exec(select(Journey).where(Journey.reference == reference)).one()
        return get_facts(work, journey)


def days(house: House) -> list[tuple[str, date | None]]:
    return [(row.step, row.happened_on) for row in facts(house).progress]


def count(house: House, table: Any) -> int:
    with house.work(write=False) as work:
        return work.session.exec(select(func.count()).select_from(table)).one()


def test_a_new_reference_makes_a_journey(integrator: Api, house: House) -> None:
    answer = integrator.post(PATH, BODY)
    assert (answer.status_code, answer.json()) == (201, {"reference": "Z-1"})
    known = facts(house)
    assert [row.step for row in known.progress] == ["werkplein", "workshop", "aanvraag"]
    assert known.application and known.application.received_on == date(2026, 1, 29)
    assert known.decision and known.decision.outcome == "granted"
    assert known.melding and known.melding.reported_on == date(2026, 1, 12)
    assert len(known.suspensions) == 1


def test_the_same_statement_again_changes_nothing(integrator: Api, house: House) -> None:
    integrator.post(PATH, BODY)
    before = [count(house, table) for table in (Journey, Progress, Application, Suspension, Decision)]
    answer = integrator.post(PATH, BODY)
    assert (answer.status_code, answer.json()) == (200, {"reference": "Z-1"})
    assert [count(house, table) for table in (Journey, Progress, Application, Suspension, Decision)] == before


def test_a_changed_day_replaces_the_former_one_and_keeps_it(integrator: Api, house: House) -> None:
    integrator.post(PATH, BODY)
    integrator.post(PATH, BODY | {"facts": [{"step": "workshop", "happened_on": "2026-01-29"}]})
    assert ("workshop", date(2026, 1, 29)) in days(house) and len(days(house)) == 3
    assert count(house, Progress) == 4


def test_a_step_that_is_not_named_stays(integrator: Api, house: House) -> None:
    integrator.post(PATH, BODY)
    integrator.post(PATH, {"reference": "Z-1", "route": "27plus"})
    assert len(days(house)) == 3
    assert facts(house).decision is not None


def test_a_step_named_twice_is_a_repetition(integrator: Api, house: House) -> None:
    again = [{"step": "workshop", "happened_on": day} for day in ("2026-01-26", "2026-02-02")]
    integrator.post(PATH, BODY)
    integrator.post(PATH, BODY | {"facts": again})
    assert [day for step, day in days(house) if step == "workshop"] == [date(2026, 1, 26), date(2026, 2, 2)]


def test_a_fact_that_no_longer_stands_twice_is_taken_back(integrator: Api, house: House) -> None:
    again = [{"step": "workshop", "happened_on": day} for day in ("2026-01-26", "2026-02-02")]
    integrator.post(PATH, BODY | {"facts": again})
    integrator.post(PATH, BODY | {"facts": again[1:]})
    assert days(house) == [("workshop", date(2026, 2, 2))]


def test_receipt_and_decision_may_move_together(integrator: Api, house: House) -> None:
    integrator.post(PATH, BODY)
    later = {
        "application": {"received_on": "2026-03-05"},
        "decision": {"sent_on": "2026-03-12", "outcome": "rejected"},
    }
    assert integrator.post(PATH, BODY | {"facts": []} | later).status_code == 200
    known = facts(house)
    assert known.application and known.application.received_on == date(2026, 3, 5)
    assert known.decision and known.decision.sent_on == date(2026, 3, 12)


def test_a_suspension_that_is_missing_was_taken_back(integrator: Api, house: House) -> None:
    integrator.post(PATH, BODY)
    integrator.post(PATH, BODY | {"suspensions": []})
    assert facts(house).suspensions == []
    assert count(house, Suspension) == 1


def test_the_step_aanvraag_gives_the_receipt(integrator: Api, house: House) -> None:
    integrator.post(PATH, {name: BODY[name] for name in ("reference", "route", "facts")})
    known = facts(house).application
    assert known and known.received_on == date(2026, 1, 29)


def test_what_was_read_from_a_letter_is_not_overwritten(integrator: Api, house: House) -> None:
    integrator.post(PATH, {"reference": "Z-1", "route": "27plus"})
    with house.work() as work:
        journey = work.session.exec(select(Journey)).one()
        record_application(work, journey, date(2026, 1, 30), source="letter")
        record_step(work, journey, "workshop", date(2026, 1, 27), source="call")
    assert integrator.post(PATH, BODY).status_code == 200
    known = facts(house).application
    assert known and known.received_on == date(2026, 1, 30)
    assert [day for step, day in days(house) if step == "workshop"] == [date(2026, 1, 27)]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"reason": "circumstances"}, ("circumstances", "")),
        ({"reason": "eerst zorg"}, ("other", "eerst zorg")),
        ({"category": "done_before", "reason": "in 2025"}, ("done_before", "in 2025")),
    ],
)
def test_a_bypass_of_a_case_system_has_a_category(
    integrator: Api, house: House, told: dict[str, str], kept: tuple[str, str]
) -> None:
    fact = {"step": "workshop", "state": "bypassed", "happened_on": "2026-01-26", **told}
    for _again in range(2):
        integrator.post(PATH, BODY | {"facts": [fact]})
    [row] = [row for row in facts(house).progress if row.step == "workshop"]
    assert (row.category, row.reason) == kept


def test_a_category_of_another_state_is_refused_at_its_field(integrator: Api) -> None:
    fact = {"step": "workshop", "happened_on": "2026-01-26", "category": "urgent"}
    refused = problem(integrator.post(PATH, BODY | {"facts": [fact]}), 400)
    assert refused["errors"][0]["field"] == "facts.0.category"


def test_a_journey_that_belongs_to_a_participant_answers_the_same(
    api: Api, integrator: Api, house: House
) -> None:
    api.enrol()
    with house.work() as work:
        journey = work.session.exec(select(Journey)).one()
        journey.reference = "Z-2"
        work.session.add(journey)
    integrator.post(PATH, BODY)
    mine, theirs = (integrator.post(PATH, BODY | {"reference": name}) for name in ("Z-1", "Z-2"))
    assert (mine.status_code, mine.json().keys()) == (theirs.status_code, theirs.json().keys())
    assert "H-001" not in theirs.text


def test_a_second_spelling_of_before_keeps_a_key_of_its_own(integrator: Api, house: House) -> None:
    integrator.post(PATH, {"reference": "Z-1", "route": "27plus"})
    with house.work() as work:
        first = work.session.exec(select(Journey).where(Journey.reference == "Z-1")).one()
        other = first.model_dump(exclude={"id", "reference", "reference_key"})
        again = Journey(**other, reference="z-2")
        work.session.add(again)
        work.session.flush()
        again.reference_key = "z-1\n2"  # as the migration leaves the second of two
        work.session.flush()
        again.created_at = work.now
        work.session.flush()
        assert (again.reference_key, first.reference_key) == ("z-1\n2", "z-1")


def test_a_reference_keeps_its_route(integrator: Api) -> None:
    integrator.post(PATH, {"reference": "Z-1", "route": "27plus"})
    problem(integrator.post(PATH, {"reference": "Z-1", "route": "jongeren"}), 409)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": " "}, "reference"),
        ({"reference": None}, "reference"),
        ({"route": "bbz"}, "route"),
        ({"facts": [{"step": "rmc", "happened_on": "2026-01-13"}]}, "facts.0.step"),
        ({"facts": [{"step": "cv", "happened_on": "2026-03-17"}]}, "facts.0.happened_on"),
        ({"facts": [{"step": "cv"}]}, "facts.0.happened_on"),
        ({"facts": [{"step": "cv", "happened_on": "2026-01-13", "state": "gone"}]}, "facts.0.state"),
        ({"decision": {"sent_on": "2026-01-01", "outcome": "granted"}}, "decision.sent_on"),
        ({"suspensions": [{"ground": "1a", "term": "2026-02-16"}]}, "suspensions.0.invited_on"),
        ({"application": {"received_on": "2026-04-01"}}, "application.received_on"),
        ({"bsn": "123456782"}, "bsn"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(
    integrator: Api, house: House, change: dict[str, Any], field: str
) -> None:
    refused = problem(integrator.post(PATH, BODY | change), 400)
    assert refused["errors"][0]["field"] == field
    assert count(house, Journey) == 0


@pytest.mark.parametrize("role", ["researcher", "lead", "manager", "admin", "privacy"])
def test_only_an_integrator_delivers_journeys(http: TestClient, tokens: dict[str, str], role: str) -> None:
    problem(Api(http, tokens[role]).post(PATH, BODY), 403)


def test_another_study_does_not_exist(integrator: Api) -> None:
    problem(integrator.post("/studies/zaanstad-2026/journeys", BODY), 404)


def test_a_retry_with_its_key_keeps_its_status(integrator: Api, house: House) -> None:
    integrator.post(PATH, BODY)
    later = BODY | {"facts": []}
    answers = [integrator.post(PATH, later, key="k-1") for _ in range(2)]
    assert [(a.status_code, a.json()) for a in answers] == [(200, {"reference": "Z-1"})] * 2


def test_five_at_once_with_one_reference_are_one_journey(integrator: Api, house: House) -> None:
    answers = _at_once(5, lambda _: integrator.post(PATH, BODY))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert (count(house, Journey), len(days(house))) == (1, 3)
