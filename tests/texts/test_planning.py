"""Each text is planned with the fact that causes it, once, to who takes part, in words that tell nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from journey.call.service import NewAttempt, plan_appointment, record_attempt
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import Call, Message, Participant
from journey.outbox.jobs import send_due
from journey.participant.queries import get_journey
from journey.progress.service import record_step
from journey.rating.service import NewClosing, record_closing_interview
from journey.rules.cadence import Outcome
from journey.texts.choices import choose_sent
from journey.texts.service import reminder_due
from journey.texts.words import OCCASIONS
from journey.work import House, Work
from tests.support.build import build_participant, build_study, get_study_by

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # 10:30 in Amsterdam


def person_of(house: House, *, now: datetime = MONDAY, **changes: object) -> int:
    with house.work(now=now) as work:
        return build_participant(work, build_study(work), **changes).id or 0


def call_of(work: Work, person: int) -> Call:
    return work.session.exec(
        select(Call).where(Call.participant_id == person).order_by(col(Call.week).desc())
    ).first()  # type: ignore[return-value]


def dial(house: House, person: int, outcome: Outcome, now: datetime, **more: object) -> None:
    with house.work(now=now) as work:
        record_attempt(work, call_of(work, person), NewAttempt(outcome, **more))  # type: ignore[arg-type]


def texts(house: House, occasion: str, state: str = "ready") -> list[tuple[datetime, str]]:
    with house.work(write=False) as work:
        rows = work.session.exec(
            select(Message)
            .where(Message.occasion == occasion, Message.state == state)
            .order_by(col(Message.id))
        ).all()
        return [(row.due_at, house.vault.open(row.body, f"message:{row.dedup_key}:body")) for row in rows]


def test_who_is_enrolled_hears_who_will_call_and_from_which_number(house: House) -> None:
    person_of(house, announced=True)
    [(due, body)] = texts(house, "call_announced")
    assert due == MONDAY
    assert body == (
        "Onderzoek Haarlem: een onderzoeker belt u vanaf maandag 23 november over uw ervaringen. "
        "Wij bellen met 023 200 0000. Liever niet? Stuur STOP."
    )


def test_the_announcement_goes_away_once_somebody_dialled(house: House) -> None:
    evening = at_local(date(2026, 11, 23), 20, 15)
    person = person_of(house, now=evening, announced=True)
    dial(house, person, Outcome.no_answer, evening + timedelta(minutes=5))
    assert texts(house, "call_announced") == []


def test_after_the_second_dial_in_vain_once_a_round(house: House) -> None:
    person = person_of(house)
    for hours, expected in ((0, 0), (4, 1), (9, 1)):
        dial(house, person, Outcome.no_answer, MONDAY + timedelta(hours=hours))
        assert len(texts(house, "missed_call")) == expected


@pytest.mark.parametrize("outcome", [Outcome.someone_else, Outcome.technical, Outcome.wrong_number])
def test_other_ends_of_a_dial_are_no_missed_call(house: House, outcome: Outcome) -> None:
    person = person_of(house)
    dial(house, person, Outcome.no_answer, MONDAY)
    dial(house, person, outcome, MONDAY + timedelta(hours=4))
    assert texts(house, "missed_call") == []


def test_nothing_goes_to_a_number_that_was_wrong(house: House) -> None:
    person = person_of(house)
    dial(house, person, Outcome.wrong_number, MONDAY)
    with house.work(now=MONDAY) as work:
        plan_appointment(work, call_of(work, person), MONDAY + timedelta(days=2))
    assert texts(house, "appointment") == []


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (at_local(date(2026, 11, 25), 14), at_local(date(2026, 11, 24), 17)),
        (at_local(date(2026, 11, 23), 16), at_local(date(2026, 11, 23), 14)),
    ],
)
def test_an_appointment_is_told_the_evening_before_or_two_hours_before(
    house: House, at: datetime, due: datetime
) -> None:
    person = person_of(house)
    dial(house, person, Outcome.appointment, MONDAY, appointment_at=at)
    assert [when for when, _ in texts(house, "appointment")] == [due]


def test_the_morning_after_is_told_this_evening_because_at_nine_it_is_too_late(house: House) -> None:
    evening, at = at_local(date(2026, 11, 24), 18), at_local(date(2026, 11, 25), 9)
    assert reminder_due(evening, at) == evening
    assert reminder_due(at_local(date(2026, 11, 24), 16), at) == at_local(date(2026, 11, 24), 17)
    assert reminder_due(at_local(date(2026, 11, 24), 21), at) is None
    assert reminder_due(at_local(date(2026, 11, 24), 21), at_local(date(2026, 11, 25), 10, 30)) is None
    assert reminder_due(evening, at_local(date(2026, 11, 25), 11)) == at_local(date(2026, 11, 25), 9)


def test_the_day_after_a_holiday_is_told_before_it() -> None:
    after_christmas = at_local(date(2026, 12, 27), 10)
    assert reminder_due(MONDAY, after_christmas) == at_local(date(2026, 12, 24), 17)


def test_an_appointment_within_two_hours_needs_no_text(house: House) -> None:
    person = person_of(house)
    dial(house, person, Outcome.appointment, MONDAY, appointment_at=MONDAY + timedelta(minutes=90))
    assert texts(house, "appointment") == []


def test_an_appointment_that_moves_takes_its_text_along(house: House) -> None:
    person = person_of(house)
    first, second = MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)
    for hours, at in ((0, first), (1, second), (2, first), (3, first)):
        with house.work(now=MONDAY + timedelta(hours=hours)) as work:
            plan_appointment(work, call_of(work, person), at)
    [(due, body)] = texts(house, "appointment")
    assert due == at_local(date(2026, 11, 24), 17) and "woensdag 25 november om 10:30" in body
    with house.work(now=MONDAY + timedelta(hours=4)) as work:
        plan_appointment(work, call_of(work, person), None)
    assert texts(house, "appointment") == []


def ask(house: House, person: int, day: date, step: str = "workshop") -> None:
    with house.work(now=MONDAY) as work:
        journey = get_journey(work, work.session.get_one(Participant, person))
        record_step(work, journey, step, day, source="call")


def test_a_new_step_is_asked_about_by_text_once(house: House) -> None:
    person = person_of(house, channel="sms")
    ask(house, person, date(2026, 11, 20))
    ask(house, person, date(2026, 11, 21))
    [(_, body)] = texts(house, "step_to_rate")
    assert body.startswith("Onderzoek Haarlem: hoe ging ") and "/p/" not in body


@pytest.mark.parametrize(("channel", "day"), [("call", date(2026, 11, 20)), ("sms", date(2026, 10, 20))])
def test_no_question_by_text_to_who_is_phoned_nor_about_long_ago(
    house: House, channel: str, day: date
) -> None:
    ask(house, person_of(house, channel=channel), day)
    assert texts(house, "step_to_rate") == []


def test_the_thank_you_still_goes_after_the_number_was_forgotten(house: House) -> None:
    person = person_of(house)
    with house.work(now=MONDAY) as work:
        record_closing_interview(work, work.session.get_one(Participant, person), NewClosing())
    assert len(texts(house, "thanks")) == 1
    assert send_due(house, MONDAY) == 1
    with house.work(now=MONDAY) as work:  # a correction of the interview thanks nobody twice
        record_closing_interview(work, work.session.get_one(Participant, person), NewClosing())
    assert texts(house, "thanks") == [] and len(texts(house, "thanks", "sent")) == 1


def test_who_stops_gets_nothing_of_what_stood_ready(house: House) -> None:
    person = person_of(house)
    dial(house, person, Outcome.appointment, MONDAY, appointment_at=MONDAY + timedelta(days=2))
    with house.work(now=MONDAY) as work:
        withdraw_participant(work, work.session.get_one(Participant, person), "stop")
    assert texts(house, "appointment") == [] and len(texts(house, "appointment", "cancelled")) == 1


def test_a_text_that_the_study_switched_off_is_not_planned(house: House) -> None:
    person = person_of(house)
    with house.work() as work:
        choose_sent(work, get_study_by(work, "haarlem-test"), set(OCCASIONS) - {"missed_call"}, 900)
    for hours in (0, 4):
        dial(house, person, Outcome.no_answer, MONDAY + timedelta(hours=hours))
    assert texts(house, "missed_call") == []


def test_in_somebody_s_own_language(house: House) -> None:
    person_of(house, announced=True, language="en")
    [(_, body)] = texts(house, "call_announced")
    assert body.startswith("Research Haarlem: a researcher will call you from Monday 23 November")


def test_without_a_number_to_call_nothing_is_announced(house: House) -> None:
    with house.work(now=MONDAY) as work:
        build_participant(work, build_study(work, research_phone=""), announced=True)
    assert texts(house, "call_announced") == []


def test_no_text_to_a_line_in_a_house(house: House) -> None:
    person_of(house, announced=True, phone="0235123456")
    assert texts(house, "call_announced") == []
