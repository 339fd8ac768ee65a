"""The privacy officer's pages: retention, one person's file and erasure, the trail to look through."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from journey.audit.service import record_act
from journey.models import AuditEntry, Contact, Rating
from journey.privacy.retention import keep_terms
from journey.rating.service import NewRating, record_rating
from tests.support.build import sign_in
from tests.support.desk import OTHER, STUDY, Desk


def actions(desk: Desk) -> list[str]:
    with desk.house.work(write=False) as work:
        return [row.action for row in work.session.exec(select(AuditEntry)).all()]


@pytest.fixture
def code(desk: Desk) -> str:
    code = desk.enrol(call_name="Ada van Test")
    with desk.work() as work:
        record_rating(
            work,
            desk.person(work, code),
            NewRating("cv", "step", "negative", "call", quote="Te lang wachten"),
        )
    return code


def test_before_the_first_night_nothing_is_wrong_while_nothing_is_due(desk: Desk) -> None:
    page = desk.get("/admin/retention").text
    assert "Er is nog geen nacht geweest" in page
    assert "notice--danger" not in page


def test_a_worker_that_never_ran_while_something_is_due_is_an_alarm(desk: Desk) -> None:
    with desk.house.work(now=datetime(2015, 1, 5, 9, tzinfo=UTC)) as work:
        record_act(work, "participant.view", "H-001")
    page = desk.get("/admin/retention").text
    alarm = page[page.index("Hier is nog nooit een nacht voor gelopen") :]
    assert alarm[: alarm.index("</ul>")].count("<li>") == 15


def test_after_a_night_the_page_shows_no_alarm_and_the_file_every_line(desk: Desk) -> None:
    keep_terms(desk.house, datetime(2026, 3, 16, 2, 30, tzinfo=UTC))
    assert "notice--danger" not in desk.get("/admin/retention").text
    answer = desk.get("/admin/retention.csv")
    assert answer.text.count("\n") == 16
    assert "retention.download" in actions(desk)


@pytest.mark.parametrize("role", ["researcher", "lead", "manager", "admin"])
def test_one_person_is_for_the_privacy_officer_alone(desk: Desk, code: str, role: str) -> None:
    client = sign_in(desk.app, f"{role}9@example.nl", role)
    assert client.get(f"/admin/person/{code}").status_code == 403
    assert client.get("/admin/person").status_code == 403


def test_a_person_of_another_study_is_not_there(desk: Desk) -> None:
    other = desk.enrol(OTHER)
    client = sign_in(desk.app, "p9@example.nl", "privacy", STUDY)
    assert client.get(f"/admin/person/{other}").status_code == 404
    found = client.get("/admin/person", params={"code": other})
    assert found.status_code == 404
    assert "Deze deelnemer is er niet." in found.text


def test_a_code_leads_to_the_page_which_shows_who_looked_and_no_name(desk: Desk, code: str) -> None:
    assert desk.get(f"/admin/person?code={code.lower()}").headers["location"] == f"/admin/person/{code}"
    desk.get(f"/admin/person/{code}")
    page = desk.get(f"/admin/person/{code}").text
    assert "privacy.view" in page
    assert "Ada van Test" not in page
    assert "Te lang wachten" not in page


def test_the_file_of_a_person_holds_everything_and_is_written_down(desk: Desk, code: str) -> None:
    answer = desk.post(f"/admin/person/{code}/export")
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    data, page = json.loads(packed.read("inzage.json")), packed.read("inzage.html").decode()
    assert data["contact"]["call_name"] == "Ada van Test"
    assert data["ratings"][0]["quote"] == "Te lang wachten"
    assert data["looked_at"]
    assert "user:" not in json.dumps(data)
    assert "Ada van Test" in page
    assert "Te lang wachten" in page
    assert "privacy.export" in actions(desk)


def test_erasing_asks_to_be_sure(desk: Desk, code: str) -> None:
    answer = desk.post(f"/admin/person/{code}/erase")
    assert answer.status_code == 422
    assert 'id="sure-error"' in answer.text
    with desk.house.work(write=False) as work:
        assert work.session.exec(select(Contact)).all()


def test_erasing_removes_everything_and_leaves_an_empty_file(desk: Desk, code: str) -> None:
    assert desk.post(f"/admin/person/{code}/erase", {"sure": "yes"}).status_code == 303
    with desk.house.work(write=False) as work:
        assert work.session.exec(select(Contact)).all() == []
        assert work.session.exec(select(Rating)).all() == []
    assert "Alles van deze persoon is gewist." in desk.get(f"/admin/person/{code}").text
    packed = zipfile.ZipFile(io.BytesIO(desk.post(f"/admin/person/{code}/export").content))
    assert json.loads(packed.read("inzage.json"))["ratings"] == []
    assert "participant.withdraw.erase" in actions(desk)


def test_the_trail_is_narrowed_by_person_actor_and_day(desk: Desk, code: str) -> None:
    with desk.work() as work:
        work.session.add(
            AuditEntry(
                at=datetime(2026, 1, 5, 12, tzinfo=UTC),
                actor="user:1",
                action="test.look",
                object=code,
                result="ok",
                origin="",
            )
        )
    assert "<td" in desk.get(f"/admin/audit?about={code}").text
    for query, seen in (
        ("since=2026-01-05&until=2026-01-05", True),
        ("since=2026-01-06&until=2026-01-07", False),
        (f"about={code}&until=2026-02-01", True),
        ("about=X-1&until=2026-02-01", False),
        ("who=privacy&until=2026-02-01", True),
        ("who=niemand", False),
    ):
        assert ("<span>test.look</span>" in desk.get(f"/admin/audit?{query}").text) is seen, query


def test_the_trail_goes_along_as_it_was_sought_and_that_is_written_down(desk: Desk, code: str) -> None:
    lines = desk.get("/admin/audit.csv?action=participant.enrol").text.splitlines()
    assert all("participant.enrol" in line for line in lines[1:])
    assert "audit.download" in actions(desk)
