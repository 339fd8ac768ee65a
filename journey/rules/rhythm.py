"""The call rhythm of a study as plain data and back, and which figures cannot go together (rules, 37-38).

A study keeps only what differs from the usual rhythm, so that a better default reaches every study that never chose.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import time
from itertools import pairwise
from typing import Any, Final

from journey.rules.cadence import DEFAULTS, CadenceSettings
from journey.rules.errors import Invalid
from journey.rules.wording import msgid

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "attempts_a_day": (1, 10),
    "hours_between": (0, 12),
    "hours_from_failed_time": (0, 12),
    "attempts_a_round": (1, 30),
    "day_parts": (1, 3),
    "rest_days": (1, 60),
    "new_step_days": (0, 14),
    "late_legal_day": (1, 56),
    "rounds_to_other_channel": (1, 20),
    "rounds_to_pause": (1, 20),
}
CLOCK_TIMES: Final = ("afternoon_from", "evening_from")
SWITCHES: Final = ("evening_needed",)


@dataclass(frozen=True)
class Fault:
    """What is wrong at one field; `message` is a Dutch msgid. An opening time is `hours.mon`."""

    field: str
    message: str


def cadence_from_data(data: Mapping[str, Any]) -> CadenceSettings:
    """The rhythm from what a study or a file says of it: `{"rest_days": 14, "hours": {"sat": "10:00-14:00",
    "fri": ""}}`, where an empty day is closed.

    Invalid names the field for an unknown name or a value that cannot be read or that no study could use; whether the
    figures go together is for `find_faults`.
    """
    known = {one.name for one in fields(CadenceSettings)}
    for name in data:
        if name not in known:
            raise Invalid("Dit hoort niet bij het belritme: %(name)s.", field=str(name), name=str(name))
    changes: dict[str, Any] = {name: _whole(name, data[name]) for name in LIMITS if name in data}
    changes |= {name: _clock(name, data[name]) for name in CLOCK_TIMES if name in data}
    changes |= {name: _switch(name, data[name]) for name in SWITCHES if name in data}
    if "hours" in data:
        changes["hours"] = _hours(data["hours"])
    return CadenceSettings(**changes)


def cadence_to_data(settings: CadenceSettings) -> dict[str, Any]:
    """Only what differs from the usual rhythm, as plain JSON values; `cadence_from_data` reads it back."""
    data: dict[str, Any] = {}
    for name in (*LIMITS, *CLOCK_TIMES, *SWITCHES):
        value = getattr(settings, name)
        if value != getattr(DEFAULTS, name):
            data[name] = f"{value:%H:%M}" if isinstance(value, time) else value
    hours = {
        day: _span(settings.hours.get(number))
        for number, day in enumerate(DAYS)
        if settings.hours.get(number) != DEFAULTS.hours.get(number)
    }
    return data | ({"hours": hours} if hours else {})


def check_cadence(settings: CadenceSettings) -> None:
    """Invalid with the first of `find_faults`."""
    for fault in find_faults(settings):
        raise Invalid(fault.message, field=fault.field)


def find_faults(settings: CadenceSettings) -> list[Fault]:
    """Figures that cannot go together: with them nobody could be phoned, or a rule could never be met."""
    return [*_faults_of_hours(settings), *_faults_of_attempts(settings), *_faults_of_rounds(settings)]


def _faults_of_hours(settings: CadenceSettings) -> Iterator[Fault]:
    for number, (opens, closes) in sorted(settings.hours.items()):
        if closes <= opens:
            yield Fault(f"hours.{DAYS[number]}", msgid("Het einde moet later zijn dan het begin."))
    if not settings.hours:
        yield Fault("hours.mon", msgid("Kies ten minste één dag waarop wordt gebeld."))
    if settings.evening_from <= settings.afternoon_from:
        yield Fault("evening_from", msgid("De avond begint na de middag."))
    elif settings.evening_needed and not _reaches(settings, settings.evening_from, time.max):
        yield Fault("evening_from", msgid("Op geen enkele dag wordt zo laat gebeld."))


def _faults_of_attempts(settings: CadenceSettings) -> Iterator[Fault]:
    if settings.attempts_a_day > settings.attempts_a_round:
        yield Fault("attempts_a_day", msgid("Dit zijn er meer dan in een hele week."))
    if settings.day_parts > settings.attempts_a_round:
        yield Fault("day_parts", msgid("Zo veel dagdelen lukt niet met dit aantal pogingen in een week."))
    elif settings.day_parts > _parts_within(settings):
        yield Fault("day_parts", msgid("Zo veel dagdelen zijn er niet binnen de beltijden."))
    longest = max(
        (_minutes(closes) - _minutes(opens) for opens, closes in settings.hours.values()), default=0
    )
    if longest <= 0:
        return
    if (settings.attempts_a_day - 1) * settings.hours_between * 60 >= longest:
        yield Fault("hours_between", msgid("Met zo veel uren ertussen passen de pogingen niet op één dag."))
    if settings.hours_from_failed_time * 2 * 60 >= longest:
        yield Fault(
            "hours_from_failed_time",
            msgid("Zo blijft er na een mislukte poging geen tijd over om te bellen."),
        )


def _faults_of_rounds(settings: CadenceSettings) -> Iterator[Fault]:
    if settings.rounds_to_other_channel >= settings.rounds_to_pause:
        yield Fault(
            "rounds_to_other_channel", msgid("Een andere weg komt eerder dan de pauze: kies minder weken.")
        )


def _parts_within(settings: CadenceSettings) -> int:
    edges = (time.min, settings.afternoon_from, settings.evening_from, time.max)
    return sum(_reaches(settings, start, end) for start, end in pairwise(edges))


def _reaches(settings: CadenceSettings, start: time, end: time) -> bool:
    """Whether on some day there is calling time between two clock times."""
    return any(max(opens, start) < min(closes, end) for opens, closes in settings.hours.values())


def _whole(name: str, value: object) -> int:
    least, most = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        message = "Vul een heel getal in van %(least)s tot en met %(most)s."
        raise Invalid(message, field=name, least=least, most=most)
    return value


def _switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid("Kies ja of nee.", field=name)
    return value


def _clock(name: str, value: object) -> time:
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3])[:.][0-5]\d", value):
        raise Invalid("Vul een tijd in, zoals 09:00.", field=name)
    return time(int(value[:2]), int(value[3:]))


def _hours(value: object) -> Mapping[int, tuple[time, time]]:
    if not isinstance(value, Mapping):
        raise Invalid("Vul per dag de beltijden in, zoals 09:00-17:00.", field="hours")
    hours = dict(DEFAULTS.hours)
    for day, span in value.items():
        if day not in DAYS:
            raise Invalid("Deze dag bestaat niet: %(day)s.", field="hours", day=str(day))
        hours.pop(DAYS.index(day), None)
        if span != "":
            opens, _, closes = str(span).partition("-")
            hours[DAYS.index(day)] = (_clock(f"hours.{day}", opens), _clock(f"hours.{day}", closes))
    return hours


def _span(hours: tuple[time, time] | None) -> str:
    return f"{hours[0]:%H:%M}-{hours[1]:%H:%M}" if hours else ""


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
