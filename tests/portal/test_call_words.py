"""When we call, as it is said on the own page: only what the call room knows, and nothing where it knows nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from journey.call.asked import agree_call, change_channel, move_call, pause_calls
from journey.call.coming import find_next_call
from journey.call.service import NewAttempt, record_attempt, record_call_back
from journey.clock import AMSTERDAM
from journey.models import Call, Participant, Study
from journey.portal.call_words import call_words
from journey.rules.appointments import Slot
from journey.work import House, Work
from tests.portal.arrange import visitor

MONDAY = date(2026, 3, 16)
WEDNESDAY = date(2026, 3, 18)


@pytest.fixture
def today() -> date:
    return MONDAY


def said(house: House, arrange: Callable[[Work, Participant, Call], object], **changes: object) -> str:
    """The sentence after something happened to somebody in their first week."""
    visitor(house, **changes)
    with house.work() as work:
        person = work.session.exec(select(Participant)).one()
        arrange(work, person, work.session.exec(select(Call)).one())
        work.session.flush()
        return call_words(find_next_call(work, person))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=AMSTERDAM)


def test_in_an_open_round_it_is_this_week(house: House) -> None:
    assert said(house, lambda *_: None) == "Wij bellen u deze week."


def test_what_was_agreed_is_said_with_its_window(house: House) -> None:
    slot = Slot(noon(WEDNESDAY), noon(WEDNESDAY) + timedelta(hours=2))
    words = said(house, lambda work, person, _call: agree_call(work, person, slot))
    assert words == "Wij bellen u op woensdag 18 maart 2026, tussen 12:00 en 14:00."


def test_a_moment_without_a_window(house: House) -> None:
    words = said(house, lambda work, person, _call: agree_call(work, person, Slot(noon(WEDNESDAY))))
    assert words == "Wij bellen u op woensdag 18 maart 2026 om 12:00."


def test_a_promise_says_until_when(house: House) -> None:
    asked = datetime(2026, 3, 16, 10, tzinfo=AMSTERDAM)
    words = said(house, lambda work, person, _call: record_call_back(work, person, asked))
    assert words == "Wij bellen u. U hoort ons uiterlijk maandag 16 maart 2026."


def test_a_call_that_was_moved(house: House) -> None:
    words = said(house, lambda work, person, _call: move_call(work, person, WEDNESDAY))
    assert words == "Wij bellen u op woensdag 18 maart 2026."


def test_during_a_pause_from_when(house: House) -> None:
    words = said(house, lambda work, person, _call: pause_calls(work, person))
    assert words == "Wij bellen u weer vanaf maandag 30 maart 2026."


def test_after_a_talk_next_week(house: House) -> None:
    words = said(house, lambda work, _person, call: record_attempt(work, call, NewAttempt("interview")))
    assert words == "Wij bellen u volgende week."


def stop_round(work: Work, person: Participant, _call: Call) -> None:
    change_channel(work, person, "web")


def pause_after_three(work: Work, person: Participant, _call: Call) -> None:
    person.calls_paused = True


def close_study(work: Work, person: Participant, _call: Call) -> None:
    work.session.get_one(Study, person.study_id).closed_at = work.now


def close_person(work: Work, person: Participant, _call: Call) -> None:
    person.state = "closed"


@pytest.mark.parametrize("arrange", [stop_round, pause_after_three, close_study, close_person])
def test_where_nobody_calls_nothing_is_said(
    house: House, arrange: Callable[[Work, Participant, Call], object]
) -> None:
    assert said(house, arrange) == ""
