"""Loading a folder of seeds, and what the 2016 study then counts to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, func, select

from journey import models
from journey.clock import at_local
from journey.db import Database
from journey.models import (
    Batch,
    Call,
    ConsentText,
    Contact,
    Journey,
    Participant,
    Rating,
    RouteVersion,
    Study,
)
from journey.rating.queries import list_answers, list_closing_answers
from journey.report.published import read_published
from journey.report.queries import lead_times
from journey.resources import folder
from journey.rules.errors import Invalid
from journey.rules.ratings import tally
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House, Work

SEEDS = folder("seeds")
PUBLISHED = read_published(SEEDS / "haarlem-2016" / "published.toml")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The seeds in a database, once: what follows only reads. On SQLite: the rows are the same everywhere."""
    house = House.open(Settings(database_url=f"sqlite:///{tmp_path_factory.mktemp('seeds')}/journey.db"))
    SQLModel.metadata.create_all(house.database.engine)
    with house.work() as work:
        load_folder(work, SEEDS)
    yield house
    house.database.close()


@pytest.fixture
def work(loaded: House) -> Iterator[Work]:
    with loaded.work(write=False) as work:
        yield work


@pytest.fixture
def study(work: Work) -> Study:
    return work.session.exec(select(Study).where(Study.code == "haarlem-2016")).one()


def count(work: Work, table: Any) -> int:
    return work.session.exec(select(func.count()).select_from(table)).one()


def test_it_tells_what_it_loaded_and_twice_loads_nothing(settings: Settings, database: Database) -> None:
    house = House.open(settings)
    with house.work() as work:
        lines = load_folder(work, SEEDS)
    assert "Onderzoek haarlem-2016: 19 deelnemers en 125 reizen zonder persoon geladen." in lines
    with house.work() as work:
        tables = (Study, RouteVersion, ConsentText, Participant, Journey, Rating, Call, Batch)
        before = [count(work, table) for table in tables]
        assert all(line.endswith("stond er al.") for line in load_folder(work, SEEDS))
        assert [count(work, table) for table in tables] == before
    house.database.close()


def test_a_study_alone_brings_the_routes_beside_it(settings: Settings, database: Database) -> None:
    house = House.open(settings)
    with house.work() as work:
        load_folder(work, SEEDS / "routes")
        assert count(work, RouteVersion) == 2
        load_folder(work, SEEDS / "haarlem-2016")
        assert count(work, Participant) == 19
    house.database.close()


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_a_folder_with_nothing_to_load_is_refused(settings: Settings, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    house = House.open(settings)
    with house.work() as work, pytest.raises(Invalid, match=name):
        load_folder(work, tmp_path / name)
    house.database.close()


def test_a_consent_text_that_changed_needs_a_new_version(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(SEEDS / "consent", tmp_path / "consent")
    house = House.open(settings)
    with house.work() as work:
        load_folder(work, tmp_path / "consent")
        text = tmp_path / "consent" / "2026-1.nl.toml"
        text.write_text(text.read_text(encoding="utf-8").replace("Ja, ik doe mee.", "Ja."), encoding="utf-8")
        with pytest.raises(Invalid, match="Maak een nieuwe versie"):
            load_folder(work, tmp_path / "consent")
    house.database.close()


# --- the 2016 study ---------------------------------------------------------------------------------


def test_people_keep_their_own_codes_and_new_ones_come_after(work: Work) -> None:
    codes = work.session.exec(select(Participant.code).order_by(Participant.code)).all()
    assert codes == [f"H-{number:03d}" for number in range(1, 20)]
    numbers = dict(work.session.exec(select(models.Municipality.code, models.Municipality.last_number)).all())
    assert numbers == {"haarlem": 19, "hengelo": 0}  # respondents of a survey get no code


@pytest.mark.parametrize("figure", PUBLISHED.figures, ids=lambda f: f"{f.step}-{f.subject}")
def test_every_printed_number_is_counted_again(work: Work, study: Study, figure: Any) -> None:
    answers = [a for a in list_answers(work, study) if a.route == "27plus"]
    counted = tally(a.value for a in answers if (a.step, a.subject) == (figure.step, figure.subject))
    assert counted.asked == figure.n
    for name in ("negative", "neutral", "positive", "not_applicable"):
        if getattr(figure, name) is not None:
            assert getattr(counted, name) == getattr(figure, name), name
    if "positive" in figure.in_words:
        assert counted.positive / figure.n == pytest.approx(1 / 3, abs=0.05)


def test_the_closing_interviews_come_out_as_printed(work: Work, study: Study) -> None:
    closing = list_closing_answers(work, study)
    grades = [one.grade for one in closing if one.grade is not None]
    assert (len(closing), round(sum(grades) / len(grades)) / 10) == (18, 6.1)
    for printed in PUBLISHED.statements:
        said = [one.statements.get(printed.id) for one in closing]
        assert len([word for word in said if word]) == printed.n
        if printed.agree is not None:
            assert said.count("agree") == printed.agree


def test_lead_times_over_all_journeys_come_out_as_printed(work: Work, study: Study) -> None:
    found = lead_times(work, study)
    assert found.gate.mean == 11
    assert found.application.max == 26
    assert found.total.mean == 36


def test_the_study_is_over(work: Work, study: Study) -> None:
    assert study.closed_at == at_local(date(2016, 10, 28), 17)
    batch = work.session.exec(select(Batch).where(Batch.study_id == study.id)).one()
    assert (batch.number, batch.as_of) == (1, date(2016, 10, 28))
    assert work.session.exec(select(Call).where(Call.state == "open")).all() == []
    assert count(work, Contact) == 0


def test_history_looks_as_it_was_lived(work: Work) -> None:
    rating = work.session.exec(select(Rating).order_by(Rating.id)).first()  # type: ignore[arg-type]
    assert rating is not None
    assert (rating.answered_on, rating.recall_lag) == (date(2016, 4, 26), 14)
    assert rating.recorded_at.year == 2016
    corrected = (
        select(Rating)
        .join(Participant)
        .where(Participant.code == "H-003", Rating.step == "participatiegesprek", Rating.subject == "step")
    )
    assert [row.value for row in work.session.exec(corrected).all()] == ["negative", "neutral"]


def test_a_study_under_way_stays_open(settings: Settings, database: Database) -> None:
    house = House.open(settings)
    with house.work() as work:
        load_folder(replace(work, now=at_local(date(2016, 10, 28), 12)), SEEDS / "haarlem-2016")
        assert work.session.exec(select(Study.closed_at)).one() is None
    house.database.close()


# --- the surveys of 2022 ----------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "answers"), [("participatiewet-2022", 389), ("minima-2022", 248)])
def test_the_surveys_are_over_and_published(work: Work, code: str, answers: int) -> None:
    survey = work.session.exec(select(models.Study).where(models.Study.code == code)).one()
    batch = work.session.exec(select(Batch).where(Batch.study_id == survey.id)).one()
    found = work.session.exec(select(func.count()).where(models.SurveyResponse.study_id == survey.id)).one()
    assert (found, batch.number) == (answers, 1)
    assert survey.closed_at is not None and survey.closed_at.year == 2022
