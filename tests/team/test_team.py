"""What the lead sees of the week, the load, the outcomes and who is missed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from journey.auth.scope import get_participant
from journey.call.service import NewAttempt, record_attempt, record_call_back
from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import Call, Participant, User
from journey.participant.handover import record_wish
from journey.participant.queries import get_journey
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from journey.recruitment.service import record_approach, record_meeting
from journey.rules.roles import RESEARCHER
from journey.seeding.people import record_held_call
from journey.team.missing import count_missing
from journey.team.queries import list_not_reached, list_weeks, read_crew, read_people, suggest_balance
from journey.team.rates import list_outcomes, list_round_rates, panel_rates
from journey.work import Actor, Work
from tests.support.build import build_participant, build_user, get_study_by, sign_in
from tests.support.desk import MONDAY, OTHER, STUDY, Desk

TEAM = f"/studies/{STUDY}/team"
ANNA, BERT = "anna@example.nl", "bert@example.nl"


@pytest.fixture(autouse=True)
def colleagues(desk: Desk) -> None:
    build_user(desk.house, ANNA, RESEARCHER, STUDY)
    build_user(desk.house, BERT, RESEARCHER, STUDY)


def as_user(work: Work, email: str) -> Work:
    one = work.session.exec(select(User).where(User.email == email)).one()
    return replace(work, actor=Actor("user", f"user:{one.id}", one.role, id=one.id, name=one.name))


def own(desk: Desk, email: str, number: int = 0, **changes: Any) -> str:
    with desk.work() as work:
        phone = f"06123450{number:02d}"
        return build_participant(
            as_user(work, email), get_study_by(work, STUDY), **{"phone": phone, **changes}
        ).code


def dial(desk: Desk, code: str, *outcomes: str, week: date = MONDAY) -> None:
    """Attempts in the round of that week, made when there is none."""
    for hour, outcome in enumerate(outcomes):
        with desk.house.work(now=at_local(week, 10 + 3 * hour)) as work:
            person = get_participant(work, code)
            call = work.session.exec(
                select(Call).where(Call.participant_id == person.id, Call.week == week)
            ).first()
            if call is None:
                call = Call(participant_id=person.id or 0, week=week, due_on=week, created_at=work.now)
                work.session.add(call)
                work.session.flush()
            record_attempt(work, call, NewAttempt(outcome))


def later(desk: Desk, code: str, weeks: int, *outcomes: str) -> None:
    """Rounds of earlier weeks, as they were recorded then: moved back after dialling."""
    dial(desk, code, *outcomes)
    with desk.work() as work:
        person = get_participant(work, code)
        call = work.session.exec(select(Call).where(Call.participant_id == person.id)).one()
        call.week, call.state = MONDAY - timedelta(weeks=weeks), "done"
        work.session.add(call)


def test_a_researcher_has_a_line_with_what_was_planned_done_and_open(desk: Desk) -> None:
    done, _open = own(desk, ANNA), own(desk, ANNA, 1)
    own(desk, BERT, 2)
    dial(desk, done, "interview")
    with desk.work() as work:
        rows = {row.name: row for row in list_weeks(work, read_crew(work, get_study_by(work, STUDY)))}
    assert (rows["Anna"].people, rows["Anna"].planned, rows["Anna"].done, rows["Anna"].open) == (2, 2, 1, 1)
    assert (rows["Anna"].load, rows["Bert"].load) == (1.0, 1.0)
    assert "Lead" not in rows


def test_who_stopped_keeps_the_rounds_before_who_was_erased_does_not(desk: Desk) -> None:
    stopped, erased = own(desk, ANNA), own(desk, ANNA, 1)
    for code, level in ((stopped, "stop"), (erased, "erase")):
        dial(desk, code, "interview")
        with desk.work() as work:
            withdraw_participant(work, get_participant(work, code), level)
    with desk.work() as work:
        crew = read_crew(work, get_study_by(work, STUDY))
        anna = next(row for row in list_weeks(work, crew) if row.name == "Anna")
        assert (anna.people, anna.done) == (0, 1)
        assert panel_rates(crew).n == 1


def test_not_reached_tells_the_last_outcome_the_parts_of_the_day_and_since_when(desk: Desk) -> None:
    code, spoken = own(desk, ANNA), own(desk, ANNA, 1)
    dial(desk, code, "no_answer", "voicemail")
    dial(desk, spoken, "no_answer", "interview")
    with desk.work() as work:
        found = list_not_reached(work, read_crew(work, get_study_by(work, STUDY)))
    assert [(one.code, one.outcome, one.attempts, one.parts, one.never) for one in found] == [
        (code, "voicemail", 2, ("morning", "afternoon"), True)
    ]
    assert found[0].since == MONDAY


def test_rates_of_a_round_look_at_the_final_outcome_of_each_person(desk: Desk) -> None:
    codes = [own(desk, ANNA, number) for number in range(5)]
    dial(desk, codes[0], "no_answer", "interview")
    dial(desk, codes[1], "no_answer", "not_now")
    dial(desk, codes[2], "voicemail", "no_answer")
    dial(desk, codes[3], "wrong_number")
    with desk.work() as work:
        this_week = list_round_rates(work, read_crew(work, get_study_by(work, STUDY)))[0]
    assert (this_week.rounds, this_week.rates.n) == (5, 4)
    assert (this_week.rates.rr1, this_week.rates.con1, this_week.rates.ref1) == (0.25, 0.5, 0.25)


def test_the_panel_counts_each_person_once_over_all_rounds(desk: Desk) -> None:
    code = own(desk, ANNA)
    later(desk, code, 2, "interview")
    dial(desk, code, "no_answer")
    with desk.work() as work:
        crew = read_crew(work, get_study_by(work, STUDY))
        assert (panel_rates(crew).n, panel_rates(crew).rr1) == (1, 1.0)
        weeks = {one.week: one.rates for one in list_round_rates(work, crew)}
    assert (weeks[MONDAY].rr1, weeks[MONDAY - timedelta(weeks=2)].rr1) == (0.0, 1.0)
    assert weeks[MONDAY - timedelta(weeks=1)].n == 0


def test_eight_weeks_are_shown_and_older_ones_only_in_the_panel(desk: Desk) -> None:
    code = own(desk, ANNA)
    later(desk, code, 9, "interview")
    with desk.work() as work:
        crew = read_crew(work, get_study_by(work, STUDY))
        rounds = list_round_rates(work, crew)
        assert (len(rounds), sum(one.rates.n for one in rounds), panel_rates(crew).n) == (8, 0, 1)


def test_outcomes_stand_with_their_group(desk: Desk) -> None:
    code = own(desk, ANNA)
    dial(desk, code, "no_answer", "interview")
    with desk.work() as work:
        rows = list_outcomes(work, read_crew(work, get_study_by(work, STUDY)))
    assert [(row.outcome, row.group, row.week, row.panel, row.attempts) for row in rows] == [
        ("interview", "I", 1, 1, 1),
        ("no_answer", "NC", 0, 0, 1),
    ]


def test_formulas_are_named_under_the_rates(desk: Desk) -> None:
    page = desk.get(TEAM).text
    for name in ("RR1 = I / N", "RR2 = (I + P) / N", "CON1 = (I + P + R + O) / N", "REF1 = R / N"):
        assert name in page


def test_an_overdue_promise_and_a_wish_are_tasks(desk: Desk) -> None:
    late, wishing = own(desk, ANNA), own(desk, ANNA, 1)
    with desk.work() as work:
        record_call_back(work, get_participant(work, late), work.now - timedelta(days=4))
        record_wish(work, get_participant(work, wishing), True)
    tasks = desk.get(TEAM).text.partition("Te doen")[2].partition("Deze week")[0]
    assert late in tasks and "te laat" in tasks
    assert f"/participants/{wishing}/hand-over" in tasks


def test_one_tap_moves_somebody_as_suggested(desk: Desk) -> None:
    for number in range(5):
        own(desk, ANNA, number)
    page = desk.get(TEAM).text
    move = re.search(r'name="code" value="([^"]+)">\s*<input type="hidden" name="to" value="(\d+)"', page)
    assert move is not None
    assert desk.post(f"{TEAM}/moves", {"code": move[1], "to": move[2]}).status_code == 303
    with desk.work() as work:
        holder = work.session.get_one(User, get_participant(work, move[1]).researcher_id)
        assert holder.email == BERT


def test_the_next_one_is_suggested_for_who_has_least(desk: Desk) -> None:
    own(desk, ANNA)
    with desk.work() as work:
        balance = suggest_balance(work, read_crew(work, get_study_by(work, STUDY)))
    assert (balance.next_name, balance.moves) == ("Bert", ())


def test_everyone_of_who_is_ill_goes_to_a_colleague_at_once(desk: Desk) -> None:
    codes = [own(desk, ANNA, number) for number in range(3)]
    kept = own(desk, ANNA, 9)
    with desk.work() as work:
        anna, bert = (as_user(work, email).actor.id for email in (ANNA, BERT))
    data = {"people": codes, "to": str(bert), "reason": "absence", "card": "Zie de notities."}
    assert desk.get(f"{TEAM}/hand-over/{anna}").status_code == 200
    assert desk.post(f"{TEAM}/hand-over/{anna}", data).status_code == 303
    with desk.work() as work:
        people = work.session.exec(select(Participant).order_by(col(Participant.code))).all()
        assert {one.code: one.researcher_id for one in people} == {**dict.fromkeys(codes, bert), kept: anna}


def test_nobody_chosen_is_told(desk: Desk) -> None:
    own(desk, ANNA)
    with desk.work() as work:
        anna, bert = (as_user(work, email).actor.id for email in (ANNA, BERT))
    answer = desk.post(f"{TEAM}/hand-over/{anna}", {"to": str(bert), "reason": "absence"})
    assert answer.status_code == 422
    assert "Kies wie u overdraagt" in answer.text


def test_people_of_who_may_not_sign_in_any_more_are_a_task(desk: Desk) -> None:
    own(desk, ANNA)
    with desk.work() as work:
        anna = work.session.exec(select(User).where(User.email == ANNA)).one()
        anna.active = False
        work.session.add(anna)
    assert "Anna heeft geen toegang meer" in desk.get(TEAM).text


def test_who_is_missed_counts_from_asked_to_answered(desk: Desk) -> None:
    code = own(desk, ANNA, language="ti")
    dial(desk, code, "interview")
    with desk.work() as work:
        study, person = get_study_by(work, STUDY), get_participant(work, code)
        record_step(work, get_journey(work, person), "cv", MONDAY, source="call")
        record_rating(work, person, NewRating("cv", "step", "positive", "call"))
        meeting = record_meeting(work, study, MONDAY, "Balie", None)
        record_approach(work, meeting, "no", language="ti")
        record_approach(work, meeting, "no")
        missing = count_missing(work, study, read_people(work, study))
    found = [(one.key, one.approached, one.enrolled, one.reached, one.answered) for one in missing.languages]
    assert found == [("ti", 2, 1, 1, 1), ("", 1, 0, 0, 0)]
    assert [(one.key, one.approached, one.enrolled) for one in missing.channels] == [("call", None, 1)]
    assert [(one.key, one.approached) for one in missing.routes] == [("27plus", 1), ("", 2)]


def test_no_name_and_no_number_is_on_the_page(desk: Desk) -> None:
    code = own(desk, ANNA, call_name="Veronique", phone="0612345098")
    dial(desk, code, "no_answer")
    page = desk.get(TEAM).text
    assert code in page
    assert "Veronique" not in page and "612345098" not in page


def test_people_of_another_study_are_in_nothing(desk: Desk) -> None:
    other = desk.enrol(OTHER, phone="0612345099")
    assert other not in desk.get(TEAM).text
    assert desk.get(f"/studies/{OTHER}/team").status_code == 404
    own(desk, ANNA)
    with desk.work() as work:
        bert = as_user(work, BERT).actor.id
    assert desk.post(f"{TEAM}/moves", {"code": other, "to": str(bert)}).status_code == 404


def test_the_menu_of_a_lead_leads_to_the_only_running_study(desk: Desk) -> None:
    answer = desk.get("/team")
    assert (answer.status_code, answer.headers["location"]) == (303, TEAM)
    page = desk.get(TEAM).text
    assert re.search(r'href="/team" aria-current="page"', page)
    assert 'href="/studies" aria-current' not in page


@pytest.mark.parametrize("role", [RESEARCHER, "manager", "admin", "privacy"])
def test_the_team_is_for_the_lead_only(desk: Desk, role: str) -> None:
    code = own(desk, ANNA)
    with desk.work() as work:
        anna, bert = (as_user(work, email).actor.id for email in (ANNA, BERT))
    outsider = Desk(desk.app, sign_in(desk.app, f"{role}@example.nl", role, STUDY))
    for address in ("/team", TEAM, f"{TEAM}/hand-over/{anna}"):
        answer = outsider.get(address)
        assert answer.status_code == 403, address
        assert code not in answer.text
    assert outsider.post(f"{TEAM}/moves", {"code": code, "to": str(bert)}).status_code == 403
    assert outsider.post(f"{TEAM}/hand-over/{anna}", {"people": code, "to": str(bert)}).status_code == 403


def test_the_page_costs_the_same_number_of_queries_whatever_the_number_of_people(desk: Desk) -> None:
    def queries() -> int:
        seen: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        engine = desk.house.database.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            desk.get(TEAM)
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(seen)

    own(desk, ANNA)
    queries()
    one = queries()
    for number in range(1, 9):
        dial(desk, own(desk, ANNA, number), "no_answer")
    assert queries() <= one + 2


def test_a_held_call_of_the_demo_counts_as_an_interview(desk: Desk) -> None:
    code = own(desk, ANNA)
    with desk.work() as work:
        record_held_call(get_participant(work, code), "weekly", work)
        assert panel_rates(read_crew(work, get_study_by(work, STUDY))).rr1 == 1.0
