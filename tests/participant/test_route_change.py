"""Somebody goes on along another route: what stays, what follows the new route, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from journey.call.service import plan_appointment
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import AuditEntry, Call, JourneySummary
from journey.participant.queries import get_journey, set_aside_steps, timeline
from journey.participant.route_change import change_route, list_other_routes
from journey.progress.queries import find_clock, get_facts
from journey.progress.routes import record_route_change
from journey.progress.service import create_journey, record_application, record_step
from journey.progress.summary import rebuild_summaries, settle
from journey.rating.queries import list_answers
from journey.rating.service import NewRating, record_rating
from journey.route.queries import get_study_route
from journey.rules.errors import Conflict, Invalid
from journey.study.queries import get_municipality
from journey.work import Work
from tests.support.build import get_study_by
from tests.support.desk import MONDAY, STUDY, Desk

LAST_WEEK = MONDAY - timedelta(days=7)


@pytest.fixture
def code(desk: Desk) -> str:
    """Somebody on 27plus who has been at the desk and at Rechten en Plichten and rated both."""
    code = desk.enrol()
    with desk.work() as work:
        person = desk.person(work, code)
        for step in ("werkplein", "rechten-en-plichten"):
            record_step(work, get_journey(work, person), step, LAST_WEEK, source="call")
            record_rating(work, person, NewRating(step, "step", "positive", "call"))
        record_application(work, get_journey(work, person), LAST_WEEK, source="letter")
    return code


def move(desk: Desk, code: str, route: str = "jongeren") -> None:
    with desk.work() as work:
        change_route(work, desk.person(work, code), route)


def test_steps_of_the_former_route_stay_on_the_page(desk: Desk, code: str) -> None:
    move(desk, code)
    with desk.work() as work:
        steps = {step.id: step for step in timeline(work, desk.person(work, code)).steps}
    former = steps["rechten-en-plichten"]
    assert (former.state, former.happened_on, former.step_rating) == ("done", LAST_WEEK, "positive")
    assert former.note == "op de vorige route"
    assert steps["werkplein"].note == ""
    assert "workshop" not in steps
    assert "op de vorige route" in desk.get(f"/participants/{code}").text
    assert desk.get(f"/participants/{code}/steps/rechten-en-plichten").status_code == 200


def test_an_answer_counts_under_the_route_that_has_its_step(desk: Desk, code: str) -> None:
    move(desk, code)
    with desk.work() as work:
        counted = {one.step: one.route for one in list_answers(work, get_study_by(work, STUDY))}
    assert counted == {"werkplein": "jongeren", "rechten-en-plichten": "27plus"}


def test_a_step_of_the_former_route_can_still_be_corrected(desk: Desk, code: str) -> None:
    move(desk, code)
    with desk.work() as work:
        person = desk.person(work, code)
        record_rating(work, person, NewRating("rechten-en-plichten", "step", "negative", "call"))
        values = {one.step: one.value for one in list_answers(work, get_study_by(work, STUDY))}
    assert values["rechten-en-plichten"] == "negative"


def test_the_call_the_appointment_and_the_clock_stay(desk: Desk, code: str) -> None:
    agreed = at_local(MONDAY + timedelta(days=1), 14)
    with desk.work() as work:
        plan_appointment(work, work.session.exec(select(Call)).one(), agreed)
        before = find_clock(work, get_facts(work, get_journey(work, desk.person(work, code))))
    move(desk, code)
    with desk.work() as work:
        call = work.session.exec(select(Call)).one()
        after = find_clock(work, get_facts(work, get_journey(work, desk.person(work, code))))
        assert (call.state, call.appointment_at) == ("open", agreed)
        assert after == before


def summaries(work: Work) -> list[tuple[str, list[Any]]]:
    return [(row.route, row.counted) for row in work.session.exec(select(JourneySummary)).all()]


def test_a_delivered_journey_is_counted_again(desk: Desk) -> None:
    with desk.work() as work:
        study = get_study_by(work, STUDY)
        place = get_municipality(work, study.municipality_id)
        journey = create_journey(work, study, get_study_route(work, study, "27plus"), place, "Z-1")
        record_step(work, journey, "werkplein", LAST_WEEK, source="import")
        record_application(work, journey, LAST_WEEK, source="import")
        settle(work.session)
        assert [route for route, _ in summaries(work)] == ["27plus"]
        record_route_change(work, journey, get_study_route(work, study, "jongeren"))
        settle(work.session)
        counted = summaries(work)
        rebuild_summaries(work.session, study)
        assert counted == summaries(work)
        assert [route for route, _ in counted] == ["jongeren"]


def test_an_own_journey_is_counted_nowhere(desk: Desk, code: str) -> None:
    """All applications are what the case system delivered and nothing else (rules, 33)."""
    move(desk, code)
    with desk.work() as work:
        assert summaries(work) == []
        rebuild_summaries(work.session, get_study_by(work, STUDY))
        assert summaries(work) == []


def test_back_again_is_a_change_too(desk: Desk, code: str) -> None:
    move(desk, code)
    move(desk, code, "27plus")
    with desk.work() as work:
        steps = timeline(work, desk.person(work, code)).steps
        assert [step.note for step in steps if step.id == "rechten-en-plichten"] == [""]
        assert list_other_routes(work, desk.person(work, code)) == [
            ("jongeren", "Jongeren van 18 tot en met 26 jaar")
        ]


def test_what_is_set_aside_reaches_the_former_route(desk: Desk, code: str) -> None:
    move(desk, code)
    with desk.work() as work:
        person = desk.person(work, code)
        withdraw_participant(work, person, "from_step", "werkplein")
        away = set_aside_steps(work, person, get_journey(work, person))
        assert {"werkplein", "rechten-en-plichten"} <= away
        assert list_answers(work, get_study_by(work, STUDY)) == []


def test_what_was_said_before_the_step_is_kept(desk: Desk, code: str) -> None:
    move(desk, code)
    with desk.work() as work:
        person = desk.person(work, code)
        withdraw_participant(work, person, "from_step", "participatiegesprek")
        answers = list_answers(work, get_study_by(work, STUDY))
        assert {one.step for one in answers} == {"werkplein", "rechten-en-plichten"}


@pytest.mark.parametrize(("route", "error"), [("27plus", Conflict), ("statushouders", Invalid)])
def test_the_same_route_and_one_of_another_study_are_refused(
    desk: Desk, code: str, route: str, error: type[Exception]
) -> None:
    with desk.work() as work, pytest.raises(error) as refusal:
        change_route(work, desk.person(work, code), route)
    assert refusal.value.field == "route"  # type: ignore[attr-defined]


def test_who_withdrew_is_moved_nowhere(desk: Desk, code: str) -> None:
    with desk.work() as work:
        withdraw_participant(work, desk.person(work, code), "stop")
    assert desk.get(f"/participants/{code}/route").status_code == 409
    assert desk.post(f"/participants/{code}/route", {"route": "jongeren", "sure": "yes"}).status_code == 409


def test_the_page_asks_twice_and_tells_what_changed(desk: Desk, code: str) -> None:
    address = f"/participants/{code}/route"
    unsure = desk.post(address, {"route": "jongeren"})
    assert (unsure.status_code, 'id="sure-error"' in unsure.text) == (422, True)
    assert desk.post(address, {"route": "jongeren", "sure": "yes"}).status_code == 303
    assert "Op maandag 16 maart 2026 van" in desk.get(address).text
    with desk.work() as work:
        assert "participant.route" in work.session.exec(select(AuditEntry.action)).all()


@pytest.mark.parametrize("page", ["figures", "throughput", "report"])
def test_the_figures_read_a_journey_that_changed(desk: Desk, code: str, page: str) -> None:
    move(desk, code)
    assert desk.get(f"/studies/{STUDY}/{page}").status_code == 200


def test_the_call_screen_shows_the_new_route(desk: Desk, code: str) -> None:
    move(desk, code)
    with desk.work() as work:
        call = work.session.exec(select(Call)).one()
    assert "RMC" in desk.get(f"/calls/{call.id}").text


def test_the_lists_read_it_too(desk: Desk, code: str) -> None:
    move(desk, code)
    assert code in desk.get("/participants").text
    assert desk.get("/calls").status_code == 200


def test_a_person_of_another_study_does_not_exist(desk: Desk) -> None:
    theirs = desk.enrol("zandvoort-test")
    assert desk.get(f"/participants/{theirs}/route").status_code == 404
