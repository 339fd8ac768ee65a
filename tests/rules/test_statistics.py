"""Reliability, margins, intervals and how numbers are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from journey.rules.errors import Invalid
from journey.rules.statistics import (
    Reliability,
    decimal_comma,
    median,
    nearest_rank,
    reliability,
    weighted_mean,
    wilson,
)


def test_the_example_of_the_field() -> None:
    assert reliability(389, 2300) == Reliability(96.95, 4.53, 16.91, indicative=False)


@pytest.mark.parametrize("n", [1, 10, 2300])
def test_when_everyone_answered_it_is_certain(n: int) -> None:
    assert reliability(n, n) == Reliability(100.0, 0.0, 100.0, indicative=False)


@settings(deadline=None)
@given(st.integers(2, 100_000).flatmap(lambda size: st.tuples(st.integers(1, size - 1), st.just(size))))
def test_the_reliability_equals_scipy(case: tuple[int, int]) -> None:
    n, size = case
    deviation = (0.25 / n * (size - n) / (size - 1)) ** 0.5
    result = reliability(n, size)
    assert result.reliability == pytest.approx(100 * (2 * norm.cdf(0.05 / deviation) - 1), abs=0.0051)
    assert result.margin_95 == pytest.approx(100 * norm.ppf(0.975) * deviation, abs=0.0051)


def test_below_90_percent_it_is_indicative() -> None:
    assert reliability(239, 2300).reliability < 90 < reliability(245, 2300).reliability
    assert reliability(239, 2300).indicative
    assert not reliability(245, 2300).indicative


@pytest.mark.parametrize(
    ("n", "population", "field"), [(5, 4, "n"), (0, 4, "n"), (-1, 4, "n"), (0, 0, "population")]
)
def test_impossible_numbers_are_refused(n: int, population: int, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        reliability(n, population)
    assert refusal.value.field == field


@settings(deadline=None)
@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_wilson_interval_equals_scipy(case: tuple[int, int]) -> None:
    expected = binomtest(*case).proportion_ci(0.95, method="wilson")
    assert wilson(*case) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_without_answers_the_interval_is_everything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_nearest_rank_gives_a_value_that_occurs() -> None:
    assert nearest_rank([10, 1, 3, 7], 90) == 10
    assert nearest_rank([10, 1, 3, 7], 50) == 3
    assert nearest_rank([5], 0) == 5


def test_the_median_of_an_even_number_lies_between() -> None:
    assert median([1, 2, 3, 10]) == 2.5


def test_group_totals_are_weighted_by_respondents() -> None:
    assert weighted_mean([(6.0, 15), (9.0, 3), (0.0, 0)]) == 6.5
    assert weighted_mean([(6.0, 0)]) is None


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (6.1, 1, "6,1"),
        (6.25, 1, "6,3"),
        (6.05, 1, "6,1"),
        (96.953, 2, "96,95"),
        (95, 0, "95"),
        (-0.04, 1, "0,0"),
    ],
)
def test_numbers_have_a_dutch_comma(value: float, digits: int, written: str) -> None:
    assert decimal_comma(value, digits) == written
