"""From counts to the figures of one item: share or mean, n, who did not answer, spread and interval (rules, 47-49).

Counts are per item: a key per grade or option, `ANSWERED` for who answered at all (several options count one person
once), and `missing_key(reason)` for who did not. Everything a page shows follows from such counts, so that a hundred
thousand respondents cost as much as ten. Percentages are 0-100, unrounded.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from journey.rules.disclosure import Renewal
from journey.rules.inference import t_quantile
from journey.rules.questionnaire import Answer, Item, Kind, Reason, Settled
from journey.rules.statistics import finite, wilson_finite

ANSWERED: Final = "#"
PASS: Final = 6  # 1 to 5 is insufficient
AGREES: Final = frozenset({"strongly_agree", "agree", "yes"})
MISSING: Final = (Reason.no_answer, Reason.not_applicable, Reason.unreadable)

Counts = Mapping[str, int]
ItemCounts = dict[str, dict[str, int]]
Interval = tuple[float, float]


def missing_key(reason: Reason | str) -> str:
    return f"!{reason}"


def count_into(counts: ItemCounts, settled: Settled, times: int = 1) -> None:
    """Add one respondent to the counts per item; -1 takes one out again."""
    for item, answer in settled.answers.items():
        own = counts.setdefault(item, {})
        for key in (ANSWERED, *_keys(answer)):
            own[key] = own.get(key, 0) + times
    for item, reason in settled.missing.items():
        if reason is not Reason.not_asked:
            own, key = counts.setdefault(item, {}), missing_key(reason)
            own[key] = own.get(key, 0) + times


def _keys(answer: Answer) -> tuple[str, ...]:
    return answer if isinstance(answer, tuple) else (str(answer),)


def add_counts(parts: Iterable[Counts]) -> dict[str, int]:
    """The counts of disjoint groups together."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)


def moved(before: Counts, now: Counts) -> int:
    """At least so many people make the difference in answers between two looks at one item; without one, in who gave
    none. The largest change of any count: one person may tick many options, and is in `ANSWERED` once.
    """
    changes = {key: abs(now.get(key, 0) - before.get(key, 0)) for key in before.keys() | now.keys()}
    answers = max((n for key, n in changes.items() if not key.startswith("!")), default=0)
    return answers or max(changes.values(), default=0)


def renewal_of_counts(
    looks: Sequence[Mapping[str, Counts]], now: Mapping[str, Counts], batch_size: int
) -> Renewal:
    """Whether one item may follow its answers in a new batch; all map a unit (empty: without one) to counts.

    All units of an item renew together or not at all: a total that moved beside a unit that stood still would show the
    few who moved it. It keeps while in any unit fewer than a batch of people make the difference with any earlier look,
    and is withheld when one of these took an answer away (rules, 32).
    """
    few = gone = False
    for place, look in enumerate(looks):
        for unit in {*look, *now}:
            before, after = look.get(unit, {}), now.get(unit, {})
            few = few or 0 < moved(before, after) < batch_size
            if place == len(looks) - 1:
                gone = gone or any(after.get(key, 0) < n for key, n in before.items())
    if not few:
        return Renewal.renew
    return Renewal.withhold if gone else Renewal.keep


@dataclass(frozen=True)
class Sampled:
    """Who answered of whom: respondents and population of one unit; None when the population is unknown."""

    respondents: int
    population: int | None

    @property
    def correction(self) -> float:
        """Of every standard error of the unit; a filtered item is taken to have the sampling fraction of its unit."""
        return finite(self.respondents, self.population)


@dataclass(frozen=True)
class Figure:
    """One item in one unit. `value` is a mean (grades) or a percentage (statements, yes/no), `options` percentages of
    who answered; intervals are 95 % with finite-population correction, None where nothing can be said; `missing` counts
    who was asked and gave no usable answer, by reason in `reasons`.
    """

    n: int
    missing: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    value: float | None = None
    options: Mapping[str, float] = field(default_factory=dict)
    interval: Interval | None = None
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    deviation: float | None = None
    insufficient: int | None = None
    counts: Counts = field(default_factory=dict)

    @property
    def insufficient_percent(self) -> float | None:
        return None if self.insufficient is None or not self.n else 100 * self.insufficient / self.n


def figure(item: Item, counts: Counts, sampled: Sampled) -> Figure:
    """What may be said of one item; without answers only who did not give one."""
    n = counts.get(ANSWERED, 0)
    reasons = {str(reason): n_of for reason in MISSING if (n_of := counts.get(missing_key(reason), 0))}
    own = {value: counts.get(value, 0) for value in item.values}
    plain = Figure(n, sum(reasons.values()), reasons, counts=own)
    if not n or item.kind is Kind.open:
        return plain
    if item.kind is Kind.grade10:
        return _grades(plain, sampled)
    if item.kind in (Kind.agree4, Kind.yes_share):
        return _share(plain, sampled)
    return _options(plain, sampled)


