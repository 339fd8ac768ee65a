"""How dates, moments and numbers are written for the reader."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from journey.clock import AMSTERDAM
from journey.web.answers import answer_word
from journey.web.i18n import language


def _locale() -> str:
    return {"nl": "nl_NL", "en": "en_GB"}.get(language(), language())


def day(value: date | datetime | None) -> str:
    """`dinsdag 14 april 2026`."""
    if value is None:
        return ""
    return _date(_local(value), "EEEE d MMMM y", _locale())


def day_short(value: date | datetime | None) -> str:
    """`di 14 apr`."""
    if value is None:
        return ""
    return _date(_local(value), "EEE d MMM", _locale()).replace(".", "")


def day_numeric(value: date | datetime | None) -> str:
    """`14-04-2026`."""
    return "" if value is None else _date(_local(value), "dd-MM-yyyy", _locale())


def month(value: date) -> str:
    """`april 2026`."""
    return format_date(value, "LLLL y", locale=_locale())


def moment(value: datetime | None) -> str:
    """`di 14 apr 14:30`, local time."""
    if value is None:
        return ""
    return format_datetime(value.astimezone(AMSTERDAM), "EEE d MMM HH:mm", locale=_locale()).replace(".", "")


def clock_time(value: datetime | None) -> str:
    return "" if value is None else f"{value.astimezone(AMSTERDAM):%H:%M}"


def number(value: float | int | None, digits: int | None = None) -> str:
    """Dutch decimal comma; `digits` decimals, or as many as needed up to one."""
    if value is None:
        return "–"
    pattern = "#,##0.#" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return _decimal(value, pattern, _locale())


@lru_cache(maxsize=8192)
def _decimal(value: float | int, pattern: str, locale: str) -> str:
    """A page of figures shows over a thousand numbers, mostly the same small ones."""
    return format_decimal(value, pattern, locale=locale)


@lru_cache(maxsize=2048)
def _date(value: date, pattern: str, locale: str) -> str:
    """The same page names the same few days a hundred times."""
    return format_date(value, pattern, locale=locale)


def percent(value: float | None, digits: int = 0) -> str:
    """A share (0-1) as `96 %`."""
    return "–" if value is None else f"{number(value * 100, digits)} %"


def percent_of_all(value: float | None, digits: int = 0) -> str:
    """As `percent`, but only all of them is `100 %` and only none of them `0 %`: 14.999 of 15.000 is `99,9 %`."""
    if value is None or value in (0, 1):
        return percent(value, digits)
    step = 10.0 ** -(digits + 2)
    return percent(min(max(round(value, digits + 2), step), 1 - step), digits)


def _local(value: date | datetime) -> date:
    return value.astimezone(AMSTERDAM).date() if isinstance(value, datetime) else value


FILTERS = {
    "answer": answer_word,
    "day": day,
    "day_short": day_short,
    "day_numeric": day_numeric,
    "month": month,
    "moment": moment,
    "clock_time": clock_time,
    "number": number,
    "percent": percent,
    "percent_of_all": percent_of_all,
}
