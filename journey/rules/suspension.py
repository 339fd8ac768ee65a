"""The facts that move the decision clock: suspensions (Awb 4:15), notices of delay (Awb 4:14) and which days
they stop.

A suspension is a set of days; overlapping sets count once, and only days the term still had can be suspended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from journey.rules.errors import Invalid
from journey.rules.wording import msgid

DAY: Final = timedelta(days=1)
TERM_DAYS: Final = 56
YEARS: Final = range(1900, 2200)


class Mode(StrEnum):
    """Whether the day of supplying itself stands still: by the text of the law it does not (rules, 8)."""

    wet = "wet"
    circulaire = "circulaire"


class Ground(StrEnum):
    """The five grounds of Awb 4:15 lid 1 and lid 2."""

    supplement = "1a"
    foreign_body = "1b"
    agreed = "2a"
    applicant = "2b"
    force_majeure = "2c"


# Per ground: the dates it must have and the dates it may have.
DATES_OF_GROUND: Final[Mapping[Ground, tuple[frozenset[str], frozenset[str]]]] = {
    Ground.supplement: (frozenset({"invited"}), frozenset({"term", "supplied"})),
    Ground.foreign_body: (frozenset({"told"}), frozenset({"received"})),
    Ground.agreed: (frozenset({"from_"}), frozenset({"to"})),
    Ground.applicant: (frozenset({"from_"}), frozenset({"to"})),
    Ground.force_majeure: (frozenset({"from_"}), frozenset({"to"})),
}

DUTCH_DATES: Final = {
    "invited": "uitnodiging",
    "term": "hersteltermijn",
    "supplied": "aanvulling",
    "told": "mededeling",
    "received": "ontvangst",
    "from_": "begin",
    "to": "einde",
}

_ORDER: Final = (
    ("invited", "term", msgid("De hersteltermijn (%(later)s) eindigt vóór de uitnodiging (%(earlier)s).")),
    ("invited", "supplied", msgid("De aanvulling (%(later)s) ligt vóór de uitnodiging (%(earlier)s).")),
    (
        "told",
        "received",
        msgid("De ontvangst (%(later)s) ligt vóór de mededeling aan de aanvrager (%(earlier)s)."),
    ),
    ("from_", "to", msgid("Het einde van de opschorting (%(later)s) ligt vóór het begin (%(earlier)s).")),
)


def check_years(dates: Mapping[str, date | None]) -> None:
    """Raises Invalid for a year no case can have: a typing error that would count days for centuries."""
    for name, value in dates.items():
        if value is not None and value.year not in YEARS:
            raise Invalid("Het jaartal van %(day)s kan niet kloppen.", field=name, day=value)


@dataclass(frozen=True)
class Suspension:
    """One suspension by the dates of its ground; a date that has not come yet is None.

    1a: `invited` (sent by the college), `term` (last day to supplement), `supplied`. 1b: `told` (to the
    applicant), `received`. 2a, 2b, 2c: `from_` and `to`, both inclusive. Raises Invalid, with the field, for
    a missing date, a date of another ground, or an end before the start.
    """

    ground: Ground
    invited: date | None = None
    term: date | None = None
    supplied: date | None = None
    told: date | None = None
    received: date | None = None
    from_: date | None = None
    to: date | None = None

    def __post_init__(self) -> None:
        if self.ground not in list(Ground):
            raise Invalid(
                "Grond %(ground)s bestaat niet: kies 1a, 1b, 2a, 2b of 2c.",
                field="ground",
                ground=self.ground,
            )
        object.__setattr__(self, "ground", Ground(self.ground))
        must, may = DATES_OF_GROUND[self.ground]
        for name, value in self.dates().items():
            if value is None and name in must:
                raise Invalid(
                    "Bij grond %(ground)s hoort een datum: %(date)s.",
                    field=name,
                    ground=self.ground.value,
                    date=DUTCH_DATES[name],
                )
            if value is not None and name not in must | may:
                raise Invalid(
                    "Bij grond %(ground)s hoort geen datum: %(date)s.",
                    field=name,
                    ground=self.ground.value,
                    date=DUTCH_DATES[name],
                )
        check_years(self.dates())
        for first, last, message in _ORDER:
            earlier, later = getattr(self, first), getattr(self, last)
            if earlier and later and later < earlier:
                raise Invalid(message, field=last, earlier=earlier, later=later)

    def dates(self) -> dict[str, date | None]:
        """All dates by field name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "ground"}

    @property
    def begun(self) -> date:
        """The day of the letter, of the message, or the first agreed day."""
        begun = self.invited or self.told or self.from_
        if begun is None:
            raise AssertionError("every ground demands one of these dates")
        return begun


