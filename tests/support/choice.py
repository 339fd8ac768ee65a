"""Which tests run on PostgreSQL as well: those that say so, and as few others as send every statement twice.

Both databases get the same statements from the same code, so a test that sends only what others send too proves nothing
more there. What differs by more than its statements (locks, types, order, triggers, what happens at the same time)
carries the marker `both`. A test that was not recorded yet runs, and so does everything before anything was recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

TIMES = 2  # by how many tests each statement is sent
FIXED, BROWSER = 20, 1000  # what a test costs beside its statements, counted in statements


def chosen(items: Sequence[pytest.Item], recorded: Mapping[str, Sequence[int]]) -> set[str]:
    """Node ids. The same tests and statements always give the same choice."""
    taken = {item.nodeid for item in items if item.get_closest_marker("both") or item.nodeid not in recorded}
    free = {item.nodeid: frozenset(recorded[item.nodeid]) for item in items if item.nodeid not in taken}
    dear = {item.nodeid for item in items if "browser" in getattr(item, "fixturenames", ())}
    return taken | cover(free, dear, Counter(one for name in taken for one in set(recorded.get(name, ()))))


def cover(tests: Mapping[str, frozenset[int]], dear: set[str], sent: Counter[int]) -> set[str]:
    """Greedily: each time the test that adds most for what it costs, until every statement was `sent` often enough."""
    taken: set[str] = set()
    costs = {name: FIXED + len(tests[name]) + BROWSER * (name in dear) for name in tests}
    left = {
        name: {one for one in statements if sent[one] < TIMES} for name, statements in sorted(tests.items())
    }
    while left := {name: new for name, new in left.items() if new}:
        best = max(left, key=lambda name: len(left[name]) / costs[name])
        taken.add(best)
        del left[best]
        sent.update(tests[best])
        full = {one for one in tests[best] if sent[one] >= TIMES}
        for new in left.values():
            new -= full
    return taken
