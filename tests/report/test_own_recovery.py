"""Nobody who keeps every look can work out a few people from lead times, grades, statements or who took part: random
studies against an attacker, and the same attacker against disclosure that was made weaker, which he must notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from journey.report import behind, own_counts, own_times
from journey.rules.disclosure import Renewal, Verdict, batch_due, changed_people
from journey.rules.disclosure_parts import Splitting
from tests.report.attack_own import find_small, shown_of

MINIMA = (5, 8, 10)


def found_in(seeds: Sequence[int]) -> list[str]:
    return [
        f"study {seed}: {found}"
        for seed in seeds
        for found in find_small(shown_of(seed, MINIMA[seed % 3]), MINIMA[seed % 3])
    ]


@pytest.mark.parametrize("part", range(4))
def test_no_few_people_follow_from_all_a_manager_ever_got(part: int) -> None:
    assert found_in(range(part * 100, part * 100 + 100)) == []


def test_the_attacked_studies_show_enough_to_attack() -> None:
    families = {family for seed in range(150) for family in shown_of(seed, 5)}
    assert {"gate ended", "application whole", "form ended", "handovers ended", "limit ended"} <= families
    assert {"closing/n", "closing/grade", "closing/friendly", "took part", "answered", "calls"} <= families


def always_renew(*_facts: object) -> Renewal:
    return Renewal.renew


def five_over_the_whole_measure(
    looks: Sequence[behind.Behind], now: behind.Behind, batch_size: int
) -> Renewal:
    enough = all(batch_due(changed_people(one.people, now.people), batch_size) for one in looks)
    return Renewal.renew if enough else Renewal.keep


def shown_unless_withheld(self: own_times._Judge, measure: str) -> Verdict:
    parts = [time for (_route, one), time in self.cells.items() if one == measure]
    return Verdict(shown=not any(time.withheld for time in parts))


def never(*_facts: object) -> bool:
    return False


@pytest.mark.parametrize(
    ("where", "name", "weaker"),
    [
        pytest.param(own_times, "decide", always_renew, id="a lead time follows every change"),
        pytest.param(
            own_times, "decide", five_over_the_whole_measure, id="one decision among four who began"
        ),
        pytest.param(own_times._Judge, "verdict", shown_unless_withheld, id="a sum beside a hidden route"),
        pytest.param(own_counts, "renewal", always_renew, id="a grade follows every change"),
        pytest.param(own_counts, "decide", always_renew, id="who took part follows every change"),
        pytest.param(own_counts, "leaves_a_route_out", never, id="19 took part less 16"),
    ],
)
def test_the_attacker_finds_what_a_weaker_disclosure_gives_away(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, weaker: Any
) -> None:
    monkeypatch.setattr(where, name, weaker)
    assert any(found_in([seed]) for seed in range(120))


@pytest.mark.parametrize(
    ("more", "moves"),
    [({"nl": 5, "ar": 5}, True), ({"nl": 5}, True), ({"nl": 4, "ar": 6}, False)],
)
def test_who_is_missed_moves_only_when_enough_of_each_group_changed(
    more: Mapping[str, int], moves: bool
) -> None:
    def rows(extra: Mapping[str, int]) -> list[dict[str, Any]]:
        sizes = {key: n + extra.get(key, 0) for key, n in {"nl": 20, "ar": 12, "tr": 0}.items()}
        return [{"key": key, "approached": None, "enrolled": n, "answered": n} for key, n in sizes.items()]

    assert own_counts._may_stand_beside(rows({}), rows(more), Splitting(10, 5)) is moves
