"""Appointments and their windows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from journey.rules.appointments import Slot, end_of_part, find_clashes, find_slot_objection
from journey.rules.calendar import AMSTERDAM

MONDAY = date(2026, 3, 16)
FRIDAY = date(2026, 3, 20)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM)


def test_without_a_window_a_talk_takes_twenty_minutes() -> None:
    assert Slot(at(14)).clashes(Slot(at(14, 19)))
    assert not Slot(at(14)).clashes(Slot(at(14, 20)))


def test_a_window_clashes_with_what_lies_inside_it() -> None:
    assert Slot(at(14), at(16)).clashes(Slot(at(15)))
    assert Slot(at(15)).clashes(Slot(at(14), at(16)))


def test_a_window_does_not_clash_with_what_begins_when_it_ends() -> None:
    assert not Slot(at(14), at(16)).clashes(Slot(at(16)))


def test_clashes_are_told_from_both_sides_and_only_of_those_that_meet() -> None:
    slots = [Slot(at(14), at(16)), Slot(at(9)), Slot(at(15, 30), at(16, 30)), Slot(at(14, 10)), Slot(at(17))]
    assert find_clashes(slots) == [[3, 2], [], [0], [0], []]


def test_finding_clashes_agrees_with_comparing_every_pair() -> None:
    slots = [
        Slot(at(9) + timedelta(minutes=7 * n % 600), at(9) + timedelta(minutes=7 * n % 600 + 1 + 11 * n % 90))
        for n in range(120)
    ]
    pairs = [
        {j for j, other in enumerate(slots) if j != i and one.clashes(other)} for i, one in enumerate(slots)
    ]
    assert [set(found) for found in find_clashes(slots)] == pairs


@pytest.mark.parametrize(
    ("slot", "late_from"),
    [(Slot(at(14)), at(14, 15)), (Slot(at(14), at(16)), at(16))],
)
def test_an_appointment_is_late_after_its_window(slot: Slot, late_from: datetime) -> None:
    assert slot.late_from == late_from


@pytest.mark.parametrize(
    ("dial", "agreed"),
    [(at(13, 44), False), (at(13, 45), True), (at(16), True), (at(16, 1), False)],
)
def test_a_dial_inside_the_window_is_the_agreed_one(dial: datetime, agreed: bool) -> None:
    assert Slot(at(14), at(16)).covers(dial) is agreed


@pytest.mark.parametrize(
    ("slot", "objection"),
    [
        (Slot(at(14)), None),
        (Slot(at(8)), "Dit is buiten de beltijden."),
        (Slot(at(20, 29)), None),
        (Slot(at(19), at(21)), "Dit is buiten de beltijden."),
        (Slot(at(18, 0, FRIDAY)), "Dit is buiten de beltijden."),
        (Slot(at(14, 0, date(2026, 3, 22))), "Op deze dag bellen we niet."),
        (Slot(at(14, 0, date(2026, 4, 6))), "Dit is op een feestdag."),
    ],
)
def test_an_unusual_moment_is_told(slot: Slot, objection: str | None) -> None:
    assert find_slot_objection(slot) == objection


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        (at(9), at(12)),
        (at(14), at(17)),
        (at(18), at(20, 30)),
        (at(17, 30, FRIDAY), at(18, 0, FRIDAY)),
        (at(7), None),
        (at(14, 0, date(2026, 3, 22)), None),
    ],
)
def test_the_rest_of_a_part_of_the_day(moment: datetime, end: datetime | None) -> None:
    assert end_of_part(moment) == end
