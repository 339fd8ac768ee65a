"""The pages with messages: for researchers, of their own people, with links only where nothing is really sent."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from journey.app import create_app
from journey.models import Participant
from journey.outbox.jobs import send_due
from journey.portal.service import send_link
from journey.work import House
from tests.outbox.fake_twilio import twilio_settings
from tests.support.build import build_participant, build_study, sign_in


@pytest.fixture
def person(house: House) -> Participant:
    with house.work() as work:
        participant = build_participant(work, build_study(work))
        send_link(work, participant)
        return participant


def test_the_list_says_to_whom_why_and_how_it_stands(app: FastAPI, house: House, person: Participant) -> None:
    client = sign_in(app, "ria@example.org", "researcher")
    assert "staat klaar" in client.get("/messages").text
    send_due(house, house.clock.now())
    page = client.get("/messages").text
    assert "H-001 · Link gevraagd" in page and "verstuurd" in page


def test_without_messages_the_page_says_so(app: FastAPI) -> None:
    assert "Nog geen berichten" in sign_in(app, "ria@example.org", "researcher").get("/messages").text


def test_one_message_is_shown_as_on_the_phone(app: FastAPI, person: Participant) -> None:
    page = sign_in(app, "ria@example.org", "researcher").get("/messages/1").text
    assert "/p/" in page and "1 sms-deel" in page
    assert "612345678" not in page


def test_where_messages_really_go_out_the_link_is_not_shown(database_url: str, person: Participant) -> None:
    app = create_app(twilio_settings(database_url))
    page = sign_in(app, "ria@example.org", "researcher").get("/messages/1").text
    app.state.house.database.close()
    assert "/p/…" in page


def test_messages_to_a_colleague_s_people_are_not_there(
    app: FastAPI, house: House, person: Participant
) -> None:
    colleague = sign_in(app, "bo@example.org", "researcher")
    with house.work() as work:
        from sqlmodel import select

        from journey.models import User

        work.session.get_one(Participant, person.id).researcher_id = work.session.exec(
            select(User.id).where(User.email == "bo@example.org")
        ).one()
    own = sign_in(app, "ria@example.org", "researcher")
    assert "H-001" not in own.get("/messages").text
    assert own.get("/messages/1").status_code == 404
    assert "H-001" in colleague.get("/messages").text
    assert "H-001" in sign_in(app, "lia@example.org", "lead").get("/messages").text


def test_messages_of_another_study_are_not_there(app: FastAPI, house: House, person: Participant) -> None:
    with house.work() as work:
        build_study(work, "zandvoort-test", municipality="Zandvoort")
    outsider = sign_in(app, "zoe@example.org", "researcher", "zandvoort-test")
    assert outsider.get("/messages/1").status_code == 404
    assert "H-001" not in outsider.get("/messages").text


@pytest.mark.parametrize("role", ["manager", "admin", "privacy"])
def test_others_do_not_see_messages(app: FastAPI, person: Participant, role: str) -> None:
    client = sign_in(app, "x@example.org", role)
    assert [client.get("/messages").status_code, client.get("/messages/1").status_code] == [403, 403]


def send_many(house: House, person: Participant, states: list[tuple[str, str]]) -> None:
    """One message for each (state, error)."""
    from journey.models import Message
    from journey.outbox.service import plan_message

    with house.work() as work:
        for number, (state, error) in enumerate(states):
            message = plan_message(work, person, "thanks", "Dank u." * 30, f"many:{number}")
            assert isinstance(message, Message)
            message.state, message.error, message.tried_at = state, error, work.now


def test_what_did_not_arrive_says_what_to_do(app: FastAPI, house: House, person: Participant) -> None:
    errors = [
        ("failed", "400 21211"),
        ("undelivered", "30003"),
        ("failed", "21610"),
        ("uncertain", "timeout"),
    ]
    send_many(house, person, errors)
    page = sign_in(app, "ria@example.org", "researcher").get("/messages").text
    assert "3 berichten kwamen niet aan." in page
    for words in (
        "Kijk het na bij de contactgegevens",
        "Bel op een ander moment",
        "wil geen sms meer",
        "nagekeken",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("state=failed", 1),
        ("occasion=link", 1),
        ("q=h1", 3),
        ("q=h-999", 0),
        ("on=2001-01-01", 0),
        ("state=x", 3),
    ],
)
def test_filters(app: FastAPI, house: House, person: Participant, query: str, total: int) -> None:
    send_many(house, person, [("failed", "30005"), ("delivered", "")])
    page = sign_in(app, "ria@example.org", "researcher").get(f"/messages?{query}").text
    assert page.count('href="/messages/') == total


def test_pages_of_fifty(app: FastAPI, house: House, person: Participant) -> None:
    send_many(house, person, [("delivered", "")] * 60)
    client = sign_in(app, "ria@example.org", "researcher")
    assert client.get("/messages").text.count('href="/messages/') == 50
    second = client.get("/messages?page=2").text
    assert second.count('href="/messages/') == 11 and "Bladzijde 2 van 2" in second


def test_costs_count_the_paid_parts(app: FastAPI, house: House, person: Participant) -> None:
    send_many(house, person, [("delivered", ""), ("undelivered", ""), ("failed", ""), ("cancelled", "")])
    page = sign_in(app, "lia@example.org", "lead").get("/messages").text
    assert "€ 0,36" in page and "Kosten per maand" in page


def test_the_page_of_a_person_has_their_messages(app: FastAPI, person: Participant) -> None:
    page = sign_in(app, "ria@example.org", "researcher").get("/participants/H-001").text
    assert "Link gevraagd" in page and "/messages?q=H-001" in page
