"""How ratings are counted."""

from __future__ import annotations

from datetime import date

import pytest

from journey.rules.ratings import Tally, Value, recall_lag, tally


def test_n_excludes_not_applicable_and_no_answer() -> None:
    values = ["negative", "neutral", "neutral", Value.positive, "not_applicable", "no_answer"]
    assert tally(values) == Tally(
        asked=6, n=4, negative=1, neutral=2, positive=1, not_applicable=1, no_answer=1
    )


def test_nobody_asked_is_a_tally_of_nothing() -> None:
    assert tally([]) == Tally(0, 0, 0, 0, 0, 0, 0)


def test_a_value_outside_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="great"):
        tally(["great"])


def test_the_recall_lag_is_in_days() -> None:
    assert recall_lag(date(2026, 2, 27), date(2026, 3, 2)) == 3
