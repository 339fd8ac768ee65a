"""One prompt per person per week, once and only once, whatever the machine went through."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from journey.call import jobs
from journey.call.planning import list_unplanned
from journey.call.service import NewAttempt, plan_calls, record_attempt
from journey.clock import at_local, local_day
from journey.consent.service import record_consent, withdraw_participant
from journey.models import Attempt, Call, Participant, stored_id
from journey.participant.queries import get_journey
from journey.participant.service import NewConsent
from journey.progress.service import record_decision, record_departure
from journey.rating.service import NewClosing, record_closing_interview
from journey.rules.cadence import Outcome, round_of, was_reached
from journey.work import House, Work
from tests.support.build import build_participant, get_study_by

pytestmark = pytest.mark.both

MONDAY = date(2026, 3, 16)
WEEK = timedelta(weeks=1)
At = Callable[..., AbstractContextManager[Work]]


def enrolled(work: Work, **changes: object) -> Participant:
    return build_participant(work, get_study_by(work, "haarlem-test"), **changes)


def calls(work: Work) -> list[Call]:
    return list(work.session.exec(select(Call).order_by(col(Call.week), col(Call.id))).all())


def states(work: Work) -> list[str]:
    return [call.state for call in calls(work)]


def person(work: Work) -> Participant:
    return work.session.exec(select(Participant)).one()


def dial_open(work: Work, outcome: str, **more: object) -> None:
    call = work.session.exec(select(Call).where(Call.state == "open")).one()
    record_attempt(work, call, NewAttempt(outcome, **more))  # type: ignore[arg-type]


def miss_rounds(at: At, rounds: int) -> None:
    """Nobody answers in this many weeks, from the first on; the week after the last is planned."""
    for week in range(rounds):
        with at(MONDAY + week * WEEK, 11) as work:
            plan_calls(work)
            dial_open(work, "no_answer")
    with at(MONDAY + rounds * WEEK, 1) as work:
        plan_calls(work)


def test_enrolment_made_the_first_prompt_and_planning_adds_none(at: At) -> None:
    with at() as work:
        enrolled(work)
        assert plan_calls(work) == 0


def test_the_next_week_gets_one_prompt_for_monday(at: At) -> None:
    with at() as work:
        enrolled(work)
    with at(MONDAY + WEEK, 0, 5) as work:
        assert plan_calls(work) == 1
    with at(MONDAY + WEEK + timedelta(days=6), 23) as work:
        assert plan_calls(work) == 0
        assert [(call.week, call.due_on) for call in calls(work)][-1] == (MONDAY + WEEK, MONDAY + WEEK)


def test_after_two_weeks_off_there_is_one_prompt_and_no_missed_round(at: At) -> None:
    with at() as work:
        enrolled(work)
    with at(MONDAY + 3 * WEEK + timedelta(days=2)) as work:
        assert plan_calls(work) == 1
        assert states(work) == ["cancelled", "open"]


def test_a_round_with_attempts_and_nobody_reached_is_missed(at: At) -> None:
    with at() as work:
        enrolled(work)
    miss_rounds(at, 1)
    with at() as work:
        assert states(work) == ["missed", "open"]


def test_a_round_that_was_partly_held_is_done(at: At) -> None:
    with at() as work:
        enrolled(work)
        dial_open(work, "partial")
    with at(MONDAY + WEEK) as work:
        plan_calls(work)
        assert states(work) == ["done", "open"]


def test_two_missed_rounds_change_the_channel_and_the_phone_is_tried_once_more(at: At) -> None:
    with at() as work:
        enrolled(work)
    miss_rounds(at, 2)
    with at() as work:
        assert person(work).channel == "sms"
        assert states(work) == ["missed", "missed", "open"]


def test_three_missed_rounds_pause_the_calls(at: At) -> None:
    with at() as work:
        enrolled(work)
    miss_rounds(at, 3)
    with at(MONDAY + 4 * WEEK) as work:
        plan_calls(work)
        assert person(work).calls_paused is True
        assert states(work) == ["missed"] * 3


def test_somebody_reached_after_two_missed_rounds_is_phoned_again(at: At) -> None:
    with at() as work:
        enrolled(work)
    miss_rounds(at, 2)
    with at(MONDAY + 2 * WEEK) as work:
        dial_open(work, "interview")
        assert person(work).channel == "call"


def test_a_week_in_which_nobody_dialled_neither_counts_nor_breaks_the_row(at: At) -> None:
    with at() as work:
        enrolled(work)
    miss_rounds(at, 1)
    with at(MONDAY + 2 * WEEK) as work:
        plan_calls(work)
        assert person(work).channel == "call"
        dial_open(work, "no_answer")
    with at(MONDAY + 3 * WEEK) as work:
        plan_calls(work)
        assert person(work).channel == "sms"


def test_rest_is_kept_and_ends_in_the_middle_of_a_week(at: At) -> None:
    thursday = MONDAY + timedelta(days=3)
    with at() as work:
        enrolled(work)
    with at(thursday) as work:
        dial_open(work, "not_now")
    with at(MONDAY + WEEK) as work:
        assert plan_calls(work) == 0
    with at(thursday + WEEK) as work:
        assert plan_calls(work) == 1
        assert calls(work)[-1].due_on == thursday + WEEK


@pytest.mark.parametrize("channel", ["sms", "web", "paper"])
def test_people_who_chose_another_channel_get_no_weekly_prompt(at: At, channel: str) -> None:
    with at() as work:
        enrolled(work, channel=channel, postal_address="Straat 1")
    with at(MONDAY + WEEK) as work:
        assert plan_calls(work) == 0
        assert states(work) == ["cancelled"]


def test_people_who_chose_another_channel_are_asked_the_closing_questions(at: At) -> None:
    with at() as work:
        someone = enrolled(work, channel="web")
        record_decision(work, get_journey(work, someone), MONDAY, "granted", source="letter")
    with at(MONDAY + WEEK) as work:
        plan_calls(work)
        assert calls(work)[-1].kind == "closing"


@pytest.mark.parametrize("how", ["decision", "departure"])
def test_after_the_end_of_the_journey_the_prompt_is_for_closing(at: At, how: str) -> None:
    with at() as work:
        journey = get_journey(work, enrolled(work))
        if how == "decision":
            record_decision(work, journey, MONDAY, "granted", source="letter")
        else:
            record_departure(work, journey, MONDAY, "work", source="call")
    with at(MONDAY, 12) as work:
        plan_calls(work)
        assert [call.kind for call in calls(work)] == ["closing"]


def test_after_the_closing_interview_nobody_is_called(at: At) -> None:
    with at() as work:
        record_closing_interview(work, enrolled(work), NewClosing(open_answer="Dank u."))
    with at(MONDAY + WEEK) as work:
        assert plan_calls(work) == 0


def test_who_withdrew_gets_no_prompt(at: At) -> None:
    with at() as work:
        withdraw_participant(work, enrolled(work), "stop")
    with at(MONDAY + WEEK) as work:
        assert plan_calls(work) == 0
        assert states(work) == ["cancelled"]


def test_a_closed_study_plans_nothing(at: At) -> None:
    with at() as work:
        enrolled(work)
        get_study_by(work, "haarlem-test").closed_at = work.now
    with at(MONDAY + WEEK) as work:
        assert plan_calls(work) == 0


def test_an_appointment_and_an_unkept_call_back_go_along(at: At) -> None:
    tuesday = at_local(MONDAY + WEEK + timedelta(days=1), 14, 30)
    with at() as work:
        enrolled(work)
        dial_open(work, "appointment", appointment_at=tuesday)
        call = calls(work)[0]
        call.asked_back_at = at_local(MONDAY, 11)
    with at(MONDAY + WEEK, 0, 1) as work:
        plan_calls(work)
        carried = calls(work)[-1]
        assert (carried.appointment_at, carried.asked_back_at) == (tuesday, at_local(MONDAY, 11))


def test_the_agreed_next_talk_of_a_finished_round_goes_along(at: At) -> None:
    with at() as work:
        enrolled(work)
        dial_open(work, "interview", appointment_at=at_local(MONDAY + WEEK, 19))
    with at(MONDAY + WEEK, 1) as work:
        plan_calls(work)
        assert calls(work)[-1].appointment_at == at_local(MONDAY + WEEK, 19)


def test_a_clock_that_is_set_back_makes_no_second_open_call(at: At) -> None:
    with at() as work:
        enrolled(work)
    with at(MONDAY - WEEK) as work:
        work.session.exec(select(Participant)).one().enrolled_on = MONDAY - 2 * WEEK
        assert plan_calls(work) == 0


def test_two_workers_at_once_make_one_prompt_each(house: House, at: At) -> None:
    with at() as work:
        for number in range(8):
            enrolled(work, phone=f"061234567{number}")
    made: list[int] = []
    barrier = threading.Barrier(2)

    def plan() -> None:
        barrier.wait(timeout=10)
        with house.work(now=at_local(MONDAY + WEEK, 9)) as work:
            made.append(plan_calls(work))

    threads = [threading.Thread(target=plan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with at() as work:
        assert Counter(states(work)) == {"cancelled": 8, "open": 8}
    assert sum(made) == 8


def test_one_person_who_fails_stops_nobody_else(at: At, caplog: pytest.LogCaptureFixture) -> None:
    with at() as work:
        enrolled(work)
        broken = enrolled(work, phone="0687654321")
    miss = [at(MONDAY, 12), at(MONDAY + WEEK, 12)]
    for moment in miss:
        with moment as work:
            plan_calls(work)
            for call in work.session.exec(select(Call).where(Call.state == "open")).all():
                record_attempt(work, call, NewAttempt("no_answer"))
    with at(MONDAY + 2 * WEEK) as work:
        from journey.models import Contact

        contact = work.session.get_one(Contact, stored_id(broken))
        contact.phone = contact.call_name  # sealed for another place: cannot be opened
    with at(MONDAY + 2 * WEEK, 12) as work:
        assert plan_calls(work) == 1
    assert broken.code in caplog.text


def test_weeks_of_calls_keep_every_rule(at: At) -> None:
    """Twelve weeks over a clock change, two of them with the machine off, of people who answer like people."""
    chance = random.Random(7)
    start = date(2026, 2, 23)
    with at(start) as work:
        for number in range(6):
            enrolled(work, phone=f"06100000{number:02d}")
    off = {start + 4 * WEEK + timedelta(days=n) for n in range(14)}
    outcomes = [
        "interview",
        "no_answer",
        "busy",
        "voicemail",
        "not_now",
        "partial",
        "someone_else",
        "interview",
    ]
    for offset in range(12 * 7):
        day = start + timedelta(days=offset)
        if day in off:
            continue
        for hour in (0, 2, 3, 10, 14, 18):
            with at(day, hour) as work:
                plan_calls(work)
                everybody = [stored_id(one) for one in work.session.exec(select(Participant)).all()]
                assert plan_calls(work, everybody) == 0, "the database left somebody out"
                if hour < 9:
                    continue
                due = work.session.exec(select(Call).where(Call.state == "open").order_by(col(Call.id)))
                for call in due.all():
                    if chance.random() < 0.3 and (call.next_at is None or call.next_at <= work.now):
                        record_attempt(work, call, NewAttempt(chance.choice(outcomes)))
                _check_open_calls(work)
    with at(start + 12 * WEEK) as work:
        rows = calls(work)
        assert len({(call.participant_id, call.week) for call in rows}) == len(rows)
        assert not [call for call in rows if call.week in {round_of(day) for day in off}]
        _check_closed_rounds(work, rows)


def _check_open_calls(work: Work) -> None:
    open_calls = [call for call in calls(work) if call.state == "open"]
    assert len({call.participant_id for call in open_calls}) == len(open_calls)
    assert {call.week for call in open_calls} <= {round_of(work.today)}
    for someone in work.session.exec(select(Participant)).all():
        if someone.rest_until and someone.rest_until > work.today:
            assert stored_id(someone) not in {call.participant_id for call in open_calls}


def _check_closed_rounds(work: Work, rows: list[Call]) -> None:
    attempts: dict[int, list[Attempt]] = {}
    for one in work.session.exec(select(Attempt).order_by(col(Attempt.at))).all():
        attempts.setdefault(one.call_id, []).append(one)
    for call in rows:
        own = attempts.get(stored_id(call), [])
        assert len(own) <= 7
        assert max(Counter(local_day(one.at) for one in own).values(), default=0) <= 3
        if call.state == "missed":
            assert own
            assert not any(was_reached(one.outcome) for one in own)
        if call.state == "cancelled":
            assert not own or any(was_reached(one.outcome) for one in own)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ],
)
def test_in_a_clock_change_night_planning_twice_makes_one(house: House, at: At, moment: datetime) -> None:
    day = local_day(moment) - timedelta(days=10)
    with at(day) as work:
        enrolled(work)
    made = []
    for _ in range(2):
        with house.work(now=moment) as work:
            made.append(plan_calls(work))
    assert made == [1, 0]


def test_a_week_begins_on_monday_at_local_midnight(house: House, at: At) -> None:
    with at() as work:
        enrolled(work)
    before = datetime(2026, 3, 22, 22, 59, tzinfo=UTC)
    for moment, expected in ((before, 0), (before + timedelta(minutes=1), 1)):
        with house.work(now=moment) as work:
            assert plan_calls(work) == expected


def test_every_outcome_is_in_the_table_of_the_desk() -> None:
    from journey.call.wording import outcome_word

    assert all(outcome_word(outcome) != str(outcome) for outcome in Outcome)


def test_the_database_finds_who_needs_something_and_nobody_else(at: At) -> None:
    with at() as work:
        by_phone = enrolled(work)
        ended = enrolled(work, phone="0612345671")
        refusing = enrolled(work, phone="0612345672")
        waiting = enrolled(work, phone="0612345673")
        waiting.rest_until = MONDAY + 4 * WEEK
        withdrawn = enrolled(work, phone="0612345674")
        withdraw_participant(work, withdrawn, "stop")
        record_consent(work, refusing, NewConsent(True, "2026-3", "oral", calls=False))
        people = [stored_id(one) for one in (by_phone, ended, refusing, waiting)]
        assert list_unplanned(work) == []
        record_decision(work, get_journey(work, ended), MONDAY, "granted", source="letter")
        assert list_unplanned(work) == [people[1]], "the kind of the round follows one's own journey only"
        plan_calls(work)
        assert list_unplanned(work) == []
    with at(MONDAY + WEEK) as work:
        assert set(list_unplanned(work)) - {people[3]} == {people[0], people[1]}
        assert plan_calls(work) == 2
        assert list_unplanned(work) == []
    with at(MONDAY + 4 * WEEK) as work:
        assert people[3] in list_unplanned(work)


def test_the_job_keeps_each_part_that_was_made(house: House, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    with at() as work:
        for number in range(5):
            enrolled(work, phone=f"061234567{number}")
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    parts = iter(range(9))

    def killed_at_the_second(work: Work, people: list[int]) -> int:
        if next(parts) == 1:
            raise KeyboardInterrupt
        return plan_calls(work, people)

    monday = at_local(MONDAY + WEEK, 1)
    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(jobs, "plan_calls", killed_at_the_second)
        jobs.plan_due_calls(house, monday)
    with at(MONDAY + WEEK) as work:
        assert Counter(states(work)) == {"cancelled": 2, "open": 5}
    assert jobs.plan_due_calls(house, monday) == 3
    assert jobs.plan_due_calls(house, monday) == 0
