"""A list that is longer than anybody calls in a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from journey.auth.service import create_user
from journey.call import pages, queries
from journey.call.queries import DueCall, Part, get_call, list_due, list_parts
from journey.call.ranking import rank_call
from journey.call.rounds import get_history
from journey.call.service import NewAttempt, plan_appointment, plan_calls, record_attempt, record_call_back
from journey.clock import at_local
from journey.models import Attempt, Call, Contact, Decision, Participant, Progress, Study, stored_id
from journey.participant.queries import get_journey
from journey.progress.queries import find_clock, get_facts
from journey.progress.service import record_application
from journey.rules.decision import ClockState
from journey.seeding.simulate import simulate
from journey.study.cadence import cadence_of
from journey.work import SYSTEM, Actor, House, Work
from tests.call.conftest import MONDAY, At
from tests.support.build import PASSWORD, build_participant, get_study_by, sign_in

pytestmark = pytest.mark.both


@pytest.fixture
def today() -> date:
    return MONDAY


def test_the_first_are_shown_and_the_others_one_tap_away(
    app: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_SHOWN", 2)
    _follow(house, 3)
    lead = sign_in(app, "lead@example.org", "lead", "haarlem-test")
    short = lead.get("/calls").text
    assert short.count('<li class="due') == 2
    assert 'href="/calls?on=2026-03-16&amp;who=all&amp;show=all">Toon alle 3</a>' in short
    whole = lead.get("/calls?on=2026-03-16&who=all&show=all").text
    assert whole.count('<li class="due') == 3
    assert "Toon alle" not in whole


def test_the_numbers_of_a_long_list_count_who_is_not_shown(
    app: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_SHOWN", 1)
    _follow(house, 9)
    page = sign_in(app, "lead@example.org", "lead", "haarlem-test").get("/calls").text
    assert page.count('<li class="due') == 1
    assert '<span class="subtle number">9</span>' in page
    assert ">Toon alle 9</a>" in page


def test_the_first_of_a_long_list_are_those_of_the_whole_list(
    house: House, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LONG", 0)
    with at() as work:
        simulate(work, "groot", 20, 1)
        study = get_study_by(work, "groot")
        colleague = _researcher(work)
        _live_a_week(work, study, colleague)
        study.cadence = {"late_legal_day": 1}
    mine = Actor(
        "user", f"user:{colleague}", "researcher", id=colleague, studies=frozenset({stored_id(study)})
    )
    lead = Actor("user", f"user:{colleague}", "lead", id=colleague, studies=frozenset({stored_id(study)}))
    ranks = set()
    for actor in (SYSTEM, mine, lead):
        for everyone in (None, True, False):
            for day, hour in ((MONDAY, 11), (MONDAY, 18), (MONDAY + timedelta(days=1), 12)):
                with at(day, hour, actor=actor) as work:
                    due = list_due(work, everyone=everyone)
                    ranks |= {one.rank for one in due}
                    for most in (1, 4, 12):
                        _compare(work, due, everyone=everyone, most=most)
    assert ranks == set(range(1, 8))


def test_a_simulated_list_has_the_places_that_all_facts_give(house: House, at: At) -> None:
    with at() as work:
        simulate(work, "groot", 12, 1)
        _live_a_week(work, get_study_by(work, "groot"), _researcher(work))
    with at(hour=14) as work:
        for due in list_due(work):
            assert (due.reason, due.now, due.later_today, due.legal_day) == _by_all_facts(work, due)


def _follow(house: House, people: int) -> None:
    with house.work() as work:
        for number in range(people):
            build_participant(work, get_study_by(work, "haarlem-test"), phone=f"061234560{number}")
        plan_calls(work)


def _by_all_facts(work: Work, due: DueCall) -> tuple[str, bool, bool, int | None]:
    call = get_call(work, due.id)
    person = work.session.get_one(Participant, call.participant_id)
    facts = get_facts(work, get_journey(work, person))
    clock = find_clock(work, facts)
    used = clock.days_used if clock and clock.clock is not ClockState.decided else None
    rhythm = cadence_of(work.session.get_one(Study, person.study_id))
    contact = work.session.get_one(Contact, person.id)
    history = get_history(work, stored_id(person))
    place = rank_call(call, history, facts.progress, used, work.now, work.today, rhythm, contact.good_times)
    return place.reason, place.now, place.later_today, place.legal_day


def _compare(work: Work, due: list[DueCall], *, everyone: bool | None, most: int) -> None:
    parts = list_parts(work, everyone=everyone, most=most)
    now = [one for one in due if one.now]
    later_today = [one for one in due if one.later_today]
    later = [one for one in due if not one.now and not one.later_today]
    assert parts.now == Part(now[:most], len(now))
    assert parts.later_today == Part(later_today[:most], len(later_today))
    assert parts.later == Part(later[:most], len(later))


def _researcher(work: Work) -> int:
    return stored_id(create_user(work, "c@example.org", "researcher", password=PASSWORD, study="groot"))


def _live_a_week(work: Work, study: Study, researcher: int) -> None:
    """Something else happens to each, and every other has a researcher."""
    statement = select(Call, Participant).join(Participant).where(Call.state == "open")
    rows = work.session.exec(statement.where(Participant.study_id == study.id).order_by(col(Call.id))).all()
    for number, (call, person) in enumerate(rows):
        person.researcher_id = researcher if number % 2 else None
        contact = work.session.get_one(Contact, person.id)
        contact.good_times = ({}, {"days": [0]}, {"parts": ["evening"]})[number % 3]
        match number % 7:
            case 0:
                record_attempt(work, call, NewAttempt("no_answer"))
            case 1:
                plan_appointment(work, call, at_local(MONDAY, 11 + number % 5))
            case 2:
                record_call_back(work, person)
            case 3:
                _do_a_step(work, person)
            case 4:
                _miss_earlier_rounds(work, call)
            case 5:
                _still_wait(work, person)
    work.session.flush()


def _do_a_step(work: Work, person: Participant) -> None:
    steps = select(Progress).where(Progress.journey_id == person.journey_id, Progress.state == "done")
    step = work.session.exec(steps.where(~col(Progress.replaced)).order_by(col(Progress.id).desc())).first()
    assert step
    step.happened_on, step.recorded_at = MONDAY, work.now + timedelta(minutes=1)


def _miss_earlier_rounds(work: Work, call: Call) -> None:
    dials = (
        select(Attempt).join(Call).where(Call.participant_id == call.participant_id, Call.week < call.week)
    )
    for dial in work.session.exec(dials):
        dial.outcome = "no_answer"


def _still_wait(work: Work, person: Participant) -> None:
    journey = get_journey(work, person)
    for decision in work.session.exec(select(Decision).where(Decision.journey_id == journey.id)):
        decision.replaced = True
    record_application(work, journey, MONDAY - timedelta(days=30), source="letter")
