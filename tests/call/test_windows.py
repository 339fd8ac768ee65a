"""An appointment with room around it: one tap more, calm inside the window, late after it, and clashes told."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from fastapi import FastAPI

from journey.call.queries import list_due
from journey.call.service import NewAttempt, plan_appointment, record_attempt
from journey.clock import AMSTERDAM, at_local
from journey.models import Call
from journey.rules.errors import Invalid
from tests.agenda.conftest import as_researcher, call_of, early, enrol_for
from tests.support.build import build_user, token_headers
from tests.support.desk import MONDAY, STUDY, Desk, build_desk

TUESDAY = date(2026, 3, 17)


@pytest.fixture
def today() -> date:
    return MONDAY


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    return build_desk(app)


@pytest.fixture
def code(desk: Desk) -> str:
    return enrol_for(desk)


def agreed(desk: Desk, code: str) -> tuple[datetime | None, datetime | None]:
    with desk.work() as work:
        call = call_of(work, code)
        return call.appointment_at, call.appointment_until


def tap(desk: Desk, code: str, **data: str) -> str:
    with desk.work() as work:
        call_id = call_of(work, code).id
    answer = desk.post(f"/calls/{call_id}/appointment", data, headers={"HX-Request": "true"})
    return str(answer.text)


@pytest.mark.parametrize(
    ("window", "until", "words"),
    [
        ("exact", None, "di 17 mrt om 14:00"),
        ("1", at_local(TUESDAY, 15), "di 17 mrt tussen 14:00 en 15:00"),
        ("2", at_local(TUESDAY, 16), "di 17 mrt tussen 14:00 en 16:00"),
        ("part", at_local(TUESDAY, 17), "di 17 mrt tussen 14:00 en 17:00"),
    ],
)
def test_one_tap_more_gives_room(
    desk: Desk, code: str, window: str, until: datetime | None, words: str
) -> None:
    tap(desk, code, at="2026-03-17T14:00")
    html = tap(desk, code, at="2026-03-17T14:00", window=window)
    assert agreed(desk, code) == (at_local(TUESDAY, 14), until)
    assert f"Afspraak: {words}" in html


def test_another_moment_can_have_room_at_once(desk: Desk, code: str) -> None:
    tap(desk, code, other_at="2026-03-17T10:15", window="1")
    assert agreed(desk, code) == (at_local(TUESDAY, 10, 15), at_local(TUESDAY, 11, 15))


def test_taking_the_appointment_back_takes_its_window_too(desk: Desk, code: str) -> None:
    tap(desk, code, at="2026-03-17T14:00", window="2")
    tap(desk, code, at="none")
    assert agreed(desk, code) == (None, None)


def test_an_unknown_window_is_refused(desk: Desk, code: str) -> None:
    assert "Deze keuze bestaat niet." in tap(desk, code, at="2026-03-17T14:00", window="forever")


def test_a_clash_is_told_and_not_refused(desk: Desk, code: str) -> None:
    other = enrol_for(desk)
    with early(desk) as work:
        plan_appointment(work, call_of(work, other), at_local(TUESDAY, 14), at_local(TUESDAY, 16))
    html = tap(desk, code, at="2026-03-17T15:00")
    assert f"U hebt dan ook {other}." in html
    assert agreed(desk, code)[0] == at_local(TUESDAY, 15)


def proposed(desk: Desk, code: str) -> list[datetime]:
    with desk.work() as work:
        call_id = call_of(work, code).id
    html = desk.get(f"/calls/{call_id}").text  # it writes down who looked, which waits for whoever writes
    moments = re.findall(r'name="at" value="(\d{4}[^"]+)"', html)
    return [datetime.fromisoformat(one).replace(tzinfo=AMSTERDAM) for one in moments]


def test_only_free_moments_are_proposed(desk: Desk, code: str) -> None:
    first, *others = proposed(desk, code)
    other = enrol_for(desk)
    with early(desk) as work:
        plan_appointment(work, call_of(work, other), first)
    again = proposed(desk, code)
    assert first not in again
    assert first + timedelta(minutes=30) in again
    assert set(others) <= set(again)


def test_a_window_of_somebody_else_is_not_free(desk: Desk, code: str) -> None:
    first, *_others = proposed(desk, code)
    other = enrol_for(desk)
    with early(desk) as work:
        plan_appointment(work, call_of(work, other), first, first + timedelta(hours=1))
    assert not {first, first + timedelta(minutes=30)} & set(proposed(desk, code))
    assert first + timedelta(hours=1) in proposed(desk, code)


def test_what_a_colleague_agreed_takes_no_moment_away(desk: Desk, code: str) -> None:
    build_user(desk.house, "collega@example.nl", "researcher", STUDY)
    first, *_others = proposed(desk, code)
    other = enrol_for(desk, "collega@example.nl")
    with early(desk) as work:
        plan_appointment(work, call_of(work, other), first)
    assert first in proposed(desk, code)


def test_there_is_one_set_of_moments(desk: Desk, code: str) -> None:
    with desk.work() as work:
        call_id = call_of(work, code).id
    html = desk.get(f"/calls/{call_id}").text  # it writes down who looked, which waits for whoever writes
    moments = proposed(desk, code)
    assert len(moments) == len(set(moments)) > 0
    assert 'name="agreed"' not in html


def test_an_appointment_alone_ends_the_dial_beside_it(desk: Desk, code: str) -> None:
    tap(desk, code, at="2026-03-17T14:00")
    with desk.work() as work:
        call_id = call_of(work, code).id
    html = desk.get(f"/calls/{call_id}").text
    part = html[html.index('id="call-next"') :]
    assert 'name="outcome" value="appointment"' in part[: part.index("</section>")]
    assert desk.post(f"/calls/{call_id}/attempts", {"outcome": "appointment"}).status_code == 303
    with desk.work() as work:
        call = call_of(work, code)
        assert (call.state, call.appointment_at) == ("open", at_local(TUESDAY, 14))


def test_outside_the_calling_hours_is_told(desk: Desk, code: str) -> None:
    assert "Dit is buiten de beltijden." in tap(desk, code, other_at="2026-03-17T07:30")


def test_a_dial_inside_the_window_counts_for_no_limit(desk: Desk, code: str) -> None:
    with early(desk) as work:
        plan_appointment(work, call_of(work, code), at_local(TUESDAY, 14), at_local(TUESDAY, 17))
    with desk.house.work(now=at_local(TUESDAY, 16, 50)) as work:
        attempt = record_attempt(work, call_of(work, code), NewAttempt("no_answer"))
        assert attempt.by_appointment


def test_a_dial_after_the_window_counts(desk: Desk, code: str) -> None:
    with early(desk) as work:
        plan_appointment(work, call_of(work, code), at_local(TUESDAY, 14), at_local(TUESDAY, 14, 30))
    with desk.house.work(now=at_local(TUESDAY, 14, 40)) as work:
        attempt = record_attempt(work, call_of(work, code), NewAttempt("no_answer"))
        assert not attempt.by_appointment


@pytest.mark.parametrize(
    ("hour", "minute", "now", "late"),
    [(13, 44, False, False), (13, 45, True, False), (15, 59, True, False), (16, 1, True, True)],
)
def test_it_is_first_from_a_quarter_before_until_the_end_and_late_after(
    desk: Desk, code: str, hour: int, minute: int, now: bool, late: bool
) -> None:
    with early(desk) as work:
        plan_appointment(work, call_of(work, code), at_local(TUESDAY, 14), at_local(TUESDAY, 16))
    with desk.house.work(now=at_local(TUESDAY, hour, minute)) as work:
        (due,) = list_due(as_researcher(work))
    assert (due.now, "te laat" in due.reason) == (now, late)
    assert "14:00" in due.reason and "16:00" in due.reason


def test_of_two_that_are_due_the_window_that_ends_first_goes_first(desk: Desk, code: str) -> None:
    other = enrol_for(desk)
    with early(desk) as work:
        plan_appointment(work, call_of(work, code), at_local(TUESDAY, 14), at_local(TUESDAY, 17))
        plan_appointment(work, call_of(work, other), at_local(TUESDAY, 14, 30), at_local(TUESDAY, 15))
    with desk.house.work(now=at_local(TUESDAY, 14, 40)) as work:
        assert [due.participant for due in list_due(as_researcher(work))] == [other, code]


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (at_local(TUESDAY, 14), at_local(TUESDAY, 14)),
        (at_local(TUESDAY, 14), at_local(TUESDAY, 13)),
        (at_local(TUESDAY, 14), at_local(TUESDAY, 23)),
        (at_local(TUESDAY, 20), at_local(date(2026, 3, 18), 0, 30)),
    ],
)
def test_a_window_ends_after_it_begins_on_the_same_day(
    desk: Desk, code: str, at: datetime, until: datetime
) -> None:
    with early(desk) as work, pytest.raises(Invalid) as refused:
        plan_appointment(work, call_of(work, code), at, until)
    assert refused.value.field == "appointment_until"


def test_over_the_api_an_attempt_agrees_a_window(desk: Desk, code: str) -> None:
    with desk.work() as work:
        call_id = call_of(work, code).id
    answer = desk.client.post(
        f"/api/v1/calls/{call_id}/attempts",
        json={
            "outcome": "appointment",
            "appointment_at": "2026-03-18T14:00",
            "appointment_until": "2026-03-18T16:00",
        },
        headers=token_headers(desk.house, "researcher", STUDY),
    )
    assert answer.status_code == 201
    assert answer.json()["call"]["appointment_until"].startswith("2026-03-18T15:00:00")
    with desk.work() as work:
        assert work.session.get_one(Call, call_id).appointment_until == at_local(date(2026, 3, 18), 16)
