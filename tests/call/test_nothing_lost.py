"""Mistaps are taken back with a trace, two people's notes stand side by side, and the decision is asked at its step."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from journey.call.notes import list_notes, record_note
from journey.call.service import NewAttempt, record_attempt
from journey.call.told import When, tell_decision, tell_quote, tell_rating, tell_step, undo_tap
from journey.call.undo import take_back_attempt
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import (
    Application,
    Attempt,
    AuditEntry,
    Call,
    CallNote,
    ClosingAnswer,
    ClosingInterview,
    Contact,
    Decision,
    Participant,
    Rating,
    TakenBack,
)
from journey.participant.queries import get_journey
from journey.progress.queries import get_facts
from journey.rating.queries import current_ratings, list_answers
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.work import Actor, House, Work
from tests.support.build import build_participant, csrf_of, get_study_by, sign_in
from tests.support.pages import PageClient

TODAY = date(2026, 3, 17)
ADA = Actor("user", "user:1", "researcher", id=1)
BEA = Actor("user", "user:2", "researcher", id=2)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def call_id(house: House) -> int:
    with house.work(now=at_local(TODAY, 8)) as work:
        build_participant(work, get_study_by(work, "haarlem-test"), call_name="Ada")
        return work.session.exec(select(Call.id)).one() or 0


@pytest.fixture
def desk(app: FastAPI, call_id: int) -> PageClient:
    return sign_in(app, "r@example.org", "researcher", "haarlem-test")


def tap(desk: PageClient, address: str, **fields: str) -> str:
    """The part of the screen that comes back."""
    data = {"csrf_token": csrf_of(desk), **fields}
    return desk.post(address, data=data, headers={"HX-Request": "true"}).text


def person(work: Work) -> Participant:
    return work.session.exec(select(Participant)).one()


def call_of(work: Work) -> Call:
    return work.session.exec(select(Call)).one()


# --- Taken back ------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["no_answer", "interview", "not_by_phone", "wrong_number", "not_now"])
def test_an_outcome_that_did_not_happen_counts_nowhere(house: House, call_id: int, outcome: str) -> None:
    with house.work(ADA) as work:
        before = call_of(work).model_dump(), person(work).model_dump()
    with house.work(ADA) as work:
        record_attempt(work, call_of(work), NewAttempt(outcome))
    with house.work(ADA) as work:
        take_back_attempt(work, call_of(work), outcome)
    with house.work() as work:
        assert (call_of(work).model_dump(), person(work).model_dump()) == before
        assert work.session.exec(select(Attempt.id)).all() == []
        assert work.session.exec(select(Contact.phone_wrong_at)).one() is None
        kept = work.session.exec(select(TakenBack)).one()
        assert (kept.kind, kept.content["outcome"], kept.recorded_by) == ("attempt", outcome, "user:1")
        assert work.session.exec(select(AuditEntry).where(AuditEntry.action == "call.undo")).one()


def test_what_a_colleague_recorded_since_is_not_taken_back(house: House, call_id: int) -> None:
    with house.work(ADA) as work:
        record_attempt(work, call_of(work), NewAttempt("no_answer"))
    with house.work(BEA) as work:
        record_attempt(work, call_of(work), NewAttempt("busy"))
    with house.work(ADA) as work, pytest.raises(Conflict, match="intussen iets anders"):
        take_back_attempt(work, call_of(work), "no_answer")


def test_a_stop_is_for_good(house: House, call_id: int) -> None:
    with house.work(ADA) as work:
        record_attempt(work, call_of(work), NewAttempt("stop"))
    with house.work(ADA) as work, pytest.raises((Conflict, NotFound)):
        take_back_attempt(work, call_of(work))


def test_the_list_offers_the_way_back_and_it_works(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/attempts", outcome="no_answer")
    page = desk.get(f"/calls?from={call_id}").text
    assert f'action="/calls/{call_id}/attempts/undo"' in page
    back = tap(desk, f"/calls/{call_id}/attempts/undo", undone="no_answer")
    assert "Gesprek klaar" in back
    with house.work() as work:
        assert work.session.exec(select(Attempt.id)).all() == []


def test_a_wrong_date_and_a_wrong_subject_are_taken_back_to_what_stood_before(
    house: House, call_id: int
) -> None:
    moments = [at_local(TODAY, 10, minute) for minute in range(6)]
    with house.work(ADA, now=moments[0]) as work:
        tell_step(work, person(work), "werkplein", "done", When(date(2026, 3, 10)))
    with house.work(ADA, now=moments[1]) as work:
        tell_step(work, person(work), "werkplein", "done", When(TODAY))
    with house.work(ADA, now=moments[2]) as work:
        tell_rating(work, person(work), "werkplein", "staff", "negative")
    for moment in moments[3:5]:
        with house.work(ADA, now=moment) as work:
            undo_tap(work, person(work), "werkplein", call_of(work))
    with house.work() as work:
        facts = get_facts(work, get_journey(work, person(work)))
        assert [fact.happened_on for fact in facts.progress] == [date(2026, 3, 10)]
        assert work.session.exec(select(Rating.id)).all() == []
        assert work.session.exec(select(TakenBack.kind)).all() == ["rating"]


# --- Notes -----------------------------------------------------------------------------------------


def test_notes_of_two_people_and_of_two_pages_are_both_there(house: House, call_id: int) -> None:
    with house.work(ADA) as work:
        record_note(work, call_of(work), "Heeft een kat.", page="a")
    with house.work(BEA) as work:
        record_note(work, call_of(work), "Bel na vijven.", page="b", seen=None)
    with house.work(ADA) as work:
        record_note(work, call_of(work), "Heeft een kat en een hond.", page="a")
        record_note(work, call_of(work), "Andere pagina.", page="c", seen=None)
    with house.work(ADA) as work:
        notes = [(note.text, note.own) for note in list_notes(work, call_of(work))]
    assert notes == [
        ("Bel na vijven.", False),
        ("Heeft een kat en een hond.", True),
        ("Andere pagina.", True),
    ]


def test_the_second_page_of_one_person_never_replaces_the_first(house: House, call_id: int) -> None:
    with house.work(ADA) as work:
        record_note(work, call_of(work), "Een", page="a")
        seen = list_notes(work, call_of(work))[0].id
    with house.work(ADA) as work:
        record_note(work, call_of(work), "Een en twee", page="b", seen=seen)
        record_note(work, call_of(work), "Een en drie", page="c", seen=seen)
    with house.work(ADA) as work:
        assert [note.text for note in list_notes(work, call_of(work))] == ["Een en twee", "Een en drie"]


def test_a_citizen_number_is_refused_at_its_field_with_what_was_typed(desk: PageClient, call_id: int) -> None:
    part = tap(desk, f"/calls/{call_id}/note", note="Zijn nummer is 111222333.")
    assert part.index("burgerservicenummer") < part.index("Zijn nummer is 111222333.</textarea>")
    assert "<html" not in part


def test_a_colleague_who_has_the_call_open_is_named(app: FastAPI, desk: PageClient, call_id: int) -> None:
    colleague = sign_in(app, "bea@example.org", "researcher", "haarlem-test")
    colleague.get(f"/calls/{call_id}")
    assert "opende dit gesprek om" in desk.get(f"/calls/{call_id}/others").text
    assert "opende dit gesprek om" in desk.get(f"/calls/{call_id}").text


# --- What is told ----------------------------------------------------------------------------------


def test_a_decision_told_before_an_application_shows_as_decided(desk: PageClient, call_id: int) -> None:
    part = tap(desk, f"/calls/{call_id}/decision", decision="rejected", sent_on="2026-03-16")
    assert "gedaan ma 16 mrt" in part
    assert f"/calls/{call_id}/closing" in part
    assert "Besloten: afgewezen, verstuurd op maandag 16 maart 2026." in desk.get(f"/calls/{call_id}").text


def test_the_date_on_the_letter_stands_apart_from_sending(
    house: House, call_id: int, desk: PageClient
) -> None:
    fields = {"decision": "granted", "other_sent": "16-3", "decided_on": "13 maart"}
    tap(desk, f"/calls/{call_id}/decision", **fields)
    with house.work() as work:
        told = work.session.exec(select(Decision)).one()
        assert (told.sent_on, told.decided_on) == (date(2026, 3, 16), date(2026, 3, 13))


def test_a_decision_that_was_a_mistap_is_taken_back(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/decision", decision="granted", sent_on="2026-03-16")
    tap(desk, f"/calls/{call_id}/steps/beschikking/undo")
    with house.work() as work:
        facts = get_facts(work, get_journey(work, person(work)))
        assert (facts.decision, facts.ended_on) == (None, None)


def test_the_receipt_is_asked_at_its_step_with_its_source(
    desk: PageClient, house: House, call_id: int
) -> None:
    part = tap(desk, f"/calls/{call_id}/application", received_on="2026-03-16", source="letter")
    assert 'id="call-step-aanvraag"' in part
    with house.work() as work:
        assert (
            work.session.exec(select(Application.source).where(~col(Application.replaced))).one() == "letter"
        )


def test_weeks_and_days_that_nobody_knows_are_told_as_such(
    desk: PageClient, house: House, call_id: int
) -> None:
    week = tap(desk, f"/calls/{call_id}/steps/cv/day", week="2026-03-09")
    assert "week van 9 mrt" in week
    unknown = tap(desk, f"/calls/{call_id}/steps/werk-nl/day", happened_on="unknown")
    assert "datum onbekend" in unknown
    with house.work() as work:
        facts = get_facts(work, get_journey(work, person(work))).progress
        told = {fact.step: (fact.state, fact.happened_on, fact.precision) for fact in facts}
    assert told == {"cv": ("done", date(2026, 3, 11), "week"), "werk-nl": ("done", None, "unknown")}
    assert desk.get("/participants/H-001").status_code == 200


def test_a_step_still_to_come_cannot_be_rated(desk: PageClient, house: House, call_id: int) -> None:
    part = tap(desk, f"/calls/{call_id}/steps/workshop/day", other_day="24-3-2026")
    assert "disabled" in part
    with house.work(ADA) as work, pytest.raises(Invalid, match="nog niet geweest"):
        tell_rating(work, person(work), "workshop", "step", "positive")


def test_words_before_a_face_are_words_and_count_in_no_figure(house: House, call_id: int) -> None:
    with house.work(ADA) as work:
        tell_quote(work, person(work), "cv", "step", "Het lukte meteen.")
    with house.work() as work:
        study = get_study_by(work, "haarlem-test")
        assert current_ratings(work, person(work)) == {}
        assert list_answers(work, study) == []
        assert len(list_answers(work, study, with_words=True)) == 1
    with house.work(ADA, now=at_local(TODAY, 20)) as work:
        tell_rating(work, person(work), "cv", "step", "positive")
    with house.work() as work:
        known = current_ratings(work, person(work))["cv", "step"]
        assert (known.value, known.quote) == ("positive", "Het lukte meteen.")


def test_words_over_the_limit_are_refused_with_a_count(desk: PageClient, call_id: int) -> None:
    part = tap(desk, f"/calls/{call_id}/steps/cv/quote", quote="x" * 5003, subject="step")
    assert "Dit is 3 tekens te lang: hoogstens 5000." in part
    assert "x" * 5003 in part


def test_the_first_call_opens_with_who_why_and_may_i(app: FastAPI, house: House) -> None:
    with house.work() as work:
        build_participant(work, get_study_by(work, "haarlem-test"), language="ar")
    desk = sign_in(app, "r@example.org", "researcher", "haarlem-test")
    page = desk.get("/calls/1").text
    assert "Ik bel voor het onderzoek waaraan u meedoet." in page
    assert '<p lang="ar" dir="auto">' in page


# --- The closing interview -------------------------------------------------------------------------


def test_each_closing_answer_is_kept_and_counted(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/closing/answers", grade="6,1")
    part = tap(desk, f"/calls/{call_id}/closing/answers", **{"statements.friendly": "agree"})
    assert "2 van" in part
    assert "wissen we het telefoonnummer" in part
    page = desk.get(f"/calls/{call_id}/closing").text
    assert 'value="6,1"' in page
    assert "tel:+31612345678" in page
    with house.work() as work:
        assert work.session.exec(select(ClosingInterview.id)).all() == []
        assert person(work).state == "active"


def test_closing_takes_what_was_kept_and_leaves_no_answers_behind(
    desk: PageClient, house: House, call_id: int
) -> None:
    tap(desk, f"/calls/{call_id}/closing/answers", grade="6,1")
    tap(desk, f"/calls/{call_id}/closing", grade_desk="7")
    with house.work() as work:
        held = work.session.exec(select(ClosingInterview)).one()
        assert (held.grade, held.grade_desk) == (61, 70)
        assert work.session.exec(select(ClosingAnswer)).all() == []


def test_a_wrong_closing_answer_is_refused_alone(desk: PageClient, house: House, call_id: int) -> None:
    tap(desk, f"/calls/{call_id}/closing/answers", grade="11", grade_desk="7")
    with house.work() as work:
        assert work.session.exec(select(ClosingAnswer.item)).all() == ["grade_desk"]


@pytest.mark.parametrize("level", ["stop", "erase"])
def test_a_withdrawal_takes_unfinished_answers_and_what_was_taken_back(
    house: House, call_id: int, level: str
) -> None:
    with house.work(ADA) as work:
        record_attempt(work, call_of(work), NewAttempt("no_answer"))
    with house.work(ADA, now=at_local(TODAY, 11)) as work:
        take_back_attempt(work, call_of(work))
        record_note(work, call_of(work), "Heeft een kat.", page="a")
        tell_decision(work, person(work), TODAY - timedelta(days=1), "granted", None)
    with house.work() as work:
        withdraw_participant(work, person(work), level)
    with house.work() as work:
        assert work.session.exec(select(TakenBack.id)).all() == []
        assert work.session.exec(select(CallNote.id)).all() == []
