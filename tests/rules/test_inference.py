"""Tests and intervals against scipy, which the product does not need."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from journey.rules.inference import (
    Test,
    Verdict,
    holm,
    incomplete_beta,
    t_quantile,
    t_two_sided,
    two_proportion,
    verdicts,
    welch,
)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 7, 12, 30, 53, 388, 5000, 99_999])
def test_quantile_of_t_is_that_of_scipy(df: int) -> None:
    assert t_quantile(df) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-9)


@given(st.floats(0.001, 0.999), st.floats(0.5, 400), st.floats(0.5, 400))
def test_incomplete_beta_is_that_of_scipy(x: float, a: float, b: float) -> None:
    assert incomplete_beta(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), rel=1e-6, abs=1e-9)


@given(st.floats(-30, 30), st.floats(1, 5000))
def test_two_sided_p_of_t_is_that_of_scipy(t: float, df: float) -> None:
    assert t_two_sided(t, df) == pytest.approx(2 * stats.t.sf(abs(t), df), rel=1e-6, abs=1e-12)


@given(
    st.lists(st.integers(1, 10), min_size=2, max_size=40),
    st.lists(st.integers(1, 10), min_size=2, max_size=40),
)
def test_welch_is_that_of_scipy(ours: list[int], theirs: list[int]) -> None:
    def summed(grades: list[int]) -> tuple[float, float, int]:
        n, mean = len(grades), sum(grades) / len(grades)
        return mean, (sum((grade - mean) ** 2 for grade in grades) / (n - 1)) ** 0.5, n

    found = welch(summed(ours), summed(theirs))
    if len(set(ours)) == len(set(theirs)) == 1:
        assert found.p == (1.0 if ours[0] == theirs[0] else 0.0)
        return
    (mean, sd, n), (other, spread, m) = summed(ours), summed(theirs)
    oracle = stats.ttest_ind_from_stats(mean, sd, n, other, spread, m, equal_var=False)
    assert found.statistic == pytest.approx(oracle.statistic, rel=1e-9, abs=1e-9)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("count", "n", "theirs", "z", "p"),
    [
        (154, 387, 0.53, -4.91, 0.0),
        (155, 388, 0.45, -1.89, 0.058),
        (67, 99, 0.60, 1.54, 0.12),
        (69, 101, 0.71, -0.58, 0.56),
    ],
)
def test_the_four_verdicts_of_2022(count: int, n: int, theirs: float, z: float, p: float) -> None:
    found = two_proportion(count / n, n, theirs, 3244)
    assert found.statistic == pytest.approx(z, abs=0.01) and found.p == pytest.approx(p, abs=0.005)


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_squared_z_is_the_chi_square_of_scipy(a: int, n: int, b: int, m: int) -> None:
    a, b = min(a, n), min(b, m)
    found = two_proportion(a / n, n, b / m, m)
    if a + b in (0, n + m):
        assert found == Test(0.0, 1.0)
        return
    chi2, p, *_rest = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False)
    assert found.statistic**2 == pytest.approx(chi2, rel=1e-6, abs=1e-9) and found.p == pytest.approx(
        p, abs=1e-9
    )


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_is_step_down(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(a >= p for a, p in zip(adjusted, p_values, strict=True)) and all(a <= 1 for a in adjusted)
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    assert [adjusted[place] for place in order] == sorted(adjusted)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_a_difference_is_proven_only_after_correction() -> None:
    said = verdicts([Test(2.2, 0.028), Test(-4.0, 0.0001), Test(0.1, 0.9)])
    assert said == [Verdict.unproven, Verdict.less, Verdict.unproven]
    assert verdicts([Test(2.2, 0.028)]) == [Verdict.more]


@pytest.mark.parametrize("n", [0, 1])
def test_without_answers_there_is_no_test(n: int) -> None:
    with pytest.raises(ValueError, match="answers"):
        welch((7.0, 1.0, n), (7.0, 1.0, 50))
    with pytest.raises(ValueError, match="answers"):
        two_proportion(0.5, 0, 0.5, 10)
