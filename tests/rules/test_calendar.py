"""The free days of the Algemene termijnenwet, and dates as they are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import holidays as oracle
import pytest

from journey.rules import calendar


@pytest.mark.parametrize("year", range(2015, 2045))
def test_the_holidays_equal_those_of_the_package_but_for_easter_sundays_5_may_and_decrees(year: int) -> None:
    package = {
        day
        for day, name in oracle.NL(years=year).items()
        if "Easter Sunday" not in name and name != "Pentecost"
    }
    decrees = {day for _, days in calendar.DECREES.values() for day in days if day.year == year}
    assert set(calendar.holidays(year)) == package | {date(year, 5, 5)} | decrees


@pytest.mark.parametrize(
    ("day", "free"),
    [
        (date(2025, 4, 26), True),  # King's Day, because the 27th is a Sunday
        (date(2026, 4, 27), True),
        (date(2026, 4, 28), False),
        (date(2026, 5, 5), True),  # every year, not once in five
        (date(2027, 5, 5), True),
        (date(2026, 5, 14), True),  # Ascension Day
        (date(2026, 5, 15), True),  # by decree
        (date(2027, 5, 7), True),
        (date(2026, 1, 2), True),
        (date(2027, 1, 4), False),
        (date(2026, 12, 24), False),
        (date(2026, 4, 3), True),  # Good Friday
        (date(2026, 3, 7), True),  # a Saturday
        (date(2026, 3, 8), True),
        (date(2026, 3, 9), False),
    ],
)
def test_free_days(day: date, free: bool) -> None:
    assert calendar.is_free_day(day) is free


def test_kings_day_moves_instead_of_doubling() -> None:
    assert date(2031, 4, 26) in calendar.holidays(2031)
    assert date(2031, 4, 27) not in calendar.holidays(2031)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2026, 4, 3), date(2026, 4, 7)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 5)),
    ],
)
def test_the_next_working_day(day: date, expected: date) -> None:
    assert calendar.next_working_day(day) == expected


@pytest.mark.parametrize(("year", "known"), [(2016, True), (2023, True), (2028, True), (2029, False)])
def test_for_which_years_the_decree_is_known(year: int, known: bool) -> None:
    assert calendar.decree_known(year) is known


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), date(2026, 3, 3)),
        (datetime(2026, 3, 2, 22, 59, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),  # summer time
    ],
)
def test_a_moment_falls_on_the_local_date(moment: datetime, expected: date) -> None:
    assert calendar.local_date(moment) == expected


def test_a_moment_without_a_time_zone_has_no_date() -> None:
    with pytest.raises(ValueError, match="time zone"):
        calendar.local_date(datetime(2026, 3, 2, 23, 30))


def test_dates_are_written_in_dutch() -> None:
    assert calendar.long_date(date(2026, 4, 14)) == "dinsdag 14 april 2026"
    assert calendar.short_date(date(2026, 4, 14)) == "14 april"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 2, 11), date(2026, 2, 24), "11 t/m 24 februari"),
        (date(2026, 2, 20), date(2026, 3, 6), "20 februari t/m 6 maart"),
        (date(2026, 12, 23), date(2027, 1, 5), "23 december 2026 t/m 5 januari 2027"),
        (date(2026, 2, 11), date(2026, 2, 11), "11 februari"),
    ],
)
def test_a_period_is_written_in_dutch(first: date, last: date, expected: str) -> None:
    assert calendar.span_text(first, last) == expected