@dataclass(frozen=True)
class Extension:
    """A notice of delay (Awb 4:14 lid 3): the day it was sent and the date it names, which the law does not
    move.
    """

    sent: date
    until: date

    def __post_init__(self) -> None:
        check_years({"sent": self.sent, "until": self.until})


@dataclass(frozen=True)
class Span:
    """Days a suspension stops, inclusive; `last` is None when no end is in sight, and before `first` when it
    is empty.

    `open`: nothing has ended it yet on the day it is looked at.
    """

    first: date
    last: date | None
    open: bool


def find_span(one: Suspension, mode: Mode, as_of: date) -> Span | None:
    """The days of one suspension by what had happened on `as_of`; None while it has no effect or has not
    begun.

    1a and 1b stop from the day after sending. Facts later than `as_of` have not happened; the days of 2a, 2b
    and 2c are agreed or known beforehand and count also when they lie ahead.
    """
    if one.ground is Ground.supplement:
        return _supplement_span(one, mode, as_of)
    if one.ground is Ground.foreign_body:
        if one.begun > as_of:
            return None
        if one.received is None or one.received > as_of:
            return Span(one.begun + DAY, None, open=True)
        return Span(one.begun + DAY, _last_before_supply(one.received, mode), open=False)
    if one.begun > as_of:
        return None if one.to is None else Span(one.begun, one.to, open=False)
    return Span(one.begun, one.to, open=one.to is None or as_of <= one.to)


def _supplement_span(one: Suspension, mode: Mode, as_of: date) -> Span | None:
    """Without a term nothing stands still (rules, 7). Where only the supplement is known, the letter is taken to have
    named one: its term was met.
    """
    supplied = one.supplied if one.supplied is not None and one.supplied <= as_of else None
    term = one.term or supplied
    if term is None or one.begun > as_of:
        return None
    first = one.begun + DAY
    if one.supplied is not None and one.supplied <= min(term, as_of):
        return Span(first, _last_before_supply(one.supplied, mode), open=False)
    return Span(first, term, open=as_of <= term)


def _last_before_supply(day: date, mode: Mode) -> date:
    return day if mode is Mode.circulaire else day - DAY


def merge(spans: Iterable[Span], not_before: date, until: date = date.max) -> list[tuple[date, date]]:
    """The union of the spans as disjoint periods in order, cut to `not_before` and `until`; an endless one
    ends there.
    """
    merged: list[tuple[date, date]] = []
    cut = ((max(s.first, not_before), min(s.last or until, until)) for s in spans)
    for first, last in sorted(period for period in cut if period[0] <= period[1]):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def effective(
    received: date, periods: Iterable[tuple[date, date]]
) -> tuple[list[tuple[date, date]], date | None]:
    """The periods that count and the raw last day (None when a period has no end).

    A period counts when it begins on or before the raw last day as it then stands (rules, 9).
    """
    counted: list[tuple[date, date]] = []
    raw = received + TERM_DAYS * DAY
    for first, last in periods:
        if first > raw:
            break
        counted.append((first, last))
        if last == date.max:
            return counted, None
        raw += last - first + DAY
    return counted, raw
