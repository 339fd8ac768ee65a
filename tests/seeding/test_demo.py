"""The demo: complete on any day, the same for the same day, and never over somebody's data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import SQLModel, col, select

from journey.auth.queries import actor_of
from journey.auth.service import create_user, sign_in
from journey.call.queries import list_due
from journey.clock import Clock, at_local, local_day
from journey.models import (
    Batch,
    Call,
    Contact,
    Departure,
    Journey,
    Link,
    Message,
    Municipality,
    Participant,
    Progress,
    Rating,
    Study,
    User,
)
from journey.participant.queries import get_journey
from journey.progress.queries import find_clock, get_facts
from journey.report.queries import lead_times
from journey.resources import folder
from journey.rules.calendar import is_free_day
from journey.seeding.demo import DEMO_LOGINS, LIVE, fill_if_empty, fill_live
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.work import House, Work

WEDNESDAY = date(2026, 11, 25)


class EarlyAfternoon(Clock):
    """Stands still at five to two: what is due now may not depend on when the tests run."""

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day

    def now(self) -> datetime:
        return at_local(self.day, 13, 55)


def opened(tmp: pytest.TempPathFactory, today: date) -> House:
    house = House.open(
        Settings(database_url=f"sqlite:///{tmp.mktemp('demo')}/journey.db", env="demo", today=today)
    )
    SQLModel.metadata.create_all(house.database.engine)
    return replace(house, clock=EarlyAfternoon(today))


def lived(tmp: pytest.TempPathFactory, today: date) -> House:
    """The study that runs today alone, which is what the day changes."""
    house = opened(tmp, today)
    with house.work() as work:
        load_folder(work, folder("seeds") / "routes")
        user = create_user(work, "robin@demo.example", "researcher", password="journey-demo")
        fill_live(work, [actor_of(work.session, user)])
    return house


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One demo for all tests that only read."""
    house = opened(tmp_path_factory, WEDNESDAY)
    fill_if_empty(house)
    yield house
    house.database.close()


@pytest.fixture
def work(demo: House) -> Iterator[Work]:
    with demo.work(write=False) as work:
        yield work


@pytest.fixture
def study(work: Work) -> Study:
    return work.session.exec(select(Study).where(Study.code == LIVE)).one()


@pytest.fixture
def people(work: Work, study: Study) -> list[Participant]:
    return list(work.session.exec(select(Participant).where(Participant.study_id == study.id)).all())


def test_every_login_works(demo: House) -> None:
    with demo.work() as work:
        assert all(sign_in(work, login.email, login.password) for login in DEMO_LOGINS)
        assert {user.role for user in work.session.exec(select(User))} == {
            "researcher",
            "lead",
            "manager",
            "admin",
            "privacy",
        }


def test_forty_people_on_two_routes_in_two_municipalities(work: Work, people: list[Participant]) -> None:
    places = [work.session.get_one(Municipality, get_journey(work, one).municipality_id) for one in people]
    assert len(people) == 40
    assert {place.name for place in places} == {"Haarlem", "Zandvoort"}
    assert {one.code[0] for one in people} == {"H", "Z"}


def test_the_clocks_show_every_state(work: Work, people: list[Participant]) -> None:
    clocks = [
        clock
        for one in people
        if one.state == "active" and (clock := find_clock(work, get_facts(work, get_journey(work, one))))
    ]
    states = {clock.clock for clock in clocks}
    assert states == {"running", "stopped", "decided"}
    running = [clock for clock in clocks if clock.clock == "running"]
    assert any(clock.days_late for clock in running)
    assert any(clock.days_to_last_day is not None and 0 <= clock.days_to_last_day <= 7 for clock in running)
    assert any(42 <= clock.days_used < 50 for clock in running)


def test_the_call_list_has_every_reason(work: Work) -> None:
    due = list_due(work, None)
    assert {call.rank for call in due} >= {1, 2, 3, 4, 5, 6}
    assert any(call.kind == "closing" for call in due)


def test_someone_stopped_someone_finished_and_someone_rests(people: list[Participant]) -> None:
    assert {one.state for one in people} == {"active", "stopped", "closed"}
    assert any(one.rest_until for one in people)


def test_a_step_was_taken_away_and_one_was_repeated(work: Work) -> None:
    rows = work.session.exec(select(Progress).where(col(Progress.source) != "import")).all()
    assert any(row.state == "bypassed" and row.category and row.reason for row in rows)
    assert any(row.state == "planned" and row.happened_on and row.happened_on > WEDNESDAY for row in rows)


def test_three_texts_went_out_and_one_waits(work: Work) -> None:
    asked = work.session.exec(select(Message.state).where(Message.occasion == "link")).all()
    assert list(asked) == ["sent", "sent", "sent"]
    waiting = work.session.exec(select(Message.occasion).where(Message.state == "ready")).all()
    assert "call_announced" in waiting
    assert len(work.session.exec(select(Link).where(col(Link.revoked_at).is_(None))).all()) == 4


def test_contact_data_is_there_for_who_is_followed(work: Work, people: list[Participant]) -> None:
    active = {one.id for one in people if one.state == "active"}
    assert set(work.session.exec(select(Contact.participant_id)).all()) == active


def test_one_batch_was_published(work: Work, study: Study) -> None:
    batch = work.session.exec(select(Batch).where(Batch.study_id == study.id)).one()
    assert WEDNESDAY - timedelta(days=10) < batch.as_of < WEDNESDAY


def test_throughput_has_ended_and_open_cases(work: Work, study: Study) -> None:
    journeys = work.session.exec(select(Journey).where(col(Journey.reference).like("Z-%"))).all()
    assert len(journeys) == 60
    found = lead_times(work, study)
    assert found.application.n >= 10 and found.application.open >= 5
    assert work.session.exec(select(Departure)).all()


@pytest.mark.parametrize("today", [date(2026, 1, 5), date(2027, 1, 1), date(2026, 3, 29), date(2028, 2, 29)])
def test_it_can_be_made_on_any_day(tmp_path_factory: pytest.TempPathFactory, today: date) -> None:
    """A Monday, New Year's Day, the Sunday the clock changes, a leap day."""
    house = lived(tmp_path_factory, today)
    with house.work(write=False) as work:
        for row in work.session.exec(select(Progress).join(Journey).join(Study).where(Study.code == LIVE)):
            assert row.happened_on is None or not is_free_day(row.happened_on)
            assert row.state == "planned" or (row.happened_on is not None and row.happened_on <= today)
        for rating in work.session.exec(select(Rating)):
            assert local_day(rating.recorded_at) <= today
            assert rating.recall_lag is None or rating.recall_lag >= 0
        weeks = work.session.exec(select(Call.participant_id).where(Call.state == "open")).all()
        assert len(weeks) == len(set(weeks)) >= 15
    house.database.close()


def test_the_same_day_gives_the_same_demo(tmp_path_factory: pytest.TempPathFactory, work: Work) -> None:
    again = lived(tmp_path_factory, WEDNESDAY)

    def told(one: Work) -> list[tuple[str, str, str, date]]:
        rows = one.session.exec(
            select(Rating).join(Participant).join(Study).where(Study.code == LIVE).order_by(col(Rating.id))
        ).all()
        return [(row.step, row.subject, row.value, row.answered_on) for row in rows]

    with again.work(write=False) as other:
        assert told(other) == told(work)
    again.database.close()


def test_a_database_in_use_is_left_alone(demo: House, work: Work) -> None:
    before = len(work.session.exec(select(Participant)).all())
    fill_if_empty(demo)
    assert len(work.session.exec(select(Participant)).all()) == before
