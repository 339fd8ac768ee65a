"""Every look at a person leaves a line in the trail: also at their messages, their texts and their words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from journey.models import AuditEntry, Call, Message, Participant, Rating, stored_id
from journey.outbox.service import plan_message
from journey.portal.inbound import receive_text
from journey.rating.service import NewRating, record_rating
from tests.support.desk import STUDY, Desk, build_desk

Arrange = Callable[[Desk, str], str]
NUMBER = "+31612345678"


def on_own_page(path: str) -> Arrange:
    return lambda _desk, code: f"/participants/{code}{path}"


def on_the_call_screen(path: str = "") -> Arrange:
    def arrange(desk: Desk, code: str) -> str:
        with desk.work() as work:
            call = work.session.exec(select(Call).join(Participant).where(Participant.code == code)).one()
            return f"/calls/{call.id}{path}"

    return arrange


def with_words(desk: Desk, code: str) -> int:
    with desk.work() as work:
        new = NewRating("cv", "step", "positive", "call", "Het ging vlot.")
        record_rating(work, desk.person(work, code), new)
        return stored_id(work.session.exec(select(Rating)).one())


def a_list_of_quotes(desk: Desk, code: str) -> str:
    with_words(desk, code)
    return f"/studies/{STUDY}/quotes?queue=all"


def one_quote(desk: Desk, code: str) -> str:
    return f"/studies/{STUDY}/quotes/{with_words(desk, code)}"


def texts_of_theirs(desk: Desk, code: str) -> str:
    with desk.work() as work:
        receive_text(work, NUMBER, "Ik snap de brief niet", "SM1")
    return "/messages"


def texts_to_them(desk: Desk, code: str) -> str:
    with desk.work() as work:
        plan_message(work, desk.person(work, code), "link", "Hier is de link", "link:1")
    return "/messages"


def one_text(desk: Desk, code: str) -> str:
    texts_to_them(desk, code)
    with desk.work() as work:
        return f"/messages/{work.session.exec(select(Message.id)).one()}"


LOOKS = {
    "participant.view": on_own_page(""),
    "participant.view ": on_own_page("/steps/cv"),
    "participant.view  ": on_own_page("/hand-over"),
    "participant.view   ": on_own_page("/letter"),
    "participant.view    ": on_own_page("/route"),
    "participant.view     ": on_own_page("/enrolled"),
    "contact.view": on_own_page("/contact"),
    "consent.view": on_own_page("/consent"),
    "consent.view ": on_own_page("/withdrawal"),
    "upload.list": on_own_page("/uploads"),
    "call.view": on_the_call_screen(),
    "call.view ": on_the_call_screen("/closing"),
    "quote.view": a_list_of_quotes,
    "quote.view ": one_quote,
    "reply.view": texts_of_theirs,
    "message.list": texts_to_them,
    "message.view": one_text,
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_leaves_a_line_about_the_person(app: FastAPI, look: str) -> None:
    desk = build_desk(app)
    code, other = desk.enrol(), desk.enrol(phone="0687654321")
    address = LOOKS[look](desk, code)
    assert desk.get(address).status_code == 200
    with desk.work() as work:
        statement = select(AuditEntry).where(
            AuditEntry.action == look.strip(), col(AuditEntry.actor).startswith("user:")
        )
        lines = work.session.exec(statement).all()
    assert {line.object.split()[0] for line in lines} == {code}
    assert other not in {line.object for line in lines}


def test_several_people_on_one_page_have_a_line_each_once(app: FastAPI) -> None:
    desk = build_desk(app)
    codes = [desk.enrol(), desk.enrol(phone="0687654321")]
    with desk.work() as work:
        for number, code in enumerate([*codes, codes[0]]):
            plan_message(work, desk.person(work, code), "link", "Hier is de link", f"link:{number}")
    desk.get("/messages")
    with desk.work() as work:
        lines = work.session.exec(select(AuditEntry.object).where(AuditEntry.action == "message.list")).all()
    assert sorted(lines) == codes


def test_nobody_on_the_page_is_no_line(app: FastAPI) -> None:
    desk = build_desk(app)
    desk.get("/messages")
    with desk.work() as work:
        assert work.session.exec(select(AuditEntry).where(AuditEntry.action == "message.list")).all() == []
