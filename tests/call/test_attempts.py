"""What every outcome leads to, as a table, and what cannot be recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from sqlmodel import select

from journey.call.notes import list_notes, record_note
from journey.call.service import (
    NewAttempt,
    plan_appointment,
    plan_calls,
    record_attempt,
    record_call_back,
    reopen_call,
)
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import Attempt, CalendarEntry, Call, Contact, Departure, Participant
from journey.participant.queries import get_writable
from journey.rules.errors import Conflict, Invalid
from journey.work import Actor, Work
from tests.support.build import build_participant, get_study_by

MONDAY = date(2026, 3, 16)
TUESDAY = date(2026, 3, 17)
SUNDAY = date(2026, 3, 22)
NEXT_MONDAY = date(2026, 3, 23)
At = Callable[..., AbstractContextManager[Work]]


def enrolled(work: Work, **changes: object) -> Participant:
    return build_participant(work, get_study_by(work, "haarlem-test"), **changes)


def open_call(work: Work) -> Call:
    return work.session.exec(select(Call).where(Call.state == "open")).one()


def person(work: Work) -> Participant:
    return work.session.exec(select(Participant)).one()


def dial(at: At, outcome: str, day: date = MONDAY, hour: int = 10, **more: object) -> None:
    with at(day, hour) as work:
        record_attempt(work, open_call(work), NewAttempt(outcome, **more))  # type: ignore[arg-type]


TABLE = [
    # outcome, state of the round, next attempt, channel, rest until, calls paused, state of the person
    ("interview", "done", None, "call", None, False, "active"),
    ("partial", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("not_now", "done", None, "call", NEXT_MONDAY, False, "active"),
    ("temporarily_unable", "done", None, "call", NEXT_MONDAY, False, "active"),
    ("not_by_phone", "done", None, "sms", None, True, "active"),
    ("no_answer", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("busy", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("voicemail", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("voicemail_left", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("someone_else", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("missed_appointment", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("language", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("wrong_number", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("technical", "open", at_local(MONDAY, 13), "call", None, False, "active"),
    ("stop", "done", None, "call", None, False, "stopped"),
    ("deceased", "done", None, "call", None, False, "stopped"),
]


@pytest.mark.parametrize(("outcome", "state", "next_at", "channel", "rest", "paused", "now"), TABLE)
def test_what_an_outcome_leads_to(
    at: At,
    outcome: str,
    state: str,
    next_at: object,
    channel: str,
    rest: date | None,
    paused: bool,
    now: str,
) -> None:
    with at() as work:
        enrolled(work)
    dial(at, outcome)
    with at() as work:
        call, someone = work.session.exec(select(Call)).one(), person(work)
        assert (call.state, call.next_at) == (state, next_at)
        assert (someone.channel, someone.rest_until, someone.calls_paused) == (channel, rest, paused)
        assert someone.state == now


def test_an_appointment_keeps_the_round_open_until_that_moment(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "appointment", appointment_at=at_local(TUESDAY, 14, 30))
    with at() as work:
        call = open_call(work)
        assert call.appointment_at == call.next_at == at_local(TUESDAY, 14, 30)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewAttempt("appointment"), "appointment_at"),
        (NewAttempt("appointment", appointment_at=at_local(MONDAY, 9)), "appointment_at"),
        (NewAttempt("appointment", appointment_at=at_local(date(2062, 3, 16), 9)), "appointment_at"),
        (NewAttempt("gone_fishing"), "outcome"),
        (NewAttempt("no_answer", at=at_local(TUESDAY, 9)), "at"),
        (NewAttempt("no_answer", at=at_local(date(2026, 2, 1), 9)), "at"),
        (NewAttempt("no_answer", at=at_local(MONDAY, 9).replace(tzinfo=None)), "at"),
        (NewAttempt("no_answer", note="x" * 5001), "note"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(at: At, new: NewAttempt, field: str) -> None:
    with at() as work:
        enrolled(work)
    with at() as work, pytest.raises(Invalid) as refusal:
        record_attempt(work, open_call(work), new)
    assert refusal.value.field == field


def test_a_partial_interview_can_end_the_round(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "partial", done=True)
    with at() as work:
        assert work.session.exec(select(Call.state)).one() == "done"


def test_an_interview_with_another_talk_agreed_this_week_stays_open(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "interview", appointment_at=at_local(TUESDAY, 14))
    with at() as work:
        assert open_call(work).appointment_at == at_local(TUESDAY, 14)


def test_an_appointment_ends_with_not_by_phone(at: At) -> None:
    with at() as work:
        enrolled(work)
        plan_appointment(work, open_call(work), at_local(TUESDAY, 14))
    dial(at, "not_by_phone")
    with at() as work:
        assert work.session.exec(select(Call.appointment_at)).one() is None
        assert work.session.exec(select(CalendarEntry.is_cancelled)).one()


def test_a_landline_gets_letters_after_not_by_phone(at: At) -> None:
    with at() as work:
        enrolled(work, phone="0235551234")
    dial(at, "not_by_phone")
    with at() as work:
        assert person(work).channel == "paper"


def test_a_stop_empties_the_contact_store_at_once(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "stop")
    with at() as work:
        assert work.session.exec(select(Contact)).all() == []


def test_after_a_death_the_journey_ends_in_the_lead_times(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "deceased")
    with at() as work:
        assert work.session.exec(select(Departure.left_on)).all() == [MONDAY]


def test_somebody_who_withdrew_cannot_be_logged(at: At) -> None:
    with at() as work:
        withdraw_participant(work, enrolled(work), "stop")
    with at() as work, pytest.raises(Conflict, match="doet niet meer mee"):
        record_attempt(work, work.session.exec(select(Call)).one(), NewAttempt("interview"))


def test_of_two_researchers_who_end_the_same_call_the_second_is_refused(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "interview")
    colleague = Actor("user", "user:99", "researcher", id=99)
    with (
        at(actor=colleague) as work,
        pytest.raises(Conflict, match="al afgesloten, ma 16 mrt 10:00 door system"),
    ):
        record_attempt(work, work.session.exec(select(Call)).one(), NewAttempt("interview"))
    with at() as work:
        assert len(work.session.exec(select(Attempt)).all()) == 1


def test_two_attempts_on_one_day_send_the_third_to_the_next(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "no_answer")
    dial(at, "no_answer", hour=14)
    with at() as work:
        next_at = open_call(work).next_at
        assert next_at is not None
        assert next_at == at_local(TUESDAY, 17)


def test_after_six_attempts_the_round_has_no_next(at: At) -> None:
    with at() as work:
        enrolled(work)
    for day in range(3):
        for hour in (10, 18):
            dial(at, "no_answer", MONDAY + timedelta(days=day), hour)
    with at() as work:
        assert open_call(work).next_at is None


def test_a_dial_at_an_agreed_time_counts_for_no_limit(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "appointment", appointment_at=at_local(MONDAY, 12))
    dial(at, "missed_appointment", hour=12)
    with at() as work:
        attempts = work.session.exec(select(Attempt).order_by(Attempt.id)).all()
        assert [one.by_appointment for one in attempts] == [False, True]
        assert open_call(work).appointment_at is None


def test_good_times_of_the_person_go_first(at: At) -> None:
    with at() as work:
        enrolled(work, good_times={"days": [3], "parts": ["evening"]})
    dial(at, "no_answer")
    with at() as work:
        assert open_call(work).next_at == at_local(date(2026, 3, 19), 17)


def test_the_words_of_an_attempt_wait_for_the_next_call(at: At) -> None:
    with at() as work:
        enrolled(work)
        record_note(work, open_call(work), "Heeft een kat.")
    dial(at, "no_answer", note="Zus nam op.")
    with at() as work:
        assert [note.text for note in list_notes(work, open_call(work))] == ["Heeft een kat.", "Zus nam op."]


def test_a_call_back_ends_rest_and_pause_and_opens_the_round_again(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "not_by_phone")
    with at(TUESDAY) as work:
        record_call_back(work, person(work))
    with at(TUESDAY) as work:
        assert open_call(work).asked_back_at == at_local(TUESDAY, 10)
        assert person(work).calls_paused is False


def test_a_call_back_makes_a_round_when_this_week_has_none(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "interview")
    with at(date(2026, 3, 25)) as work:
        record_call_back(work, person(work))
        assert open_call(work).week == NEXT_MONDAY


def test_a_call_back_just_before_the_week_was_planned_keeps_one_open_round(at: At) -> None:
    with at() as work:
        enrolled(work)
    with at(NEXT_MONDAY, 0, 1) as work:
        record_call_back(work, person(work))
    with at(NEXT_MONDAY, 1) as work:
        plan_calls(work)
        assert open_call(work).asked_back_at == at_local(NEXT_MONDAY, 0, 1)


def test_a_round_ended_by_mistake_can_be_opened_again_this_week(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "interview")
    with at() as work:
        reopen_call(work, work.session.exec(select(Call)).one())
        assert open_call(work).closed_at is None


def test_a_round_of_an_earlier_week_stays_closed(at: At) -> None:
    with at() as work:
        enrolled(work)
    dial(at, "interview")
    with at(NEXT_MONDAY) as work, pytest.raises(Conflict):
        reopen_call(work, work.session.exec(select(Call)).one())


def test_an_agreed_next_talk_can_be_taken_back(at: At) -> None:
    with at() as work:
        enrolled(work)
        plan_appointment(work, open_call(work), at_local(TUESDAY, 11))
        plan_appointment(work, open_call(work), None)
        assert open_call(work).appointment_at is None


def test_people_who_stopped_get_no_call_back(at: At) -> None:
    with at() as work:
        withdraw_participant(work, enrolled(work), "stop")
    with at() as work, pytest.raises(Conflict):
        record_call_back(work, get_writable(work, person(work).code))
