"""A fixed researcher, and how somebody goes to another one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.auth.scope import get_participant
from journey.call.service import NewAttempt, plan_appointment, record_attempt
from journey.consent.service import withdraw_participant
from journey.models import Call, HandOver, Membership, Participant, User
from journey.participant.handover import find_card, hand_over, list_receivers
from journey.rules.errors import Forbidden
from journey.rules.roles import LEAD, RESEARCHER
from journey.work import Actor, Work
from tests.support.build import build_participant, build_user, get_study_by, sign_in
from tests.support.desk import OTHER, STUDY, Desk, build_desk

COLLEAGUE = "collega@example.nl"


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    desk = build_desk(app)
    build_user(desk.house, COLLEAGUE, RESEARCHER, STUDY)
    return desk


def user(work: Work, email: str) -> User:
    return work.session.exec(select(User).where(User.email == email)).one()


def as_user(work: Work, email: str) -> Work:
    one = user(work, email)
    actor = Actor("user", f"user:{one.id}", one.role, id=one.id, name=one.name)
    return replace(work, actor=actor)


def own(desk: Desk, email: str = "researcher@example.nl", **changes: Any) -> str:
    with desk.work() as work:
        return build_participant(as_user(work, email), get_study_by(work, STUDY), **changes).code


def form(desk: Desk, **changes: str) -> dict[str, str]:
    with desk.work() as work:
        to = str(user(work, COLLEAGUE).id)
    return {"to": to, "reason": "language", "card": "Praat langzaam.", **changes}


def holder(desk: Desk, code: str) -> str:
    with desk.work() as work:
        found = work.session.get(User, get_participant(work, code).researcher_id or 0)
        return found.email if found else ""


def hand_overs(desk: Desk) -> list[HandOver]:
    with desk.work() as work:
        return list(work.session.exec(select(HandOver)).all())


def test_somebody_goes_to_a_colleague_with_a_reason_and_a_card(desk: Desk) -> None:
    code = own(desk)
    assert desk.post(f"/participants/{code}/hand-over", form(desk)).status_code == 303
    assert holder(desk, code) == COLLEAGUE
    assert [(row.reason, row.card) for row in hand_overs(desk)] == [("language", "Praat langzaam.")]


def test_the_page_of_the_person_shows_the_history(desk: Desk) -> None:
    code = own(desk)
    assert "Overgedragen" not in desk.get(f"/participants/{code}").text
    desk.post(f"/participants/{code}/hand-over", form(desk))
    page = desk.get(f"/participants/{code}").text
    assert "van Researcher naar Collega" in page
    assert "(taal)" in page


def test_open_calls_and_appointments_go_along(desk: Desk) -> None:
    code = own(desk)
    with desk.work() as work:
        call = work.session.exec(select(Call)).one()
        plan_appointment(work, call, work.now + timedelta(days=1))
    desk.post(f"/participants/{code}/hand-over", form(desk))
    with desk.work() as work:
        call = work.session.exec(select(Call)).one()
        assert (call.state, call.appointment_at is not None) == ("open", True)
        assert work.session.get_one(Participant, call.participant_id).code == code


def test_an_appointment_of_the_colleague_at_the_same_time_is_told(desk: Desk) -> None:
    code, other = own(desk), own(desk, COLLEAGUE, phone="0612345679")
    with desk.work() as work:
        at = work.now + timedelta(days=1)
        for call in work.session.exec(select(Call)).all():
            plan_appointment(work, call, at)
    assert "Heeft dan ook een afspraak" in desk.get(f"/participants/{code}/hand-over").text
    with desk.work() as work:
        call = work.session.exec(select(Call).join(Participant).where(Participant.code == other)).one()
        plan_appointment(work, call, at + timedelta(hours=3))
    assert "Heeft dan ook een afspraak" not in desk.get(f"/participants/{code}/hand-over").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": "99999"}, "keuze bestaat niet"),
        ({"reason": ""}, "Maak een keuze"),
        ({"reason": "boos"}, "keuze bestaat niet"),
        ({"card": "een\ntwee\ndrie\nvier"}, "hoogstens 3 regels"),
        ({"card": "x" * 401}, "hoogstens 400"),
    ],
)
def test_what_is_wrong_stays_in_the_form(desk: Desk, wrong: dict[str, str], said: str) -> None:
    code = own(desk)
    answer = desk.post(f"/participants/{code}/hand-over", form(desk, **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert hand_overs(desk) == []


def test_only_active_researchers_with_access_may_receive(desk: Desk) -> None:
    own(desk)
    build_user(desk.house, "elders@example.nl", RESEARCHER, OTHER)
    build_user(desk.house, "baas@example.nl", LEAD, STUDY)
    build_user(desk.house, "overal@example.nl", RESEARCHER)
    build_user(desk.house, "manager@example.nl", "manager", STUDY)
    build_user(desk.house, "weg@example.nl", RESEARCHER, STUDY)
    with desk.work() as work:
        gone = user(work, "weg@example.nl")
        gone.active = False
        work.session.add(gone)
        work.session.flush()
        study = get_study_by(work, STUDY)
        person = work.session.exec(select(Participant)).one()
        names = [one.name for one in list_receivers(work, study.id or 0, [person])]
    assert names == ["Baas", "Collega", "Overal"]


def test_after_a_withdrawal_nobody_is_handed_over(desk: Desk) -> None:
    code = own(desk)
    with desk.work() as work:
        withdraw_participant(work, get_participant(work, code), "stop")
    assert desk.get(f"/participants/{code}/hand-over").status_code == 409
    assert desk.post(f"/participants/{code}/hand-over", form(desk)).status_code == 409


def test_a_colleague_does_not_give_away_somebody_elses_people(desk: Desk) -> None:
    code = own(desk)
    colleague = Desk(desk.app, sign_in(desk.app, "derde@example.nl", RESEARCHER, STUDY))
    assert colleague.get(f"/participants/{code}/hand-over").status_code == 403
    answer = colleague.post(f"/participants/{code}/hand-over", form(desk))
    assert "Alleen de eigen onderzoeker" in answer.text
    assert hand_overs(desk) == []


def test_the_lead_hands_over_anybody_of_the_study(desk: Desk) -> None:
    code = own(desk)
    lead = Desk(desk.app, sign_in(desk.app, "baas@example.nl", LEAD, STUDY))
    assert lead.post(f"/participants/{code}/hand-over", form(desk)).status_code == 303
    assert holder(desk, code) == COLLEAGUE


def test_somebody_of_another_study_does_not_exist(desk: Desk) -> None:
    code = desk.enrol(OTHER)
    assert desk.get(f"/participants/{code}/hand-over").status_code == 404
    assert desk.post(f"/participants/{code}/hand-over", form(desk)).status_code == 404
    assert desk.post(f"/participants/{code}/wants-other", {"wants_other": "yes"}).status_code == 404


def test_the_card_is_there_until_the_first_talk(desk: Desk) -> None:
    code = own(desk)
    desk.post(f"/participants/{code}/hand-over", form(desk))

    def dial(outcome: str) -> None:
        with desk.work() as work:
            call = work.session.exec(select(Call)).one()
            record_attempt(work, call, NewAttempt(outcome))

    def card() -> str:
        with desk.work() as work:
            found = find_card(work, get_participant(work, code))
            return f"{found.giver}: {found.text}" if found else ""

    assert card() == "Researcher: Praat langzaam."
    dial("no_answer")
    assert card()
    dial("interview")
    assert card() == ""


def test_rather_somebody_else_is_a_wish_that_a_hand_over_ends(desk: Desk) -> None:
    code = own(desk)
    desk.post(f"/participants/{code}/wants-other", {"wants_other": "yes"})
    assert "wil liever iemand anders" in desk.get(f"/participants/{code}").text
    desk.post(f"/participants/{code}/hand-over", form(desk, reason="asked"))
    assert "wil liever iemand anders" not in desk.get(f"/participants/{code}").text


def test_the_wish_can_be_taken_back(desk: Desk) -> None:
    code = own(desk)
    for wish in ("yes", "no"):
        assert desk.post(f"/participants/{code}/wants-other", {"wants_other": wish}).status_code == 303
    with desk.work() as work:
        assert not get_participant(work, code).wants_other


def test_to_the_same_researcher_is_no_hand_over(desk: Desk) -> None:
    code = own(desk, COLLEAGUE)
    with desk.work() as work, pytest.raises(Forbidden):
        hand_over(
            as_user(work, "researcher@example.nl"),
            get_participant(work, code),
            user(work, COLLEAGUE).id,
            "load",
            "",
        )
    mine = own(desk, phone="0612345679")
    with desk.work() as work:
        me = str(user(work, "researcher@example.nl").id)
    assert desk.post(f"/participants/{mine}/hand-over", form(desk, to=me)).status_code == 422


def test_an_erasure_removes_the_cards(desk: Desk) -> None:
    code = own(desk)
    desk.post(f"/participants/{code}/hand-over", form(desk))
    with desk.work() as work:
        withdraw_participant(work, get_participant(work, code), "erase")
    assert hand_overs(desk) == []


def test_who_lost_access_is_no_receiver(desk: Desk) -> None:
    code = own(desk)
    with desk.work() as work:
        row = work.session.exec(
            select(Membership).where(Membership.user_id == user(work, COLLEAGUE).id)
        ).one()
        other = get_study_by(work, OTHER).id or 0
        work.session.delete(row)
        work.session.flush()
        work.session.add(Membership(user_id=user(work, COLLEAGUE).id or 0, study_id=other))
    assert desk.post(f"/participants/{code}/hand-over", form(desk)).status_code == 422


def test_the_receiver_sees_the_card_on_the_list_and_the_call_screen(desk: Desk) -> None:
    code = own(desk, COLLEAGUE)
    with desk.work() as work:
        me = user(work, "researcher@example.nl").id
        hand_over(as_user(work, COLLEAGUE), get_participant(work, code), me, "load", "Belt graag vroeg.")
        call = work.session.exec(select(Call)).one().id
    assert "overgedragen door Collega" in desk.get("/calls").text
    assert "Belt graag vroeg." in desk.get(f"/calls/{call}").text


def test_the_wish_for_somebody_else_is_one_tap_on_the_call_screen(desk: Desk) -> None:
    code = own(desk)
    with desk.work() as work:
        call = work.session.exec(select(Call)).one().id
    assert f'action="/participants/{code}/wants-other"' in desk.get(f"/calls/{call}").text
    answer = desk.post(f"/participants/{code}/wants-other", {"wants_other": "yes", "call": str(call)})
    assert answer.headers["location"] == f"/calls/{call}"
