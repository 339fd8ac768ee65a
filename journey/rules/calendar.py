"""Which days are Saturdays, Sundays or recognised holidays (Algemene termijnenwet, ATW), and Dutch dates.

The list is that of the law, not a calendar of days off: 5 May counts every year and so do the days of the
decrees.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.easter import easter

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")

WEEKDAYS: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS: Final = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)

# Days equated with a recognised holiday by royal decree (ATW 3 lid 3), by source, with the years a source covers. A new
# decree is a new entry. The decrees for 2020, 2021 and the years before 2017 are not loaded: their years warn.
DECREES: Final[dict[str, tuple[range, tuple[date, ...]]]] = {
    "Stcrt. 2016, 58653": (
        range(2017, 2020),
        (
            date(2017, 4, 28),
            date(2017, 5, 26),
            date(2018, 5, 11),
            date(2018, 12, 24),
            date(2018, 12, 31),
            date(2019, 5, 31),
            date(2019, 12, 27),
        ),
    ),
    "koninklijk besluit voor 2022": (range(2022, 2023), (date(2022, 5, 27),)),
    "Stcrt. 2022, 7812": (
        range(2023, 2026),
        (date(2023, 4, 28), date(2023, 5, 19), date(2024, 5, 10), date(2024, 12, 27), date(2025, 5, 30)),
    ),
    "Stcrt. 2025, 24713": (
        range(2026, 2029),
        (date(2026, 1, 2), date(2026, 5, 15), date(2027, 5, 7), date(2028, 4, 28), date(2028, 5, 26)),
    ),
}
LAST_QUEENS_DAY: Final = 2013


def decree_known(year: int) -> bool:
    """Whether the decree about equated days of that year is loaded; without it a last day may be too early."""
    return any(year in years for years, _ in DECREES.values())


def known_years() -> list[tuple[int, int]]:
    """The unbroken spans of years whose decree is loaded, first and last year included, oldest first."""
    spans: list[tuple[int, int]] = []
    for years, _ in DECREES.values():
        first, last = years.start, years.stop - 1
        if spans and spans[-1][1] + 1 == first:
            first = spans.pop()[0]
        spans.append((first, last))
    return spans


def decree_warnings(last_days: Iterable[date | None]) -> tuple[str, ...]:
    """One sentence per year that these last days fall in and whose decree is not loaded (rules, 4), oldest first."""
    newest = max(years.stop for years, _ in DECREES.values())
    unknown = sorted({day.year for day in last_days if day and not decree_known(day.year)})
    return tuple(
        f"Voor {year} is geen besluit over gelijkgestelde feestdagen bekend: de laatste dag kan nog veranderen."
        if year >= newest
        else f"Voor {year} zijn de gelijkgestelde feestdagen niet geladen: de laatste dag kan later zijn geweest."
        for year in unknown
    )


@cache
def holidays(year: int) -> dict[date, str]:
    """Recognised holidays and equated days of one year (ATW 3 lid 1-3): date to Dutch name."""
    easter_sunday = easter(year)
    birthday = date(year, 4, 30 if year <= LAST_QUEENS_DAY else 27)
    celebrated = birthday - timedelta(days=1) if birthday.weekday() == 6 else birthday
    named = {
        date(year, 1, 1): "nieuwjaarsdag",
        easter_sunday - timedelta(days=2): "Goede Vrijdag",
        easter_sunday + timedelta(days=1): "tweede paasdag",
        celebrated: "Koninginnedag" if year <= LAST_QUEENS_DAY else "Koningsdag",
        date(year, 5, 5): "Bevrijdingsdag",
        easter_sunday + timedelta(days=39): "Hemelvaartsdag",
        easter_sunday + timedelta(days=50): "tweede pinksterdag",
        date(year, 12, 25): "eerste kerstdag",
        date(year, 12, 26): "tweede kerstdag",
    }
    equated = {
        day: f"gelijkgesteld met een feestdag, {source}"
        for source, (_, days) in DECREES.items()
        for day in days
        if day.year == year
    }
    return equated | named


def is_holiday(day: date) -> bool:
    """A recognised holiday or a day equated with one (ATW 3)."""
    return day in holidays(day.year)


def is_free_day(day: date) -> bool:
    """A Saturday, Sunday, recognised holiday or equated day: a legal term does not end on it (ATW 1)."""
    return day.weekday() >= 5 or is_holiday(day)


def free_day_name(day: date) -> str | None:
    """Why a term does not end on that day: the holiday, else `zaterdag` or `zondag`; None on a working day."""
    return holidays(day.year).get(day) or (WEEKDAYS[day.weekday()] if day.weekday() >= 5 else None)


def next_working_day(day: date) -> date:
    """The day itself, or the first later day that is no Saturday, Sunday or recognised holiday (ATW 1)."""
    while is_free_day(day):
        day += timedelta(days=1)
    return day


def local_date(moment: datetime) -> date:
    """The date in Europe/Amsterdam of an aware moment. Raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no local date")
    return moment.astimezone(UTC).astimezone(AMSTERDAM).date()


def long_date(day: date) -> str:
    """`dinsdag 14 april 2026`."""
    return f"{WEEKDAYS[day.weekday()]} {short_date(day)} {day.year}"


def short_date(day: date) -> str:
    """`14 april`."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def span_text(first: date, last: date) -> str:
    """`11 t/m 24 februari`, `20 februari t/m 6 maart`, `23 december 2026 t/m 5 januari 2027` or `11
    februari`.
    """
    if first == last:
        return short_date(first)
    if first.year != last.year:
        return f"{short_date(first)} {first.year} t/m {short_date(last)} {last.year}"
    start = str(first.day) if first.month == last.month else short_date(first)
    return f"{start} t/m {short_date(last)}"
