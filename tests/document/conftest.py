"""A frozen Friday, an open unit of work, and the cohort of 2016, loaded once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI

from journey.app import create_app
from journey.auth.scope import get_study
from journey.document.content import Content
from journey.document.service import open_report, read_report
from journey.models import Study
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House, Work
from tests.report.cases import TODAY
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


@pytest.fixture(scope="session")
def report_of(cohort_app: FastAPI) -> Callable[[str], Content]:
    """`report_of(audience)`: the report of 2016, ready to be shown."""

    @cache
    def read(audience: str) -> Content:
        house: House = cohort_app.state.house
        with house.work(write=False) as work:
            study = get_study(work, "haarlem-2016")
            return open_report(work, study, read_report(work, study, audience))  # type: ignore[arg-type]

    return read


@pytest.fixture(scope="session")
def read_cohort_as(cohort_app: FastAPI) -> SignIn:
    """A signed-in reader of the study of 2016, the same one each time."""

    @cache
    def enter(role: str) -> PageClient:
        return sign_in(cohort_app, f"{role}@example.org", role)

    return enter
