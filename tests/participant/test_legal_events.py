"""Notices that are due, advances, what has no legal effect, and what the case system says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import Application, CaseEvent, Journey, Participant, User
from journey.participant.queries import get_journey
from journey.participant.tasks import list_own_tasks
from journey.progress.queries import get_facts
from journey.progress.service import (
    NewSuspension,
    record_application,
    record_decision,
    record_event,
    record_extension,
    record_suspension,
)
from journey.progress.statement import StatedDecision, Statement, record_statement
from journey.progress.takeover import take_over
from journey.progress.tasks import list_effects_lost, list_tasks
from journey.rules.errors import Invalid, NotFound
from journey.work import House, Work
from tests.support.build import build_participant, build_study, csrf_of, sign_in
from tests.support.pages import PageClient

TODAY = date(2026, 11, 20)
RECEIVED = date(2026, 10, 1)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def work(house: House) -> Iterator[Work]:
    with house.work() as work:
        yield work


def applied(work: Work, source: str = "letter") -> Participant:
    person = build_participant(work, build_study(work))
    record_application(work, get_journey(work, person), RECEIVED, source=source)
    return person


def suspended(work: Work, ground: str = "2c", *, ended: bool = True) -> Participant:
    person = applied(work)
    new = NewSuspension(ground, from_on=date(2026, 10, 12), to_on=date(2026, 10, 20) if ended else None)
    record_suspension(work, get_journey(work, person), new, source="letter")
    return person


def tasks(work: Work, person: Participant) -> list[str]:
    return [task.detail for task in list_tasks(work, get_facts(work, get_journey(work, person)))]


@pytest.mark.parametrize(
    ("ground", "ended", "due"),
    [
        ("2c", True, ["2c-start", "2c-end"]),
        ("2c", False, ["2c-start"]),
        ("2b", True, ["2b-end"]),
        ("2b", False, []),
        ("2a", True, []),
    ],
)
def test_the_notices_the_law_asks_for(work: Work, ground: str, ended: bool, due: list[str]) -> None:
    assert tasks(work, suspended(work, ground, ended=ended)) == due


def test_a_notice_that_was_sent_is_no_task_any_more(work: Work) -> None:
    person = suspended(work)
    journey = get_journey(work, person)
    begun = date(2026, 10, 12)
    record_event(work, journey, "notice", begun, source="letter", detail="2c-start", about_on=begun)
    assert tasks(work, person) == ["2c-end"]


def test_after_the_decision_nothing_is_due(work: Work) -> None:
    person = suspended(work)
    record_decision(work, get_journey(work, person), TODAY, "granted", source="letter")
    assert tasks(work, person) == []


def test_a_notice_before_the_suspension_is_refused_with_both_dates(work: Work) -> None:
    person = suspended(work)
    with pytest.raises(Invalid, match="opschorting begon"):
        record_event(
            work,
            get_journey(work, person),
            "notice",
            date(2026, 10, 2),
            source="letter",
            detail="2c-start",
            about_on=date(2026, 10, 12),
        )


def test_an_advance_before_the_application_is_refused(work: Work) -> None:
    person = applied(work)
    with pytest.raises(Invalid, match="voorschot"):
        record_event(
            work, get_journey(work, person), "advance", date(2026, 9, 1), source="call", detail="paid"
        )


def test_what_has_no_legal_effect_says_why(work: Work) -> None:
    person = applied(work)
    journey = get_journey(work, person)
    no_term = record_suspension(
        work, journey, NewSuspension("1a", invited_on=date(2026, 10, 5)), source="letter"
    )
    early = record_extension(work, journey, date(2026, 10, 20), date(2026, 11, 1), source="letter")
    lost = list_effects_lost(work, get_facts(work, journey))
    assert set(lost) == {("suspension", no_term.id), ("extension", early.id)}
    assert "geen termijn" in lost["suspension", no_term.id or 0]


def test_a_suspension_with_effect_is_not_marked(work: Work) -> None:
    person = suspended(work)
    assert list_effects_lost(work, get_facts(work, get_journey(work, person))) == {}


def beside(work: Work) -> list[date]:
    return [row.received_on for row in work.session.exec(select(Application)).all() if row.beside]


def test_an_import_stands_beside_a_letter_and_changes_nothing(work: Work) -> None:
    person = applied(work)
    journey = get_journey(work, person)
    for _again in range(2):
        record_application(work, journey, date(2026, 10, 2), source="import")
    application = get_facts(work, journey).application
    assert application is not None
    assert (application.received_on, beside(work)) == (RECEIVED, [date(2026, 10, 2)])


def test_an_import_that_agrees_again_stands_beside_nothing(work: Work) -> None:
    person = applied(work)
    journey = get_journey(work, person)
    record_application(work, journey, date(2026, 10, 2), source="import")
    record_application(work, journey, RECEIVED, source="import")
    assert beside(work) == []


def test_an_import_replaces_an_import(work: Work) -> None:
    person = applied(work, "import")
    journey = get_journey(work, person)
    record_application(work, journey, date(2026, 10, 2), source="import")
    application = get_facts(work, journey).application
    assert application is not None
    assert (application.received_on, beside(work)) == (date(2026, 10, 2), [])


def test_a_date_of_the_case_system_is_taken_over_with_its_source(work: Work) -> None:
    person = applied(work)
    journey = get_journey(work, person)
    said = record_application(work, journey, date(2026, 10, 2), source="import")
    take_over(work, journey, Application, said.id or 0)
    application = get_facts(work, journey).application
    assert application is not None
    assert (application.received_on, application.source) == (date(2026, 10, 2), "import")
    with pytest.raises(NotFound):
        take_over(work, journey, Application, said.id or 0)


def test_a_statement_of_a_case_system_stands_beside_a_decision_from_a_letter(work: Work) -> None:
    study = build_study(work)
    told = Statement("zaak-1", "27plus", received_on=RECEIVED)
    record_statement(work, study, told)
    journey = work.session.exec(select(Journey)).one()
    record_decision(work, journey, date(2026, 11, 10), "granted", source="letter")
    decision = StatedDecision(date(2026, 11, 11), "granted")
    record_statement(work, study, Statement("zaak-1", "27plus", received_on=RECEIVED, decision=decision))
    kept = get_facts(work, journey).decision
    assert kept is not None
    assert (kept.sent_on, kept.source) == (date(2026, 11, 10), "letter")


@pytest.fixture
def researcher(app: FastAPI) -> PageClient:
    return sign_in(app, "ria@example.org", "researcher")


def arrange(house: House) -> str:
    with house.work() as work:
        person = suspended(work)
        person.researcher_id = work.session.exec(select(User.id)).one()
        record_application(work, get_journey(work, person), date(2026, 10, 2), source="import")
        return person.code


def test_a_task_is_on_the_start_and_ticked_off_on_the_page(researcher: PageClient, house: House) -> None:
    code = arrange(house)
    assert "Te doen" in researcher.get("/calls").text
    for detail in ("2c-start", "2c-end"):
        answer = researcher.post(
            f"/participants/{code}/facts/notice",
            data={
                "csrf_token": csrf_of(researcher),
                "detail": detail,
                "about_on": "2026-10-12",
                "happened_on": "2026-11-19",
            },
        )
        assert answer.status_code == 200
    assert "Te doen" not in researcher.get("/calls").text
    with house.work() as work:
        rows = work.session.exec(select(CaseEvent)).all()
        assert [(row.kind, row.happened_on) for row in rows] == [("notice", date(2026, 11, 19))] * 2
        assert list_own_tasks(work) == []


@pytest.mark.parametrize(
    ("kind", "fields", "shown"),
    [
        ("advance", {"detail": "refused"}, "geweigerd"),
        ("handover", {}, "Andere contactpersoon"),
        ("form_offered", {}, "Aanvraagformulier gekregen"),
    ],
)
def test_events_are_recorded_in_one_form(
    researcher: PageClient, house: House, kind: str, fields: dict[str, str], shown: str
) -> None:
    code = arrange(house)
    data = {"csrf_token": csrf_of(researcher), "happened_on": "2026-11-19", "source": "call", **fields}
    assert researcher.post(f"/participants/{code}/facts/{kind}", data=data).status_code == 200
    assert shown in researcher.get(f"/participants/{code}").text
    with house.work() as work:
        assert [row.kind for row in work.session.exec(select(CaseEvent)).all()] == [kind]


def test_an_advance_without_a_choice_comes_back(researcher: PageClient, house: House) -> None:
    code = arrange(house)
    data = {"csrf_token": csrf_of(researcher), "happened_on": "2026-11-19", "form": "advance"}
    assert researcher.post(f"/participants/{code}/facts/advance", data=data).status_code == 422


def test_a_date_beside_ours_is_shown_and_taken_over_in_one_tap(researcher: PageClient, house: House) -> None:
    code = arrange(house)
    page = researcher.get(f"/participants/{code}").text
    assert "Volgens het systeem: vrijdag 2 oktober 2026" in page
    with house.work() as work:
        said = next(row.id for row in work.session.exec(select(Application)).all() if row.beside)
    data = {"csrf_token": csrf_of(researcher), "id": str(said)}
    assert researcher.post(f"/participants/{code}/facts/application/take", data=data).status_code == 200
    assert "Volgens het systeem" not in researcher.get(f"/participants/{code}").text
