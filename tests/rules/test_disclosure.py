"""Small groups: what managers may see, and that nothing hidden follows from what is shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.rules.disclosure import batch_due, changed_people, disclose, is_shown


@pytest.mark.parametrize(("n", "shown"), [(9, False), (10, True), (0, False)])
def test_a_group_is_shown_from_ten(n: int, shown: bool) -> None:
    assert is_shown(n) is shown


def test_routes_are_not_summed_when_the_difference_is_a_hidden_group() -> None:
    figures = disclose({"27plus": 15, "jongeren": 3})
    assert figures.parts["27plus"].shown
    assert not figures.parts["jongeren"].shown
    assert not figures.total.shown


def test_routes_are_summed_when_nothing_is_hidden_or_the_hidden_part_is_nobody() -> None:
    assert disclose({"27plus": 15, "jongeren": 12}).total.shown
    assert disclose({"27plus": 15, "jongeren": 0}).total.shown


def test_two_small_routes_may_be_summed_when_they_are_large_together() -> None:
    figures = disclose({"27plus": 8, "jongeren": 7})
    assert figures.total.shown
    assert not any(part.shown for part in figures.parts.values())


def test_two_small_routes_that_stay_small_together_hide_the_sum() -> None:
    assert not disclose({"a": 30, "b": 4, "c": 5}).total.shown


def test_what_is_hidden_says_why() -> None:
    figures = disclose({"27plus": 15, "jongeren": 3})
    for verdict in (figures.parts["jongeren"], figures.total):
        assert verdict.reason
        assert "10" in verdict.reason % verdict.params


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40)), st.integers(2, 15))
def test_no_group_below_the_minimum_follows_from_what_is_shown(sizes: dict[str, int], minimum: int) -> None:
    figures = disclose(sizes, minimum)
    shown = sum(n for key, n in sizes.items() if figures.parts[key].shown)
    assert all(sizes[key] >= minimum for key, part in figures.parts.items() if part.shown)
    if figures.total.shown:
        rest = sum(sizes.values()) - shown
        assert rest == 0 or rest >= minimum


def test_people_who_were_added_withdrawn_or_changed_count() -> None:
    before = {"H-001": "a", "H-002": "b", "H-003": "c"}
    after = {"H-001": "a", "H-002": "B", "H-004": "d"}
    assert changed_people(before, after) == 3
    assert changed_people(before, before) == 0


@pytest.mark.parametrize(("changed", "due"), [(4, False), (5, True)])
def test_a_batch_is_due_from_five_people(changed: int, due: bool) -> None:
    assert batch_due(changed) is due
