"""What may be answered, by whom, and why an answer is missing."""

from __future__ import annotations

from typing import Any

import pytest

from journey.rules.errors import Invalid
from journey.rules.questionnaire import (
    Condition,
    Item,
    Kind,
    Option,
    Questionnaire,
    Reason,
    Section,
    filter_faults,
    parse_condition,
    read_answer,
    settle,
)


def item(name: str, kind: str, *options: str, asked_of: str = "") -> Item:
    return Item(
        name,
        "s",
        Kind(kind),
        name,
        {"nl": f"{name}?"},
        tuple(Option(one, {"nl": one}) for one in options),
        tuple(parse_condition(one) for one in asked_of.split(" ") if one),
    )


ITEMS = (
    item("when", "one_of", "now", "before", "never"),
    item("grade", "grade10", asked_of="when=now,before"),
    item("why", "some_of", "a", "b", asked_of="when=now"),
    item("b_how", "agree4", asked_of="why=b"),
    item("local", "yes_share", asked_of="unit=borne when=now"),
    item("words", "open"),
)
ASKED = Questionnaire("test", 1, {"nl": "Test"}, (Section("s", {"nl": "Deel"}),), ITEMS)


def reasons(**given: Any) -> dict[str, str]:
    unit = given.pop("unit", "")
    return {name: str(reason) for name, reason in settle(ASKED, given, unit).missing.items()}


def test_who_falls_outside_a_filter_was_not_asked() -> None:
    assert reasons(when="never") == {
        "grade": "not_asked",
        "why": "not_asked",
        "b_how": "not_asked",
        "local": "not_asked",
        "words": "no_answer",
    }


def test_a_filter_on_several_answers_holds_for_one_of_them() -> None:
    found = settle(ASKED, {"when": "now", "why": ["a", "b"], "b_how": "agree", "grade": "7"}, "borne")
    assert found.faults == () and found.answers["grade"] == 7
    assert found.missing["local"] is Reason.no_answer


def test_of_a_question_left_open_nobody_knows_whom_the_next_was_for() -> None:
    assert reasons()["grade"] == "not_asked"
    assert settle(ASKED, {"grade": 8}, "").faults == ()


def test_an_answer_that_contradicts_a_filter_names_it() -> None:
    (fault,) = settle(ASKED, {"when": "never", "grade": 8}, "").faults
    assert (fault.item, fault.params["filter"]) == ("grade", "when=now,before")
    (unit,) = settle(ASKED, {"when": "now", "local": "yes"}, "hengelo").faults
    assert unit.params["filter"] == "unit=borne"


def test_all_faults_are_found_at_once() -> None:
    faults = settle(ASKED, {"when": "soon", "grade": 0, "extra": 1}, "").faults
    assert {fault.item for fault in faults} == {"when", "grade", "extra"}


@pytest.mark.parametrize("given", [7, "7", 7.0, " 7 "])
def test_a_grade_is_read_however_it_was_written(given: object) -> None:
    assert read_answer(ITEMS[1], given) == 7


@pytest.mark.parametrize("given", [0, 11, 7.5, "7,5", "", "x", True, -3, "٧", "007", float("nan"), 10**400])
def test_what_is_no_grade(given: object) -> None:
    if given == "":
        assert read_answer(ITEMS[1], given) is Reason.no_answer
        return
    with pytest.raises(Invalid) as refused:
        read_answer(ITEMS[1], given)
    assert refused.value.field == "grade"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("not_applicable", "not_applicable"),
        ("n.v.t.", "not_applicable"),
        ("Onleesbaar", "unreadable"),
        (None, "no_answer"),
        ([], "no_answer"),
    ],
)
def test_why_there_is_no_answer(given: object, reason: str) -> None:
    assert read_answer(ITEMS[2], given) == reason


@pytest.mark.parametrize("given", [["a", "a"], "a;a", ["c"], "a,b", {"a": 1}, 4])
def test_several_answers_that_cannot_be(given: object) -> None:
    with pytest.raises(Invalid):
        read_answer(ITEMS[2], given)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, "blank"),
        ({"when": "never"}, "complete"),
        ({"when": "now", "why": ["a"]}, "partial"),
        ({"when": "now", "why": ["a"], "grade": 6}, "complete"),
        ({"words": "Dank u"}, "complete"),
    ],
)
def test_how_complete_a_return_is(given: dict[str, object], status: str) -> None:
    assert settle(ASKED, given, "hengelo").status == (status if given != {"words": "Dank u"} else "partial")


@pytest.mark.parametrize("text", ["when", "=a", "when=", "when=a,,b"])
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_condition(text)


def test_a_filter_looks_back_at_answers_that_exist() -> None:
    wrong = [item("a", "one_of", "x", "y", asked_of=one) for one in ("later=x", "when=never,ever", "words=x")]
    assert [filter_faults((*ITEMS, one), one) for one in wrong] == ["later=x", "when=never,ever", "words=x"]
    assert str(Condition("a", ("b", "c"))) == "a=b,c"
