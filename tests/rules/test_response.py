"""The final outcome of a case, and response over who was approached."""

from __future__ import annotations

import pytest

from journey.rules.cadence import Outcome
from journey.rules.response import (
    RecruitmentCounts,
    enrolled_without_meeting,
    final_outcome,
    may_show_response,
)


@pytest.mark.parametrize(
    ("outcomes", "final"),
    [
        ([], None),
        (["no_answer"], "no_answer"),
        (["no_answer", "voicemail"], "voicemail"),
        (["interview", "no_answer"], "interview"),
        (["partial", "stop"], "partial"),
        (["not_now", "language", "busy"], "not_now"),
        (["not_now", "stop", "busy"], "stop"),
        (["language", "busy"], "language"),
        (["busy", "wrong_number"], "busy"),
        (["technical", "wrong_number"], "wrong_number"),
    ],
)
def test_the_most_informative_outcome_is_the_final_one(outcomes: list[str], final: str | None) -> None:
    assert final_outcome(outcomes) == (Outcome(final) if final else None)


def test_response_is_answered_over_approached() -> None:
    counts = RecruitmentCounts(yes=12, no=6, later=2, without_meeting=5, enrolled=15, answered=10)
    assert counts.approached == 25
    assert counts.response == 0.4


def test_without_anybody_asked_there_is_no_response() -> None:
    assert RecruitmentCounts().response is None


def test_reliability_as_the_field_prints_it() -> None:
    known = RecruitmentCounts(yes=389, answered=389, population=2300).reliability
    assert known is not None
    assert (known.reliability, known.margin_95) == (96.95, 4.53)


def test_no_reliability_without_a_population_or_beyond_it() -> None:
    assert RecruitmentCounts(yes=5, answered=5).reliability is None
    assert RecruitmentCounts(yes=5, answered=5, population=4).reliability is None


def test_who_had_everything_removed_is_not_asked_twice() -> None:
    assert enrolled_without_meeting(unlinked=3, erased=2, spare=2) == 3
    assert enrolled_without_meeting(unlinked=3, erased=2, spare=0) == 5


@pytest.mark.parametrize(
    ("approached", "enrolled", "answered", "shown"),
    [(42, 12, 11, True), (12, 12, 11, True), (42, 12, 9, False), (15, 12, 11, False), (9, 9, 9, False)],
)
def test_response_is_hidden_from_managers_when_any_part_is_small(
    approached: int, enrolled: int, answered: int, shown: bool
) -> None:
    assert may_show_response(approached, enrolled, answered, 10) is shown
