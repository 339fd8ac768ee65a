"""A house with one study, and hands to move its clock."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from journey.clock import at_local
from journey.work import SYSTEM, Actor, House, Work
from tests.support.build import build_study

MONDAY = date(2026, 3, 16)

At = Callable[..., AbstractContextManager[Work]]


@pytest.fixture
def house(house: House) -> House:
    """The study runs since a hundred days before Monday 16 March 2026."""
    with house.work(now=at_local(MONDAY, 10)) as work:
        build_study(work)
    return house


@pytest.fixture
def at(house: House) -> At:
    """`with at(day, 15) as work:` is a unit of work at that local time; without arguments Monday at ten."""

    def begin(
        day: date = MONDAY, hour: int = 10, minute: int = 0, *, actor: Actor = SYSTEM
    ) -> AbstractContextManager[Work]:
        return house.work(actor, now=at_local(day, hour, minute))

    return begin
