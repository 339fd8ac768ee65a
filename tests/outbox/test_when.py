"""When messages go: never at night or on a holiday unasked, two a day at most, and no flood after silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as pace
from hypothesis import strategies as st
from sqlmodel import delete, select

from journey.clock import AMSTERDAM, at_local
from journey.models import Message, Participant
from journey.outbox import quiet
from journey.outbox.gateways import Outcome, Parcel, Trace
from journey.outbox.jobs import send_due
from journey.outbox.service import plan_message
from journey.rules.calendar import holidays
from journey.work import House
from tests.outbox.posting import NOON, planned, rows, states
from tests.support.build import build_participant, build_study, get_study_by

TEXTS = [f"Tekst {number}" for number in range(5)]
CLOCK_CHANGES = (date(2026, 3, 29), date(2026, 10, 25))


class Ear:
    """A gateway that takes everything and keeps what it got."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, parcel: Parcel) -> Outcome:
        self.bodies.append(parcel.body)
        return Outcome("accepted", f"SM{parcel.id}")

    def list_sent(self, recipient: str) -> list[Trace]:
        return []


def is_decent(moment: datetime) -> bool:
    """Said once more and otherwise than the product does: the clock on the wall, and the list of holidays."""
    wall = moment.astimezone(AMSTERDAM)
    return 9 * 60 <= wall.hour * 60 + wall.minute < 20 * 60 and wall.date() not in holidays(wall.year)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 2)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
around_changes = st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + timedelta(minutes=minutes),
    st.sampled_from(CLOCK_CHANGES),
    st.integers(-24 * 60, 48 * 60),
)


@given(st.one_of(moments, around_changes))
@example(datetime(2026, 3, 29, 7, tzinfo=UTC))
@example(datetime(2026, 10, 25, 8, tzinfo=UTC))
@pace(max_examples=500, deadline=None)
def test_the_next_moment_allowed_is_decent_and_the_first(moment: datetime) -> None:
    allowed = quiet.next_allowed(moment)
    assert is_decent(allowed)
    assert allowed >= moment
    assert allowed == moment if is_decent(moment) else not is_decent(allowed - timedelta(minutes=1))
    assert allowed - moment <= timedelta(days=4)


@given(st.one_of(moments, around_changes), st.integers(0, 2 * 24 * 60))
@pace(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_unasked_leaves_in_quiet_time(house: House, planned_at: datetime, later: int) -> None:
    """Planned at a random moment, and by a worker that wakes at another: as if `due_at` said nothing."""
    with house.work(now=planned_at) as work:
        person = work.session.exec(select(Participant)).first() or build_participant(work, build_study(work))
        work.session.exec(delete(Message))
        message = plan_message(work, person, "thanks", "Dank u.", "thanks:1")
        assert message is not None and is_decent(message.due_at)
        message.due_at = planned_at
    wakes = planned_at + timedelta(minutes=later)
    sent = send_due(house, wakes, Ear())
    assert (sent == 1) is is_decent(wakes)


@pytest.mark.parametrize("night", CLOCK_CHANGES)
def test_a_night_with_a_clock_change_is_quiet_from_eight_to_nine(house: House, night: date) -> None:
    evening = at_local(night - timedelta(days=1), 19, 50)
    planned(house, "Dank u.", occasion="thanks", now=evening + timedelta(minutes=15))
    ear, now = Ear(), evening + timedelta(minutes=15)
    while not ear.bodies:
        send_due(house, now, ear)
        now += timedelta(minutes=5)
    assert (now - timedelta(minutes=5)).astimezone(AMSTERDAM).isoformat()[:16] == f"{night}T09:00"


def test_a_retry_that_falls_in_the_evening_waits_for_the_morning(house: House) -> None:
    evening = at_local(date(2026, 11, 23), 19, 59)
    planned(house, "Dank u.", occasion="thanks", now=evening)

    class Unwell(Ear):
        def send(self, parcel: Parcel) -> Outcome:
            return Outcome("retry", error="30001")

    send_due(house, evening, Unwell())
    assert rows(house)[0].due_at == at_local(date(2026, 11, 24), 9)


def test_what_waits_for_the_night_to_pass_says_until_when(house: House) -> None:
    planned(house, "Dank u.", occasion="thanks", now=at_local(date(2026, 11, 23), 15))
    assert send_due(house, at_local(date(2026, 11, 23), 23), Ear()) == 0
    assert rows(house)[0].due_at == at_local(date(2026, 11, 24), 9)


# --- Two a day --------------------------------------------------------------------------------------


def days_of(house: House, count: int) -> list[list[str]]:
    """What is sent on each day from the 23rd when a worker rings at noon, in the order sent."""
    ear, days = Ear(), []
    for day in range(count):
        before = len(ear.bodies)
        for ring in range(3):
            send_due(house, NOON + timedelta(days=day, minutes=ring), ear)
        days.append(ear.bodies[before:])
    return days


def test_nobody_gets_more_than_two_unasked_texts_a_day(house: House) -> None:
    planned(house, *TEXTS, occasion="thanks")
    assert days_of(house, 4) == [TEXTS[:2], TEXTS[2:4], TEXTS[4:], []]


def test_what_is_over_the_most_of_a_day_says_until_when_it_waits(house: House) -> None:
    planned(house, *TEXTS[:3], occasion="thanks")
    days_of(house, 1)
    assert rows(house)[2].due_at == at_local(date(2026, 11, 24), 9)


def test_answers_to_what_was_asked_do_not_count_and_go_first(house: House) -> None:
    planned(house, *TEXTS[:3], occasion="thanks")
    planned(house, "Link 1", "Link 2", "Link 3", occasion="link")
    assert days_of(house, 1) == [["Link 1", "Link 2", "Link 3", *TEXTS[:2]]]


def test_a_text_that_perhaps_arrived_counts(house: House) -> None:
    planned(house, *TEXTS[:3], occasion="thanks")
    with house.work(now=NOON) as work:
        work.session.get_one(Message, 1).state = "uncertain"
        work.session.get_one(Message, 1).tried_at = NOON
    assert days_of(house, 1) == [[TEXTS[1]]]


def test_the_most_of_a_day_is_per_person(house: House) -> None:
    planned(house, *TEXTS[:2], occasion="thanks")
    with house.work(now=NOON) as work:
        other = build_participant(work, get_study_by(work, "haarlem-test"), phone="0687654321")
        assert plan_message(work, other, "thanks", "Ook dank.", "thanks:other")
    assert days_of(house, 1) == [[*TEXTS[:2], "Ook dank."]]


# --- After silence ----------------------------------------------------------------------------------


def test_after_three_weeks_of_silence_only_what_is_still_true_goes_and_two_a_day(house: House) -> None:
    for day in range(21):
        planned(house, f"Gemist {day}", occasion="missed_call", now=NOON + timedelta(days=day))
    planned(house, *TEXTS, occasion="thanks", now=NOON + timedelta(days=20))
    ear, back = Ear(), NOON + timedelta(days=20, hours=2)
    for ring in range(5):
        send_due(house, back + timedelta(minutes=ring), ear)
    assert ear.bodies == ["Gemist 20", TEXTS[0]]
    assert states(house).count("cancelled") == 20
