"""Who has a turn: nothing is lost by choosing, shuffling or sorting, and what is chosen for PostgreSQL is enough."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.changed import room_of, within
from tests.support.choice import TIMES, chosen, cover
from tests.support.process import number_of
from tests.support.turns import file_of, longest_first, shuffled


def item(nodeid: str, *, marked: bool = False, browser: bool = False) -> Any:
    return SimpleNamespace(
        nodeid=nodeid,
        fixturenames=["databases", *(["browser"] if browser else [])],
        get_closest_marker=lambda name: marked if name == "both" else None,
    )


ITEMS = [item(f"tests/{room}/test_{room}.py::test_{number}") for room in "abc" for number in range(4)]


def test_a_shuffle_loses_nothing_keeps_files_together_and_can_be_repeated() -> None:
    one, again, other = shuffled(ITEMS, 7), shuffled(ITEMS, 7), shuffled(ITEMS, 8)
    assert [x.nodeid for x in one] == [x.nodeid for x in again] != [x.nodeid for x in other]
    assert sorted(x.nodeid for x in one) == sorted(x.nodeid for x in ITEMS)
    files = [file_of(x.nodeid) for x in one]
    assert len(list(groupby(files))) == 3


def test_long_files_go_first_and_the_rest_stays_in_its_order() -> None:
    sorted_ones = longest_first(ITEMS, {"tests/b/test_b.py": 9.0})
    assert [x.nodeid[6] for x in sorted_ones] == [*"bbbb", *"aaaa", *"cccc"]


def test_each_statement_is_sent_twice_where_two_tests_send_it() -> None:
    tests = {
        f"t{number}": frozenset({number, number + 1, number + 2, number + 3, 0}) for number in range(1, 30)
    }
    taken = cover(tests, set(), Counter())
    sent = Counter(one for name in taken for one in tests[name])
    could = Counter(one for statements in tests.values() for one in statements)
    assert all(sent[one] >= min(TIMES, could[one]) for one in could)
    assert len(taken) < len(tests)


def test_what_is_marked_or_new_runs_and_a_browser_where_nothing_else_sends_it() -> None:
    own, shared = item("t/a::own", browser=True), item("t/a::shared", browser=True)
    plain = [item(f"t/a::{number}") for number in range(TIMES)]
    items = [item("t/a::marked", marked=True), item("t/a::new"), own, shared, *plain]
    recorded = {"t/a::marked": [1, 2], own.nodeid: [3], shared.nodeid: [4], **{x.nodeid: [4] for x in plain}}
    assert chosen(items, recorded) == {x.nodeid for x in items} - {shared.nodeid}


def test_a_test_without_anything_of_its_own_stays_at_home() -> None:
    items = [item(f"t/a::{number}") for number in range(5)]
    assert len(chosen(items, {x.nodeid: [1, 2, 3] for x in items})) == TIMES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT a FROM b WHERE c IN (?, ?)", "SELECT a FROM b WHERE c IN (?, ?, ?)"),
        ("INSERT INTO a (b, c) VALUES (?, ?)", "INSERT INTO a (b, c) VALUES (?, ?), (?, ?)"),
    ],
)
def test_a_statement_is_the_same_for_one_value_and_for_more(one: str, other: str) -> None:
    assert number_of(one) == number_of(other) != number_of(one.replace("a", "x"))


def test_a_minute_takes_what_fits_and_names_what_does_not() -> None:
    seconds = {"own": 90.0, "far": 30.0}
    assert within(80.0, [["own"], ["near", "far"]], seconds) == (["own"], ["near", "far"])
    assert within(80.0, [[], ["near", "far"]], seconds) == (["near", "far"], [])


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("journey/call/service.py", "call"),
        ("templates/call/list.html", "call"),
        ("journey/db.py", "db"),
        ("static/theme.css", "web"),
        ("docs/house.md", ""),
    ],
)
def test_a_path_belongs_to_a_room(path: str, room: str) -> None:
    assert room_of(path) == room
