"""Batches are counted while people go on rating, at night and behind the button; what must not be stored any more is
counted again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import Batch, Participant, Study
from journey.report import service
from journey.report.batches import count_cohort
from journey.work import House, Work
from journey.worker import publish_nightly
from tests.report.cases import TODAY, rate, rated_people
from tests.support.build import build_study, csrf_of, sign_in

NIGHT = at_local(TODAY + timedelta(days=1), 3, 10)


@pytest.fixture
def meanwhile(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Work], object]], None]:
    """What somebody else commits while the first count of the night is under way."""

    def once(act: Callable[[Work], object]) -> None:
        waiting = [act]

        def count_slowly(work: Work, study: Study) -> object:
            while waiting:
                with house.work(now=NIGHT) as other:
                    waiting.pop()(other)
            return count_cohort(work, study)

        monkeypatch.setattr(service, "count_cohort", count_slowly)

    return once


def people_counted(house: House) -> list[int]:
    with house.work(write=False) as work:
        return [batch.counted["everything"][0] for batch in work.session.exec(select(Batch)).all()]


def somebody(work: Work) -> Participant:
    return work.session.exec(select(Participant).order_by(Participant.code)).all()[0]


def test_somebody_rates_while_a_night_is_counted(
    house: House, meanwhile: Callable[[Callable[[Work], object]], None]
) -> None:
    with house.work() as work:
        rated_people(work, build_study(work), 12)
    meanwhile(lambda other: rate(other, somebody(other), "cv", "negative"))
    assert publish_nightly(house, NIGHT)
    assert people_counted(house) == [12]
    assert not publish_nightly(house, NIGHT + timedelta(hours=1))


def test_who_withdraws_while_a_night_is_counted_is_not_in_it(
    house: House, meanwhile: Callable[[Callable[[Work], object]], None]
) -> None:
    with house.work() as work:
        rated_people(work, build_study(work), 12)
    meanwhile(lambda other: withdraw_participant(other, somebody(other), "erase"))
    assert publish_nightly(house, NIGHT)
    assert people_counted(house) == [11]


def test_who_withdraws_while_the_button_counts_is_not_in_it(
    app: FastAPI, house: House, meanwhile: Callable[[Callable[[Work], object]], None]
) -> None:
    with house.work() as work:
        rated_people(work, build_study(work), 12)
    researcher = sign_in(app, "ria@example.org", "researcher")
    meanwhile(lambda other: withdraw_participant(other, somebody(other), "erase"))
    form = {"csrf_token": csrf_of(researcher)}
    assert researcher.post("/studies/haarlem-test/figures/publish", data=form).status_code == 200
    assert people_counted(house) == [11]


def test_a_count_that_failed_is_told_and_stops_no_other_study(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with house.work() as work:
        rated_people(work, build_study(work), 12)
        rated_people(work, build_study(work, "zandvoort-test", municipality="Zandvoort"), 12)

    def fails_for_one(work: Work, study: Study) -> object:
        if study.code == "zandvoort-test":
            raise ValueError("kapot")
        return count_cohort(work, study)

    monkeypatch.setattr(service, "count_cohort", fails_for_one)
    assert publish_nightly(house, NIGHT)
    assert people_counted(house) == [12]
    assert caplog.text.count("were not published: ValueError") == 1
