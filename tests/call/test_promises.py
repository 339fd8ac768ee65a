"""Promises to call back: one at a time, by whom, until when, and the share kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.call.promises import call_back_share, list_open_promises
from journey.call.queries import list_due
from journey.call.service import NewAttempt, record_attempt, record_call_back
from journey.consent.service import withdraw_participant
from journey.models import Call, CallBack, Participant
from journey.work import Work
from tests.support.build import build_participant, get_study_by
from tests.support.desk import OTHER, STUDY, build_desk

MONDAY = date(2026, 3, 16)
At = Callable[..., AbstractContextManager[Work]]


def enrolled(work: Work) -> Participant:
    return build_participant(work, get_study_by(work, STUDY))


def only_call(work: Work) -> Call:
    return work.session.exec(select(Call)).one()


def test_asking_again_before_anybody_dialled_is_one_promise(at: At) -> None:
    with at() as work:
        record_call_back(work, enrolled(work), via="page")
    with at(MONDAY, 11) as work:
        call = record_call_back(work, work.session.exec(select(Participant)).one(), via="sms")
        promise = work.session.exec(select(CallBack)).one()
        assert (promise.via, call.asked_back_at) == ("page", promise.asked_at)


def test_asking_after_a_dial_in_vain_is_a_new_promise(at: At) -> None:
    with at() as work:
        record_call_back(work, enrolled(work))
    with at(MONDAY, 11) as work:
        record_attempt(work, only_call(work), NewAttempt("no_answer"))
    with at(MONDAY, 12) as work:
        record_call_back(work, work.session.exec(select(Participant)).one())
        assert len(work.session.exec(select(CallBack)).all()) == 2
        assert list_due(work)[0].reason == "Vroeg om 12:00 uur om teruggebeld te worden, vóór 17:00 uur"


def test_a_dial_in_vain_keeps_the_promise_and_the_rhythm_takes_over(at: At) -> None:
    with at() as work:
        record_call_back(work, enrolled(work))
    with at(MONDAY, 11) as work:
        record_attempt(work, only_call(work), NewAttempt("no_answer"))
        assert list_open_promises(work) == []
        assert list_due(work)[0].now is False
    with at(MONDAY, 18) as work:
        due = list_due(work)[0]
        assert (due.now, due.reason) == (
            True,
            "Vroeg om 10:00 uur om teruggebeld te worden, nog niet gesproken",
        )


def test_asked_after_five_it_is_due_tomorrow(at: At) -> None:
    with at(MONDAY, 18) as work:
        record_call_back(work, enrolled(work))
        assert list_due(work)[0].reason == (
            "Vroeg om 18:00 uur om teruggebeld te worden, vóór di 17 mrt 17:00"
        )


def test_the_share_of_a_month(at: At) -> None:
    with at() as work:
        record_call_back(work, enrolled(work))
    with at(MONDAY, 16, 59) as work:
        record_attempt(work, only_call(work), NewAttempt("voicemail"))
    with at(MONDAY + timedelta(days=1)) as work:
        record_call_back(work, work.session.exec(select(Participant)).one())
    with at(MONDAY + timedelta(days=1), 18) as work:
        record_attempt(work, only_call(work), NewAttempt("no_answer"))
    with at(MONDAY + timedelta(days=1), 19) as work:
        record_call_back(work, work.session.exec(select(Participant)).one())
        (month,) = call_back_share(work, get_study_by(work, STUDY))
        assert (month.promised, month.kept, month.late, month.open) == (3, 1, 1, 1)


def test_who_stopped_in_time_is_no_broken_promise(at: At) -> None:
    with at() as work:
        person = enrolled(work)
        record_call_back(work, person)
        withdraw_participant(work, person, "stop")
    with at(MONDAY, 18) as work:
        assert call_back_share(work, get_study_by(work, STUDY)) == []
        assert list_open_promises(work) == []


@pytest.fixture
def today() -> date:
    return MONDAY


def test_a_colleagues_person_by_code(app: FastAPI) -> None:
    desk = build_desk(app)
    code = desk.enrol()
    answer = desk.post("/call-backs", {"code": code.lower()})
    assert answer.headers["location"] == f"/call-backs?noted={code}"
    html = desk.get(answer.headers["location"]).text
    assert f"Genoteerd: {code} wordt teruggebeld" in html
    assert "aan de telefoon" in html


@pytest.mark.parametrize("code", ["", "H-999"])
def test_nobody_has_that_code(app: FastAPI, code: str) -> None:
    answer = build_desk(app).post("/call-backs", {"code": code})
    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text


def test_people_of_other_studies_are_not_there(app: FastAPI) -> None:
    desk = build_desk(app)
    theirs = desk.enrol(OTHER)
    assert desk.post("/call-backs", {"code": theirs}).status_code == 422
    assert theirs not in desk.get("/call-backs").text


def test_a_promise_to_who_stopped_is_refused_in_words(app: FastAPI) -> None:
    desk = build_desk(app)
    code = desk.enrol()
    with desk.work() as work:
        withdraw_participant(work, desk.person(work, code), "stop")
    answer = desk.post("/call-backs", {"code": code})
    assert (answer.status_code, "doet niet meer mee" in answer.text) == (422, True)


def test_a_manager_sees_none_of_it(app: FastAPI) -> None:
    assert build_desk(app, "manager").get("/call-backs").status_code == 403
