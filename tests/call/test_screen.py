"""The call list and the call screen as a researcher meets them, with and without scripts."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from journey.call.notes import record_note
from journey.call.service import NewAttempt, plan_calls, record_attempt
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import (
    Application,
    Attempt,
    AuditEntry,
    Call,
    ClosingInterview,
    Contact,
    Decision,
    Departure,
    Participant,
    Progress,
    Rating,
)
from journey.participant.queries import get_journey
from journey.participant.service import NewConsent
from journey.progress.queries import get_facts
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from journey.work import House, Work
from tests.support.build import build_participant, build_study, csrf_of, get_study_by, sign_in
from tests.support.pages import PageClient

TODAY = date(2026, 3, 17)
LAST_WEEK = TODAY - timedelta(days=7)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def call_id(house: House) -> int:
    with house.work() as work:
        build_participant(work, get_study_by(work, "haarlem-test"), call_name="Ada")
        return work.session.exec(select(Call.id)).one() or 0


@pytest.fixture
def desk(app: FastAPI, call_id: int) -> PageClient:
    return sign_in(app, "r@example.org", "researcher", "haarlem-test")


def tap(desk: PageClient, address: str, *, htmx: bool = False, **fields: Any) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"csrf_token": csrf_of(desk), **fields}
    return desk.post(address, data=data, headers=headers, follow_redirects=False)


def person(work: Work) -> Participant:
    return work.session.exec(select(Participant)).one()


def facts_of(work: Work, step: str) -> list[tuple[str, date | None]]:
    facts = get_facts(work, get_journey(work, person(work))).progress
    return [(fact.state, fact.happened_on) for fact in facts if fact.step == step]


# --- The list --------------------------------------------------------------------------------------


def test_the_list_shows_the_reason_and_the_way_to_the_screen(desk: PageClient, call_id: int) -> None:
    page = desk.get("/calls").text
    assert "Nog niet gesproken" in page
    assert f'href="/calls/{call_id}"' in page
    assert "0612345678" not in page.replace(" ", "")


def test_an_empty_list_is_friendly(app: FastAPI, house: House) -> None:
    desk = sign_in(app, "r@example.org", "researcher", "haarlem-test")
    assert "Er is nu niemand te bellen" in desk.get("/calls").text


@pytest.mark.parametrize(
    "query", ["on=2026-03-18", "on=bah", "on=2062-01-01", "who=all", "from=99999999999", "from=x"]
)
def test_any_address_of_the_list_gives_a_page(desk: PageClient, query: str) -> None:
    assert desk.get(f"/calls?{query}").status_code == 200


def test_who_calls_back_is_found_and_the_look_is_logged(desk: PageClient, house: House, call_id: int) -> None:
    page = tap(desk, "/calls/find", sought="5678").text
    assert "H-001" in page
    assert f'href="/calls/{call_id}"' in page
    with house.work() as work:
        logged = work.session.exec(select(AuditEntry).where(AuditEntry.action == "participant.find")).one()
        assert logged.object == "H-001"


def test_nobody_found_keeps_what_was_typed(desk: PageClient) -> None:
    page = tap(desk, "/calls/find", sought="<b>999").text
    assert "Niemand gevonden" in page
    assert "&lt;b&gt;999" in page


@pytest.mark.parametrize("role", ["manager", "admin", "privacy"])
def test_other_roles_may_not_see_it(app: FastAPI, call_id: int, role: str) -> None:
    other = sign_in(app, f"{role}@example.org", role)
    assert other.get("/calls").status_code == 403
    assert other.get(f"/calls/{call_id}").status_code == 403
    assert tap(other, f"/calls/{call_id}/note", note="x").status_code == 403


def test_people_of_another_study_do_not_exist(app: FastAPI, house: House, call_id: int) -> None:
    with house.work() as work:
        build_study(work, "elders")
    outsider = sign_in(app, "x@example.org", "researcher", "elders")
    for address in ("", "/closing"):
        assert outsider.get(f"/calls/{call_id}{address}").status_code == 404
    for address in (
        "note",
        "attempts",
        "appointment",
        "steps/cv/day",
        "steps/cv/rating",
        "reopen",
        "closing",
    ):
        assert tap(outsider, f"/calls/{call_id}/{address}").status_code == 404


# --- The screen ------------------------------------------------------------------------------------


def test_the_screen_has_the_number_the_name_and_what_to_say(desk: PageClient, call_id: int) -> None:
    page = desk.get(f"/calls/{call_id}").text
    assert 'href="tel:+31612345678"' in page
    assert "Vraag naar Ada" in page
    assert "Is Ada te spreken?" in page
    assert not re.search("bijstand|uitkering", page, re.IGNORECASE)


def test_opening_it_is_logged_as_a_view_of_the_person(desk: PageClient, house: House, call_id: int) -> None:
    desk.get(f"/calls/{call_id}")
    with house.work() as work:
        line = work.session.exec(select(AuditEntry).where(AuditEntry.action == "call.view")).one()
        assert line.object == "H-001"


def test_the_words_of_last_week_stand_on_top(desk: PageClient, house: House, call_id: int) -> None:
    with house.work() as work:
        record_note(work, work.session.get_one(Call, call_id), "Zoekt oppas voor donderdag.")
    with house.work(now=at_local(TODAY + timedelta(days=7), 9)) as work:
        plan_calls(work)
        newest = work.session.exec(select(Call.id).order_by(col(Call.id).desc())).first()
    assert "Zoekt oppas voor donderdag." in desk.get(f"/calls/{newest}").text


def test_a_step_that_was_discussed_moves_away_and_a_changed_one_comes_back(
    desk: PageClient, house: House, call_id: int
) -> None:
    with house.work(now=at_local(LAST_WEEK, 10)) as work:
        someone = person(work)
        someone.enrolled_on = LAST_WEEK
        week = date(2026, 3, 9)
        earlier = Call(participant_id=someone.id or 0, week=week, due_on=LAST_WEEK, created_at=work.now)
        earlier.state = "cancelled"
        work.session.add(earlier)
        record_step(work, get_journey(work, someone), "cv", LAST_WEEK, source="call")
        record_rating(work, someone, NewRating("cv", "step", "neutral", "call"))
        work.session.flush()
        talk = Attempt(
            call_id=earlier.id or 0, outcome="interview", at=work.now, recorded_by="x", recorded_at=work.now
        )
        work.session.add(talk)
    before = desk.get(f"/calls/{call_id}").text
    assert before.index("Eerder besproken stappen") < before.index('id="call-step-cv"')
    with house.work() as work:
        record_rating(work, person(work), NewRating("cv", "step", "negative", "web"))
    after = desk.get(f"/calls/{call_id}").text
    assert "Eerder besproken stappen" not in after
    assert "Gaf zelf al een oordeel" in after


@pytest.mark.parametrize(
    ("quotes", "words"), [(True, "Mag als citaat"), (False, "Geen toestemming voor citaten")]
)
def test_the_quote_says_whether_it_may_be_used(app: FastAPI, house: House, quotes: bool, words: str) -> None:
    consent = NewConsent(participate=True, text_version="2026-1", given_via="oral", quotes=quotes)
    with house.work() as work:
        build_participant(work, get_study_by(work, "haarlem-test"), consent=consent)
    desk = sign_in(app, "r@example.org", "researcher", "haarlem-test")
    assert words in desk.get("/calls/1").text


def test_somebody_who_withdrew_has_a_page_without_forms(desk: PageClient, house: House, call_id: int) -> None:
    with house.work() as work:
        withdraw_participant(work, person(work), "stop")
    page = desk.get(f"/calls/{call_id}").text
    assert "doet niet meer mee" in page
    assert "/attempts" not in page
    assert "tel:" not in page


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("steps/cv/day", {"happened_on": "2026-03-16"}),
        ("steps/cv/rating", {"step": "positive"}),
        ("steps/cv/quote", {"quote": "x"}),
        ("note", {"note": "x"}),
        ("appointment", {"at": "2026-03-19T10:00"}),
        ("attempts", {"outcome": "interview"}),
        ("application", {"received_on": "2026-03-16"}),
        ("reopen", {}),
        ("closing", {"grade": "7"}),
    ],
)
def test_nothing_can_be_saved_about_somebody_who_withdrew(
    desk: PageClient, house: House, call_id: int, address: str, fields: dict[str, str]
) -> None:
    with house.work() as work:
        withdraw_participant(work, person(work), "stop")
    assert tap(desk, f"/calls/{call_id}/{address}", **fields).status_code == 409


# --- Taps ------------------------------------------------------------------------------------------


def test_a_day_is_saved_at_once_and_the_step_comes_back(desk: PageClient, house: House, call_id: int) -> None:
    answer = tap(desk, f"/calls/{call_id}/steps/cv/day", htmx=True, happened_on="2026-03-16")
    assert answer.status_code == 200
    assert 'id="call-step-cv"' in answer.text
    assert "gedaan ma 16 mrt" in answer.text
    with house.work() as work:
        assert facts_of(work, "cv") == [("done", date(2026, 3, 16))]


def test_without_scripts_the_page_comes_back_at_the_step(desk: PageClient, call_id: int) -> None:
    answer = tap(desk, f"/calls/{call_id}/steps/cv/day", happened_on="2026-03-16")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/calls/{call_id}?step=cv#call-step-cv")


def test_another_day_corrects_and_again_repeats(desk: PageClient, house: House, call_id: int) -> None:
    address = f"/calls/{call_id}/steps/cv/day"
    tap(desk, address, happened_on="2026-03-17")
    tap(desk, address, happened_on="2026-03-16")
    with house.work() as work:
        assert facts_of(work, "cv") == [("done", date(2026, 3, 16))]
        assert len(work.session.exec(select(Progress)).all()) == 2
    tap(desk, address, happened_on="2026-03-17", again="yes")
    with house.work() as work:
        assert [day for _, day in facts_of(work, "cv")] == [date(2026, 3, 16), date(2026, 3, 17)]


def test_a_double_tap_gives_one_fact(desk: PageClient, house: House, call_id: int) -> None:
    for _ in range(2):
        tap(desk, f"/calls/{call_id}/steps/cv/day", happened_on="2026-03-16", idempotency_key="k")
        tap(desk, f"/calls/{call_id}/steps/cv/rating", step="neutral", idempotency_key="l")
        tap(desk, f"/calls/{call_id}/steps/cv/rating", step="neutral")
    with house.work() as work:
        assert len(work.session.exec(select(Progress)).all()) == 1
        assert len(work.session.exec(select(Rating)).all()) == 1


def test_a_day_ahead_is_a_plan_and_happens_later(desk: PageClient, house: House, call_id: int) -> None:
    address = f"/calls/{call_id}/steps/workshop/day"
    tap(desk, address, happened_on="other", other_day="2026-03-23")
    with house.work() as work:
        assert facts_of(work, "workshop") == [("planned", date(2026, 3, 23))]
    tap(desk, address, happened_on="2026-03-17")
    with house.work() as work:
        assert facts_of(work, "workshop") == [("done", TODAY)]


def test_a_step_can_be_skipped_and_taken_back(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/steps/workshop/day", state="skipped")
    with house.work() as work:
        assert facts_of(work, "workshop") == [("skipped", None)]
    tap(desk, f"/calls/{call_id}/steps/workshop/retract")
    with house.work() as work:
        assert facts_of(work, "workshop") == []


def test_taking_back_the_application_takes_back_its_receipt(
    desk: PageClient, house: House, call_id: int
) -> None:
    tap(desk, f"/calls/{call_id}/steps/aanvraag/day", happened_on="2026-03-16")
    with house.work() as work:
        assert get_facts(work, get_journey(work, person(work))).application is not None
    tap(desk, f"/calls/{call_id}/steps/aanvraag/retract")
    with house.work() as work:
        assert get_facts(work, get_journey(work, person(work))).application is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"other_day": ""}, "Vul dit in"),
        ({"other_day": "laatst"}, "Dit is geen datum"),
        ({"other_day": "2062-01-01"}, "ligt te ver weg"),
        ({"other_day": "1999-01-01"}, "voor het begin van het onderzoek"),
        ({"state": "bypassed"}, "bestaat niet"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_wrong_day_is_told_at_the_step(
    desk: PageClient, house: House, call_id: int, fields: dict[str, str], message: str, htmx: bool
) -> None:
    answer = tap(desk, f"/calls/{call_id}/steps/cv/day", htmx=htmx, **fields)
    assert answer.status_code == 422
    assert message in answer.text
    with house.work() as work:
        assert facts_of(work, "cv") == []


def test_a_step_of_another_route_does_not_exist(desk: PageClient, call_id: int) -> None:
    assert tap(desk, f"/calls/{call_id}/steps/leerplein/day", happened_on="2026-03-16").status_code == 404


def test_a_face_is_saved_with_channel_and_recall_lag(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/steps/werkplein/day", happened_on="2026-03-13")
    answer = tap(desk, f"/calls/{call_id}/steps/werkplein/rating", htmx=True, staff="negative")
    assert re.search(r'id="call-werkplein-staff-negative"[^>]*aria-pressed="true"', answer.text)
    with house.work() as work:
        rating = work.session.exec(select(Rating)).one()
        assert (rating.subject, rating.value, rating.channel) == ("staff", "negative", "call")
        assert rating.recall_lag == 4


def test_words_stay_with_the_answer_in_either_order(desk: PageClient, house: House, call_id: int) -> None:
    base = f"/calls/{call_id}/steps/cv"
    tap(desk, f"{base}/quote", quote="Het lukte 👍 meteen", subject="step")
    tap(desk, f"{base}/rating", step="positive")
    tap(desk, f"{base}/rating", step="neutral")
    with house.work() as work:
        last = work.session.exec(select(Rating).order_by(col(Rating.id).desc())).first()
        assert last is not None
        assert (last.value, last.quote) == ("neutral", "Het lukte 👍 meteen")


@pytest.mark.parametrize("fields", [{}, {"step": "great"}, {"cat": "positive"}])
def test_a_face_that_does_not_exist_is_refused(
    desk: PageClient, house: House, call_id: int, fields: dict[str, str]
) -> None:
    assert tap(desk, f"/calls/{call_id}/steps/cv/rating", **fields).status_code == 422
    with house.work() as work:
        assert work.session.exec(select(Rating)).all() == []


def test_words_that_are_too_long_are_still_there(desk: PageClient, call_id: int) -> None:
    answer = tap(desk, f"/calls/{call_id}/steps/cv/quote", quote="woord " * 900, subject="step")
    assert answer.status_code == 422
    assert answer.text.count("woord") > 800


def test_the_note_is_kept(desk: PageClient, house: House, call_id: int) -> None:
    assert tap(desk, f"/calls/{call_id}/note", note="Belt liever na vijven.").status_code == 303
    assert "Belt liever na vijven." in desk.get(f"/calls/{call_id}").text


@pytest.mark.parametrize(("letter", "source"), [({"from_letter": "yes"}, "letter"), ({}, "call")])
def test_the_receipt_keeps_its_source(
    desk: PageClient, house: House, call_id: int, letter: dict[str, str], source: str
) -> None:
    tap(desk, f"/calls/{call_id}/application", received_on="10-3-2026", **letter)
    with house.work() as work:
        known = work.session.exec(select(Application)).one()
        assert (known.received_on, known.source) == (date(2026, 3, 10), source)


def test_a_decision_told_on_the_phone_leads_to_the_closing_questions(
    desk: PageClient, house: House, call_id: int
) -> None:
    answer = tap(desk, f"/calls/{call_id}/decision", htmx=True, sent_on="2026-03-16", decision="granted")
    assert f"/calls/{call_id}/closing" in answer.text
    with house.work() as work:
        assert work.session.exec(select(Decision.outcome)).one() == "granted"


def test_leaving_without_a_decision_is_recorded(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/departure", left_on="2026-03-16", reason="work")
    with house.work() as work:
        assert work.session.exec(select(Departure.reason)).one() == "work"


@pytest.mark.parametrize("address", ["application", "decision", "departure"])
def test_an_empty_form_about_the_case_names_its_fields(desk: PageClient, call_id: int, address: str) -> None:
    answer = tap(desk, f"/calls/{call_id}/{address}", htmx=True)
    assert answer.status_code == 422
    assert "Vul dit in." in answer.text


def test_an_appointment_is_agreed_and_taken_back(desk: PageClient, house: House, call_id: int) -> None:
    answer = tap(desk, f"/calls/{call_id}/appointment", htmx=True, at="2026-03-19T14:30")
    assert "Afspraak: do 19 mrt om 14:30" in answer.text
    tap(desk, f"/calls/{call_id}/appointment", at="none")
    with house.work() as work:
        assert work.session.get_one(Call, call_id).appointment_at is None


@pytest.mark.parametrize(
    "fields", [{"at": "2026-03-01T10:00"}, {"at": "other", "other_at": ""}, {"at": "straks"}]
)
def test_an_appointment_that_cannot_be_is_refused(
    desk: PageClient, call_id: int, fields: dict[str, str]
) -> None:
    assert tap(desk, f"/calls/{call_id}/appointment", htmx=True, **fields).status_code == 422


# --- The end ---------------------------------------------------------------------------------------


def test_an_outcome_goes_back_to_the_list_and_tells_what_was_recorded(desk: PageClient, call_id: int) -> None:
    answer = tap(desk, f"/calls/{call_id}/attempts", outcome="no_answer")
    assert answer.headers["location"] == f"/calls?from={call_id}"
    assert "geen gehoor" in desk.get(answer.headers["location"]).text


def test_with_scripts_the_browser_is_told_where_to_go(desk: PageClient, call_id: int) -> None:
    answer = tap(desk, f"/calls/{call_id}/attempts", htmx=True, outcome="interview")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, f"/calls?from={call_id}")


def test_an_appointment_as_outcome_needs_a_moment(desk: PageClient, house: House, call_id: int) -> None:
    assert tap(desk, f"/calls/{call_id}/attempts", outcome="appointment").status_code == 422
    tap(desk, f"/calls/{call_id}/appointment", at="2026-03-19T14:30")
    assert tap(desk, f"/calls/{call_id}/attempts", outcome="appointment").status_code == 303
    with house.work() as work:
        assert work.session.exec(select(Attempt.appointment_at)).one() == at_local(date(2026, 3, 19), 14, 30)


def test_a_colleague_who_ends_the_same_call_is_told(desk: PageClient, app: FastAPI, call_id: int) -> None:
    colleague = sign_in(app, "c@example.org", "researcher", "haarlem-test")
    tap(colleague, f"/calls/{call_id}/attempts", outcome="interview")
    answer = tap(desk, f"/calls/{call_id}/attempts", outcome="interview")
    assert answer.status_code == 422
    assert "al afgesloten" in answer.text


def test_what_was_told_can_be_corrected_after_the_end(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/attempts", outcome="interview")
    tap(desk, f"/calls/{call_id}/steps/cv/rating", step="positive")
    with house.work() as work:
        assert len(work.session.exec(select(Rating)).all()) == 1


def test_a_round_ended_by_mistake_is_opened_again(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/attempts", outcome="interview")
    tap(desk, f"/calls/{call_id}/reopen")
    with house.work() as work:
        assert work.session.get_one(Call, call_id).state == "open"


def test_a_stop_takes_effect_at_once(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/attempts", outcome="stop")
    with house.work() as work:
        assert person(work).state == "stopped"
        assert work.session.exec(select(Contact)).all() == []


# --- The closing interview -------------------------------------------------------------------------


def test_the_closing_interview_ends_it_all(desk: PageClient, house: House, call_id: int) -> None:
    fields = {
        "grade": "6,1",
        "grade_desk": "7",
        "grade_case_manager": "",
        "statements.friendly": "agree",
        "open": "Bedankt voor het luisteren.",
    }
    answer = tap(desk, f"/calls/{call_id}/closing", **fields)
    assert answer.headers["location"] == f"/calls?from={call_id}"
    with house.work() as work:
        held = work.session.exec(select(ClosingInterview)).one()
        assert (held.grade, held.grade_desk, held.grade_case_manager) == (61, 70, None)
        assert person(work).state == "closed"
        assert work.session.get_one(Call, call_id).state == "done"
        assert work.session.exec(select(Attempt.outcome)).one() == "interview"
        assert work.session.exec(select(Contact)).all() == []


def test_its_answers_can_be_corrected_and_are_shown_again(
    desk: PageClient, house: House, call_id: int
) -> None:
    tap(desk, f"/calls/{call_id}/closing", **{"grade": "6,1", "statements.friendly": "agree"})
    page = desk.get(f"/calls/{call_id}/closing").text
    assert 'value="6,1"' in page
    tap(desk, f"/calls/{call_id}/closing", grade="6,2")
    with house.work() as work:
        assert [row.grade for row in work.session.exec(select(ClosingInterview)).all()] == [61, 62]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"grade": "11"},
        {"grade": "6,25"},
        {"grade": "NaN"},
        {"grade": "zeven"},
        {"statements.friendly": "maybe"},
        {"open": "x" * 5001},
    ],
)
def test_wrong_closing_answers_come_back_as_typed(
    desk: PageClient, house: House, call_id: int, fields: dict[str, str]
) -> None:
    answer = tap(desk, f"/calls/{call_id}/closing", **fields)
    assert answer.status_code == 422
    with house.work() as work:
        assert person(work).state == "active"
        assert work.session.exec(select(ClosingInterview)).all() == []


def test_a_closed_person_keeps_a_screen_without_a_number(desk: PageClient, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/closing", grade="6")
    page = desk.get(f"/calls/{call_id}").text
    assert "tel:" not in page
    assert "afgerond" in page


def test_the_attempt_of_a_colleague_is_shown(desk: PageClient, house: House, call_id: int) -> None:
    with house.work() as work:
        record_attempt(work, work.session.get_one(Call, call_id), NewAttempt("language"))
    assert "tolk" in desk.get(f"/calls/{call_id}").text


def test_only_an_appointment_is_one_tap(desk: PageClient, house: House, call_id: int) -> None:
    assert (
        tap(desk, f"/calls/{call_id}/attempts", outcome="appointment", agreed="2026-03-19T14:30").status_code
        == 303
    )
    with house.work() as work:
        call = work.session.get_one(Call, call_id)
        assert call.appointment_at == at_local(date(2026, 3, 19), 14, 30)
        assert work.session.exec(select(Attempt.outcome)).all() == ["appointment"]


def test_an_appointment_in_one_tap_that_is_no_moment_records_nothing(
    desk: PageClient, house: House, call_id: int
) -> None:
    assert tap(desk, f"/calls/{call_id}/attempts", outcome="appointment", agreed="morgen").status_code == 422
    with house.work() as work:
        assert work.session.exec(select(Attempt.id)).all() == []
