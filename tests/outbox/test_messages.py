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
