"""The list of people: whom one sees, how one finds somebody, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import User
from journey.participant.listing import Filters, list_page
from journey.progress.service import record_application, record_step
from journey.rating.service import NewRating, record_rating
from journey.work import Actor
from tests.support.build import build_participant, get_study_by, sign_in
from tests.support.desk import MONDAY, OTHER, STUDY, Desk

pytestmark = pytest.mark.both


def test_an_empty_list_offers_to_enrol_the_first(desk: Desk) -> None:
    assert "Nog geen deelnemers" in desk.get("/participants").text


def test_people_of_another_study_are_not_listed(desk: Desk) -> None:
    own, other = desk.enrol(), desk.enrol(OTHER)
    page = desk.get("/participants").text
    assert own in page
    assert other not in page


def test_own_people_come_before_those_of_colleagues(desk: Desk) -> None:
    colleague = desk.enrol()
    with desk.work() as work:
        me = work.session.exec(select(User).where(User.role == "researcher")).one()
        acting = replace(work, actor=Actor("user", f"user:{me.id}", "researcher", id=me.id))
        own = build_participant(acting, get_study_by(work, STUDY), phone="0612345679").code
    page = desk.get("/participants").text
    assert page.index(own) < page.index(colleague)


def test_a_code_is_found_however_it_is_typed(desk: Desk) -> None:
    first, second = desk.enrol(), desk.enrol(phone="0612345679")
    for typed in ("h-002", "H 2", "002", "2"):
        page = desk.client.get("/participants", params={"q": typed}).text
        assert second in page, typed
        assert first not in page, typed


def test_strange_searches_find_nobody_and_break_nothing(desk: Desk) -> None:
    code = desk.enrol()
    for typed in ("%", "_", "'; --", "😀", "ZZZ" * 50):
        assert code not in desk.client.get("/participants", params={"q": typed}).text, typed
    assert desk.client.get("/participants", params={"q": "\x00"}).status_code < 500


def test_filters_by_route_and_state(desk: Desk) -> None:
    young, old = desk.enrol(route="jongeren"), desk.enrol(phone="0612345679")
    with desk.work() as work:
        withdraw_participant(work, desk.person(work, old), "stop")
    assert old not in desk.get("/participants?route=jongeren").text
    assert young not in desk.get("/participants?state=stopped").text
    assert old in desk.get("/participants?state=stopped").text


def test_addresses_made_by_hand_get_a_page(desk: Desk) -> None:
    desk.enrol()
    for query in ("page=999999999999", "page=-1", "page=x", "state=boos", "study=nope", "route=x"):
        assert desk.get(f"/participants?{query}").status_code == 200, query


def test_a_row_shows_the_term_and_the_last_answer(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_step, "werkplein", MONDAY - timedelta(days=60), source="call")
    desk.arrange(code, record_application, date(2026, 2, 3), source="letter")
    with desk.work() as work:
        record_rating(work, desk.person(work, code), NewRating("werkplein", "step", "positive", "call"))
    page = desk.get("/participants").text
    assert "nog 15 dagen" in page
    assert "Melden op het Werkplein: goed" in page


def test_the_list_costs_the_same_number_of_queries_whatever_its_length(desk: Desk) -> None:
    def queries() -> int:
        seen: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        engine = desk.house.database.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            with desk.house.work(write=False) as work:
                assert list_page(work, Filters()).rows
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(seen)

    desk.enrol()
    one = queries()
    for number in range(8):
        code = desk.enrol(phone=f"061234560{number}")
        desk.arrange(code, record_application, date(2026, 2, 3), source="letter")
    assert queries() <= one + 1


def test_the_filter_form_answers_with_the_same_part_for_htmx(desk: Desk) -> None:
    desk.enrol()
    answer = desk.client.get("/participants", headers={"HX-Request": "true"})
    assert 'id="participant-list"' in answer.text


@pytest.mark.parametrize("role", ["manager", "admin", "privacy"])
def test_who_is_no_researcher_is_refused(desk: Desk, role: str) -> None:
    code = desk.enrol()
    outsider = sign_in(desk.app, f"{role}@example.nl", role)
    pages = (
        "",
        "/new",
        f"/{code}",
        f"/{code}/timeline",
        f"/{code}/contact",
        f"/{code}/consent",
        f"/{code}/withdrawal",
    )
    for page in (*pages, f"/{code}/steps/cv"):
        answer = outsider.get(f"/participants{page}")
        assert answer.status_code == 403, page
        assert "Ada" not in answer.text, page
