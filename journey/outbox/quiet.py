"""When a message may go: at once for what somebody just asked for, else not between 20:00 and 09:00 nor on a holiday.

Each occasion also says how long its text stays true: a link that comes two days late helps nobody.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from journey.clock import AMSTERDAM
from journey.rules.calendar import is_holiday

QUIET_FROM: Final = time(20)
QUIET_UNTIL: Final = time(9)


@dataclass(frozen=True)
class Manner:
    """How messages of one occasion go: `asked` ones answer the receiver of this moment (rules, 42)."""

    asked: bool
    valid: timedelta


MANNERS: Final = {
    "link": Manner(asked=True, valid=timedelta(days=1)),
    "stop_confirmed": Manner(asked=True, valid=timedelta(days=1)),
    "call_announced": Manner(asked=False, valid=timedelta(days=3)),
    "missed_call": Manner(asked=False, valid=timedelta(days=1)),
    "step_to_rate": Manner(asked=False, valid=timedelta(days=7)),
    "staff_to_rate": Manner(asked=False, valid=timedelta(days=7)),
    "appointment": Manner(asked=False, valid=timedelta(days=1)),
    "thanks": Manner(asked=False, valid=timedelta(days=7)),
    "answer": Manner(asked=True, valid=timedelta(days=1)),
    # To colleagues: no quiet hours. Somebody in distress is helped the same day; the digest is worthless by noon.
    "help_signal": Manner(asked=True, valid=timedelta(days=1)),
    "digest": Manner(asked=True, valid=timedelta(hours=3)),
}
ASKED: Final = tuple(occasion for occasion, manner in MANNERS.items() if manner.asked)


def is_quiet(moment: datetime) -> bool:
    """Whether nobody may be disturbed at this moment (rules, 42)."""
    local = moment.astimezone(AMSTERDAM)
    return is_holiday(local.date()) or not QUIET_UNTIL <= local.time() < QUIET_FROM


def next_allowed(moment: datetime) -> datetime:
    """The moment itself, or 09:00 on the first day after the quiet time around it."""
    if not is_quiet(moment):
        return moment
    local = moment.astimezone(AMSTERDAM)
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    while is_holiday(day):
        day += timedelta(days=1)
    return datetime.combine(day, QUIET_UNTIL, AMSTERDAM)


def allowed(occasion: str, moment: datetime) -> datetime:
    """When a message of this occasion may go, not before `moment`."""
    return moment if occasion in ASKED else next_allowed(moment)
