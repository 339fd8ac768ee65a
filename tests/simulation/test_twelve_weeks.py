"""Twelve weeks of two hundred people and two workers, every rule held against every day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from journey.settings import Settings
from journey.work import House
from tests.simulation.world import Plan, World

START = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def second(settings: Settings) -> Iterator[House]:
    """The other worker's process: a house of its own on the same database."""
    house = House.open(settings)
    yield house
    house.database.close()


def told(breaches: list[str]) -> str:
    kinds = Counter(one.split(":")[0] for one in breaches)
    return "\n".join([f"{dict(kinds)}", *breaches[:25]])


def test_twelve_weeks_of_two_hundred_people_keep_every_rule(house: House, second: House) -> None:
    off = frozenset(START + (30 + number) * DAY for number in range(10))
    world = World(Plan(START, 12, 200, seed=7, off=off, ill=START + 49 * DAY), house, second)
    world.run()
    assert not world.checker.breaches, told(world.checker.breaches)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_four_weeks_of_twenty_people_keep_every_rule(house: House, second: House, seed: int) -> None:
    start = date(2026, 10, 12)
    off = frozenset({start + (7 + seed) * DAY, start + (8 + seed) * DAY})
    world = World(Plan(start, 4, 20, seed=seed, off=off), house, second)
    world.run()
    assert not world.checker.breaches, told(world.checker.breaches)
