"""What Twilio tells us: signed, twice, out of order; and what people text back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.app import create_app
from journey.clock import at_local
from journey.models import Call, CallBack, Message, Participant, Reply
from journey.outbox.service import GATEWAY, plan_message
from journey.portal.inbound import receive_text
from journey.rules.calltimes import callback_due
from journey.settings import Settings
from journey.work import House
from tests.outbox.fake_twilio import signed, twilio_settings
from tests.support.build import build_participant, build_study, csrf_of, sign_in
from tests.support.pages import PageClient

PHONE = "+31612345678"
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return twilio_settings(database_url)


@pytest.fixture
def message_id(house: House) -> int:
    with house.work(now=NOON) as work:
        person = build_participant(work, build_study(work))
        message = plan_message(work, person, "link", "Tekst", "link:1")
        assert message is not None
        message.state, message.gateway_id = "accepted", "SM1"
        return message.id or 0


def report(client: PageClient, message_id: int, status: str, sid: str = "SM1", error: str = "") -> int:
    fields = {"MessageStatus": status, "MessageSid": sid, **({"ErrorCode": error} if error else {})}
    return signed(client, f"/webhooks/twilio/status/{message_id}", fields)


def text(client: PageClient, body: str, sender: str = PHONE, sid: str = "SM9") -> int:
    fields = {"From": sender, "Body": body, "MessageSid": sid, "To": "+3197010000000"}
    return signed(client, "/webhooks/twilio/inbound", fields)


def message(house: House) -> Message:
    with house.work(write=False) as work:
        return work.session.exec(select(Message)).one()


def test_a_report_without_a_good_signature_is_refused(
    client: PageClient, house: House, message_id: int
) -> None:
    path = f"/webhooks/twilio/status/{message_id}"
    assert client.post(path, data={"MessageStatus": "delivered"}).status_code == 403
    assert signed(client, path, {"MessageStatus": "delivered"}, "another secret") == 403
    assert message(house).state == "accepted"


def test_without_twilio_nothing_is_believed(database_url: str) -> None:
    with PageClient(create_app(Settings(database_url=database_url))) as client:
        assert signed(client, "/webhooks/twilio/inbound", {"From": PHONE, "Body": "STOP"}, "") == 403


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["delivered", "delivered"], "delivered"),
        (["queued"], "accepted"),
        (["sent", "undelivered"], "undelivered"),
        (["undelivered", "sent", "queued"], "undelivered"),
        (["delivered", "failed"], "delivered"),
        (["something new"], "accepted"),
    ],
)
def test_reports_come_twice_and_out_of_order(
    client: PageClient, house: House, message_id: int, statuses: list[str], state: str
) -> None:
    assert {report(client, message_id, status) for status in statuses} == {204}
    assert message(house).state == state


def test_a_report_solves_what_was_uncertain(client: PageClient, house: House, message_id: int) -> None:
    with house.work() as work:
        row = work.session.exec(select(Message)).one()
        row.state, row.gateway_id = "uncertain", None
    report(client, message_id, "delivered", sid="SM7")
    assert (message(house).state, message(house).gateway_id) == ("delivered", "SM7")


def test_a_report_about_another_message_with_our_number_is_ignored(
    client: PageClient, house: House, message_id: int
) -> None:
    assert report(client, message_id, "failed", sid="SM-other") == 204
    assert message(house).state == "accepted"


def test_a_report_about_no_message_is_no_trouble(client: PageClient) -> None:
    assert report(client, 404404, "sent") == 204


def test_why_it_failed_is_kept_as_a_code(client: PageClient, house: House, message_id: int) -> None:
    report(client, message_id, "undelivered", error="30005")
    assert message(house).error == "30005"


@pytest.fixture
def people(house: House) -> list[str]:
    """Two on one number, one on another."""
    with house.work() as work:
        study = build_study(work)
        return [
            build_participant(work, study, phone=phone).code
            for phone in ("0612345678", "0612345678", "0687654321")
        ]


def states(house: House) -> list[str]:
    with house.work(write=False) as work:
        return list(work.session.exec(select(Participant.state).order_by(Participant.code)).all())


@pytest.mark.parametrize(
    "body", ["STOP", "stop", " Stop. ", "STOPPEN", "Afmelden!", "stop aub", "Stop graag", "ja stop"]
)
def test_stop_holds_for_everyone_on_the_number_at_once(
    client: PageClient, house: House, people: list[str], body: str
) -> None:
    assert text(client, body) == 200
    assert states(house) == ["stopped", "stopped", "active"]


def test_a_stop_is_confirmed_once(client: PageClient, house: House, people: list[str]) -> None:
    text(client, "STOP")
    text(client, "STOP", sid="SM10")
    row = message(house)
    assert (row.occasion, row.state) == ("stop_confirmed", "ready")
    body = house.vault.open(row.body, f"message:{row.dedup_key}:body")
    assert (
        body
        == "U bent afgemeld voor het onderzoek. Wij bellen en sms'en u niet meer. Vragen? Bel 023 200 0000."
    )


@pytest.mark.parametrize(
    "body", ["Ik wil niet stoppen", "stop eens met zeuren", "kunt u maandag?", "", "😀 مرحبا", "y" * 4000]
)
def test_anything_else_is_kept_for_the_researcher(
    client: PageClient, house: House, people: list[str], body: str
) -> None:
    assert text(client, body) == 200
    assert states(house) == ["active"] * 3
    with house.work(write=False) as work:
        kept = work.session.exec(select(Reply)).all()
        assert [house.vault.open(row.body, "reply:SM9:body") for row in kept] == [body, body]


def test_a_text_that_comes_twice_is_kept_once(client: PageClient, house: House, people: list[str]) -> None:
    text(client, "Hallo", sender="+31687654321")
    text(client, "Hallo", sender="+31687654321")
    with house.work(write=False) as work:
        assert len(work.session.exec(select(Reply)).all()) == 1


@pytest.mark.parametrize("body", ["BEL", "bel mij", "Bel mij aub"])
def test_bel_asks_for_a_call(client: PageClient, house: House, people: list[str], body: str) -> None:
    text(client, body, sender="+31687654321")
    with house.work(write=False) as work:
        asked = work.session.exec(
            select(Participant.code).join(Call).where(Call.asked_back_at != None)  # noqa: E711
        ).all()
        assert asked == [people[2]]


@pytest.mark.parametrize("body", ["terugbellen", "BEL!!", "Wilt u mij bellen?"])
def test_who_texts_twice_has_one_promise_for_everyone_on_the_number(
    client: PageClient, house: House, people: list[str], body: str
) -> None:
    text(client, body)
    text(client, body, sid="SM10")
    with house.work(write=False) as work:
        promises = work.session.exec(
            select(Participant.code, CallBack.via).join(CallBack).order_by(Participant.code)
        ).all()
    assert list(promises) == [(people[0], "sms"), (people[1], "sms")]


def test_a_sentence_with_bel_in_it_is_for_a_person_to_read(
    client: PageClient, house: House, people: list[str]
) -> None:
    text(client, "Bel mij niet meer zo vroeg")
    with house.work(write=False) as work:
        assert work.session.exec(select(CallBack)).all() == []
        assert len(work.session.exec(select(Reply)).all()) == 2


def test_bel_counts_in_the_quiet_of_the_night(house: House, people: list[str]) -> None:
    with house.work(GATEWAY, now=at_local(date(2026, 3, 16), 23)) as work:
        assert receive_text(work, "+31687654321", "BEL", "SM11") == "call"
        asked = work.session.exec(select(CallBack.asked_at)).one()
        assert callback_due(asked) == at_local(date(2026, 3, 17), 17)


def test_a_text_of_an_unknown_number_is_kept_with_the_number_for_the_lead(
    app: FastAPI, client: PageClient, house: House, people: list[str]
) -> None:
    text(client, "Wie bent u?", sender="+31611111111")
    lead = sign_in(app, "lia@example.org", "lead", "haarlem-test")
    page = lead.get("/messages").text
    assert "Wie bent u?" in page and "+31611111111" in page
    researcher = sign_in(app, "ria@example.org", "researcher", "haarlem-test")
    assert "Wie bent u?" not in researcher.get("/messages").text


def test_a_reply_that_was_read_is_out_of_the_way(
    app: FastAPI, client: PageClient, house: House, people: list[str]
) -> None:
    text(client, "Kan ik bellen?", sender="+31687654321")
    researcher = sign_in(app, "ria@example.org", "researcher", "haarlem-test")
    assert "Kan ik bellen?" in researcher.get("/messages").text
    with house.work(write=False) as work:
        reply_id = work.session.exec(select(Reply.id)).one()
    answer = researcher.post(f"/messages/replies/{reply_id}/read", data={"csrf_token": csrf_of(researcher)})
    assert answer.status_code == 200
    assert "Kan ik bellen?" not in answer.text


def test_removing_everything_removes_what_was_texted(
    client: PageClient, house: House, people: list[str]
) -> None:
    from journey.consent.service import withdraw_participant

    text(client, "Hallo", sender="+31687654321")
    with house.work() as work:
        person = work.session.exec(select(Participant).where(Participant.code == people[2])).one()
        withdraw_participant(work, person, "erase")
    with house.work(write=False) as work:
        assert work.session.exec(select(Reply)).all() == []
