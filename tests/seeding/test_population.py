"""The population of a whole municipality: repeatable, of the size asked for, and counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from journey.models import Study
from journey.report.queries import count_journeys
from journey.report.tally import Selection, Tally, list_choices
from journey.rules.errors import Invalid
from journey.seeding.population import add_population
from journey.work import House, Work
from tests.support.build import build_study


@pytest.fixture
def today() -> date:
    return date(2026, 11, 20)


@pytest.fixture
def work(house: House) -> Iterator[Work]:
    with house.work() as work:
        yield work


def populated(work: Work, code: str, seed: int = 1) -> tuple[Study, Tally]:
    study = build_study(work, code)
    add_population(work, study, 150, seed)
    return study, count_journeys(work, study, "all", Selection())


def test_as_many_journeys_as_asked_are_there_and_counted(work: Work) -> None:
    _study, tally = populated(work, "een")
    assert tally.number("journeys") + tally.number("journeys", "open") == 150


def test_the_same_seed_gives_the_same_days_and_another_seed_does_not(work: Work) -> None:
    days = [populated(work, code, seed)[1].spells("total") for code, seed in (("a", 1), ("b", 1), ("c", 2))]
    assert days[0] == days[1]
    assert days[0] != days[2]


def test_some_are_decided_some_left_and_some_still_wait(work: Work) -> None:
    study, tally = populated(work, "een")
    spells = tally.spells("total")
    assert all((spells.ended, spells.left, spells.open))
    assert len(list_choices(work, study, ["27plus", "jongeren"])[0]) == 2


@pytest.mark.parametrize("journeys", [0, 1_000_001])
def test_a_number_out_of_reach_is_refused(work: Work, journeys: int) -> None:
    with pytest.raises(Invalid):
        add_population(work, build_study(work), journeys, seed=1)


def test_the_same_seed_twice_in_one_study_is_refused(work: Work) -> None:
    study, _tally = populated(work, "een")
    with pytest.raises(Invalid):
        add_population(work, study, 150, seed=1)
