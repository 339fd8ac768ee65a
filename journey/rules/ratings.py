"""What a rating is and how ratings are counted.

A step and the contact with staff are rated apart, and N counts people who gave an opinion (rules, 26).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

# Version of the words of the three answers, stored with each (rules, 42b): 1 was "slecht, matig, goed" in texts and
# "negatief, neutraal, positief" on the call screen; 2 is "niet goed, gaat wel, goed" everywhere.
INSTRUMENT: Final = "2"


class Subject(StrEnum):
    """What is rated."""

    step = "step"
    staff = "staff"


class Value(StrEnum):
    """The scale of 2016, and the two ways of not giving an opinion."""

    negative = "negative"
    neutral = "neutral"
    positive = "positive"
    not_applicable = "not_applicable"
    no_answer = "no_answer"


class Channel(StrEnum):
    """How an answer came in."""

    call = "call"
    sms = "sms"
    web = "web"
    paper = "paper"


@dataclass(frozen=True)
class Tally:
    """Counts of one bar in the report; `n` is negative + neutral + positive, `asked` everyone who was asked."""

    asked: int
    n: int
    negative: int
    neutral: int
    positive: int
    not_applicable: int
    no_answer: int


def tally(values: Iterable[Value | str]) -> Tally:
    """Counts the latest value of each person who was asked. Raises ValueError on a value outside the scale."""
    counts = Counter(Value(value) for value in values)
    n = counts[Value.negative] + counts[Value.neutral] + counts[Value.positive]
    return Tally(
        asked=counts.total(),
        n=n,
        negative=counts[Value.negative],
        neutral=counts[Value.neutral],
        positive=counts[Value.positive],
        not_applicable=counts[Value.not_applicable],
        no_answer=counts[Value.no_answer],
    )


def recall_lag(happened_on: date, answered_on: date) -> int:
    """Days between the step and the answer; negative when the step was planned later than it was rated."""
    return (answered_on - happened_on).days
