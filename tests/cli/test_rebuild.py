"""`journey rebuild` counts from the facts again, and says how many journeys it counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import delete, select, update
from typer.testing import CliRunner, Result

from journey.cli.main import app as journey
from journey.models import ClockSpan, Journey, JourneySummary, LeadTimeCount, Municipality, Study
from journey.progress.service import (
    NewSuspension,
    create_journey,
    record_application,
    record_decision,
    record_suspension,
)
from journey.report.queries import lead_times
from journey.route.queries import get_study_route
from journey.study.queries import get_municipality
from journey.work import House, Work
from tests.support.build import build_study, get_study_by


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> object:
    """Runs a command on the database of the test."""
    monkeypatch.setenv("JOURNEY_DATABASE_URL", database_url)

    def run(*words: str) -> Result:
        return CliRunner().invoke(journey, list(words))

    return run


def a_study(work: Work, code: str, journeys: int) -> Study:
    """Its journeys were suspended for ten days by the text of the law, and decided in thirty days."""
    study = build_study(work, code)
    for _ in range(journeys):
        place = get_municipality(work, study.municipality_id)
        journey = create_journey(work, study, get_study_route(work, study, "27plus"), place)
        day = work.today - timedelta(days=40)
        record_application(work, journey, day, source="letter")
        supplied = NewSuspension(
            "1a",
            invited_on=day + timedelta(days=5),
            term=day + timedelta(days=25),
            supplied_on=day + timedelta(days=16),
        )
        record_suspension(work, journey, supplied, source="letter")
        record_decision(work, journey, day + timedelta(days=30), "granted", source="letter")
    return study


def counted(work: Work, code: str) -> tuple[int | None, float | None]:
    """How many were decided, and their mean net days."""
    net = lead_times(work, get_study_by(work, code)).application_net
    return net.n, net.mean


def forget_counts(house: House) -> None:
    with house.work() as work:
        for table in (LeadTimeCount, JourneySummary, ClockSpan):
            work.session.exec(delete(table))


@pytest.fixture
def two_studies(house: House) -> House:
    with house.work() as work:
        a_study(work, "een", 2)
        a_study(work, "twee", 1)
    forget_counts(house)
    return house


def test_every_study_is_counted_again(run, two_studies: House) -> None:
    result = run("rebuild")
    assert (result.exit_code, result.stdout) == (0, "een: 2 reizen geteld\ntwee: 1 reis geteld\n")
    with two_studies.work(write=False) as work:
        assert (counted(work, "een"), counted(work, "twee")) == ((2, 20.0), (1, 20.0))


def test_one_study_leaves_the_others_alone(run, two_studies: House) -> None:
    assert run("rebuild", "--study", "twee").stdout == "twee: 1 reis geteld\n"
    with two_studies.work(write=False) as work:
        assert (counted(work, "een")[0], counted(work, "twee")[0]) == (0, 1)


def test_a_study_that_is_not_there_is_one_sentence_on_stderr(run) -> None:
    result = run("rebuild", "--study", "nergens")
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_migration_counts_what_was_never_counted(run, two_studies: House) -> None:
    assert run("migrate").exit_code == 0
    with two_studies.work(write=False) as work:
        assert (counted(work, "een")[0], counted(work, "twee")[0]) == (2, 1)


def test_another_way_of_counting_behind_the_back_of_the_product_is_counted_by_hand(run, house: House) -> None:
    with house.work() as work:
        a_study(work, "een", 1)
    with house.work() as work:
        work.session.connection().execute(update(Municipality).values(counting_mode="circulaire"))
    run("rebuild")
    with house.work(write=False) as work:
        assert counted(work, "een") == (1, 19.0)


def test_another_way_of_counting_counts_again_by_itself(house: House) -> None:
    with house.work() as work:
        a_study(work, "een", 1)
    with house.work() as work:
        work.session.exec(select(Municipality)).one().counting_mode = "circulaire"
    with house.work(write=False) as work:
        assert counted(work, "een") == (1, 19.0)


def test_only_journeys_of_that_municipality_make_a_study_count_again(house: House) -> None:
    with house.work() as work:
        study = a_study(work, "een", 1)
        a_study(work, "twee", 1)
        other = Municipality(code="zandvoort", name="Zandvoort", prefix="Z")
        work.session.add(other)
        work.session.flush()
        mine = select(Journey).where(Journey.study_id == study.id)
        work.session.exec(mine).one().municipality_id = other.id or 0
    forget_counts(house)
    with house.work() as work:
        place = work.session.exec(select(Municipality).where(Municipality.code == "zandvoort")).one()
        place.counting_mode = "circulaire"
    with house.work(write=False) as work:
        assert (counted(work, "een"), counted(work, "twee")[0]) == ((1, 19.0), 0)
