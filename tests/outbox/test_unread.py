"""A text that waits for a person stands where people look, with what can be done, until it was dealt with."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from journey.call.service import plan_calls
from journey.models import Participant, Rating, Reply
from journey.outbox.service import GATEWAY
from journey.portal.inbound import receive_text
from journey.work import House
from tests.support.build import build_participant, build_study, csrf_of, sign_in
from tests.support.pages import PageClient

PHONE = "+31612345678"


@pytest.fixture
def code(house: House) -> str:
    with house.work() as work:
        person = build_participant(work, build_study(work), channel="call")
        work.session.flush()
        plan_calls(work)
        return person.code


@pytest.fixture
def desk(app: FastAPI, code: str) -> PageClient:
    return sign_in(app, "ria@example.org", "researcher", "haarlem-test")


def text(house: House, body: str, sid: str = "SM1") -> int:
    with house.work(GATEWAY) as work:
        receive_text(work, PHONE, body, sid)
        return work.session.exec(select(Reply.id).order_by(col(Reply.id).desc())).first() or 0


def act(desk: PageClient, reply: int, name: str, **fields: str) -> int:
    data = {"csrf_token": csrf_of(desk), **fields}
    return desk.post(f"/messages/replies/{reply}/{name}", data=data).status_code


def waiting(house: House) -> int:
    with house.work(write=False) as work:
        return len(work.session.exec(select(Reply).where(col(Reply.read_at).is_(None))).all())


def test_it_stands_on_the_list_the_screen_and_the_person(house: House, desk: PageClient, code: str) -> None:
    text(house, "kunt u mij iets vertellen over dinsdag")
    call = desk.get(f"/participants/{code}").text.partition('href="/calls/')[2].partition('"')[0]
    for address in ("/calls", f"/calls/{call}", f"/participants/{code}", "/messages"):
        page = desk.get(address).text
        assert "kunt u mij iets vertellen over dinsdag" in page and "Afhandelen" in page, address
    assert 'nav__badge">1' in page


def test_what_presses_comes_first(house: House, desk: PageClient) -> None:
    text(house, "hoi")
    text(house, "ik heb geen eten voor de kinderen", "SM2")
    page = desk.get("/calls").text
    assert "dringend: bel vandaag" in page and page.index("geen eten") < page.index("hoi</p>")


def test_what_was_dealt_with_is_out_of_the_way(house: House, desk: PageClient) -> None:
    reply = text(house, "hoi")
    assert act(desk, reply, "read") == 200
    assert "nav__badge" not in desk.get("/calls").text and waiting(house) == 0


def test_it_can_be_rated(house: House, desk: PageClient) -> None:
    reply = text(house, "die mevrouw was een schat, echt waar")
    fields = {"question": "workshop:staff", "value": "positive", "quote": "die mevrouw was een schat"}
    assert act(desk, reply, "rating", **fields) == 200
    with house.work(write=False) as work:
        row = work.session.exec(select(Rating)).one()
        assert (row.step, row.subject, row.value, row.channel) == ("workshop", "staff", "positive", "sms")
        assert row.quote == "die mevrouw was een schat"
    assert waiting(house) == 0


def test_without_a_choice_nothing_typed_is_lost(house: House, desk: PageClient) -> None:
    reply = text(house, "hoi")
    data = {"csrf_token": csrf_of(desk), "question": "workshop:step", "quote": "mijn eigen woorden"}
    answer = desk.post(f"/messages/replies/{reply}/rating", data=data)
    assert answer.status_code == 422 and "mijn eigen woorden" in answer.text
    assert waiting(house) == 1


def test_a_refusal_is_confirmed_or_undone_and_cannot_just_be_read(
    house: House, desk: PageClient, code: str
) -> None:
    reply = text(house, "ik wil niet meer meedoen")
    page = desk.get(f"/messages/replies/{reply}").text
    assert "Ja, stopt met het onderzoek" in page and "Gelezen, niets meer te doen" not in page
    assert "Wij bellen en sms'en nu niet" in desk.get(f"/participants/{code}").text.replace("&#39;", "'")
    assert act(desk, reply, "release") == 200
    with house.work(write=False) as work:
        assert work.session.exec(select(Participant.held_at)).one() is None
    assert waiting(house) == 0


def test_a_refusal_that_was_confirmed_waits_no_more(house: House, desk: PageClient, code: str) -> None:
    text(house, "ik wil niet meer meedoen")
    page = desk.get(f"/participants/{code}/withdrawal")
    desk.post(
        f"/participants/{code}/withdrawal",
        data={"csrf_token": csrf_of(desk), "level": "stop", "sure": "yes", "confirm": "yes"},
    )
    assert page.status_code == 200
    with house.work(write=False) as work:
        assert work.session.exec(select(Participant.state)).one() == "stopped"
    assert "nav__badge" not in desk.get("/calls").text


def test_a_wrong_number_is_a_task_at_once(house: House, desk: PageClient, code: str) -> None:
    reply = text(house, "wie is dit, ik ken u niet denk ik")
    assert act(desk, reply, "wrong-number") == 200
    assert "klopt niet" in desk.get(f"/participants/{code}/contact").text or waiting(house) == 0


def test_holding_by_hand(house: House, desk: PageClient) -> None:
    reply = text(house, "pff laat toch")
    assert act(desk, reply, "hold") == 200
    with house.work(write=False) as work:
        assert work.session.exec(select(Participant.held_at)).one() is not None


def test_a_colleague_of_another_study_sees_nothing(app: FastAPI, house: House, desk: PageClient) -> None:
    reply = text(house, "hoi")
    with house.work() as work:
        build_study(work, "zandvoort-test")
    other = sign_in(app, "bo@example.org", "researcher", "zandvoort-test")
    assert other.get(f"/messages/replies/{reply}").status_code == 404
    assert act(other, reply, "hold") == 404
    assert "nav__badge" not in other.get("/calls").text
