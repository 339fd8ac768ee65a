"""Twelve weeks of a study and two workers, every rule held against every day.

`make test` lives through them with the first forty of the two hundred people of `make test-long`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from journey.settings import Settings
from journey.work import House
from tests.simulation.people import Life, invent
from tests.simulation.world import Plan, World

pytestmark = pytest.mark.both

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


OFF = frozenset(START + (30 + number) * DAY for number in range(10))
LONG = Plan(START, 12, 200, seed=7, off=OFF, ill=START + 49 * DAY)
SHORT = replace(LONG, people=40)


def test_the_short_form_is_of_people_of_the_long_one() -> None:
    def invented(plan: Plan) -> list[Life]:
        chance = Random(plan.seed)
        return [invent(chance, number) for number in range(plan.people)]

    assert invented(SHORT) == invented(LONG)[: SHORT.people]
    assert replace(SHORT, people=LONG.people) == LONG


def test_twelve_weeks_keep_every_rule(house: House, second: House, long_form: bool) -> None:
    world = World(LONG if long_form else SHORT, house, second)
    world.run()
    assert not world.checker.breaches, told(world.checker.breaches)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_four_weeks_of_twenty_people_keep_every_rule(house: House, second: House, seed: int) -> None:
    start = date(2026, 10, 12)
    off = frozenset({start + (7 + seed) * DAY, start + (8 + seed) * DAY})
    world = World(Plan(start, 4, 20, seed=seed, off=off), house, second)
    world.run()
    assert not world.checker.breaches, told(world.checker.breaches)
