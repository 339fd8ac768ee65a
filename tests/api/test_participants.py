"""One person over the API: enrolling, facts, the clock, answers, withdrawal."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from journey.models import AuditEntry, Contact, Journey, Municipality, Progress
from journey.work import House
from tests.api.conftest import CONSENT, PERSON, STUDY, Api
from tests.api.test_requests import problem


def record(api: Api, code: str, what: str, **body: Any) -> Any:
    answer = api.post(f"/participants/{code}/{what}", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def deadline(api: Api, code: str) -> dict[str, Any]:
    answer = api.get(f"/participants/{code}/deadline")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_codes_count_on_with_the_letter_of_the_municipality(api: Api) -> None:
    assert [api.enrol(), api.enrol()] == ["H-001", "H-002"]


def test_a_person_may_live_in_another_municipality(api: Api, house: House) -> None:
    api.enrol(municipality="Zandvoort")
    with house.work(write=False) as work:
        place = work.session.exec(select(Municipality).join(Journey)).one()
    assert place.name == "Zandvoort"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"phone": "06 97 12345678"}, "phone"),
        ({"phone": "0900 1234"}, "phone"),
        ({"route": "statushouders"}, "route"),
        ({"age_band": "12-03-1988"}, "age_band"),
        ({"language": "Nederlands"}, "language"),
        ({"reported_on": "2026-03-17"}, "reported_on"),
        ({"consent": CONSENT | {"quotes": "yes"}}, "consent.quotes"),
        ({"consent": CONSENT | {"participate": 1}}, "consent.participate"),
        ({"consent": CONSENT | {"given_via": "fax"}}, "consent.given_via"),
        ({"consent": CONSENT | {"text_version": ""}}, "consent.text_version"),
        ({"consent": None}, "consent"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(api: Api, change: dict[str, Any], field: str) -> None:
    refused = problem(api.post(f"/studies/{STUDY}/participants", PERSON | change), 400)
    assert refused["errors"][0]["field"] == field


@pytest.mark.parametrize("channel", ["call", "sms", "web", "paper"])
def test_contact_data_may_come_later(api: Api, channel: str) -> None:
    code = api.enrol(channel=channel, phone=None)
    assert api.get(f"/participants/{code}").json()["channel"] == channel


def test_a_mobile_number_of_a_series_that_is_not_in_use_yet_is_taken(api: Api) -> None:
    assert api.enrol(phone="+31600000001")


def test_number_and_name_are_not_readable_in_the_database(api: Api, house: House) -> None:
    api.enrol(call_name="Mevrouw Abel")
    with house.work(write=False) as work:
        contact = work.session.exec(select(Contact)).one()
    assert "Abel" not in str(contact.call_name) and "12345678" not in str(contact.phone)


# --- reading ----------------------------------------------------------------------------------------


def test_a_researcher_reads_where_someone_stands(api: Api) -> None:
    code = api.enrol(reported_on="2026-02-02")
    step = record(api, code, "steps", step="werkplein", happened_on="2026-03-10", source="call")
    record(api, code, "steps", step="workshop", happened_on="2026-03-19", source="letter", state="planned")
    record(
        api, code, "ratings", step="werkplein", subject="staff", value="positive", channel="sms", quote="ok"
    )
    shown = api.get(f"/participants/{code}").json()
    assert shown["route"] == "27plus"
    assert shown["state"] == "active"
    first = shown["steps"][0]
    assert (first["id"], first["step"], first["happened_on"]) == (step["id"], "werkplein", "2026-03-10")
    assert "workshop" in shown["to_come"] and "werkplein" not in shown["to_come"]
    assert [(r["value"], r["recall_lag"]) for r in shown["ratings"]] == [("positive", 6)]
    assert shown["next_call"]["due_on"] == "2026-03-16"
    assert shown["deadline"] is None and shown["withdrawn"] is None


@pytest.mark.parametrize("role", ["privacy"])
def test_who_may_not_see_answers_sees_none(
    api: Api, http: TestClient, tokens: dict[str, str], role: str
) -> None:
    code = api.enrol(call_name="Abel")
    record(api, code, "ratings", step="cv", subject="step", value="negative", channel="call", quote="Naar")
    shown = Api(http, tokens[role]).get(f"/participants/{code}")
    assert shown.status_code == 200
    assert "ratings" not in shown.json()
    for hidden in ("negative", "Naar", "Abel", "12345678"):
        assert hidden not in shown.text


@pytest.mark.parametrize("role", ["manager", "integrator", "admin"])
@pytest.mark.parametrize("path", ["", "/deadline"])
def test_managers_and_integrators_see_nobody(
    api: Api, http: TestClient, tokens: dict[str, str], role: str, path: str
) -> None:
    problem(Api(http, tokens[role]).get(f"/participants/{api.enrol()}{path}"), 403)


def test_people_of_another_study_cannot_be_read(api: Api, outsider: Api) -> None:
    code = api.enrol()
    problem(outsider.get(f"/participants/{code}"), 404)
    problem(outsider.get(f"/participants/{code}/deadline"), 404)


def test_a_look_at_a_person_is_logged(api: Api, house: House) -> None:
    code = api.enrol()
    api.get(f"/participants/{code}")
    with house.work(write=False) as work:
        lines = work.session.exec(select(AuditEntry).where(AuditEntry.action == "participant.view")).all()
    assert [(line.object, line.actor.startswith("token:")) for line in lines] == [(code, True)]


# --- facts ------------------------------------------------------------------------------------------


def test_the_same_step_again_is_a_repetition(api: Api) -> None:
    code = api.enrol()
    for day in ("2026-03-02", "2026-03-09"):
        record(api, code, "steps", step="participatiegesprek", happened_on=day, source="call")
    days = [step["happened_on"] for step in api.get(f"/participants/{code}").json()["steps"]]
    assert days == ["2026-03-02", "2026-03-09"]


def test_a_correction_replaces_the_earlier_fact_and_keeps_it(api: Api, house: House) -> None:
    code = api.enrol()
    first = record(api, code, "steps", step="cv", happened_on="2026-03-02", source="call")
    record(api, code, "steps", step="cv", happened_on="2026-03-03", source="letter", corrects=first["id"])
    assert [s["happened_on"] for s in api.get(f"/participants/{code}").json()["steps"]] == ["2026-03-03"]
    with house.work(write=False) as work:
        assert len(work.session.exec(select(Progress)).all()) == 2


def test_only_a_fact_of_the_same_person_and_step_can_be_corrected(api: Api) -> None:
    mine, other = api.enrol(), api.enrol()
    fact = record(api, other, "steps", step="cv", happened_on="2026-03-02", source="call")
    body = {"step": "cv", "happened_on": "2026-03-03", "source": "call", "corrects": fact["id"]}
    problem(api.post(f"/participants/{mine}/steps", body), 404)
    problem(api.post(f"/participants/{other}/steps", body | {"step": "workshop"}), 400)
    problem(api.post(f"/participants/{other}/steps", body | {"corrects": 10**30}), 400)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"step": "leerplein", "happened_on": "2026-03-02"}, "step"),
        ({"step": "cv"}, "happened_on"),
        ({"step": "cv", "happened_on": "2026-03-17"}, "happened_on"),
        ({"step": "cv", "happened_on": "2062-03-02", "state": "planned"}, "happened_on"),
        ({"step": "cv", "happened_on": "2026-03-02", "corrects": "1"}, "corrects"),
    ],
)
def test_a_step_that_cannot_be_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    refused = problem(api.post(f"/participants/{api.enrol()}/steps", {"source": "call"} | body), 400)
    assert refused["errors"][0]["field"] == field


def test_a_step_taken_away_needs_no_day(api: Api) -> None:
    code = api.enrol()
    record(api, code, "steps", step="workshop", source="call", state="bypassed", reason="maatwerk")
    assert api.get(f"/participants/{code}").json()["steps"][0]["state"] == "bypassed"


@pytest.mark.parametrize(
    ("told", "category", "reason"),
    [
        ({"reason": "other_route"}, "other_route", ""),
        ({"reason": "eerst zorg"}, "other", "eerst zorg"),
        ({}, "other", ""),
        ({"category": "urgent", "reason": "geen inkomen"}, "urgent", "geen inkomen"),
    ],
)
def test_a_bypass_has_a_category_however_it_is_told(
    api: Api, told: dict[str, str], category: str, reason: str
) -> None:
    code = api.enrol()
    record(api, code, "steps", step="workshop", source="call", state="bypassed", **told)
    [step] = api.get(f"/participants/{code}").json()["steps"]
    assert (step["category"], step["reason"]) == (category, reason)


@pytest.mark.parametrize(
    "told", [{"state": "bypassed", "category": "verzonnen"}, {"state": "skipped", "category": "urgent"}]
)
def test_a_category_that_cannot_be_is_refused(api: Api, told: dict[str, str]) -> None:
    body = {"step": "workshop", "source": "call", **told}
    refused = problem(api.post(f"/participants/{api.enrol()}/steps", body), 400)
    assert refused["errors"][0]["field"] == "category"


def test_an_imported_step_stands_beside_ours_and_is_the_same_once_more(api: Api) -> None:
    code = api.enrol()
    record(api, code, "steps", step="cv", happened_on="2026-03-02", source="call")
    ids = {
        record(api, code, "steps", step="cv", happened_on="2026-03-04", source="import")["id"]
        for _again in range(2)
    }
    days = [step["happened_on"] for step in api.get(f"/participants/{code}").json()["steps"]]
    assert (days, len(ids)) == (["2026-03-02"], 1)


# --- the clock --------------------------------------------------------------------------------------


def test_without_an_application_there_is_no_clock(api: Api) -> None:
    found = deadline(api, api.enrol())
    assert (found["clock"], found["received"], found["last_day"]) == ("none", None, None)
    assert found["today"] == "2026-03-16"


def test_the_step_aanvraag_starts_the_clock_once(api: Api) -> None:
    code = api.enrol()
    record(api, code, "steps", step="aanvraag", happened_on="2026-02-03", source="call")
    record(api, code, "steps", step="aanvraag", happened_on="2026-02-10", source="call")
    found = deadline(api, code)
    assert (found["received"], found["last_day"], found["days_used"]) == ("2026-02-03", "2026-03-31", 41)


def test_a_receipt_that_was_read_replaces_the_one_that_was_told(api: Api) -> None:
    code = api.enrol()
    record(api, code, "steps", step="aanvraag", happened_on="2026-02-03", source="call")
    record(api, code, "application", received_on="2026-02-04", source="letter")
    assert deadline(api, code)["received"] == "2026-02-04"


def test_an_open_suspension_stops_the_clock_and_supplying_starts_it(api: Api) -> None:
    code = api.enrol()
    record(api, code, "application", received_on="2026-02-03", source="letter")
    record(api, code, "suspensions", ground="1a", invited_on="2026-03-09", term="2026-03-23")
    stopped = deadline(api, code)
    assert (stopped["clock"], stopped["last_day"], stopped["days_used"]) == ("stopped", None, 34)
    assert (stopped["suspended_days"], stopped["last_day_if_unused"]) == (7, "2026-04-14")
    record(
        api,
        code,
        "suspensions",
        ground="1a",
        invited_on="2026-03-09",
        term="2026-03-23",
        supplied_on="2026-03-12",
    )
    assert (deadline(api, code)["clock"], deadline(api, code)["suspended_days"]) == ("running", 2)


def test_overlapping_suspensions_count_once(api: Api) -> None:
    code = api.enrol()
    record(api, code, "application", received_on="2026-02-03", source="letter")
    record(
        api,
        code,
        "suspensions",
        ground="1a",
        invited_on="2026-02-10",
        term="2026-03-10",
        supplied_on="2026-02-24",
    )
    api.post(f"/participants/{code}/suspensions", {"ground": "2a", "from": "2026-02-20", "to": "2026-03-06"})
    found = deadline(api, code)
    assert (found["suspended_days"], found["days_used"], found["last_day"]) == (24, 17, "2026-04-24")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ground": "1a"}, "invited_on"),
        ({"ground": "2b"}, "from"),
        ({"ground": "2b", "from": "2026-03-06", "to": "2026-03-02"}, "to"),
        ({"ground": "1a", "invited_on": "2026-03-09", "supplied_on": "2026-03-02"}, "supplied_on"),
        ({"ground": "1a", "invited_on": "2026-03-09", "from": "2026-03-09"}, "from"),
        ({"ground": "1b", "told_on": "2026-03-17"}, "told_on"),
    ],
)
def test_a_suspension_that_cannot_be_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    refused = problem(api.post(f"/participants/{api.enrol()}/suspensions", body), 400)
    assert refused["errors"][0]["field"] == field


def test_the_order_of_receipt_notice_and_decision_is_kept(api: Api) -> None:
    code = api.enrol()
    record(api, code, "application", received_on="2026-02-03", source="letter")
    early = {"sent_on": "2026-02-02"}
    problem(api.post(f"/participants/{code}/decision", early | {"outcome": "granted"}), 400)
    problem(api.post(f"/participants/{code}/extension", early | {"until": "2026-04-21"}), 400)
    record(api, code, "extension", sent_on="2026-03-02", until="2026-04-21")
    late = {"received_on": "2026-03-09", "source": "letter"}
    problem(api.post(f"/participants/{code}/application", late), 400)
    assert deadline(api, code)["last_day"] == "2026-04-21"


@pytest.mark.parametrize("year", ["0001", "1999", "9999"])
def test_a_year_that_cannot_be_is_stored_nowhere(api: Api, year: str) -> None:
    code, day = api.enrol(), f"{year}-01-01"
    record(api, code, "application", received_on="2026-02-03", source="letter")
    for kind, body in {
        "extension": {"sent_on": "2026-03-02", "until": day},
        "suspensions": {"ground": "2a", "from": day, "to": "2026-03-06"},
        "steps": {"step": "workshop", "happened_on": day, "source": "call", "state": "planned"},
    }.items():
        problem(api.post(f"/participants/{code}/{kind}", body), 400)
    assert deadline(api, code)["last_day"] == "2026-03-31"


def test_the_clock_ends_when_the_decision_is_sent(api: Api) -> None:
    code = api.enrol()
    record(api, code, "application", received_on="2026-02-03", source="letter")
    record(api, code, "decision", decided_on="2026-03-09", sent_on="2026-03-10", outcome="rejected")
    found = deadline(api, code)
    assert (found["clock"], found["days_used"], found["days_late"]) == ("decided", 35, 0)


# --- answers ----------------------------------------------------------------------------------------


def test_the_latest_answer_counts(api: Api) -> None:
    code = api.enrol()
    for value in ("negative", "neutral"):
        record(api, code, "ratings", step="cv", subject="step", value=value, channel="call")
    assert [r["value"] for r in api.get(f"/participants/{code}").json()["ratings"]] == ["neutral"]


def test_the_recall_lag_is_that_of_the_last_time_it_happened(api: Api) -> None:
    code = api.enrol()
    for day in ("2026-03-02", "2026-03-12"):
        record(api, code, "steps", step="workshop", happened_on=day, source="call")
    answer = record(api, code, "ratings", step="workshop", subject="staff", value="positive", channel="web")
    assert answer["recall_lag"] == 4


@pytest.mark.parametrize(
    ("body", "field"),
    [({"step": "leerplein", "subject": "step"}, "step"), ({"step": "cv", "subject": "staff"}, "subject")],
)
def test_only_what_the_route_asks_can_be_rated(api: Api, body: dict[str, str], field: str) -> None:
    refused = api.post(f"/participants/{api.enrol()}/ratings", body | {"value": "neutral", "channel": "call"})
    assert problem(refused, 400)["errors"][0]["field"] == field


def test_after_the_closing_interview_contact_data_is_gone(api: Api, house: House) -> None:
    code = api.enrol()
    record(
        api, code, "closing-interview", grade=6.1, grade_desk=7, statements={"clear": "neutral"}, open="Goed."
    )
    shown = api.get(f"/participants/{code}").json()
    assert (shown["state"], shown["next_call"]) == ("closed", None)
    with house.work(write=False) as work:
        assert work.session.exec(select(Contact)).all() == []


@pytest.mark.parametrize("grade", [0, 0.9, 10.1, 6.15, "6", "6,1", True, 1e400, float("nan")])
def test_a_grade_has_one_decimal_between_one_and_ten(api: Api, grade: Any) -> None:
    shown = f'"{grade}"' if isinstance(grade, str) else {True: "true"}.get(grade, str(grade))
    sent = f'{{"grade": {shown.replace("inf", "1e400").replace("nan", "NaN")}, "statements": {{}}}}'
    refused = api.post(
        f"/participants/{api.enrol()}/closing-interview",
        content=sent,
        headers={"Content-Type": "application/json"},
    )
    assert problem(refused, 400)["errors"][0]["field"] == "grade"


@pytest.mark.parametrize("statements", [{"pretty": "agree"}, {"friendly": "yes"}, None, []])
def test_a_statement_that_is_not_asked_is_refused(api: Api, statements: Any) -> None:
    problem(api.post(f"/participants/{api.enrol()}/closing-interview", {"statements": statements}), 400)


# --- withdrawal -------------------------------------------------------------------------------------


def test_stop_keeps_what_was_said_and_ends_contact(api: Api, house: House) -> None:
    code = api.enrol()
    record(api, code, "ratings", step="cv", subject="step", value="neutral", channel="call")
    record(api, code, "withdrawal", level="stop")
    shown = api.get(f"/participants/{code}").json()
    assert (shown["state"], shown["next_call"], shown["withdrawn"]["level"]) == ("stopped", None, "stop")
    assert len(shown["ratings"]) == 1
    with house.work(write=False) as work:
        assert work.session.exec(select(Contact)).all() == []


def test_from_a_step_on_nothing_is_shown(api: Api) -> None:
    code = api.enrol()
    for step in ("cv", "workshop"):
        record(api, code, "steps", step=step, happened_on="2026-03-02", source="call")
        record(api, code, "ratings", step=step, subject="step", value="neutral", channel="call")
    record(api, code, "application", received_on="2026-03-03", source="call")
    record(api, code, "withdrawal", level="from_step", step="workshop")
    shown = api.get(f"/participants/{code}").json()
    assert [step["step"] for step in shown["steps"]] == ["cv"]
    assert [rating["step"] for rating in shown["ratings"]] == ["cv"]
    assert deadline(api, code)["clock"] == "none"


def test_erase_leaves_only_the_code(api: Api) -> None:
    code = api.enrol()
    record(api, code, "steps", step="cv", happened_on="2026-03-02", source="call")
    record(api, code, "withdrawal", level="erase")
    shown = api.get(f"/participants/{code}").json()
    assert (shown["state"], shown["steps"], shown["ratings"], shown["route"]) == ("erased", [], [], None)


def test_a_withdrawal_goes_further_and_never_back(api: Api) -> None:
    code = api.enrol()
    path = f"/participants/{code}/withdrawal"
    record(api, code, "withdrawal", level="stop")
    problem(api.post(path, {"level": "stop"}), 409)
    record(api, code, "withdrawal", level="from_step", step="workshop")
    problem(api.post(path, {"level": "from_step", "step": "aanvraag"}), 409)
    problem(api.post(path, {"level": "stop"}), 409)
    record(api, code, "withdrawal", level="from_step", step="cv")
    record(api, code, "withdrawal", level="erase")
    problem(api.post(path, {"level": "erase"}), 409)


@pytest.mark.parametrize(
    "body", [{"level": "from_step"}, {"level": "from_step", "step": "rmc"}, {"level": "stop", "step": "cv"}]
)
def test_a_withdrawal_names_a_step_when_it_needs_one(api: Api, body: dict[str, str]) -> None:
    refused = problem(api.post(f"/participants/{api.enrol()}/withdrawal", body), 400)
    assert refused["errors"][0]["field"] == "step"


def test_a_closing_interview_without_one_answer_is_refused(api: Api) -> None:
    problem(api.post(f"/participants/{api.enrol()}/closing-interview", {"statements": {}, "open": " "}), 400)
