"""A frozen Friday, an open unit of work, and the cohort of 2016, loaded once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI

from journey.app import create_app
from journey.models import Study
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House, Work
from tests.report.cases import TODAY, fill
from tests.support.build import build_study, sign_in
from tests.support.databases import Databases
from tests.support.pages import PageClient

SignIn = Callable[..., PageClient]


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
def cohort_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The study of 2016 in a database of its own: only to be read."""
    place: Path = tmp_path_factory.mktemp("cohort")
    with databases.fresh(place) as url:
        app = create_app(Settings(database_url=url, env="development", today=TODAY))
        with app.state.house.work() as work:
            load_folder(work, folder("seeds") / "haarlem-2016")
        yield app
        app.state.house.database.close()


@pytest.fixture
def cohort(cohort_app: FastAPI) -> House:
    house: House = cohort_app.state.house
    return house


@pytest.fixture(scope="session")
def filled_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A small published study (see `cases.fill`) and another one with nobody: only to be read."""
    place: Path = tmp_path_factory.mktemp("filled")
    with databases.fresh(place) as url:
        app = create_app(Settings(database_url=url, env="development", today=TODAY))
        with app.state.house.work() as work:
            fill(work)
            build_study(work, "elders")
        yield app
        app.state.house.database.close()


@pytest.fixture(scope="session")
def read_as(filled_app: FastAPI) -> SignIn:
    """`read_as(role, study=None)`: a signed-in reader of the filled study, the same one each time."""

    @cache
    def enter(role: str, study: str | None = None) -> PageClient:
        return sign_in(filled_app, f"{role}-{study or 'all'}@example.org", role, study)

    return enter


@pytest.fixture(scope="session")
def read_cohort_as(cohort_app: FastAPI) -> SignIn:
    """The same for the study of 2016."""

    @cache
    def enter(role: str) -> PageClient:
        return sign_in(cohort_app, f"{role}@example.org", role)

    return enter
