"""The free days of the Algemene termijnenwet, and dates as they are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import holidays as oracle
import pytest

from journey.rules import calendar


@pytest.mark.parametrize("year", range(2005, 2045))
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


@pytest.mark.parametrize(
    ("day", "free"),
    [
        (date(2017, 4, 28), True),
        (date(2017, 5, 26), True),
        (date(2018, 5, 11), True),
        (date(2018, 12, 24), True),
        (date(2018, 12, 31), True),
        (date(2019, 5, 31), True),
        (date(2019, 12, 27), True),
        (date(2022, 5, 27), True),
        (date(2013, 4, 30), True),  # the last Queen's Day
        (date(2012, 4, 30), True),
        (date(2012, 4, 27), False),
        (date(2014, 4, 30), False),
        (date(2014, 4, 26), True),  # the first King's Day, the 27th was a Sunday
    ],
)
def test_free_days_of_earlier_years(day: date, free: bool) -> None:
    assert calendar.is_free_day(day) is free


def test_queens_day_on_a_sunday_was_held_the_day_before() -> None:
    assert calendar.holidays(2006)[date(2006, 4, 29)] == "Koninginnedag"
    assert date(2006, 4, 30) not in calendar.holidays(2006)


def test_years_without_a_loaded_decree_warn_both_ways_of_time() -> None:
    past, future = calendar.decree_warnings((date(2029, 1, 2), None, date(2020, 5, 6), date(2019, 5, 6)))
    assert "2020" in past and "later zijn geweest" in past
    assert "2029" in future and "kan nog veranderen" in future


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


@pytest.mark.parametrize(
    ("year", "known"),
    [
        (2012, False),
        (2016, False),
        (2017, True),
        (2019, True),
        (2020, False),
        (2021, False),
        (2022, True),
        (2023, True),
        (2028, True),
        (2029, False),
    ],
)
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
