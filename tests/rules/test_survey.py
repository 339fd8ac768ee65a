"""From counts to figures."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from journey.rules.disclosure import Renewal
from journey.rules.questionnaire import Item, Kind, Option
from journey.rules.statistics import finite, wilson_finite
from journey.rules.survey import Sampled, figure, moved, renewal_of_counts, weigh

GRADE = Item("overall", "general", Kind.grade10, "Alles", {"nl": "Welk cijfer?"})
AGREE = Item("fast", "staff", Kind.agree4, "Snel", {"nl": "Snel."}, worded="positive")
SOME = Item(
    "good",
    "points",
    Kind.some_of,
    "Goed",
    {"nl": "Wat?"},
    (Option("a", {"nl": "A"}), Option("b", {"nl": "B"})),
)


def counted(grades: list[int]) -> dict[str, int]:
    return {"#": len(grades), **{str(grade): grades.count(grade) for grade in set(grades)}}


@given(st.lists(st.integers(1, 10), min_size=2, max_size=60))
def test_mean_spread_and_interval_are_those_of_scipy(grades: list[int]) -> None:
    found = figure(GRADE, counted(grades), Sampled(len(grades), None))
    assert found.value == pytest.approx(sum(grades) / len(grades))
    assert found.insufficient == sum(grade < 6 for grade in grades)
    assert found.interval is not None and found.deviation is not None
    if len(set(grades)) > 1:
        low, high = stats.t.interval(0.95, len(grades) - 1, found.value, stats.sem(grades))
        assert found.interval == pytest.approx((max(1, low), min(10, high)))
        assert found.deviation == pytest.approx(stats.tstd(grades))


@pytest.mark.parametrize("n", [0, 1])
def test_of_nobody_nothing_is_said_and_of_one_no_interval(n: int) -> None:
    found = figure(GRADE, counted([7] * n), Sampled(n, 10))
    assert (found.n, found.value, found.interval) == (n, 7.0 if n else None, None)


def test_all_missing_is_counted_by_reason() -> None:
    found = figure(AGREE, {"!no_answer": 3, "!unreadable": 1}, Sampled(4, 10))
    assert (found.n, found.value, found.missing) == (0, None, 4)
    assert found.reasons == {"no_answer": 3, "unreadable": 1}


def test_an_interval_shrinks_with_the_share_of_the_population_that_answered() -> None:
    plain = figure(AGREE, {"#": 389, "agree": 356, "disagree": 33}, Sampled(389, None))
    known = figure(AGREE, {"#": 389, "agree": 356, "disagree": 33}, Sampled(389, 2300))
    everybody = figure(AGREE, {"#": 389, "agree": 356, "disagree": 33}, Sampled(389, 389))
    assert plain.interval == pytest.approx((88.33, 93.90), abs=0.005)
    assert known.interval == pytest.approx((88.64, 93.72), abs=0.005)
    assert everybody.interval == pytest.approx((91.5167, 91.5167), abs=0.0001)


def test_correction_of_a_finite_population() -> None:
    assert (finite(10, None), finite(10, 10), finite(1, 1)) == (1.0, 0.0, 0.0)
    assert finite(389, 2300) == pytest.approx((1911 / 2299) ** 0.5)
    assert wilson_finite(0, 10, 0.0) == (0.0, 0.0)


def test_several_answers_may_add_to_more_than_a_hundred() -> None:
    found = figure(SOME, {"#": 4, "a": 4, "b": 3}, Sampled(5, None))
    assert (found.n, dict(found.options)) == (4, {"a": 100.0, "b": 75.0})


def test_weighted_is_the_mean_over_people_repeated() -> None:
    """Every respondent stands for population / respondents of the stratum; with whole weights simply repeat them."""
    rand = random.Random(4)
    parts, repeated = {}, []
    for unit, (respondents, answering, population) in {"a": (10, 8, 50), "b": (4, 4, 80)}.items():
        grades = [rand.randint(1, 10) for _ in range(answering)]
        parts[unit] = (counted(grades), Sampled(respondents, population))
        repeated += grades * (population // respondents)
    found = weigh(GRADE, parts)
    assert found.value == pytest.approx(sum(repeated) / len(repeated))
    assert found.interval is not None and found.interval[0] < found.value < found.interval[1]


def test_weights_of_one_stratum_change_nothing_but_the_names() -> None:
    grades = [3, 5, 8, 8, 9, 10]
    plain = figure(GRADE, counted(grades), Sampled(6, 100))
    found = weigh(GRADE, {"a": (counted(grades), Sampled(6, 100))})
    assert found.value == pytest.approx(plain.value)
    assert found.interval is not None and plain.interval is not None
    assert found.interval == pytest.approx(plain.interval, rel=0.01)  # N - 1 against N in the correction


@pytest.mark.parametrize(
    ("before", "now", "people"),
    [
        ({"#": 10, "a": 10}, {"#": 11, "a": 10, "b": 1}, 1),
        ({"#": 10, "a": 10, "b": 10}, {"#": 11, "a": 11, "b": 11}, 1),  # one person, two options
        ({"#": 10, "a": 10}, {"#": 11, "a": 11, "!no_answer": 9}, 1),
        ({"#": 10, "a": 10}, {"#": 10, "a": 10, "!no_answer": 3}, 3),
        ({"#": 2, "a": 1, "b": 1}, {"#": 2, "a": 1, "b": 1}, 0),
    ],
)
def test_at_least_so_many_people_moved(before: dict[str, int], now: dict[str, int], people: int) -> None:
    assert moved(before, now) == people


@pytest.mark.parametrize(
    ("now", "decided"),
    [
        ({"x": {"#": 20, "a": 20}, "y": {"#": 12, "a": 12}}, Renewal.renew),
        ({"x": {"#": 25, "a": 25}, "y": {"#": 12, "a": 12}}, Renewal.renew),
        ({"x": {"#": 25, "a": 25}, "y": {"#": 13, "a": 13}}, Renewal.keep),
        ({"x": {"#": 20, "a": 20}, "y": {"#": 12, "a": 12}, "": {"#": 1, "b": 1}}, Renewal.keep),
        ({"x": {"#": 25, "a": 25}, "y": {"#": 11, "a": 11}}, Renewal.withhold),
    ],
)
def test_an_item_renews_in_all_units_or_in_none(now: dict[str, dict[str, int]], decided: Renewal) -> None:
    look = {"x": {"#": 20, "a": 20}, "y": {"#": 12, "a": 12}}
    assert renewal_of_counts([look], now, 5) is decided
    assert renewal_of_counts([], now, 5) is Renewal.renew
