"""Load per researcher and what evens it out."""

from __future__ import annotations

from journey.rules.balance import OpenCase, lightest, loads_of, suggest_moves, weight_of


def weekly(researcher: int, count: int, **changes: bool) -> list[OpenCase]:
    return [OpenCase(f"H-{researcher}{number:02d}", researcher, **changes) for number in range(count)]


def test_a_closing_interview_weighs_two_and_language_help_half_as_much_again() -> None:
    assert weight_of(OpenCase("a", 1)) == 1
    assert weight_of(OpenCase("a", 1, "closing")) == 2
    assert weight_of(OpenCase("a", 1, "closing", language_help=True)) == 3


def test_who_has_nobody_has_no_load() -> None:
    assert loads_of([1, 2], weekly(1, 3)) == {1: 3, 2: 0}


def test_people_of_who_may_not_receive_count_for_nobody() -> None:
    assert loads_of([1], weekly(9, 3)) == {1: 0}


def test_the_next_one_goes_to_the_lightest() -> None:
    assert lightest({1: 3, 2: 1, 3: 1}) == 2
    assert lightest({}) is None


def test_a_small_difference_moves_nobody() -> None:
    assert suggest_moves([1, 2], weekly(1, 4) + weekly(2, 2)) == []


def test_moves_end_when_it_is_even_enough() -> None:
    cases = weekly(1, 10) + weekly(2, 2)
    moves = suggest_moves([1, 2], cases)
    assert [(move.giver, move.receiver) for move in moves] == [(1, 2)] * 3
    assert len({move.person for move in moves}) == 3


def test_no_more_moves_than_asked_for() -> None:
    assert len(suggest_moves([1, 2], weekly(1, 30), most=5)) == 5


def test_one_heavy_case_is_moved_rather_than_many() -> None:
    closing = OpenCase("H-900", 1, "closing")
    assert suggest_moves([1, 2], [*weekly(1, 2), closing])[0].person == "H-900"


def test_who_trusts_their_researcher_stays_while_others_can_go() -> None:
    cases = [*weekly(1, 5, trusts=True), OpenCase("H-999", 1)]
    assert suggest_moves([1, 2], cases)[0].person == "H-999"


def test_who_trusts_their_researcher_goes_only_when_the_difference_is_large() -> None:
    assert suggest_moves([1, 2], weekly(1, 4, trusts=True)) == []
    assert suggest_moves([1, 2], weekly(1, 6, trusts=True))[0].trusts


def test_who_was_just_handed_over_is_not_moved_again() -> None:
    assert suggest_moves([1, 2], weekly(1, 9, just_came=True)) == []
