"""How sure a difference is: Student's t, the two-proportion and Welch tests, Holm's correction, and the verdict in
words (rules, 50). Formulas as in the textbooks; scipy is the oracle in the tests.

Shares and p-values are 0-1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp, inf, lgamma, log, pi, sqrt
from statistics import NormalDist
from typing import Final

from journey.rules.wording import msgid

SIGNIFICANT: Final = 0.05
_NORMAL: Final = NormalDist()
_STEPS: Final = 300
_TINY: Final = 1e-300
_HEAVY: Final = 5


class Verdict(StrEnum):
    """What may be said of a difference; the words are those of the reports."""

    more = msgid("hoger")
    less = msgid("lager")
    unproven = msgid("geen aantoonbaar verschil")


@dataclass(frozen=True)
class Test:
    """`statistic` is z or t, positive when ours is the larger; `p` two-sided."""

    statistic: float
    p: float

    __test__ = False  # no test case of pytest


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by Lentz's continued fraction (Numerical Recipes, 6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    h = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / _away(1 + even * d), _away(1 + even / c)
        h *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / _away(1 + odd * d), _away(1 + odd / c)
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def t_two_sided(t: float, df: float) -> float:
    """The chance of a t at least that far from 0, with `df` degrees of freedom."""
    return incomplete_beta(df / (df + t * t), df / 2, 0.5)


@lru_cache(maxsize=4096)
def t_quantile(df: float) -> float:
    """The t between plus and minus which 95 % lies; ValueError below one degree of freedom.

    Bisection where the tails are heavy; elsewhere Newton's steps from the expansion around the normal quantile.
    """
    if df < 1:
        raise ValueError(f"{df} degrees of freedom")
    if df < _HEAVY:
        return _bisected(df)
    z = _NORMAL.inv_cdf(0.975)
    t = z + (z**3 + z) / (4 * df) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df**2)
    scale = exp(lgamma((df + 1) / 2) - lgamma(df / 2)) / sqrt(df * pi)
    for _ in range(4):
        density = scale * (1 + t * t / df) ** (-(df + 1) / 2)
        t += (t_two_sided(t, df) - 0.05) / (2 * density)
    return t


def _bisected(df: float) -> float:
    low, high = 1.9, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        if t_two_sided(middle, df) > 0.05:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def two_proportion(ours: float, n: int, theirs: float, of: int) -> Test:
    """Pooled z-test of two shares 0-1 of `n` and `of` answers. ValueError without answers on either side."""
    if n < 1 or of < 1:
        raise ValueError("a test needs answers on both sides")
    pooled = (ours * n + theirs * of) / (n + of)
    deviation = sqrt(max(0.0, pooled * (1 - pooled)) * (1 / n + 1 / of))
    if deviation == 0:
        return Test(0.0, 1.0)
    z = (ours - theirs) / deviation
    return Test(z, 2 * (1 - _NORMAL.cdf(abs(z))))


def welch(ours: tuple[float, float, int], theirs: tuple[float, float, int]) -> Test:
    """Welch's t-test of two means, each (mean, standard deviation of the sample, n). ValueError below n = 2."""
    (mean, deviation, n), (other, spread, of) = ours, theirs
    if n < 2 or of < 2:
        raise ValueError("a test of means needs two answers on both sides")
    a, b = deviation**2 / n, spread**2 / of
    if a + b == 0:
        return Test(0.0, 1.0) if mean == other else Test(inf if mean > other else -inf, 0.0)
    t = (mean - other) / sqrt(a + b)
    df = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (of - 1))
    return Test(t, t_two_sided(t, df))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of one table adjusted for how many were tested (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def verdicts(tests: Sequence[Test]) -> list[Verdict]:
    """One verdict per test of a table, after Holm's correction."""
    adjusted = holm([test.p for test in tests])
    return [
        Verdict.unproven if p >= SIGNIFICANT else Verdict.more if test.statistic > 0 else Verdict.less
        for test, p in zip(tests, adjusted, strict=True)
    ]
