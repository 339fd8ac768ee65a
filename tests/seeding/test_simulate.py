"""A synthetic study: as large as asked, the same for the same seed, and alive."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from journey.db import Database
from journey.models import (
    Call,
    ClockSpan,
    Contact,
    Journey,
    JourneySummary,
    LeadTimeCount,
    Participant,
    Progress,
    Rating,
    stored_id,
)
from journey.progress.summary import rebuild_summaries
from journey.rules.errors import Conflict, Invalid
from journey.seeding import simulate as simulation
from journey.seeding.simulate import simulate
from journey.settings import Settings
from journey.work import House, Work
from tests.support.build import build_participant, get_study_by


@pytest.fixture
def today() -> date:
    return date(2026, 11, 25)


@pytest.fixture
def house(settings: Settings, database: Database) -> House:
    return House.open(settings)


def test_it_is_as_large_as_asked_and_alive(house: House) -> None:
    with house.work() as work:
        assert simulate(work, "klein", 12, 1) == [
            "Onderzoek klein: 12 deelnemers en 36 reizen zonder persoon gemaakt."
        ]
        people = work.session.exec(select(Participant)).all()
        assert len(people) == 12 and len({person.code for person in people}) == 12
        assert len(work.session.exec(select(Journey)).all()) == 48
        assert work.session.exec(select(Call).where(Call.state == "open")).first()
    house.database.close()


def test_the_same_seed_gives_the_same_data_and_another_gives_other(house: House) -> None:
    def told(seed: int) -> list[tuple[str, str, str, date]]:
        """Rolled back after looking, so that the next one starts from nothing."""
        with pytest.raises(ZeroDivisionError), house.work() as work:
            simulate(work, "klein", 6, seed)
            rows = work.session.exec(select(Rating).order_by(col(Rating.id))).all()
            found.append([(row.step, row.subject, row.value, row.answered_on) for row in rows])
            raise ZeroDivisionError
        return found[-1]

    found: list[list[tuple[str, str, str, date]]] = []
    assert told(1) == told(1) != told(2)
    house.database.close()


def test_a_large_one_is_copied_and_everybody_has_a_number_answers_and_facts_of_their_own(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "ONE_BY_ONE", 5)
    monkeypatch.setattr(simulation, "PATTERN", 4)
    told: list[str] = []
    with house.work() as work:
        simulate(work, "groot", 11, 1, told.append)
        people = work.session.exec(select(Participant).order_by(col(Participant.id))).all()
        assert len({person.code for person in people}) == len({one.journey_id for one in people}) == 11
        contacts = work.session.exec(select(Contact)).all()
        phones = [work.vault.open_optional(c.phone, f"contact:{c.participant_id}:phone") for c in contacts]
        assert len(set(phones)) == len(phones) > 4
        for one, copy in zip(people, people[4:], strict=False):
            for table, own, other in (
                (Rating.participant_id, one.id, copy.id),
                (Progress.journey_id, one.journey_id, copy.journey_id),
                (Call.participant_id, one.id, copy.id),
            ):
                rows = [
                    len(work.session.exec(select(table).where(table == key)).all()) for key in (own, other)
                ]
                assert rows[0] == rows[1]
        assert told[-1] == "de doorlooptijden worden opgeteld"
        assert len(work.session.exec(select(Journey).where(col(Journey.reference).is_not(None))).all()) == 33
        following = build_participant(work, get_study_by(work, "groot"), phone="0687654321")
        assert stored_id(following) > stored_id(people[-1])
    house.database.close()


def test_copies_are_counted_as_their_facts_say(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "ONE_BY_ONE", 8)
    monkeypatch.setattr(simulation, "PATTERN", 8)

    def counted(work: Work) -> list[list[Any]]:
        tables = (JourneySummary, ClockSpan, LeadTimeCount)
        return [
            sorted(str(row.model_dump()) for row in work.session.exec(select(one)).all()) for one in tables
        ]

    with house.work() as work:
        simulate(work, "groot", 20, 1)
    with house.work() as work:
        before = counted(work)
        summaries, _spans, counts = before
        assert summaries and counts
        rebuild_summaries(work.session, get_study_by(work, "groot"))
        work.session.expire_all()
        assert counted(work) == before
    house.database.close()


@pytest.mark.parametrize("count", [0, -1, 100_001])
def test_a_number_out_of_range_is_refused(house: House, count: int) -> None:
    with house.work() as work, pytest.raises(Invalid):
        simulate(work, "klein", count, 1)
    house.database.close()


def test_a_study_that_is_there_is_not_touched(house: House) -> None:
    with house.work() as work:
        simulate(work, "klein", 1, 1)
        with pytest.raises(Conflict):
            simulate(work, "klein", 1, 1)
    house.database.close()
