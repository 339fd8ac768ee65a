"""Nobody who keeps every look at the figures can work out a small group: thousands of random studies against an
attacker, and the same attacker against disclosure that was made weaker, which he must notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from journey.report import breakdowns, details, figures
from journey.report.details import Renewing
from journey.rules import disclosure_parts
from journey.rules.disclosure import Renewal, Verdict
from journey.rules.disclosure_parts import Splitting
from tests.report.attack import find_recovered, looks_of

MINIMA = (5, 8, 10)
STUDIES = 500


def found_in(seeds: Sequence[int]) -> list[str]:
    return [
        f"study {seed}, {key}: {found}"
        for seed in seeds
        for key, looks in looks_of(seed, MINIMA[seed % 3]).items()
        for found in find_recovered(looks, MINIMA[seed % 3])
    ]


@pytest.mark.parametrize("part", range(4))
def test_no_small_group_follows_from_all_a_manager_ever_got(part: int) -> None:
    assert found_in(range(part * STUDIES, (part + 1) * STUDIES)) == []


def test_the_attacked_studies_show_enough_to_attack() -> None:
    looks = [look for seed in range(60) for row in looks_of(seed, 5).values() for look in row]
    assert sum(look.row.shown for look in looks) > 100
    assert sum(len(look.details.by_channel.parts) > 1 for look in looks) > 10
    assert sum(len(look.details.by_period.parts) > 1 for look in looks) > 10
    assert sum(any("Deze cijfers zijn van" in note for note in look.row.footnotes) for look in looks) > 10


def renew_always(*_facts: object) -> Renewal:
    return Renewal.renew


def large_enough_now(self: Splitting, part: Any, now: Any, _looks: object) -> bool:
    return disclosure_parts.count(part, now) >= self.minimum


def leave_small_out(now: Any, splitting: Splitting, *_looks: object) -> list[tuple[Any, ...]]:
    return [(unit,) for unit in now if sum(now[unit]) >= splitting.minimum]


def show_always(*_facts: object) -> Verdict:
    return Verdict(shown=True)


def nobody(*_facts: object) -> dict[str, str]:
    return {}


def always(*_facts: object) -> bool:
    return True


@pytest.mark.parametrize(
    ("where", "name", "weaker"),
    [
        pytest.param(Renewing, "decide", renew_always, id="a bar follows every change"),
        pytest.param(Splitting, "allows", large_enough_now, id="earlier looks are forgotten"),
        pytest.param(Splitting, "allows", always, id="parts of any size"),
        pytest.param(details, "speakers", nobody, id="people count who had no opinion"),
        pytest.param(details, "choose_groups", leave_small_out, id="small channels are left out"),
        pytest.param(figures, "verdict", show_always, id="rows of any size"),
    ],
)
def test_the_attacker_finds_what_a_weaker_disclosure_gives_away(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, weaker: Any
) -> None:
    monkeypatch.setattr(where, name, weaker)
    assert any(found_in([seed]) for seed in range(120))


def test_two_splits_that_give_their_crossing_away_are_not_shown_together() -> None:
    """All who were phoned in March were negative, and nobody else: three phoned in March would follow."""
    detail = details.CountedDetail(
        channels={"call": [3, 0, 9], "web": [9, 0, 2]},
        days={"2026-03-02": [12, 0, 0], "2026-04-02": [0, 0, 11]},
        cuts=["2026-04-01"],
        groups=[["call"], ["web"]],
    )
    row = breakdowns.CountedRow("27plus", "cv", "step", 23, 23, 12, 0, 11, 0, 0)
    shown = breakdowns.disclosed_detail(row, detail, 10)
    assert shown.by_period.shown
    assert not shown.by_channel.shown
    assert "10" in (shown.by_channel.reason or "")
