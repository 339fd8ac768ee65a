"""Appointments and their windows: how long one takes, when it is late, which ones clash, and where it cannot lie well.

Nothing here forbids an appointment: what was agreed with a person counts, the caller only wants to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from journey.rules.cadence import APPOINTMENT_LEAD, DEFAULTS, CadenceSettings
from journey.rules.calendar import AMSTERDAM, holidays
from journey.rules.calltimes import DayPart, day_part
from journey.rules.wording import msgid

TALK: Final = timedelta(minutes=20)
LATE_AFTER: Final = timedelta(minutes=15)
# Who dials this long after an agreed moment without a window still dials because of the appointment.
GRACE: Final = timedelta(hours=1)
LONGEST_WINDOW: Final = timedelta(hours=8)


@dataclass(frozen=True)
class Slot:
    """What was agreed: from `at` (aware) until `until`, or about `at` when no window was named."""

    at: datetime
    until: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """The end of the window; of an appointment without one, the end of a talk of twenty minutes."""
        return self.until or self.at + TALK

    @property
    def late_from(self) -> datetime:
        """After this moment the promise is broken: the end of the window, or a quarter of an hour after the moment."""
        return self.until or self.at + LATE_AFTER

    def covers(self, moment: datetime) -> bool:
        """Whether a dial at this moment is the agreed one (rules, 37: appointments do not count as attempts)."""
        return self.at - APPOINTMENT_LEAD <= moment <= (self.until or self.at + GRACE)

    def clashes(self, other: "Slot") -> bool:
        """Whether both ask for the same time; one that begins when the other ends does not clash."""
        return self.at < other.ends_at and other.at < self.ends_at


def find_clashes(slots: Sequence[Slot]) -> list[list[int]]:
    """For each slot the indexes of the slots it clashes with, in the order of time."""
    found: list[list[int]] = [[] for _ in slots]
    running: list[int] = []
    for index in sorted(range(len(slots)), key=lambda one: slots[one].at):
        running = [one for one in running if slots[one].ends_at > slots[index].at]
        for other in running:
            found[other].append(index)
            found[index].append(other)
        running.append(index)
    return [sorted(others, key=lambda one: slots[one].at) for others in found]


def find_slot_objection(slot: Slot, settings: CadenceSettings = DEFAULTS) -> str | None:
    """Why this is an unusual moment to call, as a Dutch msgid; None within the calling hours of a working day."""
    start, end = slot.at.astimezone(AMSTERDAM), slot.ends_at.astimezone(AMSTERDAM)
    if start.date() in holidays(start.year):
        return msgid("Dit is op een feestdag.")
    hours = settings.hours.get(start.weekday())
    if hours is None:
        return msgid("Op deze dag bellen we niet.")
    begins, closes = start.time() >= hours[0], start.time() < hours[1]
    stays = slot.until is None or (end.date() == start.date() and end.time() <= hours[1])
    return None if begins and closes and stays else msgid("Dit is buiten de beltijden.")


def end_of_part(moment: datetime, settings: CadenceSettings = DEFAULTS) -> datetime | None:
    """Until when the part of the day of this moment lasts, within the calling hours; None outside them."""
    local = moment.astimezone(AMSTERDAM)
    hours = settings.hours.get(local.weekday())
    if hours is None or not hours[0] <= local.time() < hours[1]:
        return None
    ends: dict[DayPart, time] = {
        DayPart.morning: settings.afternoon_from,
        DayPart.afternoon: settings.evening_from,
        DayPart.evening: hours[1],
    }
    return datetime.combine(local.date(), min(ends[day_part(local, settings)], hours[1]), AMSTERDAM)
