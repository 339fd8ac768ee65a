"""Figures that rest on a last day in a year whose decree is not loaded say so (rules, 4)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from journey.models import Study
from journey.report.last_days import last_day_warnings
from journey.report.queries import Population
from journey.report.tally import Selection
from journey.work import Work
from tests.report.cases import TODAY, lived, reader
from tests.support.build import build_participant


@pytest.fixture
def study(study: Study) -> Study:
    """One that began long ago."""
    study.starts_on = date(2019, 12, 1)
    return study


def ago(day: date) -> int:
    return (TODAY - day).days


def warned(work: Work, study: Study, population: Population = "all", **chosen: str) -> list[str]:
    return [text[:9] for text in last_day_warnings(work, study, population, Selection(**chosen))]  # type: ignore[arg-type]


def test_only_the_years_of_last_days_that_are_not_loaded_are_named(work: Work, study: Study) -> None:
    researcher = reader(work, "researcher")
    lived(work, study, received=ago(date(2026, 9, 1)))
    assert warned(researcher, study) == []
    lived(work, study, received=ago(date(2019, 12, 20)), sent=ago(date(2020, 1, 10)))
    lived(work, study, received=ago(date(2021, 3, 1)), sent=ago(date(2021, 4, 1)))
    assert warned(researcher, study) == ["Voor 2020", "Voor 2021"]
    assert warned(researcher, study, route="jongeren") == []
    assert warned(researcher, study, month="2021-03") == ["Voor 2021"]


def test_each_population_is_warned_of_its_own_last_days(work: Work, study: Study) -> None:
    lived(work, study, received=ago(date(2021, 3, 1)), person=build_participant(work, study))
    assert warned(reader(work, "researcher"), study) == []
    assert warned(reader(work, "researcher"), study, "participants") == ["Voor 2021"]
    assert warned(reader(work, "manager"), study, "participants") == [], (
        "one participant changes nothing there"
    )


def test_the_years_are_found_in_one_query(work: Work, study: Study) -> None:
    for month in range(1, 8):
        lived(work, study, received=ago(date(2021, month, 1)))
    work.session.flush()
    researcher, asked = reader(work, "researcher"), []
    engine = work.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert warned(researcher, study) == ["Voor 2021"]
    assert len(asked) == 1
