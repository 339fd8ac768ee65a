"""Counts answers into the rows of the report, and hides what a manager may not see.

Counting knows nothing of readers and hiding nothing of people: what is stored in a batch is counted, what is shown
goes through `disclosed`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from typing import Any, Self

from journey.rating.queries import Answer, ClosingAnswer, SetAside
from journey.report import wording
from journey.route.definition import RouteDefinition
from journey.rules.disclosure import CHANGED, TOO_SMALL, Verdict, disclose
from journey.rules.ratings import Subject, Value, tally
from journey.web.i18n import gettext as _

COUNTS = ("asked", "n", "negative", "neutral", "positive", "not_applicable", "no_answer")
OPINIONS = frozenset({Value.negative, Value.neutral, Value.positive})
NOTHING_PUBLISHED = "Er zijn nog geen cijfers vrijgegeven."

FEW_JOURNEYS = "Minder dan %(minimum)s reizen: niet getoond, zodat niemand herkenbaar is."
FEW_PEOPLE = "Minder dan %(minimum)s deelnemers: niet getoond, zodat niemand herkenbaar is."

# The report of 2016 says six of eighteen judged the process positive; here that is a grade of 7 or more, in tenths.
POSITIVE_GRADE = 70
GRADES = ("grade", "grade_desk", "grade_case_manager")

Key = tuple[str, str, str]


@dataclass(frozen=True)
class FigureRow:
    """One bar: counts of a step or its staff contact. Every count is None in a hidden row."""

    route: str
    step: str
    subject: str
    asked: int | None = None
    n: int | None = None
    negative: int | None = None
    neutral: int | None = None
    positive: int | None = None
    not_applicable: int | None = None
    no_answer: int | None = None
    shown: bool = True
    reason: str | None = None
    footnotes: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return self.route, self.step, self.subject


@dataclass(frozen=True)
class CountedRow:
    """One bar before hiding, as a batch keeps it; `missing` says why people of the route are not in N. `kept_from` is
    the day since which it stands unchanged because too few of its people changed; `withheld`: not even that.
    """

    route: str
    step: str
    subject: str
    asked: int
    n: int
    negative: int
    neutral: int
    positive: int
    not_applicable: int
    no_answer: int
    missing: dict[str, int] = field(default_factory=dict)
    kept_from: str | None = None
    withheld: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)

    @property
    def key(self) -> Key:
        return self.route, self.step, self.subject

    def shown(self) -> FigureRow:
        counts = {name: getattr(self, name) for name in COUNTS}
        notes = wording.footnotes(self.missing) + wording.kept_note(self.kept_from)
        return FigureRow(self.route, self.step, self.subject, **counts, footnotes=notes)


def count_rows(
    routes: Sequence[RouteDefinition], answers: Sequence[Answer], set_aside: Sequence[SetAside]
) -> list[CountedRow]:
    """A row per (route, step, subject) in route order: all that a route asks, and what people were asked on an
    earlier version of it.
    """
    by_row: dict[Key, dict[int, Value]] = {
        (route.id, step.id, subject): {} for route in routes for step in route.steps for subject in step.rates
    }
    for answer in answers:
        row = by_row.setdefault((answer.route, answer.step, answer.subject), {})
        row[answer.participant_id] = Value(answer.value)
    people: dict[str, set[int]] = defaultdict(set)
    for (route_id, _step, _subject), values in by_row.items():
        people[route_id] |= values.keys()
    aside: dict[tuple[str, str], set[int]] = defaultdict(set)
    for person in set_aside:
        people[person.route].add(person.participant_id)
        for step_id in person.steps:
            aside[person.route, step_id].add(person.participant_id)
    rows = [
        CountedRow(*key, **vars(tally(values.values())), missing=_missing(key, by_row, people, aside))
        for key, values in by_row.items()
    ]
    most = Counter[str]()
    for counted in rows:
        most[counted.route] = max(most[counted.route], counted.n)
    return [row if row.n < most[row.route] else replace(row, missing=_withdrawn_only(row)) for row in rows]


def _withdrawn_only(row: CountedRow) -> dict[str, int]:
    """What a row with the largest N of its route still has to explain: answers that may no longer be used."""
    return {reason: n for reason, n in row.missing.items() if reason == wording.SET_ASIDE}


def _missing(
    key: Key,
    by_row: Mapping[Key, Mapping[int, Value]],
    people: Mapping[str, set[int]],
    aside: Mapping[tuple[str, str], set[int]],
) -> dict[str, int]:
    """Why each person of the route who gave no opinion in this row did not; every person counts once."""
    route, step, subject = key
    values = by_row[key]
    about_step = by_row.get((route, step, Subject.step), {})
    reasons = Counter[str]()
    for person in people[route]:
        value = values.get(person)
        if value in OPINIONS:
            continue
        if person in aside[route, step]:
            reasons[wording.SET_ASIDE] += 1
        elif value is None:
            reasons[wording.NO_OPINION] += 1
        elif value is Value.no_answer:
            reasons[wording.NO_ANSWER] += 1
        elif subject == Subject.step or about_step.get(person) is Value.not_applicable:
            reasons[wording.NOT_DONE] += 1
        else:
            reasons[wording.NO_CONTACT] += 1
    return dict(reasons)


def verdict(n: int, minimum: int, withheld: bool = False) -> Verdict:
    """Whether one group that is part of no shown sum may be seen (rules, 33)."""
    judged = disclose({None: n}, minimum).parts[None]
    return Verdict(shown=False, reason=CHANGED) if judged.shown and withheld else judged


def why_hidden(judged: Verdict, too_small: str = TOO_SMALL) -> str | None:
    """The reason of a verdict as a sentence; `too_small` names what the group is made of when not answers."""
    if judged.reason is None:
        return None
    return _(too_small if judged.reason == TOO_SMALL else judged.reason, **judged.params)


def disclosed(row: CountedRow, minimum: int) -> FigureRow:
    """The row as managers see it. N decides, not how many were asked: the distribution is of those who answered.

    A hidden row says nothing at all, neither how many were asked nor why they are missing: with the other rows of
    the route that would give its N.
    """
    judged = verdict(row.n, minimum, row.withheld)
    return row.shown() if judged.shown else hidden_row(row.route, row.step, row.subject, why_hidden(judged))


def hidden_row(route: str, step: str, subject: str, reason: str | None) -> FigureRow:
    return FigureRow(route, step, subject, shown=False, reason=reason)


@dataclass(frozen=True)
class StatementRow:
    """How many agreed with one statement; None when hidden."""

    id: str
    n: int | None
    agree: int | None
    neutral: int | None
    disagree: int | None


@dataclass(frozen=True)
class GradeSpread:
    """How one grade is spread: `deviation` is the standard deviation of the sample (None for one grade), `groups` pairs
    the lowest grade of a half point with how many gave one in it: 5,5 to 5,9 is (5.5, n), so that a pass is never with
    the fails; all with their zeros from the lowest given to the highest.
    """

    n: int
    mean: float
    deviation: float | None
    groups: tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class Closing:
    """The closing interviews of a study over all its routes; means with one decimal. `spreads` goes from `grade`,
    `grade_desk` and `grade_case_manager` to their spread, without those that are hidden or that nobody gave.
    """

    n: int | None
    grade_mean: float | None
    grade_desk_mean: float | None
    grade_case_manager_mean: float | None
    statements: tuple[StatementRow, ...]
    positive: int | None = None
    shown: bool = True
    reason: str | None = None
    spreads: Mapping[str, GradeSpread] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True)
class CountedClosing:
    """Closing interviews before hiding, as a batch keeps them; a grade is (sum in tenths, how many gave one), and
    `spread` goes from a grade's name to how often each was given (tenths, as text). See CountedRow for the rest.
    """

    n: int
    grade: tuple[int, int]
    grade_desk: tuple[int, int]
    grade_case_manager: tuple[int, int]
    positive: int
    statements: dict[str, dict[str, int]]
    spread: dict[str, dict[str, int]] = field(default_factory=dict)
    kept_from: str | None = None
    withheld: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        grades = {name: tuple(data[name]) for name in GRADES}
        return cls(**{**data, **grades})


def count_closing(answers: Sequence[ClosingAnswer], statements: Iterable[str]) -> CountedClosing:
    return CountedClosing(
        n=len(answers),
        grade=_sum(one.grade for one in answers),
        grade_desk=_sum(one.grade_desk for one in answers),
        grade_case_manager=_sum(one.grade_case_manager for one in answers),
        positive=sum(one.grade is not None and one.grade >= POSITIVE_GRADE for one in answers),
        statements={
            name: dict(Counter(one.statements[name] for one in answers if name in one.statements))
            for name in statements
        },
        spread={
            name: dict(Counter(str(getattr(one, name)) for one in answers if getattr(one, name) is not None))
            for name in GRADES
        },
    )


def show_closing(counted: CountedClosing, minimum: int = 0) -> Closing:
    """The closing interviews as someone sees them for whom groups below `minimum` are hidden; 0 hides nothing.

    Each grade and each statement has its own respondents and is judged by them.
    """
    judged = verdict(counted.n, minimum, counted.withheld)
    if not judged.shown:
        return hidden_closing(tuple(counted.statements), why_hidden(judged))
    return Closing(
        n=counted.n,
        grade_mean=_mean(counted.grade, minimum),
        grade_desk_mean=_mean(counted.grade_desk, minimum),
        grade_case_manager_mean=_mean(counted.grade_case_manager, minimum),
        statements=tuple(_statement(name, counts, minimum) for name, counts in counted.statements.items()),
        positive=counted.positive if verdict(counted.grade[1], minimum).shown else None,
        spreads={
            name: spread for name in GRADES if (spread := _spread(counted.spread.get(name, {}), minimum))
        },
        note=next(iter(wording.kept_note(counted.kept_from)), None),
    )


def hidden_closing(statements: Iterable[str], reason: str | None) -> Closing:
    rows = tuple(StatementRow(name, None, None, None, None) for name in statements)
    return Closing(None, None, None, None, rows, shown=False, reason=reason)


def _statement(name: str, counts: Mapping[str, int], minimum: int) -> StatementRow:
    n = sum(counts.values())
    if not verdict(n, minimum).shown:
        return StatementRow(name, None, None, None, None)
    return StatementRow(name, n, counts.get("agree", 0), counts.get("neutral", 0), counts.get("disagree", 0))


def _sum(grades: Iterable[int | None]) -> tuple[int, int]:
    given = [grade for grade in grades if grade is not None]
    return sum(given), len(given)


def _spread(given: Mapping[str, int], minimum: int) -> GradeSpread | None:
    times = {int(tenths): n for tenths, n in given.items() if n}
    n, total = sum(times.values()), sum(grade * n for grade, n in times.items())
    if not n or not verdict(n, minimum).shown:
        return None
    halves: Counter[int] = Counter()
    for grade, count in times.items():
        halves[grade // 5] += count
    squares = sum(grade * grade * count for grade, count in times.items())
    return GradeSpread(
        n=n,
        mean=one_decimal(Decimal(total) / n / 10),
        deviation=one_decimal(sqrt((n * squares - total * total) / (n * (n - 1))) / 10) if n > 1 else None,
        groups=tuple((half / 2, halves[half]) for half in range(min(halves), max(halves) + 1)),
    )


def _mean(grade: tuple[int, int], minimum: int) -> float | None:
    total, n = grade
    if not n or not verdict(n, minimum).shown:
        return None
    return one_decimal(Decimal(total) / n / 10)


def one_decimal(value: Decimal | float) -> float:
    """Rounded the way a reader expects: 6,25 becomes 6,3."""
    return float(Decimal(str(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
