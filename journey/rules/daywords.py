"""A day as people speak of it, seen from today: gisteren, maandag, 14-4, di 14 april."""

import re
from datetime import date, timedelta
from typing import Final

from journey.rules.calendar import WEEKDAYS
from journey.rules.dates import MONTH_NAMES, read_date
from journey.rules.signs import figures

AGO: Final = {"vandaag": 0, "gisteren": 1, "eergisteren": 2}
DAY_NAMES: Final = {
    word: place for place, name in enumerate(WEEKDAYS) for word in (name, name[:2], f"afgelopen {name}")
}
WITHOUT_YEAR: Final = re.compile(r"(?:[a-z]+[.,]? +)?([0-9]{1,2})e?(?: ?[-/.] ?| )([0-9]{1,2}|[a-z]+)\.?")
# Who leaves the year out speaks of what was, or of a plan for the coming weeks.
AHEAD: Final = timedelta(days=62)


def read_told_day(typed: str, today: date) -> date:
    """What `read_date` reads, and what people say of a day near today; without a year it is the latest such day up to
    two months ahead. Invalid says what cannot be read.
    """
    text = " ".join(figures(typed).lower().split())
    if text in AGO:
        return today - timedelta(days=AGO[text])
    if text in DAY_NAMES:
        return today - timedelta(days=(today.weekday() - DAY_NAMES[text]) % 7)
    found = WITHOUT_YEAR.fullmatch(text)
    month = (MONTH_NAMES.get(found[2], 0) if found[2].isalpha() else int(found[2])) if found else 0
    latest = _latest(int(found[1]), month, today) if found else None
    return latest or read_date(typed)


def _latest(day: int, month: int, today: date) -> date | None:
    """29 February is of the last leap year."""
    for year in range(today.year + 1, today.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today + AHEAD:
            return found
    return None
