"""What is refused is counted and written down, within limits that nobody can use against others."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.auth.refusals import LINES_PER_QUARTER
from journey.models import AuditEntry, Participant
from journey.outbox.signatures import WRONG_PER_QUARTER
from journey.settings import Settings
from journey.work import House
from tests.outbox.fake_twilio import signed, twilio_settings
from tests.support.build import sign_in, token_headers
from tests.support.desk import STUDY, Desk
from tests.support.pages import PageClient

PHONE = "+31612345678"
INBOUND = "/webhooks/twilio/inbound"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return twilio_settings(database_url)


def refusals(house: House) -> list[AuditEntry]:
    with house.work(write=False) as work:
        statement = select(AuditEntry).where(AuditEntry.action == "access.refuse")
        return list(work.session.exec(statement).all())


@pytest.mark.usefixtures("still_clock")
def test_guessing_signatures_stops_and_a_real_stop_still_comes_through(
    desk: Desk, client: PageClient
) -> None:
    desk.enrol(phone=PHONE)
    forged = {"From": PHONE, "Body": "STOP", "MessageSid": "SM1"}
    answers = [signed(client, INBOUND, forged, f"guess {n}") for n in range(WRONG_PER_QUARTER + 2)]
    assert answers == [403] * WRONG_PER_QUARTER + [429] * 2
    assert signed(client, "/webhooks/twilio/status/1", forged, "guess") == 429
    assert signed(client, INBOUND, forged) == 200
    with desk.work() as work:
        assert work.session.exec(select(Participant.state)).one() == "stopped"


def test_a_refused_role_is_written_down_without_what_was_asked_for(app: FastAPI) -> None:
    manager = sign_in(app, "mo@example.nl", "manager")
    assert manager.get("/participants/H-042", follow_redirects=False).status_code == 403
    (line,) = refusals(app.state.house)
    assert line.object == "GET /participants/{code}"
    assert (line.actor.partition(":")[0], line.result) == ("user", "refused")
    assert line.request


def test_a_refused_token_is_written_down(desk: Desk, app: FastAPI, client: PageClient) -> None:
    headers = token_headers(app.state.house, "integrator", STUDY)
    assert client.get("/api/v1/participants/H-042", headers=headers).status_code == 403
    (line,) = refusals(app.state.house)
    assert (line.actor.partition(":")[0], line.object) == ("token", "GET /api/v1/participants/{code}")


def test_a_loop_of_refusals_fills_no_table_and_hides_nobody_else_s(app: FastAPI) -> None:
    loop, other = (sign_in(app, f"{name}@example.nl", "manager") for name in ("mo", "kim"))
    for _ in range(LINES_PER_QUARTER + 5):
        assert loop.get("/calls", follow_redirects=False).status_code == 403
    assert len(refusals(app.state.house)) == LINES_PER_QUARTER
    other.get("/calls", follow_redirects=False)
    assert len(refusals(app.state.house)) == LINES_PER_QUARTER + 1


def test_who_is_not_signed_in_leaves_no_line(app: FastAPI, client: PageClient) -> None:
    assert client.get("/calls", follow_redirects=False).status_code == 303
    assert refusals(app.state.house) == []
