"""Studies on the screen: who sees which, and making one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from journey.models import AuditEntry, Message, Participant, Study, StudyRoute
from journey.outbox.service import plan_message
from journey.report.service import publish_due
from tests.support.build import sign_in
from tests.support.desk import OTHER, STUDY, Desk

NEW = {
    "code": "bloemendaal-2026",
    "name": "Bloemendaal 2026",
    "municipality": "Bloemendaal",
    "routes": ["jongeren", "27plus"],
    "starts_on": "2026-04-01",
    "research_phone": "023 511 5115",
    "minimum_group": "12",
}


def make(admin: Desk, **changes: Any) -> Any:
    return admin.post("/admin/studies/new", {**NEW, **changes})


@pytest.mark.parametrize("role", ["researcher", "manager"])
def test_each_sees_the_studies_in_reach_with_the_way_to_the_figures(admin: Desk, role: str) -> None:
    page = sign_in(admin.app, f"{role}@example.nl", role, STUDY).get("/studies").text
    assert f"/studies/{STUDY}/throughput" in page
    assert f"/studies/{STUDY}/figures" in page
    assert f"/studies/{STUDY}/report" in page
    assert OTHER not in page


def test_only_researchers_read_how_many_take_part(admin: Desk) -> None:
    admin.enrol()
    researcher = sign_in(admin.app, "r@example.nl", "researcher", STUDY).get("/studies").text
    manager = sign_in(admin.app, "m@example.nl", "manager", STUDY).get("/studies").text
    assert "1 deelnemer doet nu mee" in researcher
    assert "doet nu mee" not in manager
    assert "/participants" not in manager


def test_an_administrator_gets_no_way_to_figures(admin: Desk) -> None:
    assert "/throughput" not in admin.get("/studies").text


def test_a_study_is_made_with_its_routes_in_order(admin: Desk) -> None:
    assert make(admin).headers["location"] == "/admin/studies"
    with admin.house.work(write=False) as work:
        study = work.session.exec(select(Study).where(Study.code == NEW["code"])).one()
        routes = work.session.exec(select(StudyRoute).where(StudyRoute.study_id == study.id)).all()
    assert (study.minimum_group, study.research_phone) == (12, "023 511 5115")
    assert {row.route_code for row in routes} == {"27plus", "jongeren"}
    assert "Bloemendaal 2026" in admin.get("/admin/studies").text


def test_wrong_studies_are_refused_at_their_field_with_what_was_typed(admin: Desk) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"code": ""}, "code"),
        ({"code": "Met Hoofdletters"}, "code"),
        ({"code": STUDY}, "code"),
        ({"name": ""}, "name"),
        ({"name": "x" * 161}, "name"),
        ({"municipality": ""}, "municipality"),
        ({"municipality": "😀"}, "municipality"),
        ({"routes": []}, "routes"),
        ({"routes": ["bbz"]}, "routes"),
        ({"starts_on": "nooit"}, "starts_on"),
        ({"ends_on": "2026-03-31"}, "ends_on"),
        ({"minimum_group": "0"}, "minimum_group"),
        ({"minimum_group": "tien"}, "minimum_group"),
        ({"consent_version": "2099-9"}, "consent_version"),
    ]
    for changes, field in cases:
        answer = make(admin, **changes)
        assert answer.status_code == 422, changes
        assert f'href="#{field}"' in answer.text, changes
        assert field == "research_phone" or 'value="023 511 5115"' in answer.text, changes
    with admin.house.work(write=False) as work:
        assert len(work.session.exec(select(Study)).all()) == 2


@pytest.mark.parametrize("role", ["researcher", "manager", "privacy"])
def test_only_administrators_make_studies(admin: Desk, role: str) -> None:
    client = sign_in(admin.app, f"{role}@example.nl", role)
    assert client.get("/admin/studies").status_code == 403
    assert client.get("/admin/studies/new").status_code == 403


def test_an_administrator_of_one_study_makes_no_others(admin: Desk) -> None:
    client = sign_in(admin.app, "local@example.nl", "admin", STUDY)
    page = client.get("/admin/studies").text
    assert f"Onderzoek {STUDY}" in page
    assert OTHER not in page
    assert "Onderzoek maken" not in page
    assert client.get("/admin/studies/new").status_code == 403


def close(admin: Desk, study: str = STUDY) -> Any:
    return admin.post(f"/admin/studies/{study}/close")


def test_a_closed_study_follows_nobody_any_more(admin: Desk) -> None:
    code = admin.enrol()
    admin.enrol(OTHER)
    with admin.work() as work:
        for study in (STUDY, OTHER):
            person = work.session.exec(select(Participant).join(Study).where(Study.code == study)).one()
            plan_message(work, person, "link", "Dag, hier is uw link.", f"link {study}")
    researcher = sign_in(admin.app, "r@example.nl", "researcher", STUDY)
    assert code in researcher.get("/calls").text
    assert close(admin).headers["location"] == "/admin/studies"
    assert code not in researcher.get("/calls").text
    with admin.house.work(write=False) as work:
        states = dict(
            work.session.exec(
                select(Study.code, Message.state).select_from(Message).join(Participant).join(Study)
            ).all()
        )
        acts = work.session.exec(select(AuditEntry).where(AuditEntry.action == "study.close")).all()
    assert states == {STUDY: "cancelled", OTHER: "ready"}
    assert [act.object for act in acts] == [STUDY]
    assert "gesloten" in admin.get("/admin/studies").text.lower()


def test_the_last_figures_come_at_night_also_with_few_people(admin: Desk) -> None:
    admin.enrol()
    close(admin)
    with admin.work() as work:
        published = publish_due(work)
        assert [work.session.get_one(Study, batch.study_id).code for batch in published] == [STUDY]
    with admin.work() as work:
        assert publish_due(work) == []


def test_closing_twice_is_refused_and_closing_what_is_not_there_too(admin: Desk) -> None:
    assert close(admin).status_code == 303
    assert close(admin).status_code == 409
    assert close(admin, "bestaat-niet").status_code == 404


def test_before_the_end_the_page_says_how_early_it_is(admin: Desk) -> None:
    assert "Van dit onderzoek staat nog geen einde vast." in admin.get("/admin/studies").text
    make(admin, ends_on="2062-01-01")
    assert "Het einde is pas op" in admin.get("/admin/studies").text
