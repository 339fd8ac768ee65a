"""The cohort of 2016 and a small study with hostile words in it, and a way to read what an export holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI

from journey.app import create_app
from journey.export.service import Made, Order, write_export
from journey.models import Study
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House, Work
from tests.report.cases import TODAY, reader
from tests.support.build import build_study, sign_in
from tests.support.databases import Databases
from tests.support.pages import PageClient

Rows = list[dict[str, str]]
Export = Callable[..., Rows]
SignIn = Callable[[str], PageClient]


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


def read_csv(path: Path) -> Rows:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))


def make(work: Work, study: Study, place: Path, content: str, kind: str, role: str = "researcher") -> Made:
    """The files of an export as somebody of that role gets it."""
    work.session.flush()
    order = Order(content, kind, "jaarverslag")
    return write_export(reader(work, role), study, order, place / f"{content}.{kind}")


@pytest.fixture
def export(work: Work, tmp_path: Path) -> Export:
    """`export(study, content, table, role)`: the rows of one table."""

    def rows(study: Study, content: str, table: str = "", role: str = "researcher") -> Rows:
        made = make(work, study, tmp_path, content, "csv", role)
        return read_csv(next(p for p in made.paths if p.stem == f"{content}-{table}".rstrip("-")))

    return rows


@pytest.fixture(scope="session")
def cohort_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The study of 2016 and another one, in a database of their own."""
    with databases.fresh(tmp_path_factory.mktemp("cohort")) as url:
        app = create_app(Settings(database_url=url, env="development", today=TODAY))
        with app.state.house.work() as work:
            load_folder(work, folder("seeds") / "haarlem-2016")
            build_study(work, "elders")
        yield app
        app.state.house.database.close()


@pytest.fixture
def cohort(cohort_app: FastAPI) -> Iterator[Work]:
    house: House = cohort_app.state.house
    with house.work(write=False) as work:
        yield replace(work)


@pytest.fixture(scope="session")
def enter(cohort_app: FastAPI) -> SignIn:
    """`enter(role)`: a signed-in user of the study of 2016; `outsider` is a lead of the other study."""

    @cache
    def as_role(role: str) -> PageClient:
        if role == "outsider":
            return sign_in(cohort_app, "outsider@example.org", "lead", "elders")
        return sign_in(cohort_app, f"{role}@example.org", role, "haarlem-2016")

    return as_role
