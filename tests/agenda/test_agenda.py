"""The agenda of a researcher: what stands on which day, whose, and what is wrong with it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from journey.agenda.days import AgendaDay
from journey.agenda.queries import list_days
from journey.call.queries import list_parts
from journey.call.service import NewAttempt, plan_appointment, record_attempt, record_call_back
from journey.clock import at_local
from journey.rules.roles import LEAD, MANAGER
from tests.agenda.conftest import MONDAY, TUESDAY, Agree, as_researcher, call_of, early, enrol_for, user_of
from tests.support.build import build_participant, build_user, csrf_of, get_study_by, sign_in
from tests.support.desk import OTHER, STUDY, Desk

EASTER_MONDAY = date(2026, 4, 6)


def days_of(desk: Desk, first: date = MONDAY, length: int = 7, hour: int = 8) -> dict[date, AgendaDay]:
    with desk.house.work(now=at_local(MONDAY, hour)) as work:
        own = as_researcher(work)
        found = list_days(own, own.actor.id, first, first + timedelta(days=length - 1))
    return {one.day: one for one in found}


def test_an_appointment_stands_on_its_day_with_its_window(desk: Desk, agree: Agree) -> None:
    code = agree(at_local(TUESDAY, 14), at_local(TUESDAY, 15))
    (entry,) = days_of(desk)[TUESDAY].entries
    assert (entry.participant, entry.words, entry.kind) == (code, "14:00–15:00", "appointment")


def test_it_leads_to_the_call_and_shows_no_name(desk: Desk, agree: Agree) -> None:
    code = agree(at_local(TUESDAY, 14))
    with desk.work() as work:
        call_id = call_of(work, code).id
    html = desk.get(f"/agenda?week={TUESDAY}").text
    assert re.search(rf'href="/calls/{call_id}"[^>]*>{code}<', html)
    assert "Ada" not in html


def test_appointments_that_overlap_are_marked_on_both(desk: Desk, agree: Agree) -> None:
    one = agree(at_local(TUESDAY, 14), at_local(TUESDAY, 16))
    other = agree(at_local(TUESDAY, 15))
    agree(at_local(TUESDAY, 17))
    clashes = {entry.participant: entry.clashes for entry in days_of(desk)[TUESDAY].entries if entry.clashes}
    assert clashes == {one: (other,), other: (one,)}
    html = desk.get(f"/agenda?day={TUESDAY}").text
    assert re.search(rf"tegelijk met <span[^>]*>{other}<", html)


def test_of_a_colleague_at_the_same_time_is_no_clash(desk: Desk, agree: Agree) -> None:
    build_user(desk.house, "collega@example.nl", "researcher", STUDY)
    agree(at_local(TUESDAY, 14))
    agree(at_local(TUESDAY, 14), email="collega@example.nl")
    (entry,) = days_of(desk)[TUESDAY].entries
    assert entry.clashes == ()


def test_an_appointment_on_a_holiday_is_marked(desk: Desk, agree: Agree) -> None:
    agree(at_local(EASTER_MONDAY, 14))
    day = days_of(desk, EASTER_MONDAY, 1)[EASTER_MONDAY]
    assert day.entries[0].objection == "Dit is op een feestdag."
    assert (day.holiday, day.hours) == ("tweede paasdag", "")


def test_a_promise_to_call_back_stands_before_five_and_stays_until_somebody_dials(desk: Desk) -> None:
    code = enrol_for(desk)
    friday = MONDAY - timedelta(days=3)
    with desk.house.work(now=at_local(friday, 11)) as work:
        record_call_back(work, desk.person(work, code))
    (late,) = days_of(desk)[MONDAY].entries
    assert (late.kind, late.words, late.is_late) == ("call_back", "vóór 17:00", True)
    with desk.house.work(now=at_local(MONDAY, 9)) as work:
        record_attempt(work, call_of(work, code), NewAttempt("no_answer"))
    assert days_of(desk, hour=10)[MONDAY].entries == ()


def test_calls_without_a_time_are_counted_per_part_of_the_day(desk: Desk) -> None:
    enrol_for(desk, good_times={"days": [0], "parts": ["morning"]})
    enrol_for(desk, good_times={"days": [2], "parts": ["evening"]})
    enrol_for(desk, good_times={"days": [2], "parts": ["evening"]})
    enrol_for(desk)
    assert days_of(desk)[MONDAY].expected == (("morning", 1), ("any", 3))


@pytest.mark.parametrize("hour", [8, 10, 15])
def test_it_counts_the_calls_of_the_list(desk: Desk, agree: Agree, hour: int) -> None:
    """Whatever somebody waits for: on the day on which the list has them, and nowhere else."""
    codes = [enrol_for(desk, good_times=times) for times in ({}, {"days": [2]}, {"parts": ["evening"]})]
    tried, wrong, asked = (enrol_for(desk) for _ in range(3))
    agree(at_local(MONDAY, 16))
    agree(at_local(TUESDAY, 14))
    with desk.house.work(now=at_local(MONDAY, 7)) as work:
        record_attempt(work, call_of(work, tried), NewAttempt("no_answer"))
        record_attempt(work, call_of(work, wrong), NewAttempt("wrong_number"))
        record_call_back(work, desk.person(work, asked))
    with desk.house.work(now=at_local(MONDAY, hour)) as work:
        own = as_researcher(work)
        days = list_days(own, own.actor.id, MONDAY, MONDAY + timedelta(days=6))
        for day in days:
            parts = list_parts(own, day.day)
            assert day.calls + len(day.entries) == parts.now.total + parts.later_today.total, day.day
        assert sum(day.calls + len(day.entries) for day in days) == len(codes) + 4
        assert wrong not in {entry.participant for day in days for entry in day.entries}


def test_a_missed_appointment_is_for_today_as_on_the_list(desk: Desk, agree: Agree) -> None:
    agree(at_local(MONDAY, 9))
    with desk.house.work(now=at_local(TUESDAY, 10)) as work:
        own = as_researcher(work)
        (day,) = list_days(own, own.actor.id, TUESDAY, TUESDAY)
        assert (day.calls, list_parts(own).now.total) == (1, 1)


def test_who_was_tried_in_vain_is_expected_when_the_rhythm_says(desk: Desk) -> None:
    code = enrol_for(desk)
    with desk.house.work(now=at_local(MONDAY, 9)) as work:
        record_attempt(as_researcher(work), call_of(work, code), NewAttempt("no_answer"))
        following = call_of(work, code).next_at
    assert following is not None
    days = days_of(desk, hour=10)
    assert sum(day.calls for day in days.values()) == 1
    assert days[following.date()].calls == 1
    assert (days[MONDAY].dialled, days[MONDAY].reached) == (1, 0)


def test_rest_is_shown_where_it_ends(desk: Desk) -> None:
    code = enrol_for(desk)
    with desk.house.work(now=at_local(MONDAY, 9)) as work:
        record_attempt(work, call_of(work, code), NewAttempt("not_now"))
    days = days_of(desk, length=8, hour=10)
    assert (days[MONDAY].resting, days[MONDAY + timedelta(days=7)].back) == (1, (code,))


def test_people_of_another_study_and_who_stopped_are_not_shown(desk: Desk, agree: Agree) -> None:
    with early(desk) as work:
        stranger = build_participant(work, get_study_by(work, OTHER))
        plan_appointment(work, call_of(work, stranger.code), at_local(TUESDAY, 14))
    gone = agree(at_local(TUESDAY, 15))
    with desk.work() as work:
        record_attempt(work, call_of(work, gone), NewAttempt("stop"))
    assert days_of(desk)[TUESDAY].entries == ()


def test_an_appointment_that_went_along_to_the_next_round_stands_once(desk: Desk) -> None:
    from journey.call.planning import plan_calls

    code = enrol_for(desk)
    following = MONDAY + timedelta(days=8)
    with early(desk) as work:
        call = call_of(work, code)
        plan_appointment(work, call, at_local(following, 14), at_local(following, 15))
    with desk.house.work(now=at_local(MONDAY + timedelta(days=7), 1)) as work:
        plan_calls(work)
    (entry,) = days_of(desk, following, 1)[following].entries
    assert (entry.participant, entry.words) == (code, "14:00–15:00")


@pytest.mark.parametrize(
    "query", ["", "?day=2026-03-17", "?week=2026-03-17", "?day=nonsense", "?week=9999-01-01"]
)
def test_every_address_gives_a_page(desk: Desk, query: str) -> None:
    assert desk.get(f"/agenda{query}").status_code == 200


def test_one_steps_to_the_week_before_and_after(desk: Desk) -> None:
    html = desk.get(f"/agenda?week={TUESDAY}").text
    assert "/agenda?week=2026-03-09" in html
    assert "/agenda?week=2026-03-23" in html


def test_a_researcher_cannot_look_at_a_colleague(desk: Desk) -> None:
    build_user(desk.house, "collega@example.nl", "researcher", STUDY)
    with desk.work() as work:
        colleague = user_of(work, "collega@example.nl").id
    assert desk.get(f"/agenda?who={colleague}").status_code == 404


def test_a_lead_looks_at_a_colleague_of_the_same_study_only(desk: Desk, agree: Agree, app: FastAPI) -> None:
    code = agree(at_local(TUESDAY, 14))
    build_user(desk.house, "vreemd@example.nl", "researcher", OTHER)
    lead = sign_in(app, "lead@example.nl", LEAD, STUDY)
    with desk.work() as work:
        own, stranger = user_of(work, "researcher@example.nl").id, user_of(work, "vreemd@example.nl").id
    assert code in lead.get(f"/agenda?day={TUESDAY}&who={own}").text
    assert code not in lead.get(f"/agenda?day={TUESDAY}").text
    assert lead.get(f"/agenda?who={stranger}").status_code == 404


def test_managers_have_no_agenda(app: FastAPI, desk: Desk) -> None:
    manager = sign_in(app, "manager@example.nl", MANAGER, STUDY)
    assert manager.get("/agenda").status_code == 403


def test_the_number_of_queries_does_not_grow_with_people(desk: Desk, agree: Agree) -> None:
    def count() -> int:
        seen: list[str] = []
        with early(desk) as work:
            own = as_researcher(work)
            bind = work.session.get_bind()
            listen = lambda *args: seen.append(args[2])  # noqa: E731
            event.listen(bind, "before_cursor_execute", listen)
            list_days(own, own.actor.id, MONDAY, MONDAY + timedelta(days=6))
            event.remove(bind, "before_cursor_execute", listen)
        return len(seen)

    agree(at_local(TUESDAY, 9))
    few = count()
    for hour in range(10, 16):
        agree(at_local(TUESDAY, hour))
        enrol_for(desk)
    assert count() == few


def test_the_switch_needs_a_number_that_gets_texts(desk: Desk) -> None:
    answer = desk.post("/agenda/digest", {"wanted": "yes"})
    assert answer.status_code == 422
    assert "Er is geen mobiel nummer van u bekend" in answer.text


def test_the_switch_goes_on_and_off(desk: Desk) -> None:
    with desk.work() as work:
        user_of(work, "researcher@example.nl").phone = "06 12345678"
    assert desk.post("/agenda/digest", {"wanted": "yes"}).status_code == 303
    assert "Staat aan." in desk.get("/agenda").text
    desk.post("/agenda/digest")
    assert "Staat uit." in desk.get("/agenda").text


def test_a_form_without_its_field_is_refused(desk: Desk) -> None:
    assert csrf_of(desk.client)
    assert desk.client.post("/agenda/feed", data={}).status_code == 403
