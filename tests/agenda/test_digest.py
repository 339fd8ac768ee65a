"""The text in the morning: who gets one, when, once, and what it says."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from journey.call.service import record_call_back
from journey.clock import at_local
from journey.models import Message
from journey.outbox.jobs import send_due
from journey.worker import text_the_day
from tests.agenda.conftest import MONDAY, TUESDAY, Agree, early, enrol_for, user_of
from tests.support.desk import Desk

NUMBER = "06 12345678"
MORNING = at_local(TUESDAY, 8, 30)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The researcher wants the text and has a mobile number."""
    with desk.work() as work:
        user = user_of(work, "researcher@example.nl")
        user.phone, user.digest = NUMBER, True
    return desk


def texts(desk: Desk) -> list[tuple[str, str]]:
    """Number and words of every text to a colleague."""
    with desk.work() as work:
        rows = work.session.exec(select(Message).where(Message.occasion == "digest")).all()
        places = [(row, f"message:{row.dedup_key}") for row in rows]
        return [
            (work.vault.open(row.recipient, f"{place}:recipient"), work.vault.open(row.body, f"{place}:body"))
            for row, place in places
        ]


def test_it_says_what_the_day_brings_without_names_or_codes(desk: Desk, agree: Agree) -> None:
    agree(at_local(TUESDAY, 10))
    agree(at_local(TUESDAY, 14, 30), at_local(TUESDAY, 15))
    enrol_for(desk, good_times={"days": [1], "parts": ["morning"]})
    code = enrol_for(desk)
    with desk.house.work(now=at_local(TUESDAY, 8)) as work:
        record_call_back(work, desk.person(work, code))
    assert text_the_day(desk.house, MORNING)
    words = "Vandaag 1 gesprek, 2 afspraken (10:00, 14:30), 1 belofte terugbellen voor 17:00."
    assert texts(desk) == [("+31612345678", words)]


def test_the_agenda_says_it_in_the_same_words(desk: Desk, agree: Agree) -> None:
    agree(at_local(MONDAY, 10))
    text_the_day(desk.house, at_local(MONDAY, 8, 30))
    ((_number, words),) = texts(desk)
    assert words in desk.get("/agenda").text


def test_two_workers_send_it_once(desk: Desk, agree: Agree) -> None:
    agree(at_local(TUESDAY, 10))
    assert [text_the_day(desk.house, MORNING) for _ in range(2)] == [True, False]
    assert len(texts(desk)) == 1


def test_the_next_day_has_a_text_of_its_own(desk: Desk, agree: Agree) -> None:
    agree(at_local(TUESDAY, 10))
    agree(at_local(TUESDAY + timedelta(days=1), 10))
    text_the_day(desk.house, MORNING)
    text_the_day(desk.house, MORNING + timedelta(days=1))
    assert len(texts(desk)) == 2


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (at_local(TUESDAY, 8, 29), False),
        (at_local(TUESDAY, 8, 30), True),
        (at_local(TUESDAY, 11, 59), True),
        (at_local(TUESDAY, 12), False),
    ],
)
def test_from_half_past_eight_until_noon(desk: Desk, agree: Agree, moment: datetime, sent: bool) -> None:
    agree(at_local(TUESDAY, 16))
    text_the_day(desk.house, moment)
    assert bool(texts(desk)) is sent


def test_nothing_to_do_is_no_text(desk: Desk) -> None:
    text_the_day(desk.house, MORNING)
    assert texts(desk) == []


@pytest.mark.parametrize("day", [date(2026, 3, 22), date(2026, 4, 6)])
def test_on_a_day_without_calls_is_no_text(desk: Desk, agree: Agree, day: date) -> None:
    agree(at_local(day, 14))
    text_the_day(desk.house, at_local(day, 8, 30))
    assert texts(desk) == []


@pytest.mark.parametrize(
    "change", [{"digest": False}, {"phone": ""}, {"phone": "023 5111111"}, {"active": False}]
)
def test_who_did_not_ask_or_cannot_get_one_gets_none(
    desk: Desk, agree: Agree, change: dict[str, object]
) -> None:
    agree(at_local(TUESDAY, 10))
    with desk.work() as work:
        user = user_of(work, "researcher@example.nl")
        for name, value in change.items():
            setattr(user, name, value)
    text_the_day(desk.house, MORNING)
    assert texts(desk) == []


def test_it_goes_before_nine_although_participants_are_not_disturbed_then(desk: Desk, agree: Agree) -> None:
    agree(at_local(TUESDAY, 10))
    text_the_day(desk.house, MORNING)
    send_due(desk.house, MORNING + timedelta(seconds=5))
    with desk.work() as work:
        message = work.session.exec(select(Message).where(Message.occasion == "digest")).one()
        assert message.state in ("accepted", "sent")


def test_what_did_not_get_away_before_noon_is_not_sent(desk: Desk, agree: Agree) -> None:
    agree(at_local(TUESDAY, 16))
    text_the_day(desk.house, at_local(TUESDAY, 11, 50))
    send_due(desk.house, at_local(TUESDAY, 12, 1))
    with desk.work() as work:
        assert (
            work.session.exec(select(Message).where(Message.occasion == "digest")).one().state == "cancelled"
        )


def test_the_messages_page_of_participants_does_not_show_it(desk: Desk, agree: Agree) -> None:
    agree(at_local(TUESDAY, 10))
    text_the_day(desk.house, MORNING)
    with early(desk) as work:
        message_id = work.session.exec(select(Message.id).where(Message.occasion == "digest")).one()
    assert "De dag in het kort" not in desk.get("/messages").text
    assert desk.get(f"/messages/{message_id}").status_code == 404


def test_a_report_of_the_gateway_about_it_is_taken(desk: Desk, agree: Agree) -> None:
    from journey.outbox.service import record_report

    agree(at_local(TUESDAY, 10))
    text_the_day(desk.house, MORNING)
    with desk.work() as work:
        message_id = work.session.exec(select(Message.id).where(Message.occasion == "digest")).one()
        assert message_id is not None
        assert record_report(work, message_id, "delivered") == "delivered"
