"""What a device kept and sent later is judged at the moment it was tapped: hours, parts of the day, promises."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from journey.call.planning import plan_calls
from journey.call.service import NewAttempt, record_attempt
from journey.clock import AMSTERDAM, at_local, local_day
from journey.models import Attempt, AuditEntry, Call, CallBack, Participant, Rating, stored_id
from journey.rules.errors import Conflict, Invalid
from journey.work import Work
from tests.support.desk import MONDAY, Desk, build_desk

HOUR = timedelta(hours=1)
SUNDAY = MONDAY + timedelta(days=6)


@pytest.fixture
def today() -> date:
    return MONDAY


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    return build_desk(app)


def call_of(work: Work, code: str) -> Call:
    statement = select(Call).join(Participant).where(Participant.code == code).order_by(col(Call.week))
    return work.session.exec(statement).first()  # type: ignore[return-value]


def tap(desk: Desk, code: str, path: str, age: str, **data: str) -> tuple[int, datetime]:
    """A tap that waited `age` seconds on the device; the status and the moment it came in."""
    with desk.work() as work:
        call_id, now = stored_id(call_of(work, code)), work.now
    answer = desk.post(f"/calls/{call_id}/{path}", data, headers={"HX-Request": "true", "Journey-Age": age})
    return answer.status_code, now


def last(desk: Desk) -> Attempt:
    with desk.work() as work:
        return work.session.exec(select(Attempt).order_by(col(Attempt.id).desc())).first()  # type: ignore[return-value]


def test_a_dial_stands_at_the_moment_of_its_tap_and_is_marked(desk: Desk) -> None:
    code = desk.enrol()
    _status, now = tap(desk, code, "attempts", "7200", outcome="no_answer")
    attempt = last(desk)
    assert abs(now - 2 * HOUR - attempt.at) < timedelta(seconds=30)
    assert attempt.recorded_at - attempt.at >= 2 * HOUR
    with desk.work() as work:
        line = work.session.exec(select(AuditEntry).where(AuditEntry.action == "call.attempt")).one()
        assert (line.object, line.result) == (code, "later")


@pytest.mark.parametrize("age", ["", "0", "-60", "1e9", "99999999", "600000", "een uur", "١٢"])
def test_an_age_that_cannot_be_is_none(desk: Desk, age: str) -> None:
    code = desk.enrol()
    if age == "١٢":
        age = "NaN"  # a head carries plain signs only
    tap(desk, code, "attempts", age, outcome="no_answer")
    attempt = last(desk)
    assert attempt.recorded_at == attempt.at


def test_the_rhythm_counts_from_the_dial_and_not_from_its_arrival(desk: Desk) -> None:
    """Dialled at ten, sent at two: the next moment is the one that follows from ten."""
    codes = [desk.enrol(), desk.enrol(phone="0687654321")]
    with desk.house.work(now=at_local(MONDAY, 10)) as work:
        record_attempt(work, call_of(work, codes[0]), NewAttempt("no_answer"))
    with desk.house.work(now=at_local(MONDAY, 14)) as work:
        record_attempt(work, call_of(work, codes[1]), NewAttempt("no_answer", at_local(MONDAY, 10)))
    with desk.work() as work:
        first, second = (call_of(work, code).next_at for code in codes)
    assert first == second == at_local(MONDAY, 13)


def test_an_answer_given_yesterday_is_of_yesterday(desk: Desk) -> None:
    code = desk.enrol()
    _status, now = tap(desk, code, "steps/cv/rating", str(30 * 3600), step="positive")
    with desk.work() as work:
        rating = work.session.exec(select(Rating)).one()
    assert rating.answered_on == local_day(now - 30 * HOUR)


def test_an_appointment_that_passed_on_the_way_is_kept_and_told_as_missed(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        agreed = (work.now - HOUR).replace(second=0, microsecond=0)
        words = f"{agreed.astimezone(AMSTERDAM):%Y-%m-%dT%H:%M}"
    status, _now = tap(desk, code, "appointment", "10800", at=words)
    assert status == 200
    with desk.work() as work:
        assert call_of(work, code).appointment_at == agreed
    assert tap(desk, code, "appointment", "0", at=words)[0] == 422


def test_a_promise_begins_when_it_was_made(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        now = work.now
    desk.post("/call-backs", {"code": code}, headers={"HX-Request": "true", "Journey-Age": "3600"})
    with desk.work() as work:
        promise = work.session.exec(select(CallBack)).one()
    assert abs(now - HOUR - promise.asked_at) < timedelta(seconds=30)


@pytest.mark.parametrize(("outcome", "state"), [("interview", "done"), ("no_answer", "missed")])
def test_a_dial_of_last_week_that_arrives_now_counts_in_its_own_round(
    desk: Desk, outcome: str, state: str
) -> None:
    code = desk.enrol()
    saturday, tuesday = at_local(SUNDAY - timedelta(days=1), 12), at_local(SUNDAY + timedelta(days=2), 9)
    with desk.house.work(now=at_local(SUNDAY + timedelta(days=1), 1)) as work:
        plan_calls(work)
    with desk.house.work(now=tuesday) as work:
        call = call_of(work, code)
        assert call.state == "cancelled"
        record_attempt(work, call, NewAttempt(outcome, saturday))
        assert (call.state, call.next_at, call.closed_at) == (state, None, saturday)


def test_nobody_dials_in_a_round_that_is_over(desk: Desk) -> None:
    code = desk.enrol()
    with desk.house.work(now=at_local(SUNDAY + timedelta(days=1), 1)) as work:
        plan_calls(work)
    with desk.house.work(now=at_local(SUNDAY + timedelta(days=2), 9)) as work:
        with pytest.raises(Conflict):
            record_attempt(work, call_of(work, code), NewAttempt("no_answer"))
        with pytest.raises(Invalid):
            record_attempt(work, call_of(work, code), NewAttempt("no_answer", work.now - timedelta(days=8)))


@pytest.mark.parametrize(("path", "kept"), [("", True), ("?from=1", False), ("?on=2026-03-18", False)])
def test_only_todays_list_may_be_kept_on_the_device(desk: Desk, path: str, kept: bool) -> None:
    answer = desk.get(f"/calls{path}")
    assert ("Journey-Keep" in answer.headers) == kept
    assert answer.headers["Cache-Control"] == "no-store"
    if kept:
        assert 0 < int(answer.headers["Journey-Keep"]) <= 86_400


def test_a_screen_may_be_kept_while_its_round_is_open(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        call_id = call_of(work, code).id
    assert "Journey-Keep" in desk.get(f"/calls/{call_id}").headers
    with desk.work() as work:
        record_attempt(work, call_of(work, code), NewAttempt("interview"))
    assert "Journey-Keep" not in desk.get(f"/calls/{call_id}").headers
    assert "Journey-Keep" not in desk.get(f"/participants/{code}").headers
