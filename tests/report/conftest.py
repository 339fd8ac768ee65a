"""A frozen Friday, an open unit of work, and the cohort of 2016, loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from journey.models import Study
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House, Work
from tests.report.cases import TODAY
from tests.support.build import build_study
from tests.support.databases import Databases


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def work(house: House) -> Iterator[Work]:
    with house.work() as work:
        yield work


@pytest.fixture
def study(work: Work) -> Study:
    return build_study(work)


@pytest.fixture(scope="session")
def cohort(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The study of 2016 in a database of its own: only to be read."""
    place: Path = tmp_path_factory.mktemp("cohort")
    with databases.fresh(place) as url:
        house = House.open(Settings(database_url=url, env="development", today=TODAY))
        with house.work() as work:
            load_folder(work, folder("seeds") / "haarlem-2016")
        yield house
        house.database.close()
