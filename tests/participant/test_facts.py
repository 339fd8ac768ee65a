"""Recording what happened: steps and the facts of the application, wrong input, corrections, two people at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import select

from journey.models import Application, AuditEntry, Decision, Progress, Suspension
from journey.participant.queries import get_journey
from journey.progress.queries import Facts, get_facts
from journey.progress.service import record_application, record_decision, record_step
from tests.support.desk import MONDAY, Desk, hidden_value


def facts(desk: Desk, code: str) -> Facts:
    with desk.house.work(write=False) as work:
        return get_facts(work, get_journey(work, desk.person(work, code)))


def step(desk: Desk, code: str, **typed: Any) -> Any:
    return desk.post(f"/participants/{code}/steps/workshop", typed)


def test_one_tap_records_today_or_yesterday(desk: Desk) -> None:
    code = desk.enrol()
    assert step(desk, code, when="yesterday").status_code == 303
    assert step(desk, code, when="today").status_code == 303
    days = [(str(fact.happened_on), fact.state) for fact in facts(desk, code).progress]
    assert days == [("2026-03-15", "done"), ("2026-03-16", "done")]


def test_a_step_can_be_planned_skipped_or_taken_away(desk: Desk) -> None:
    code = desk.enrol()
    assert step(desk, code, state="planned", happened_on="2026-03-19").status_code == 303
    assert step(desk, code, state="skipped").status_code == 303
    assert step(desk, code, state="bypassed", category="other_route").status_code == 303
    assert {fact.state for fact in facts(desk, code).progress} == {"planned", "skipped", "bypassed"}


def test_wrong_steps_are_refused_at_their_field_with_what_was_typed(desk: Desk) -> None:
    code = desk.enrol()
    cases = [
        ({}, "happened_on"),
        ({"happened_on": "laatst"}, "happened_on"),
        ({"happened_on": "2026-03-17"}, "happened_on"),
        ({"happened_on": "2062-03-17"}, "happened_on"),
        ({"happened_on": "2001-03-17"}, "happened_on"),
        ({"happened_on": "17-13-2026"}, "happened_on"),
        ({"state": "planned", "happened_on": "2026-03-01"}, "happened_on"),
        ({"state": "planned", "happened_on": "2062-03-01"}, "happened_on"),
        ({"state": "bypassed", "when": "today", "reason": "volgt al een cursus"}, "category"),
        ({"state": "bypassed", "when": "today", "category": "verzonnen"}, "category"),
        ({"state": "verzonnen", "when": "today"}, "state"),
        ({"when": "today", "corrects": "999"}, "corrects"),
        ({"when": "today", "corrects": "-1"}, "corrects"),
        ({"when": "today", "reason": "x" * 301}, "reason"),
    ]
    for typed, field in cases:
        answer = step(desk, code, form="fact", **typed)
        assert answer.status_code == 422, typed
        assert f'href="#{field}"' in answer.text, typed
        if "happened_on" in typed:
            assert f'value="{typed["happened_on"]}"' in answer.text
    assert facts(desk, code).progress == []


def test_a_correction_takes_the_place_and_keeps_the_history(desk: Desk) -> None:
    code = desk.enrol()
    step(desk, code, when="today")
    first = facts(desk, code).progress[0].id
    step(desk, code, happened_on="2026-03-12", corrects=str(first))
    assert [str(fact.happened_on) for fact in facts(desk, code).progress] == ["2026-03-12"]
    assert "Wat eerder stond" in desk.get(f"/participants/{code}/steps/workshop").text


def test_a_fact_that_a_colleague_corrected_is_not_corrected_again(desk: Desk) -> None:
    code = desk.enrol()
    step(desk, code, when="today")
    first = facts(desk, code).progress[0].id
    step(desk, code, happened_on="2026-03-12", corrects=str(first))
    answer = step(desk, code, happened_on="2026-03-11", corrects=str(first))
    assert answer.status_code == 422
    assert "intussen al verbeterd" in answer.text
    assert [str(fact.happened_on) for fact in facts(desk, code).progress] == ["2026-03-12"]


def test_a_fact_of_another_person_cannot_be_touched(desk: Desk) -> None:
    code, other = desk.enrol(), desk.enrol(phone="0612345679")
    desk.arrange(other, record_step, "workshop", MONDAY, source="call")
    theirs = facts(desk, other).progress[0].id
    assert step(desk, code, when="today", corrects=str(theirs)).status_code == 422
    answer = desk.post(f"/participants/{code}/steps/workshop/retract", {"id": str(theirs)})
    assert answer.status_code == 422
    assert len(facts(desk, other).progress) == 1


def test_what_was_recorded_with_the_wrong_person_can_be_taken_back(desk: Desk) -> None:
    code = desk.enrol()
    step(desk, code, when="today")
    fact = facts(desk, code).progress[0].id
    assert desk.post(f"/participants/{code}/steps/workshop/retract", {"id": str(fact)}).status_code == 303
    assert facts(desk, code).progress == []
    with desk.house.work(write=False) as work:
        assert len(work.session.exec(select(Progress)).all()) == 1


def test_the_same_tap_twice_counts_once(desk: Desk) -> None:
    code = desk.enrol()
    key = hidden_value(desk.get(f"/participants/{code}/steps/workshop").text, "idempotency_key")
    for _ in range(2):
        assert step(desk, code, when="today", idempotency_key=key).status_code == 303
    assert len(facts(desk, code).progress) == 1


def test_a_tap_is_answered_with_the_part_alone(desk: Desk) -> None:
    code = desk.enrol()
    answer = desk.post(
        f"/participants/{code}/steps/workshop", {"when": "today"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<div class="stack" id="participant-step"')


def test_a_step_of_another_route_does_not_exist(desk: Desk) -> None:
    code = desk.enrol()
    assert desk.get(f"/participants/{code}/steps/zoektermijn").status_code == 404
    assert desk.post(f"/participants/{code}/steps/zoektermijn", {"when": "today"}).status_code in (404, 422)


def record(desk: Desk, code: str, kind: str, **typed: Any) -> Any:
    return desk.post(f"/participants/{code}/facts/{kind}", {"form": kind, "seen": "", **typed})


def test_every_fact_of_the_application_can_be_recorded(desk: Desk) -> None:
    code = desk.enrol()
    cases: list[tuple[str, dict[str, str]]] = [
        ("melding", {"reported_on": "2026-01-20"}),
        ("application", {"received_on": "2026-02-03", "source": "letter"}),
        ("suspension", {"ground": "1a", "invited_on": "2026-02-10", "term": "2026-02-24"}),
        ("suspension", {"ground": "1b", "told_on": "2026-02-26", "received_on": "2026-03-02"}),
        ("suspension", {"ground": "2a", "from": "2026-03-03", "to": "2026-03-05"}),
        ("extension", {"sent_on": "2026-03-10", "until": "2026-05-01"}),
        ("decision", {"sent_on": "2026-03-13", "outcome": "granted", "decided_on": "2026-03-12"}),
    ]
    for kind, typed in cases:
        assert record(desk, code, kind, **typed).status_code == 303, kind
    found = facts(desk, code)
    assert found.melding and found.application and found.decision
    assert found.application.source == "letter"
    assert [row.ground for row in found.suspensions] == ["1a", "1b", "2a"]
    page = desk.get(f"/participants/{code}").text
    assert "toegekend, genomen op" in page


def test_a_departure_is_recorded_with_its_reason(desk: Desk) -> None:
    code = desk.enrol()
    assert record(desk, code, "departure", left_on="2026-03-10", reason="work").status_code == 303
    departure = facts(desk, code).departure
    assert departure is not None
    assert departure.reason == "work"


def test_wrong_facts_come_back_open_at_their_field(desk: Desk) -> None:
    code = desk.enrol()
    record(desk, code, "application", received_on="2026-02-03")
    seen = str(facts(desk, code).application.id)  # type: ignore[union-attr]
    cases: list[tuple[str, dict[str, str], str]] = [
        ("application", {"received_on": "", "seen": seen}, "received_on"),
        ("application", {"received_on": "2062-01-01", "seen": seen}, "received_on"),
        ("application", {"received_on": "1990-01-01", "seen": seen}, "received_on"),
        ("decision", {"sent_on": "2026-02-02", "outcome": "granted"}, "sent_on"),
        ("decision", {"sent_on": "2026-03-01", "outcome": ""}, "outcome"),
        (
            "decision",
            {"sent_on": "2026-03-01", "outcome": "granted", "decided_on": "2026-03-05"},
            "decided_on",
        ),
        ("suspension", {"ground": "1a", "form": "suspend-1a", "term": "2026-03-01"}, "invited_on"),
        ("suspension", {"ground": "2a", "form": "suspend-2", "from": "2026-03-05", "to": "2026-03-01"}, "to"),
        ("suspension", {"ground": "9z", "form": "suspend-2", "from": "2026-03-05"}, "ground"),
        ("extension", {"sent_on": "2026-03-01", "until": "2099-01-01"}, "until"),
        ("melding", {"reported_on": "morgen"}, "reported_on"),
        ("departure", {"left_on": "2026-03-01"}, "reason"),
    ]
    for kind, typed, field in cases:
        answer = record(desk, code, kind, **typed)
        form = typed.get("form", kind)
        assert answer.status_code == 422, (kind, typed)
        assert f'href="#{form}-{field}"' in answer.text, (kind, typed)
        assert f'id="{form}-{field}"' in answer.text, (kind, typed)
        for value in typed.values():
            assert not value or value == "9z" or f'value="{value}"' in answer.text, (kind, value)


def test_a_form_that_a_colleague_overtook_says_so_once(desk: Desk) -> None:
    code = desk.enrol()
    stale = hidden_value(desk.get(f"/participants/{code}").text, "seen")
    desk.arrange(code, record_application, date(2026, 2, 3), source="letter")
    answer = record(desk, code, "application", received_on="2026-02-05", seen=stale)
    assert answer.status_code == 422
    assert "Een collega legde dit intussen vast" in answer.text
    assert 'value="2026-02-05"' in answer.text
    fresh = str(facts(desk, code).application.id)  # type: ignore[union-attr]
    assert record(desk, code, "application", received_on="2026-02-05", seen=fresh).status_code == 303


def test_improving_a_suspension_replaces_it_also_with_another_first_day(desk: Desk) -> None:
    code = desk.enrol()
    record(desk, code, "application", received_on="2026-02-03")
    record(desk, code, "suspension", ground="1a", invited_on="2026-02-10", term="2026-02-24")
    first = facts(desk, code).suspensions[0].id
    answer = record(
        desk,
        code,
        "suspension",
        form=f"suspension-{first}",
        replaces=str(first),
        ground="1a",
        invited_on="2026-02-11",
        term="2026-02-24",
        supplied_on="2026-02-20",
    )
    assert answer.status_code == 303
    assert [str(row.invited_on) for row in facts(desk, code).suspensions] == ["2026-02-11"]


def test_a_suspension_that_fails_to_improve_stays_as_it_was(desk: Desk) -> None:
    code = desk.enrol()
    record(desk, code, "suspension", ground="1a", invited_on="2026-02-10", term="2026-02-24")
    first = facts(desk, code).suspensions[0].id
    form = f"suspension-{first}"
    answer = record(
        desk, code, "suspension", form=form, replaces=str(first), ground="1a", invited_on="2062-01-01"
    )
    assert answer.status_code == 422
    assert f'id="{form}-invited_on-error"' in answer.text
    assert len(facts(desk, code).suspensions) == 1


def test_a_fact_of_the_application_can_be_taken_back_and_stays_as_history(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_application, date(2026, 2, 3), source="letter")
    desk.arrange(code, record_decision, MONDAY, "granted", source="letter")
    decision = facts(desk, code).decision
    assert decision is not None
    assert (
        desk.post(f"/participants/{code}/facts/decision/retract", {"id": str(decision.id)}).status_code == 303
    )
    assert facts(desk, code).decision is None
    assert "Wat eerder stond" in desk.get(f"/participants/{code}").text
    again = desk.post(f"/participants/{code}/facts/decision/retract", {"id": str(decision.id)})
    assert again.status_code == 422


def test_a_fact_of_another_kind_or_person_is_not_taken_back(desk: Desk) -> None:
    code, other = desk.enrol(), desk.enrol(phone="0612345679")
    desk.arrange(other, record_application, date(2026, 2, 3), source="letter")
    theirs = str(facts(desk, other).application.id)  # type: ignore[union-attr]
    for typed in (theirs, "x", "", "99999999999999999999"):
        assert desk.post(f"/participants/{code}/facts/application/retract", {"id": typed}).status_code == 422
    assert desk.post(f"/participants/{code}/facts/verzonnen/retract", {"id": theirs}).status_code == 404
    assert desk.post(f"/participants/{code}/facts/verzonnen", {}).status_code == 404
    assert facts(desk, other).application is not None


def test_acts_leave_a_line_without_answers_or_days(desk: Desk) -> None:
    code = desk.enrol()
    step(desk, code, when="today", reason="zegt dat hij moe is")
    record(desk, code, "application", received_on="2026-02-03")
    with desk.house.work(write=False) as work:
        lines = [(row.action, row.object) for row in work.session.exec(select(AuditEntry)).all()]
    assert ("step.record", f"{code} workshop") in lines
    assert ("application.record", code) in lines
    assert not any("moe" in text for line in lines for text in line)


def test_facts_carry_who_recorded_them(desk: Desk) -> None:
    code = desk.enrol()
    record(desk, code, "application", received_on="2026-02-03")
    assert "verteld aan de telefoon · Researcher" in desk.get(f"/participants/{code}").text
    with desk.house.work(write=False) as work:
        tables = (Application, Decision, Suspension)
        assert [len(work.session.exec(select(table)).all()) for table in tables] == [1, 0, 0]
