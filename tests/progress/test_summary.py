"""Stored counts follow from the facts: after any edits they are what a count from nothing makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from journey.consent.service import withdraw_participant
from journey.models import (
    Application,
    ClockSpan,
    Decision,
    Extension,
    Journey,
    JourneySummary,
    LeadTimeCount,
    Progress,
    Study,
    Suspension,
)
from journey.participant.queries import get_journey
from journey.progress.service import (
    NewSuspension,
    create_journey,
    record_application,
    record_decision,
    record_departure,
    record_extension,
    record_step,
    record_suspension,
    retract_fact,
)
from journey.progress.summary import rebuild_missing, rebuild_summaries, settle
from journey.report.leadtimes import LeadTimes, measure, measure_tally
from journey.report.queries import as_of, count_journeys, list_routes, list_trips
from journey.report.tally import Selection, Tally, list_choices, read_tally, tally_of
from journey.route.queries import get_study_route
from journey.rules.errors import DomainError
from journey.study.queries import get_municipality
from journey.work import House, Work
from tests.support.build import build_participant, build_study

pytestmark = pytest.mark.both

TODAY = date(2026, 11, 20)
STEPS = ("werkplein", "rechten-en-plichten", "participatiegesprek", "workshop", "aanvraag")


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def work(house: House) -> Iterator[Work]:
    with house.work() as work:
        yield work


def stored(session: Session) -> tuple[dict[object, int], list[tuple[object, ...]]]:
    """Everything that is counted, by key, and what is known per journey."""
    session.expire_all()
    counts = session.exec(select(LeadTimeCount)).all()
    summaries = session.exec(select(JourneySummary).order_by(col(JourneySummary.journey_id))).all()
    spans = session.exec(select(ClockSpan)).all()
    return (
        {tuple(row.model_dump(exclude={"n"}).values()): row.n for row in counts},
        sorted(tuple(map(str, row.model_dump().values())) for row in (*summaries, *spans)),
    )


def without_curve(times: LeadTimes) -> LeadTimes:
    """The wait of young people who still wait is not followed day by day; no page shows that curve."""
    return replace(times, total_without_wait=replace(times.total_without_wait, curve=()))


days = st.integers(min_value=0, max_value=120).map(lambda ago: TODAY - timedelta(days=ago))
edits = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("new", "step", "bypass", "receive", "decide", "leave", "retract", "mode"),
                *("suspend", "supply", "agree", "hold", "abroad", "extend"),
            ]
        ),
        st.integers(min_value=0, max_value=3),
        days,
        st.integers(min_value=0, max_value=40),
        st.sampled_from(STEPS),
    ),
    min_size=1,
    max_size=14,
)


def edit(
    work: Work, study: Study, journeys: list[Journey], how: str, which: int, day: date, more: int, step: str
) -> None:
    if how == "new" or not journeys:
        route = get_study_route(work, study, "jongeren" if more % 3 == 0 else "27plus")
        journeys.append(create_journey(work, study, route, get_municipality(work, study.municipality_id)))
        return
    journey, later = journeys[which % len(journeys)], day + timedelta(days=more)
    if how == "step":
        record_step(work, journey, step, day, source="call")
    elif how == "bypass":
        record_step(work, journey, step, day, source="call", state="bypassed", reason="other")
    elif how == "receive":
        record_application(work, journey, day, source="letter")
    elif how == "decide":
        record_decision(work, journey, later, "withdrawn" if more % 5 == 0 else "granted", source="letter")
    elif how == "suspend":
        record_suspension(work, journey, NewSuspension("1a", invited_on=day, term=later), source="letter")
    elif how == "agree":
        record_suspension(work, journey, NewSuspension("2a", from_on=day, to_on=later), source="letter")
    elif how == "supply":
        supplied = min(later, TODAY)
        new = NewSuspension("1a", invited_on=day, term=later, supplied_on=max(supplied, day))
        record_suspension(work, journey, new, source="letter")
    elif how == "hold":
        record_suspension(work, journey, NewSuspension("2c", from_on=day), source="letter")
    elif how == "abroad":
        received = min(later, TODAY) if more % 2 else None
        record_suspension(
            work, journey, NewSuspension("1b", told_on=day, received_on=received), source="letter"
        )
    elif how == "mode":
        place = get_municipality(work, study.municipality_id)
        place.counting_mode = "wet" if place.counting_mode == "circulaire" else "circulaire"
    elif how == "extend":
        record_extension(work, journey, day, later, source="letter")
    elif how == "leave":
        record_departure(work, journey, day, "work", source="call")
    else:
        table = (Progress, Application, Decision, Suspension, Extension)[more % 5]
        row = work.session.exec(select(table).where(table.journey_id == journey.id)).first()
        if row is not None:
            retract_fact(work, journey, table, row.id or 0)


SETTINGS = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def live(work: Work, study: Study, edits: list[tuple[str, int, date, int, str]]) -> None:
    """Everything that happened, each counted before the next; what is refused did not happen."""
    journeys: list[Journey] = []
    for one in edits:
        try:
            with work.session.begin_nested():
                edit(work, study, journeys, *one)
        except DomainError:
            pass
        settle(work.session)


def assert_counted_as_one_by_one(work: Work, study: Study) -> None:
    routes, day = list_routes(work, study), as_of(work, study)
    trips = list_trips(work, study)
    counted = count_journeys(work, study, "all", Selection())
    assert without_curve(measure_tally(counted, routes)) == without_curve(measure(trips, routes, day))
    assert states(counted) == states(tally_of(trips, day))


@SETTINGS
@given(edits=edits, later=st.lists(st.integers(min_value=0, max_value=90), min_size=1, max_size=6))
def test_after_any_edits_the_stored_counts_are_those_of_a_count_from_nothing(
    house: House, edits: list[tuple[str, int, date, int, str]], later: list[int]
) -> None:
    with house.work() as work:
        study = build_study(work)
        live(work, study, edits)
        kept = stored(work.session)
        rebuild_summaries(work.session, study)
        assert stored(work.session) == kept
        for more in (0, *later):
            assert_counted_as_one_by_one(replace(work, now=work.now + timedelta(days=more)), study)
        work.session.rollback()


@SETTINGS
@given(before=edits, after=edits, ago=st.integers(min_value=0, max_value=60))
def test_a_closed_study_counts_up_to_the_day_it_was_closed(
    house: House,
    before: list[tuple[str, int, date, int, str]],
    after: list[tuple[str, int, date, int, str]],
    ago: int,
) -> None:
    with house.work() as work:
        study = build_study(work)
        live(work, study, before)
        study.closed_at = work.now - timedelta(days=ago)
        live(work, study, after)
        kept = stored(work.session)
        rebuild_summaries(work.session, study)
        assert stored(work.session) == kept
        assert_counted_as_one_by_one(work, study)
        work.session.rollback()


@SETTINGS
@given(edits=edits)
def test_every_selection_is_counted_as_one_by_one(
    house: House, edits: list[tuple[str, int, date, int, str]]
) -> None:
    with house.work() as work:
        study = build_study(work)
        live(work, study, edits)
        routes, trips = list_routes(work, study), list_trips(work, study)
        months = {trip.month for trip in trips if trip.month}
        place = study.municipality_id
        for month, bypassed, where in product((*sorted(months), ""), (None, True, False), (None, place)):
            selection = Selection(None, where, month, bypassed)
            taken = [trip for trip in trips if selection.takes(trip)]
            counted = read_tally(work, study, selection, work.today)
            one_by_one = without_curve(measure(taken, routes, work.today))
            assert without_curve(measure_tally(counted, routes)) == one_by_one
        assert set(list_choices(work, study, [route.id for route in routes])[1]) == months
        work.session.rollback()


def states(tally: Tally) -> list[int]:
    names = ("running", "near", "late", "stopped")
    return [*(tally.number("clock", name) for name in names), tally.number("no_clock", "open")]


def numbers(work: Work, study: Study) -> tuple[int, int, int]:
    """Journeys, those with a decision, and those still open."""
    settle(work.session)
    tally = read_tally(work, study, Selection(), work.today)
    return (
        tally.number("journeys") + tally.number("journeys", "open"),
        tally.spells("application").ended.total(),
        tally.number("journeys", "open"),
    )


@pytest.mark.parametrize("level", ["", "stop", "erase"])
def test_what_a_participant_told_is_never_in_the_counts(work: Work, level: str) -> None:
    study = build_study(work)
    person = build_participant(work, study)
    record_application(work, get_journey(work, person), TODAY - timedelta(days=5), source="letter")
    assert numbers(work, study) == (0, 0, 0)
    if level:
        withdraw_participant(work, person, level)
    assert numbers(work, study) == (0, 0, 0)
    assert rebuild_missing(work.session) == 0


def test_counts_are_there_for_the_next_reader_without_being_asked_for(house: House) -> None:
    with house.work() as work:
        study = build_study(work)
        route, place = get_study_route(work, study, "27plus"), get_municipality(work, study.municipality_id)
        record_application(work, create_journey(work, study, route, place), TODAY, source="letter")
    with house.work(write=False) as work:
        assert read_tally(work, study, Selection(), TODAY).number("journeys", "open") == 1


def test_what_was_rolled_back_is_not_counted(house: House) -> None:
    with house.work() as work:
        study = build_study(work)
        route, place = get_study_route(work, study, "27plus"), get_municipality(work, study.municipality_id)
        with pytest.raises(DomainError), work.session.begin_nested():
            journey = create_journey(work, study, route, place)
            record_application(work, journey, TODAY + timedelta(days=9), source="letter")
    with house.work(write=False) as work:
        assert work.session.exec(select(JourneySummary)).all() == []
