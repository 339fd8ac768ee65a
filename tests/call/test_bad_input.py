"""Two people at once, taps sent twice, nights in which the clock changes, and a machine that stood still."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.call.queries import list_due
from journey.call.service import NewAttempt, plan_appointment, plan_calls, record_attempt
from journey.call.told import When, tell_rating, tell_step
from journey.clock import AMSTERDAM, at_local
from journey.models import Attempt, Call, Participant
from journey.rating.queries import current_ratings
from journey.rules.cadence import CadenceSettings, Outcome
from journey.rules.calltimes import PastAttempt, find_objection
from journey.rules.errors import Conflict
from journey.work import SYSTEM, Actor, Work
from tests.support.build import build_participant, get_study_by
from tests.support.desk import STUDY, build_desk

MONDAY = date(2026, 3, 16)
DAY = timedelta(days=1)
At = Callable[..., AbstractContextManager[Work]]
ADA = Actor("user", "user:1", "researcher", id=1)
BEA = Actor("user", "user:2", "researcher", id=2)


@pytest.fixture
def today() -> date:
    return MONDAY


def enrolled(work: Work) -> Participant:
    return build_participant(replace(work, actor=SYSTEM), get_study_by(work, STUDY))


def only_call(work: Work) -> Call:
    return work.session.exec(select(Call)).one()


def count(work: Work) -> int:
    return len(work.session.exec(select(Attempt)).all())


def test_what_the_second_researcher_was_told_is_kept(at: At) -> None:
    with at(actor=ADA) as work:
        enrolled(work)
        record_attempt(work, only_call(work), NewAttempt("interview"))
    with at(MONDAY, 10, 5, actor=BEA) as work:
        person = work.session.exec(select(Participant)).one()
        tell_step(work, person, "cv", "done", When(MONDAY - DAY))
        tell_rating(work, person, "cv", "step", "positive")
        with pytest.raises(Conflict, match="al afgesloten, ma 16 mrt 10:00 door"):
            record_attempt(work, only_call(work), NewAttempt("interview"))
    with at(MONDAY, 11) as work:
        person = work.session.exec(select(Participant)).one()
        assert current_ratings(work, person)["cv", "step"].value == "positive"
        assert count(work) == 1


@pytest.mark.parametrize("outcome", ["no_answer", "interview"])
def test_the_same_tap_within_a_minute_is_one_attempt(at: At, outcome: str) -> None:
    with at(actor=ADA) as work:
        enrolled(work)
        first = record_attempt(work, only_call(work), NewAttempt(outcome)).id
    with at(MONDAY, 10, 0, actor=ADA) as work:
        work.now += timedelta(seconds=59)
        assert record_attempt(work, only_call(work), NewAttempt(outcome)).id == first
        assert count(work) == 1


@pytest.mark.parametrize(
    ("actor", "outcome", "seconds"), [(BEA, "no_answer", 30), (ADA, "busy", 30), (ADA, "no_answer", 61)]
)
def test_another_person_outcome_or_minute_is_another_attempt(
    at: At, actor: Actor, outcome: str, seconds: int
) -> None:
    with at(actor=ADA) as work:
        enrolled(work)
        record_attempt(work, only_call(work), NewAttempt("no_answer"))
    with at(actor=actor) as work:
        work.now += timedelta(seconds=seconds)
        record_attempt(work, only_call(work), NewAttempt(outcome))
        assert count(work) == 2


def test_a_tap_without_a_key_sent_twice_says_that_it_was_there(app: FastAPI) -> None:
    desk = build_desk(app)
    desk.enrol()
    with desk.work() as work:
        address = f"/calls/{only_call(work).id}/attempts"
    first = desk.post(address, {"outcome": "no_answer"})
    again = desk.post(address, {"outcome": "no_answer"})
    assert "stond er al" not in desk.get(first.headers["location"]).text
    assert "Dit stond er al." in desk.get(again.headers["location"]).text
    with desk.work() as work:
        assert count(work) == 1


def test_both_half_past_twos_are_dials_of_their_own(at: At) -> None:
    sunday = date(2026, 10, 25)
    with at(sunday - DAY) as work:
        enrolled(work)
    with at(sunday, 12, actor=ADA) as work:
        for hour in (0, 1):
            moment = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
            record_attempt(work, only_call(work), NewAttempt("no_answer", at=moment))
        assert count(work) == 2


def test_half_past_two_that_does_not_exist_is_half_past_three(at: At) -> None:
    sunday = date(2026, 3, 29)
    with at(sunday - DAY) as work:
        enrolled(work)
    with at(sunday, 12) as work:
        attempt = record_attempt(work, only_call(work), NewAttempt("no_answer", at=at_local(sunday, 2, 30)))
        assert attempt.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_an_appointment_on_the_day_the_clock_changes_keeps_its_time(at: At, day: date) -> None:
    with at(day - 2 * DAY) as work:
        enrolled(work)
        plan_appointment(work, only_call(work), at_local(day, 14, 30))
    with at(day, 14, 20) as work:
        due = list_due(work)[0]
        assert (due.now, due.reason) == (True, "Afspraak 14:30")


def test_three_hours_between_dials_are_real_hours() -> None:
    """By the clock on the wall 01:00 and 03:00 are two hours apart; that night an hour comes twice."""
    night = CadenceSettings(
        hours={6: (time(0), time(6))}, evening_needed=False, day_parts=1, hours_from_failed_time=0
    )
    before = PastAttempt(datetime(2026, 10, 25, 1, tzinfo=AMSTERDAM), Outcome.no_answer)
    assert find_objection(datetime(2026, 10, 25, 3, tzinfo=AMSTERDAM), [before], night) is None


def test_an_appointment_that_passed_while_the_machine_was_off_is_apologised_for(at: At) -> None:
    with at() as work:
        enrolled(work)
        plan_appointment(work, only_call(work), at_local(MONDAY + DAY, 14, 30))
    with at(MONDAY + 10 * DAY) as work:
        assert plan_calls(work) == 1
        (due,) = list_due(work)
        assert due.reason == "Afspraak van di 17 mrt 14:30 gemist: bied excuses aan"
        assert (due.rank, due.now) == (1, True)
        person = work.session.exec(select(Participant)).one()
        assert (person.channel, person.calls_paused) == ("call", False)


def test_once_dialled_a_missed_appointment_is_over(at: At) -> None:
    with at() as work:
        enrolled(work)
        plan_appointment(work, only_call(work), at_local(MONDAY + DAY, 14, 30))
    with at(MONDAY + 10 * DAY) as work:
        plan_calls(work)
        call = work.session.exec(select(Call).where(Call.state == "open")).one()
        record_attempt(work, call, NewAttempt("no_answer"))
        assert call.appointment_at is None
        assert "gemist" not in list_due(work)[0].reason


def test_not_reached_weeks_ago_says_since_when(at: At) -> None:
    with at() as work:
        enrolled(work)
        record_attempt(work, only_call(work), NewAttempt("no_answer"))
    with at(MONDAY + 7 * DAY) as work:
        plan_calls(work)
        assert list_due(work)[0].reason == "Vorige week niet bereikt"
    with at(MONDAY + 14 * DAY) as work:
        plan_calls(work)
        assert list_due(work)[0].reason == "Sinds ma 16 mrt niet bereikt"


def test_of_two_with_the_same_reason_who_it_suits_now_goes_first(at: At) -> None:
    with at() as work:
        other = build_participant(
            work, get_study_by(work, STUDY), good_times={"parts": ["evening"]}, phone="0611111111"
        )
        suits = build_participant(
            work, get_study_by(work, STUDY), good_times={"parts": ["morning"]}, phone="0622222222"
        )
        unsaid = enrolled(work)
        codes = [suits.code, unsaid.code, other.code]
        assert [one.participant for one in list_due(work)] == codes
    with at(MONDAY, 18) as work:
        assert list_due(work)[0].participant == other.code
