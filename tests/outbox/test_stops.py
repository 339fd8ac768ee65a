"""A number whose holder stopped us at the provider gets no text any more, and a person is asked what was meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import AuditEntry, Participant
from journey.outbox.jobs import send_due
from journey.outbox.service import plan_message
from journey.outbox.stops import allow_number, list_stopped
from journey.settings import Settings
from journey.work import House
from tests.outbox.fake_twilio import FakeTwilio, twilio_settings
from tests.outbox.posting import NOON, planned, rows, states, through
from tests.support.build import build_participant, get_study_by, sign_in
from tests.support.pages import PageClient

NUMBER = "+31612345678"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return twilio_settings(database_url)


@pytest.fixture
def stopped(house: House) -> Iterator[None]:
    """Two texts stood ready; Twilio refused the first because the number stopped."""
    planned(house, "Eerste", "Tweede")
    with through(house, FakeTwilio(plan=[(400, 21610), (201, 0)])) as gateway:
        send_due(house, NOON, gateway)
    yield


def person(house: House) -> Participant:
    with house.work(write=False) as work:
        return work.session.exec(select(Participant)).one()


def test_nothing_more_goes_to_it(house: House, stopped: None) -> None:
    assert states(house) == ["failed", "cancelled"]
    assert [row.recipient for row in rows(house)] == ["", ""]


def test_nothing_new_is_planned_for_anybody_with_that_number(house: House, stopped: None) -> None:
    with house.work(now=NOON) as work:
        housemate = build_participant(work, get_study_by(work, "haarlem-test"))
        assert plan_message(work, housemate, "link", "Uw link", "link:x") is None


def test_it_is_no_withdrawal(house: House, stopped: None) -> None:
    assert person(house).state == "active"


def test_the_researcher_can_see_it(house: House, stopped: None) -> None:
    one = person(house)
    with house.work(write=False) as work:
        assert list_stopped(work, [one.id or 0]) == {one.id}
        lines = work.session.exec(select(AuditEntry).where(AuditEntry.action == "message.stopped")).all()
    assert [line.object for line in lines] == [one.code]


def test_the_message_says_what_to_do_about_it(app: FastAPI, house: House, stopped: None) -> None:
    researcher = sign_in(app, "ria@example.org", "researcher")
    for row in rows(house):
        assert "Dit nummer wil geen sms meer" in researcher.get(f"/messages/{row.id}").text


def test_who_wants_texts_again_gets_them(house: House, stopped: None) -> None:
    with house.work(now=NOON) as work:
        allow_number(work, NUMBER)
        one = work.session.exec(select(Participant)).one()
        assert plan_message(work, one, "link", "Uw link", "link:x")


def test_a_report_that_says_so_counts_too(app: FastAPI, client: PageClient, house: House) -> None:
    planned(house, "Eerste")
    twilio = FakeTwilio()
    with through(house, twilio) as gateway:
        send_due(house, NOON, gateway)
    assert twilio.report(client, twilio.taken[0], "undelivered", "21610") == 204
    one = person(house)
    with house.work(write=False) as work:
        assert list_stopped(work, [one.id or 0]) == {one.id}


def test_reports_of_the_provider_settle_what_was_uncertain(client: PageClient, house: House) -> None:
    planned(house, "Eerste")
    twilio = FakeTwilio(plan=[(500, 0, "taken")])
    with through(house, twilio) as gateway:
        send_due(house, NOON, gateway)
    for status in ("delivered", "sent", "delivered"):
        assert twilio.report(client, twilio.taken[0], status) == 204
    assert (states(house), rows(house)[0].gateway_id) == (["delivered"], twilio.taken[0].sid)


def test_a_filtered_text_says_so(client: PageClient, house: House) -> None:
    planned(house, "Eerste")
    twilio = FakeTwilio()
    with through(house, twilio) as gateway:
        send_due(house, NOON, gateway)
    twilio.report(client, twilio.taken[0], "undelivered", "30007")
    assert (states(house), rows(house)[0].error) == (["undelivered"], "30007")


def test_a_report_is_believed_over_our_own_conclusion(client: PageClient, house: House) -> None:
    planned(house, "Eerste")
    with house.work() as work:
        from journey.models import Message

        row = work.session.get_one(Message, 1)
        row.state, row.error = "failed", "never left"
    twilio = FakeTwilio()
    row = rows(house)[0]
    twilio._create(
        "", {"To": NUMBER, "Body": "Eerste", "StatusCallback": f"/webhooks/twilio/status/{row.id}"}
    )
    twilio.report(client, twilio.taken[0], "delivered")
    assert states(house) == ["delivered"]


def test_the_number_itself_is_kept_nowhere(house: House, stopped: None) -> None:
    from journey.models import StoppedNumber

    with house.work(write=False) as work:
        kept = work.session.exec(select(StoppedNumber)).one()
    assert NUMBER[-8:] not in kept.fingerprint
