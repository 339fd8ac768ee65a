"""How sure a figure is, and how numbers are summed up and written: formulas the field prints, stated exactly.

Shares are 0-1; percentages are 0-100 with two decimals.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from statistics import NormalDist, median
from typing import Final

from journey.rules.errors import Invalid

__all__ = [
    "Reliability",
    "decimal_comma",
    "finite",
    "median",
    "nearest_rank",
    "reliability",
    "weighted_mean",
    "wilson",
    "wilson_finite",
]

Z95: Final = NormalDist().inv_cdf(0.975)
ERROR: Final = 0.05
P: Final = 0.5
INDICATIVE_BELOW: Final = 90.0


@dataclass(frozen=True)
class Reliability:
    """Of a survey, in percent with two decimals; `margin_95` in percentage points; `indicative` below 90 %."""

    reliability: float
    margin_95: float
    response: float
    indicative: bool


def reliability(n: int, population: int) -> Reliability:
    """Reliability at an error of 5 points and margin at 95 %, with p = 0,5 and finite population (rules, 29).

    z = e / (√(p(1−p)/n) · √((N−n)/(N−1))), reliability = 2Φ(z)−1. Everyone answered: 100 and 0. Raises
    Invalid when n or the population is below 1, or n above the population.
    """
    if population < 1:
        raise Invalid("De populatie moet ten minste 1 zijn.", field="population")
    if n < 1:
        raise Invalid("Het aantal respondenten moet ten minste 1 zijn.", field="n")
    if n > population:
        raise Invalid(
            "Het aantal respondenten (%(n)s) is groter dan de populatie (%(population)s).",
            field="n",
            n=n,
            population=population,
        )
    response = round(100 * n / population, 2)
    if n == population:
        return Reliability(100.0, 0.0, response, indicative=False)
    deviation = sqrt(P * (1 - P) / n) * sqrt((population - n) / (population - 1))
    percent = 100 * (2 * NormalDist().cdf(ERROR / deviation) - 1)
    margin = 100 * Z95 * deviation
    return Reliability(round(percent, 2), round(margin, 2), response, indicative=percent < INDICATIVE_BELOW)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share, 0-1; without answers the whole range, because nothing is known."""
    return _wilson(successes, n, Z95)


def _wilson(successes: int, n: int, z: float) -> tuple[float, float]:
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if n == 0:
        return 0.0, 1.0
    share, z2 = successes / n, z * z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low = 0.0 if successes == 0 else centre - half
    return low, 1.0 if successes == n else centre + half


def finite(n: int, population: int | None) -> float:
    """The finite-population correction of a standard error, √((N−n)/(N−1)); 1 when the population is unknown, 0 when
    everybody answered.
    """
    if population is None or population <= 1:
        return 1.0 if population is None else 0.0
    return sqrt(max(0, population - n) / (population - 1))


def wilson_finite(successes: int, n: int, correction: float) -> tuple[float, float]:
    """As `wilson`, of a sample that is a good part of its population: z shrinks with the correction (see `finite`)."""
    return _wilson(successes, n, Z95 * correction)


def nearest_rank(values: Sequence[float], percent: int) -> float:
    """The percentile by nearest rank: always a value that occurs. Raises ValueError without values."""
    if not values:
        raise ValueError("no values, no percentile")
    rank = max(1, -(-percent * len(values) // 100))
    return sorted(values)[rank - 1]


def weighted_mean(groups: Iterable[tuple[float, int]]) -> float | None:
    """Mean of group means, weighted by respondents: (mean, n) per group; None without respondents (rules,
    28).
    """
    counted = [(mean, n) for mean, n in groups if n]
    total = sum(n for _, n in counted)
    return sum(mean * n for mean, n in counted) / total if total else None


def decimal_comma(value: float | Decimal, digits: int = 1) -> str:
    """`6,1`: Dutch decimal comma, halves rounded up as a reader expects (6,25 becomes 6,3), no thousands
    mark.
    """
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:f}".replace(".", ",")
