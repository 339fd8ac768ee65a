"""Makes days on which steps could have happened: weekdays, groups on Monday or Thursday, gaps as in practice."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from journey.rules.calendar import is_free_day

MONDAY_AND_THURSDAY = (0, 3)
GROUPS = frozenset({"rechten-en-plichten", "workshop"})

# Least and most calendar days since the step before it.
GAPS = {
    "werk-nl": (0, 2),
    "cv": (0, 2),
    "werkplein": (1, 4),
    "rechten-en-plichten": (2, 7),
    "zoektermijngesprek": (2, 6),
    "zoektermijn": (0, 1),
    "leerplein": (4, 9),
    "rmc": (4, 9),
    "participatiegesprek": (3, 9),
    "workshop": (2, 7),
    "aanvraag": (3, 9),
    "beschikking": (14, 27),
}
YOUTH_WAIT = timedelta(days=28)
DAY = timedelta(days=1)


def fits(day: date, step: str) -> bool:
    return not is_free_day(day) and (step not in GROUPS or day.weekday() in MONDAY_AND_THURSDAY)


def fitting_before(day: date, step: str = "") -> date:
    """The day itself or the last one before it on which the step can happen."""
    while not fits(day, step):
        day -= DAY
    return day


def fitting_after(day: date, step: str = "") -> date:
    while not fits(day, step):
        day += DAY
    return day


def days_until(steps: Sequence[str], last: date, random: Random) -> dict[str, date]:
    """A day for each step, backwards from about `last` for the last one; in the order of the steps."""
    days: dict[str, date] = {}
    day = last
    for step, following in zip(reversed(steps), [None, *reversed(steps)], strict=False):
        if following is not None:
            day -= random.randint(*GAPS[following]) * DAY
        day = days[step] = fitting_before(day, step)
    return dict(reversed(days.items()))


def days_from(steps: Sequence[str], first: date, random: Random, patience: float = 1.0) -> dict[str, date]:
    """A day for each step, forwards; a `patience` above 1 makes every wait longer."""
    days: dict[str, date] = {}
    day = first
    for step in steps:
        if days:
            day += round(random.randint(*GAPS[step]) * patience) * DAY
        if step == "aanvraag" and "zoektermijn" in days:
            day = max(day, first + YOUTH_WAIT)
        day = days[step] = fitting_after(day, step)
    return days


def reported_on(days: dict[str, date]) -> date:
    """The legal report at UWV: the day of werk.nl, and for the young at least four weeks before the application."""
    reported = min(days.get("werk-nl", date.max), min(days.values()))
    if "zoektermijn" in days and "aanvraag" in days:
        reported = min(reported, days["aanvraag"] - YOUTH_WAIT)
    return reported
