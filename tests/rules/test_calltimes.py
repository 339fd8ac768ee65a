"""When somebody may be dialled again and what each outcome leads to; the week of Monday 9 March 2026."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from journey.rules.cadence import Outcome
from journey.rules.calendar import AMSTERDAM
from journey.rules.calltimes import (
    DayPart,
    GoodTime,
    Next,
    NextStep,
    PastAttempt,
    callback_due,
    day_part,
    find_next_moment,
    find_objection,
    is_calling_time,
    next_attempt_after,
)

MONDAY = 9


def at(day: int, clock: str, month: int = 3) -> datetime:
    return datetime.combine(date(2026, month, day), time.fromisoformat(clock), AMSTERDAM)


def failed(*moments: datetime) -> list[PastAttempt]:
    return [PastAttempt(moment, Outcome.no_answer) for moment in moments]


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (at(9, "08:59"), False),
        (at(9, "09:00"), True),
        (at(12, "20:29"), True),
        (at(12, "20:30"), False),
        (at(13, "17:59"), True),  # Friday
        (at(13, "18:00"), False),
        (at(14, "09:59"), False),  # Saturday
        (at(14, "15:59"), True),
        (at(14, "16:00"), False),
        (at(15, "12:00"), False),  # Sunday
        (at(6, "12:00", month=4), False),  # Easter Monday
        (at(5, "12:00", month=5), False),
    ],
)
def test_calling_hours(moment: datetime, allowed: bool) -> None:
    assert is_calling_time(moment) is allowed


@pytest.mark.parametrize(
    ("moment", "earlier", "allowed"),
    [
        (at(9, "13:59"), [at(9, "11:00")], False),  # less than three hours
        (at(9, "14:00"), [at(9, "11:00")], True),
        (at(9, "19:00"), [at(9, "10:00"), at(9, "14:00")], False),  # two a day
        (at(10, "11:30"), [at(9, "10:00")], False),  # within two hours of the time that failed
        (at(10, "12:00"), [at(9, "10:00")], True),
        (at(10, "10:00"), [at(9, "10:00"), at(9, "18:00")], True),  # only the last one that failed
    ],
)
def test_when_the_next_attempt_may_be(moment: datetime, earlier: list[datetime], allowed: bool) -> None:
    assert (find_objection(moment, failed(*earlier)) is None) is allowed


def test_at_most_six_attempts_in_a_round() -> None:
    six = failed(*(at(day, clock) for day in (9, 10, 11) for clock in ("10:00", "15:00")))
    assert find_objection(at(12, "19:00"), six) == "Deze week is het hoogste aantal pogingen bereikt."
    assert find_next_moment(at(11, "15:00"), six) is None


def test_an_attempt_at_an_agreed_time_counts_for_no_limit() -> None:
    kept = [PastAttempt(at(9, "11:00"), Outcome.missed_appointment, by_appointment=True)]
    assert find_objection(at(9, "11:30"), kept) is None


def test_the_next_attempt_is_in_a_part_of_the_day_not_tried_yet() -> None:
    first = failed(at(9, "10:00"))
    second = find_next_moment(at(9, "10:00"), first)
    assert second == at(9, "13:00")
    third = find_next_moment(at(9, "13:00"), failed(at(9, "10:00"), at(9, "13:00")))
    assert third == at(10, "17:00")


def test_a_round_of_six_covers_three_parts_of_the_day_within_all_limits() -> None:
    attempts = failed(at(9, "09:15"))
    while moment := find_next_moment(attempts[-1].at, attempts):
        assert find_objection(moment, attempts) is None
        attempts += failed(moment)
    assert len(attempts) == 6
    assert {day_part(one.at) for one in attempts} == set(DayPart)


def test_good_times_go_first() -> None:
    thursday = GoodTime(3, time(14), time(16))
    assert find_next_moment(at(9, "10:00"), failed(at(9, "10:00")), [thursday]) == at(12, "14:00")


def test_good_times_give_way_when_the_parts_of_the_day_would_not_be_reached() -> None:
    mornings = [GoodTime(day, time(9), time(12)) for day in range(6)]
    four = failed(at(9, "09:00"), at(9, "11:15"), at(10, "09:00"), at(10, "11:30"))
    assert find_next_moment(at(10, "11:30"), four, mornings) == at(11, "13:30")


def test_a_round_ends_on_sunday() -> None:
    assert find_next_moment(at(14, "15:30"), failed(at(14, "15:30"))) is None


FOLLOW_UP = [
    ("interview", NextStep(Next.round_done)),
    ("partial", NextStep(Next.round_done)),
    ("not_now", NextStep(Next.rest, at(16, "00:00"))),
    ("temporarily_unable", NextStep(Next.rest, at(16, "00:00"))),
    ("no_answer", NextStep(Next.call, at(9, "13:00"))),
    ("busy", NextStep(Next.call, at(9, "13:00"))),
    ("voicemail", NextStep(Next.call, at(9, "13:00"))),
    ("voicemail_left", NextStep(Next.call, at(9, "13:00"))),
    ("someone_else", NextStep(Next.call, at(9, "13:00"))),
    ("technical", NextStep(Next.call, at(9, "13:00"))),
    ("missed_appointment", NextStep(Next.call, at(9, "13:00"))),
    ("language", NextStep(Next.other_language)),
    ("wrong_number", NextStep(Next.check_number)),
    ("not_by_phone", NextStep(Next.other_channel)),
    ("stop", NextStep(Next.stop)),
    ("deceased", NextStep(Next.close)),
]


@pytest.mark.parametrize(("outcome", "expected"), FOLLOW_UP)
def test_what_each_outcome_leads_to(outcome: str, expected: NextStep) -> None:
    assert next_attempt_after(outcome, at(9, "10:00")) == expected


def test_the_table_of_what_follows_misses_no_outcome() -> None:
    assert {outcome for outcome, _ in FOLLOW_UP} | {"appointment"} == {outcome.value for outcome in Outcome}


def test_an_appointment_is_called_at_its_own_time_whatever_the_hour() -> None:
    agreed = at(15, "19:00")
    assert next_attempt_after("appointment", at(9, "10:00"), appointment_at=agreed) == NextStep(
        Next.call, agreed
    )


def test_after_the_sixth_attempt_the_round_is_over() -> None:
    five = failed(
        *(
            at(day, clock)
            for day, clock in ((9, "10:00"), (9, "15:00"), (10, "18:00"), (11, "10:00"), (11, "15:00"))
        )
    )
    assert next_attempt_after("no_answer", at(12, "18:00"), five) == NextStep(Next.round_over)


@pytest.mark.parametrize(
    ("promised", "due"),
    [
        (at(9, "10:00"), at(9, "17:00")),
        (at(9, "17:30"), at(10, "17:00")),
        (at(13, "17:30"), at(16, "17:00")),  # Friday evening
        (at(14, "11:00"), at(16, "17:00")),  # Saturday
    ],
)
def test_a_promised_call_back_is_due_the_same_working_day(promised: datetime, due: datetime) -> None:
    assert callback_due(promised) == due
