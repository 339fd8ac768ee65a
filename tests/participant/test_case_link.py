"""Who of the participants is which delivered application: for the research side alone, and nobody counts twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.auth.service import create_token
from journey.consent.service import withdraw_participant
from journey.models import AuditEntry, CaseLink, Message, Participant, Study
from journey.participant.case_links import find_reference, link_case, suggest_cases, unlink_case
from journey.participant.queries import get_journey
from journey.progress.following import follow_cases
from journey.progress.queries import find_clock, get_facts
from journey.progress.service import record_application, record_step
from journey.report.queries import lead_times
from journey.rules.errors import Conflict, DomainError, Invalid, NotFound
from journey.work import House, Work
from tests.report.cases import TODAY, days_before, lived, reader
from tests.support.build import build_participant, build_study, csrf_of, sign_in
from tests.support.pages import PageClient

CASE = "zaak-17"


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def work(house: House) -> Iterator[Work]:
    with house.work() as work:
        yield work


@pytest.fixture
def study(work: Work) -> Study:
    return build_study(work)


def case(work: Work, study: Study, **more: object) -> None:
    facts = {"steps": {"werkplein": 60, "workshop": 49}, "received": 45, "sent": 20, **more}
    lived(work, study, reference=CASE, **facts)  # type: ignore[arg-type]


def told(work: Work, person: Participant, step: str, ago: int) -> None:
    record_step(work, get_journey(work, person), step, days_before(ago), source="call")


def test_dates_of_the_case_count_where_nothing_was_told(work: Work, study: Study) -> None:
    case(work, study)
    person = build_participant(work, study)
    told(work, person, "werkplein", 60)
    link_case(work, person, CASE)
    facts = get_facts(work, get_journey(work, person))
    clock = find_clock(work, facts)
    assert facts.application and facts.decision and clock
    assert (facts.application.received_on, facts.decision.sent_on) == (days_before(45), days_before(20))
    assert [row.source for row in facts.progress if row.step == "werkplein"] == ["call"]


def test_what_was_told_stays_and_the_case_stands_beside_it(work: Work, study: Study) -> None:
    case(work, study)
    person = build_participant(work, study)
    record_application(work, get_journey(work, person), days_before(44), source="call")
    link_case(work, person, CASE)
    facts = get_facts(work, get_journey(work, person))
    assert facts.application
    assert (facts.application.received_on, facts.application.source) == (days_before(44), "call")
    assert facts.decision


def test_nobody_counts_twice(work: Work, study: Study) -> None:
    case(work, study)
    person = build_participant(work, study)
    link_case(work, person, CASE)
    own = reader(work, "researcher")
    everyone, participants = lead_times(own, study), lead_times(own, study, "participants")
    assert (everyone.total.n, participants.total.n, participants.total.max) == (1, 1, 40)


def test_a_wrong_link_is_taken_back_with_what_came_through_it(work: Work, study: Study) -> None:
    case(work, study)
    person = build_participant(work, study)
    told(work, person, "cv", 61)
    link_case(work, person, CASE)
    unlink_case(work, person)
    facts = get_facts(work, get_journey(work, person))
    assert (facts.application, facts.decision) == (None, None)
    assert [row.step for row in facts.progress] == ["cv"]


@pytest.mark.parametrize(
    ("reference", "route", "refusal"),
    [("onbekend", "27plus", NotFound), (CASE, "jongeren", Invalid)],
)
def test_what_cannot_be_linked(
    work: Work, study: Study, reference: str, route: str, refusal: type[DomainError]
) -> None:
    case(work, study)
    with pytest.raises(refusal):
        link_case(work, build_participant(work, study, route=route), reference)


def test_one_application_is_of_one_person(work: Work, study: Study) -> None:
    case(work, study)
    link_case(work, build_participant(work, study), CASE)
    with pytest.raises(Conflict):
        link_case(work, build_participant(work, study), CASE)


@pytest.mark.parametrize("level", ["stop", "from_step", "erase"])
def test_any_withdrawal_unties_the_link(work: Work, study: Study, level: str) -> None:
    case(work, study)
    person = build_participant(work, study)
    link_case(work, person, CASE)
    withdraw_participant(work, person, level, "workshop" if level == "from_step" else None)
    assert work.session.exec(select(CaseLink)).all() == []


def test_the_application_with_most_dates_in_common_is_suggested_first(work: Work, study: Study) -> None:
    case(work, study)
    lived(work, study, steps={"werkplein": 60, "workshop": 50}, received=30, reference="zaak-18")
    lived(work, study, steps={"werkplein": 3}, reference="zaak-20")
    person = build_participant(work, study)
    told(work, person, "werkplein", 60)
    told(work, person, "workshop", 49)
    assert [(one.reference, one.alike) for one in suggest_cases(work, person)] == [
        (CASE, 2),
        ("zaak-18", 1),
    ]
    link_case(work, person, CASE)
    other = build_participant(work, study)
    told(work, other, "werkplein", 60)
    assert [one.reference for one in suggest_cases(work, other)] == ["zaak-18"]


def test_the_trail_does_not_say_which(work: Work, study: Study) -> None:
    case(work, study)
    person = build_participant(work, study)
    link_case(work, person, CASE)
    lines = work.session.exec(select(AuditEntry)).all()
    assert any(line.action == "participant.link_case" for line in lines)
    assert not any(CASE in f"{line.object}{line.result}" for line in lines)


def test_a_later_delivery_reaches_the_person_and_sends_nobody_a_text(work: Work, study: Study) -> None:
    journey = lived(work, study, steps={"werkplein": 60}, received=45, reference=CASE)
    person = build_participant(work, study, channel="sms", phone="0612345678")
    link_case(work, person, CASE)
    before = len(work.session.exec(select(Message)).all())
    record_step(work, journey, "workshop", days_before(0), source="import")
    follow_cases(work, [journey.id or 0])
    facts = get_facts(work, get_journey(work, person))
    assert facts.first_day("workshop") == days_before(0)
    assert len(work.session.exec(select(Message)).all()) == before
    assert find_reference(work, person) == CASE


@pytest.fixture
def persons(app: FastAPI) -> tuple[str, dict[str, str]]:
    """A person, and a token of every role."""
    with app.state.house.work() as work:
        study = build_study(work)
        case(work, study)
        code = build_participant(work, study).code
        roles = ("researcher", "lead", "manager", "integrator", "privacy", "admin")
        tokens = {role: create_token(work, role, study.code) for role in roles}
    return code, tokens


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("researcher", 200),
        ("lead", 200),
        ("manager", 403),
        ("integrator", 403),
        ("privacy", 403),
        ("admin", 403),
    ],
)
def test_only_the_research_side_links(
    app: FastAPI, persons: tuple[str, dict[str, str]], role: str, status: int
) -> None:
    code, tokens = persons
    client = PageClient(app, base_url="http://127.0.0.1:8000")
    answer = client.post(
        f"/api/v1/participants/{code}/reference",
        json={"reference": CASE},
        headers={"Authorization": f"Bearer {tokens[role]}"},
    )
    assert answer.status_code == status, answer.text


def test_a_delivery_gets_the_same_answers_whoever_is_linked(
    app: FastAPI, persons: tuple[str, dict[str, str]]
) -> None:
    code, tokens = persons
    client = PageClient(app, base_url="http://127.0.0.1:8000")

    def deliver() -> tuple[int, str, str]:
        body = {
            "reference": CASE,
            "route": "27plus",
            "facts": [{"step": "cv", "happened_on": str(days_before(5))}],
        }
        told = {"Authorization": f"Bearer {tokens['integrator']}"}
        posted = client.post("/api/v1/studies/haarlem-test/journeys", json=body, headers=told)
        times = client.get("/api/v1/studies/haarlem-test/lead-times", headers=told)
        return posted.status_code, posted.text, times.text

    before = deliver()
    own = {"Authorization": f"Bearer {tokens['researcher']}"}
    client.post(f"/api/v1/participants/{code}/reference", json={"reference": CASE}, headers=own)
    assert deliver() == before
    person = client.get(f"/api/v1/participants/{code}", headers=own).text
    assert str(days_before(5)) in person
    assert CASE not in person


def test_the_page_suggests_links_and_takes_back(app: FastAPI, persons: tuple[str, dict[str, str]]) -> None:
    code, _tokens = persons
    with app.state.house.work() as work:
        told(
            work,
            work.session.exec(select(Participant).where(Participant.code == code)).one(),
            "werkplein",
            60,
        )
    client = sign_in(app, "ria@example.org", "researcher", "haarlem-test")
    csrf = {"csrf_token": csrf_of(client)}
    address = f"/participants/{code}/reference"
    page = client.get(address).text
    assert CASE in page and "1 datum gelijk" in page
    refused = client.post(address, data={"reference": "weet-niet", **csrf})
    assert refused.status_code == 422 and "Dit kenmerk is niet geleverd." in refused.text
    client.post(address, data={"suggested": CASE, **csrf})
    assert "Haal de koppeling weg" in client.get(address).text
    client.post(f"{address}/remove", data=csrf)
    assert "1 datum gelijk" in client.get(address).text