def _grades(plain: Figure, sampled: Sampled) -> Figure:
    n, grades = plain.n, {int(value): times for value, times in plain.counts.items()}
    mean, deviation = mean_of(grades), deviation_of(grades)
    interval = None
    if deviation is not None:
        half = t_quantile(n - 1) * deviation / sqrt(n) * sampled.correction
        interval = (max(1.0, mean - half), min(10.0, mean + half))
    insufficient = sum(times for grade, times in grades.items() if grade < PASS)
    return Figure(
        **{**vars(plain), "value": mean, "deviation": deviation, "interval": interval}
        | {"insufficient": insufficient}
    )


def _share(plain: Figure, sampled: Sampled) -> Figure:
    agree = sum(times for value, times in plain.counts.items() if value in AGREES)
    interval = share_interval(agree, plain.n, sampled)
    return Figure(**{**vars(plain), "value": 100 * agree / plain.n, "interval": interval})


def _options(plain: Figure, sampled: Sampled) -> Figure:
    shares = {value: 100 * times / plain.n for value, times in plain.counts.items()}
    intervals = {value: share_interval(times, plain.n, sampled) for value, times in plain.counts.items()}
    return Figure(**{**vars(plain), "options": shares, "intervals": intervals})


def share_interval(count: int, n: int, sampled: Sampled) -> Interval:
    """In percent: Wilson with finite-population correction."""
    low, high = wilson_finite(count, n, sampled.correction)
    return 100 * low, 100 * high


def mean_of(grades: Mapping[int, int]) -> float:
    return sum(grade * times for grade, times in grades.items()) / sum(grades.values())


def deviation_of(grades: Mapping[int, int]) -> float | None:
    """The standard deviation of the sample; None for fewer than two grades."""
    n, total = sum(grades.values()), sum(grade * times for grade, times in grades.items())
    if n < 2:
        return None
    squares = sum(grade * grade * times for grade, times in grades.items())
    return sqrt(max(0, n * squares - total * total) / (n * (n - 1)))


@dataclass(frozen=True)
class Weighed:
    """Weighted by the population of each stratum: values as in `Figure`; `strata` took part in it."""

    value: float | None
    options: Mapping[str, float]
    interval: Interval | None
    strata: tuple[str, ...]


def weigh(item: Item, parts: Mapping[str, tuple[Counts, Sampled]]) -> Weighed:
    """All strata together, each respondent standing for population / respondents of the stratum.

    The mean is a ratio of two weighted sums, its interval by linearisation per stratum with finite-population
    correction. Who has no stratum has no weight and is not in it, nor is a stratum of unknown population.
    """
    known = {
        code: (counts, sampled)
        for code, (counts, sampled) in parts.items()
        if sampled.population and sampled.respondents and counts.get(ANSWERED, 0)
    }
    if not known or item.kind is Kind.open:
        return Weighed(None, {}, None, tuple(known))
    if item.kind in (Kind.one_of, Kind.some_of):
        shares = {value: _ratio(known, {value: 100.0})[0] for value in item.values}
        return Weighed(None, shares, None, tuple(known))
    if item.kind is Kind.grade10:
        scores = {value: float(value) for value in item.values}
    else:
        scores = {value: 100.0 * (value in AGREES) for value in item.values}
    value, half = _ratio(known, scores)
    interval = None if half is None else (value - half, value + half)
    return Weighed(value, {}, interval, tuple(known))


def _ratio(
    parts: Mapping[str, tuple[Counts, Sampled]], scores: Mapping[str, float]
) -> tuple[float, float | None]:
    """Weighted mean of the scores and half its interval; None with a stratum of one respondent."""
    total = weight_of_all = 0.0
    for counts, sampled in parts.values():
        weight = (sampled.population or 0) / sampled.respondents
        total += weight * sum(score * counts.get(value, 0) for value, score in scores.items())
        weight_of_all += weight * counts[ANSWERED]
    mean, variance, free = total / weight_of_all, 0.0, 0
    for counts, sampled in parts.values():
        n, m = sampled.respondents, counts[ANSWERED]
        if n < 2:
            return mean, None
        scale = (sampled.population or 0) / n / weight_of_all
        first = sum(score * counts.get(value, 0) for value, score in scores.items())
        second = sum(score * score * counts.get(value, 0) for value, score in scores.items())
        off = scale * (first - m * mean)
        squares = scale * scale * (second - 2 * mean * first + m * mean * mean)
        fraction = 1 - n / (sampled.population or n)
        variance += max(0.0, fraction) * n / (n - 1) * max(0.0, squares - off * off / n)
        free += n - 1
    return mean, t_quantile(free) * sqrt(variance)
