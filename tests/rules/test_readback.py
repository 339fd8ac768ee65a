"""Which answers are read back, and how agreement is counted."""

from __future__ import annotations

from datetime import date

import pytest

from journey.rules.readback import Told, agreement, choose_read_back

TODAY = date(2026, 3, 17)
LAST_TALK = date(2026, 3, 10)
EARLY = date(2026, 3, 3)


def told(step: str, day: date = LAST_TALK, **changes: object) -> Told:
    values = {"subject": "step", "value": "positive", "by_phone": True, "position": 0} | changes
    return Told(step=step, answered_on=day, **values)  # type: ignore[arg-type]


def chosen(*answers: Told) -> list[str]:
    return [one.step for one in choose_read_back(answers, LAST_TALK, TODAY)]


def test_at_most_two_are_read_back() -> None:
    assert len(chosen(told("a"), told("b"), told("c"))) == 2


def test_what_came_without_a_talk_goes_first() -> None:
    assert chosen(told("said"), told("old", EARLY), told("texted", by_phone=False)) == ["texted", "said"]


def test_the_last_talk_goes_before_what_is_older() -> None:
    assert chosen(told("old", EARLY), told("said"), told("also", position=1)) == ["said", "also"]


def test_without_answers_of_the_last_talk_the_longest_unconfirmed() -> None:
    assert chosen(told("later", date(2026, 3, 4)), told("first", EARLY)) == ["first", "later"]


@pytest.mark.parametrize("value", ["not_applicable", "no_answer"])
def test_no_opinion_is_not_read_back(value: str) -> None:
    assert chosen(told("a", value=value)) == []


def test_what_was_said_today_is_not_read_back_but_a_text_of_today_is() -> None:
    assert chosen(told("said", TODAY), told("texted", TODAY, by_phone=False)) == ["texted"]


def test_the_order_is_always_the_same() -> None:
    answers = [told("b", position=2), told("a", position=1), told("a", position=1, subject="staff")]
    first = choose_read_back(answers, LAST_TALK, TODAY)
    assert first == choose_read_back(reversed(answers), LAST_TALK, TODAY)
    assert [(one.step, one.subject) for one in first] == [("a", "staff"), ("a", "step")]


def test_agreement_has_a_share_with_its_interval() -> None:
    found = agreement([("positive", "positive")] * 3 + [("neutral", "negative")])
    assert (found.n, found.same, found.share) == (4, 3, 0.75)
    assert found.low == pytest.approx(0.3006, abs=1e-4)
    assert found.high == pytest.approx(0.9544, abs=1e-4)


def test_without_answers_there_is_no_share() -> None:
    found = agreement([])
    assert (found.n, found.share, found.low) == (0, None, None)
