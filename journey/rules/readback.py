"""Reading answers back: which of them, and how often people stand by what they said.

Whoever is asked too often stops answering, so an answer is read back once and at most two are in one talk.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from journey.rules.ratings import Value
from journey.rules.statistics import wilson

MOST: Final = 2
OPINIONS: Final = frozenset({Value.negative, Value.neutral, Value.positive})


@dataclass(frozen=True)
class Told:
    """An answer that counts. `position` is the place of the step on the route; `by_phone` how it came in."""

    step: str
    subject: str
    value: str
    answered_on: date
    by_phone: bool
    position: int


@dataclass(frozen=True)
class Agreement:
    """Of `n` answers read back, `same` were confirmed; share and its 95 % Wilson interval 0-1, None without any."""

    n: int
    same: int
    share: float | None
    low: float | None
    high: float | None


def choose_read_back(answers: Iterable[Told], last_talk_on: date | None, today: date) -> list[Told]:
    """At most two answers to read back: first what came in without a talk, then what was said in the last talk, then
    what stood longest. `answers` are those never read back; what was said on the phone today needs no question.
    """
    asked = [
        one for one in answers if one.value in OPINIONS and not (one.by_phone and one.answered_on >= today)
    ]

    def order(one: Told) -> tuple[bool, bool, date, int, str]:
        before = last_talk_on is None or one.answered_on < last_talk_on
        return one.by_phone, before, one.answered_on, one.position, one.subject

    return sorted(asked, key=order)[:MOST]


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """How often (said, now) are the same."""
    same = [said == now for said, now in pairs]
    if not same:
        return Agreement(0, 0, None, None, None)
    low, high = wilson(sum(same), len(same))
    return Agreement(len(same), sum(same), sum(same) / len(same), low, high)
