"""Invented people who answer a phone like people do, and the diary of what really happened to each of them.

The diary is the truth the checker works from: it is written by the simulation, never read from the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
IN_VAIN = frozenset(
    [
        "no_answer",
        "busy",
        "voicemail_left",
        "voicemail",
        "someone_else",
        "missed_appointment",
        "wrong_number",
        "technical",
    ]
)
ENDS_ALL = frozenset({"stop", "deceased"})
MISSED = ("no_answer", "busy", "voicemail_left", "voicemail", "someone_else", "technical")
MISSED_WEIGHTS = (50, 12, 10, 12, 10, 4)
SPOKEN = {
    "interview": 70,
    "partial": 8,
    "appointment": 12,
    "not_now": 5,
    "temporarily_unable": 3,
    "not_by_phone": 1.5,
    "stop": 1,
    "deceased": 0.3,
}


def local(moment: datetime) -> datetime:
    return moment.astimezone(AMSTERDAM)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Dial:
    """One dial: `agreed` at the time of an appointment, `promised` the first one after they asked for a call; `meets`
    is the day of the appointment that stood when they hung up.
    """

    at: datetime
    outcome: str
    agreed: bool
    promised: bool
    meets: date | None = None

    @property
    def spoken(self) -> bool:
        return self.outcome not in IN_VAIN

    @property
    def week(self) -> date:
        return monday(local(self.at).date())


@dataclass
class Life:
    """One person: how they are, and the diary. `events` holds what is no dial as (moment, what)."""

    number: int
    phone: str
    channel: str
    language: str
    home: dict[str, float]
    good_times: dict[str, list[object]]
    code: str = ""
    key: int = 0
    researcher: int = 0
    enrolled_at: datetime | None = None
    dials: list[Dial] = field(default_factory=list)
    events: list[tuple[datetime, str]] = field(default_factory=list)
    agreed: tuple[datetime, datetime | None] | None = None
    ended_at: datetime | None = None
    closed_at: datetime | None = None
    gone_at: datetime | None = None
    steps: list[tuple[datetime, date, bool]] = field(default_factory=list)
    received_on: date | None = None
    decided: bool = False
    number_is_wrong: bool = False
    decision_after: int = 60

    @property
    def followed(self) -> bool:
        return self.enrolled_at is not None and self.gone_at is None and self.closed_at is None

    @property
    def last_spoken(self) -> datetime | None:
        return max((one.at for one in self.dials if one.spoken), default=None)

    @property
    def promises(self) -> list[datetime]:
        """When they were promised a call: asking again before anybody dialled is the same promise."""
        found: list[datetime] = []
        for at, what in self.events:
            if what == "asked" and not (found and not any(found[-1] <= one.at <= at for one in self.dials)):
                found.append(at)
        return found

    @property
    def asked_at(self) -> datetime | None:
        """The last promise, as long as nobody has spoken to them since."""
        promised, spoken = self.promises, self.last_spoken
        return None if not promised or (spoken is not None and spoken >= promised[-1]) else promised[-1]

    @property
    def waits_for_a_dial(self) -> bool:
        """Whether they asked to be called and nobody has dialled since."""
        asked = self.asked_at
        return asked is not None and not any(one.at >= asked for one in self.dials)

    def covers(self, moment: datetime) -> bool:
        """Whether a dial at this moment is the agreed one."""
        if self.agreed is None:
            return False
        start, end = self.agreed
        return start - timedelta(minutes=15) <= moment <= (end or start + timedelta(hours=1))

    def answer(self, chance: Random, moment: datetime, kind: str) -> str:
        """How a dial at this moment ends."""
        if self.number_is_wrong:
            return "wrong_number"
        at_home = self.home[part_of(moment)] * (0.7 if local(moment).weekday() >= 4 else 1)
        if self.covers(moment):
            if chance.random() < 0.25:
                return chance.choice(("missed_appointment", "no_answer"))
        elif chance.random() > at_home:
            return chance.choices(MISSED, MISSED_WEIGHTS)[0]
        if self.language != "nl" and not any(one.outcome == "language" for one in self.dials):
            return "language"
        outcome = chance.choices(list(SPOKEN), list(SPOKEN.values()))[0]
        return "interview" if kind == "closing" and outcome in ("partial", "not_by_phone") else outcome

    def record(self, dial: Dial, agreed: tuple[datetime, datetime | None] | None) -> None:
        if agreed is not None:
            self.agreed = agreed
        elif self.agreed is not None and self.agreed[0] <= dial.at + timedelta(minutes=15):
            self.agreed = None
        self.dials.append(replace(dial, meets=local(self.agreed[0]).date() if self.agreed else None))
        if dial.outcome in ENDS_ALL:
            self.gone_at = dial.at

    def note(self, moment: datetime, what: str) -> None:
        self.events.append((moment, what))


def part_of(moment: datetime) -> str:
    hour = local(moment).hour
    return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"


def invent(chance: Random, number: int) -> Life:
    """Hard and easy to reach, some at work by day, some never; every twentieth shares a number with the one before."""
    kind = chance.choices(("easy", "works", "late", "hard", "never"), (45, 20, 12, 17, 6))[0]
    home = {
        "easy": {"morning": 0.65, "afternoon": 0.7, "evening": 0.75},
        "works": {"morning": 0.1, "afternoon": 0.2, "evening": 0.8},
        "late": {"morning": 0.05, "afternoon": 0.6, "evening": 0.5},
        "hard": {"morning": 0.12, "afternoon": 0.15, "evening": 0.2},
        "never": {"morning": 0.0, "afternoon": 0.0, "evening": 0.0},
    }[kind]
    parts = ["evening"] if kind == "works" and chance.random() < 0.6 else []
    shared = number - 1 if number % 20 == 19 else number
    return Life(
        number=number,
        phone=f"+316{40000000 + shared}" if number % 11 else f"+3123{5000000 + shared}",
        channel=chance.choices(("call", "sms", "web", "paper"), (88, 5, 4, 3))[0],
        language=chance.choices(("nl", "en", "ar", "tr"), (82, 8, 5, 5))[0],
        home=home,
        good_times={"days": [], "parts": parts} if parts else {},
        number_is_wrong=chance.random() < 0.04,
        decision_after=chance.choice((21, 28, 35, 42, 49, 56, 70)),
    )
