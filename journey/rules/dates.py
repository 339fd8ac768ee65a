"""A day as people and case systems write it: the one reader of dates for forms, files and the command line.

The order is day, month, year, as in the Netherlands, or year, month, day. A year has four digits: with two of them
nobody can tell 2012 from a twelfth day.
"""

import re
from datetime import date, datetime
from typing import Final

from journey.rules.calendar import MONTHS, WEEKDAYS, local_date
from journey.rules.errors import Invalid
from journey.rules.signs import figures

EARLIEST: Final = date(1900, 1, 1)
MONTH_NAMES: Final = {
    **{name: place for place, name in enumerate(MONTHS, 1)},
    **{name[:3]: place for place, name in enumerate(MONTHS, 1)},
    **{"mrt": 3, "maa": 3, "sept": 9, "febr": 2, "okt": 10},
}
_WEEKDAY: Final = re.compile(rf"(?:{'|'.join(f'{name}|{name[:2]}' for name in WEEKDAYS)})[.,]? +")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/. ]?)([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST: Final = re.compile(
    r"([0-9]{1,2})(?: ?[-/.] ?| )([0-9]{1,2}|[a-z]+)\.?(?: ?[-/.,] ?| )'?([0-9]{2,4})(?:,? [0-9][0-9:.]*(?: uur)?)?"
)
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9].*")


def read_date(typed: str) -> date:
    """The day that is meant by `31-3-2026`, `31 maart 2026`, `di 31 mrt. 2026`, `2026-03-31`, `20260331` or by a
    moment such as `2026-03-30T23:30Z`, which is the day it was then in Amsterdam (rules, 5).

    Invalid says what cannot be read, and how to write it.
    """
    text = _WEEKDAY.sub("", figures(typed).lower(), count=1)
    if _MOMENT.fullmatch(text):
        return possible_day(_day_of_moment(text))
    if found := _YEAR_FIRST.fullmatch(text):
        year, _sign, month, day = found.groups()
        if not found[2] and len(text) != 8:
            raise _no_date()
        return _day(year, int(month), day)
    found = _DAY_FIRST.fullmatch(text)
    if found is None:
        raise _no_date()
    day, named, year = found.groups()
    if len(year) != 4:
        raise Invalid("Schrijf het jaar met vier cijfers, zoals 2026.")
    month_number = MONTH_NAMES.get(named) if named.isalpha() else int(named)
    if month_number is None:
        raise Invalid("Deze maand kennen we niet. Schrijf 31-3-2026 of 31 maart 2026.")
    return _day(year, month_number, day)


def _no_date() -> Invalid:
    return Invalid("Dit is geen datum. Schrijf een datum zoals 31-3-2026.")


def _day(year: str, month: int, day: str) -> date:
    try:
        return possible_day(date(int(year), month, int(day)))
    except ValueError:
        raise Invalid("Deze datum bestaat niet. Schrijf eerst de dag, dan de maand: 31-3-2026.") from None


def _day_of_moment(text: str) -> date:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise Invalid("Deze datum bestaat niet. Schrijf een datum zoals 31-3-2026.") from None
    return local_date(moment) if moment.tzinfo else moment.date()


def possible_day(day: date) -> date:
    """The day itself; Invalid before 1900, where a slip of the keyboard is likelier than a fact."""
    if day < EARLIEST:
        raise Invalid("Dit is van voor 1900. Klopt het jaar?")
    return day
