"""Who to call now: the order, the reasons, whose people, and how many queries it costs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from journey.auth.service import create_user
from journey.call.queries import DueCall, get_call, list_done, list_due
from journey.call.screen import build_screen
from journey.call.service import NewAttempt, plan_appointment, plan_calls, record_attempt, record_call_back
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import Call, Participant, stored_id
from journey.participant.queries import get_journey
from journey.progress.service import (
    NewSuspension,
    record_application,
    record_decision,
    record_step,
    record_suspension,
)
from journey.rules.decision import ClockState
from journey.work import Actor, House, Work
from tests.support.build import build_participant, build_study, get_study_by

pytestmark = pytest.mark.both

MONDAY = date(2026, 3, 16)
TUESDAY = MONDAY + timedelta(days=1)
WEEK = timedelta(weeks=1)
At = Callable[..., AbstractContextManager[Work]]


def enrolled(work: Work, **changes: object) -> Participant:
    return build_participant(work, get_study_by(work, "haarlem-test"), **changes)


def call_of(work: Work, person: Participant) -> Call:
    return work.session.exec(select(Call).where(Call.participant_id == person.id, Call.state == "open")).one()


def researcher(house: House, email: str, role: str = "researcher") -> Actor:
    with house.work() as work:
        user = create_user(work, email, role, password="long enough to pass", study="haarlem-test")
        study = stored_id(get_study_by(work, "haarlem-test"))
        return Actor("user", f"user:{user.id}", role, id=user.id, studies=frozenset({study}), name=user.name)


def reasons(work: Work, on: date | None = None) -> list[str]:
    return [due.reason for due in list_due(work, on)]


def test_the_whole_order_with_its_reasons(at: At) -> None:
    with at(MONDAY - WEEK) as work:
        people = {
            name: enrolled(work, phone=f"061234560{n}")
            for n, name in enumerate(("silent", "late", "missed", "step", "asked", "agreed"))
        }
        record_application(
            work, get_journey(work, people["late"]), MONDAY - timedelta(days=43), source="letter"
        )
        for name in ("silent", "late", "step", "asked", "agreed"):
            record_attempt(work, call_of(work, people[name]), NewAttempt("interview"))
        record_attempt(work, call_of(work, people["missed"]), NewAttempt("no_answer"))
    with at(MONDAY, 8) as work:
        plan_calls(work)
        record_step(
            work, get_journey(work, people["step"]), "cv", MONDAY - timedelta(days=1), source="import"
        )
        record_call_back(work, people["asked"])
        plan_appointment(work, call_of(work, people["agreed"]), at_local(MONDAY, 10))
    with at(MONDAY, 10) as work:
        due = list_due(work)
        assert [one.participant for one in due] == [
            people[name].code for name in ("agreed", "asked", "step", "missed", "late", "silent")
        ]
        assert [one.reason for one in due] == [
            "Afspraak 10:00",
            "Vroeg om 08:00 uur om teruggebeld te worden, vóór 17:00 uur",
            "Nieuwe stap sinds gisteren",
            "Vorige week niet bereikt",
            "Dag 43 van de 56 dagen beslistermijn",
            "7 dagen niet gesproken",
        ]
        _compare_with_screens(work, due)
        assert [one.rank for one in due] == [1, 2, 3, 4, 5, 6]


def _compare_with_screens(work: Work, listed: list[DueCall]) -> None:
    """The list reads less of each person than the call screen does, and has to say the same."""
    for due in listed:
        screen = build_screen(work, get_call(work, due.id))
        clock = screen.clock
        used = clock.days_used if clock and clock.clock is not ClockState.decided else None
        assert (due.reason, due.attempts, due.legal_day) == (screen.reason, len(screen.attempts), used)


def test_suspended_decided_and_tried_people_are_listed_as_their_screens_say(at: At) -> None:
    with at(MONDAY - WEEK) as work:
        stopped, decided, running, tried = (enrolled(work, phone=f"061234560{n}") for n in range(4))
        for person in (stopped, decided, running):
            journey = get_journey(work, person)
            record_application(work, journey, MONDAY - timedelta(days=50), source="letter")
        asked = NewSuspension("1a", MONDAY - timedelta(days=30), term=MONDAY + timedelta(days=9))
        record_suspension(work, get_journey(work, stopped), asked, source="letter")
        record_decision(work, get_journey(work, decided), MONDAY - WEEK, "granted", source="letter")
    with at(MONDAY, 11) as work:
        plan_calls(work)
        record_attempt(work, call_of(work, tried), NewAttempt("no_answer"))
        due = list_due(work)
        assert {one.participant: one.legal_day for one in due} == {
            stopped.code: 20,
            decided.code: None,
            running.code: 50,
            tried.code: None,
        }
        _compare_with_screens(work, due)


@pytest.mark.parametrize(
    ("hour", "minute", "reason", "now"),
    [
        (13, 0, "Afspraak 14:30", False),
        (14, 15, "Afspraak 14:30", True),
        (14, 50, "Afspraak 14:30, nu te laat", True),
    ],
)
def test_an_appointment_comes_up_a_quarter_before(
    at: At, hour: int, minute: int, reason: str, now: bool
) -> None:
    with at() as work:
        plan_appointment(work, call_of(work, enrolled(work)), at_local(MONDAY, 14, 30))
    with at(MONDAY, hour, minute) as work:
        due = list_due(work)[0]
        assert (due.reason, due.now, due.later_today) == (reason, now, not now)


def test_who_was_just_tried_waits_until_the_next_moment(at: At) -> None:
    with at() as work:
        record_attempt(work, call_of(work, enrolled(work)), NewAttempt("no_answer"))
        due = list_due(work)[0]
        assert (due.reason, due.rank, due.now, due.later_today) == (
            "Weer bellen vanaf 13:00, 's middags nog niet geprobeerd",
            7,
            False,
            True,
        )
    with at(MONDAY, 13) as work:
        assert list_due(work)[0].now is True


def test_a_round_that_is_full_waits_for_next_week(at: At) -> None:
    with at() as work:
        enrolled(work)
    for day in range(3):
        for hour in (10, 18):
            with at(MONDAY + timedelta(days=day), hour) as work:
                call = work.session.exec(select(Call)).one()
                record_attempt(work, call, NewAttempt("no_answer"))
    with at(MONDAY + timedelta(days=4)) as work:
        due = list_due(work)[0]
        assert (due.now, due.reason) == (False, "Deze week is het hoogste aantal pogingen bereikt")


def test_a_call_back_that_was_not_kept_says_so_after_five(at: At) -> None:
    with at() as work:
        record_call_back(work, enrolled(work))
    with at(MONDAY, 17, 30) as work:
        assert reasons(work) == ["Vroeg om 10:00 uur om teruggebeld te worden, dat is nu te laat"]


def test_a_call_back_is_kept_by_speaking_to_them(at: At) -> None:
    with at() as work:
        record_call_back(work, enrolled(work))
    with at(MONDAY, 11) as work:
        record_attempt(work, work.session.exec(select(Call)).one(), NewAttempt("partial"))
    with at(MONDAY, 16) as work:
        assert list_due(work)[0].rank == 6


def test_a_planned_step_whose_day_came_is_new(at: At) -> None:
    with at() as work:
        someone = enrolled(work)
        record_step(work, get_journey(work, someone), "cv", TUESDAY, source="call", state="planned")
        record_attempt(work, call_of(work, someone), NewAttempt("partial"))
        assert list_due(work)[0].rank == 7
    with at(TUESDAY, 18) as work:
        assert reasons(work) == ["Nieuwe stap sinds vandaag"]


def test_another_day_shows_its_appointments_first(at: At) -> None:
    with at() as work:
        enrolled(work)
        someone = enrolled(work, phone="0687654321")
        plan_appointment(work, call_of(work, someone), at_local(TUESDAY, 15))
    with at() as work:
        assert reasons(work, TUESDAY) == ["Afspraak 15:00", "Nog niet gesproken"]


def test_a_researcher_sees_own_people_and_those_of_nobody(house: House, at: At) -> None:
    mine, colleague = researcher(house, "a@example.org"), researcher(house, "b@example.org")
    with at(actor=mine) as work:
        own = enrolled(work).code
    with at(actor=colleague) as work:
        theirs = enrolled(work, phone="0687654321").code
    with at() as work:
        nobodys = enrolled(work, phone="0611111111").code
    with at(actor=mine) as work:
        assert {one.participant for one in list_due(work)} == {own, nobodys}
        everyone = list_due(work, everyone=True)
        assert everyone[-1].participant == theirs
        assert everyone[-1].colleague == "b"


def test_a_lead_sees_the_whole_study_in_one_order(house: House, at: At) -> None:
    colleague, lead = researcher(house, "b@example.org"), researcher(house, "l@example.org", "lead")
    with at(actor=colleague) as work:
        enrolled(work)
    with at(actor=lead) as work:
        enrolled(work, phone="0687654321")
        assert len(list_due(work)) == 2
        assert len(list_due(work, everyone=False)) == 1


def test_people_of_other_studies_are_not_there(house: House, at: At) -> None:
    with at() as work:
        other = build_study(work, "elders")
        build_participant(work, other)
    with at(actor=researcher(house, "a@example.org")) as work:
        assert list_due(work, everyone=True) == []


def test_who_withdrew_is_off_the_list_at_once(at: At) -> None:
    with at() as work:
        withdraw_participant(work, enrolled(work), "from_step", "cv")
        assert list_due(work) == []


def test_what_is_done_this_week_is_listed_with_its_outcome(at: At) -> None:
    with at() as work:
        record_attempt(work, call_of(work, enrolled(work)), NewAttempt("interview"))
        assert [(one.outcome, one.state) for one in list_done(work).lines] == [("interview", "done")]


def test_the_number_of_queries_does_not_grow_with_the_list(house: House, at: At) -> None:
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", count)
    counts = []
    for many in (1, 12):
        with at() as work:
            for number in range(many):
                enrolled(work, phone=f"06100{many:02d}0{number:02d}")
        with house.work(write=False, now=at_local(MONDAY, 11)) as work:
            before = len(statements)
            list_due(work)
            counts.append(len(statements) - before)
    assert counts[0] == counts[1] > 0


def test_a_list_about_another_moment_can_be_asked(at: At) -> None:
    with at() as work:
        record_attempt(work, call_of(work, enrolled(work)), NewAttempt("no_answer"))
        later: datetime = at_local(MONDAY, 15)
        assert list_due(work, MONDAY, later)[0].now is True
