"""What a text means, and what is done with it: a table of kinds, and of what must not be taken for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from journey.call.service import plan_appointment
from journey.models import Call, Message, Participant, Rating, Reply
from journey.outbox.jobs import send_due
from journey.outbox.service import GATEWAY
from journey.participant.queries import get_journey
from journey.portal.inbound import receive_text
from journey.portal.texted import read_text
from journey.progress.service import record_step
from journey.work import House
from tests.support.build import build_participant, build_study, get_study_by

PHONE = "+31612345678"
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("STOP", "stop"),
        (" stop, aub!", "stop"),
        ("Pauze", "pause"),
        ("LATER", "later"),
        ("later do", "later"),
        ("Donderdag", "day"),
        ("op vrijdag graag", "day"),
        ("Bel mij", "call"),
        ("START", "start"),
        ("3", "answer"),
        ("Goed!", "answer"),
        ("3 2", "answer"),
        ("niet goed", "other"),
        ("goed geregeld", "other"),
        ("4", "other"),
        ("1 2 3", "other"),
        ("Ik wil niet stoppen", "other"),
        ("later misschien", "other"),
        ("ok", "other"),
        ("", "other"),
    ],
)
def test_a_text_means_something_only_as_a_whole(body: str, kind: str) -> None:
    assert read_text(body).kind == kind


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("1", ["negative"]),
        ("slecht", ["negative"]),
        ("NEGATIEF", ["negative"]),
        ("bad", ["negative"]),
        ("🙁", ["negative"]),
        (":-(", ["negative"]),
        ("matig", ["neutral"]),
        ("neutraal.", ["neutral"]),
        ("😐", ["neutral"]),
        ("positief", ["positive"]),
        ("good", ["positive"]),
        ("🙂", ["positive"]),
        ("☺️", ["positive"]),
        ("👍", ["positive"]),
        ("goed 🙂", ["positive"]),
        ("goed 🙁", []),
        ("32", ["positive", "neutral"]),
        ("3, 3", ["positive", "positive"]),
        ("goed slecht", ["positive", "negative"]),
        ("🙂🙁", ["positive", "negative"]),
        ("niet goed", []),
        ("3 keer gebeld", []),
    ],
)
def test_answers_in_digits_words_and_smileys(body: str, values: list[str]) -> None:
    assert list(read_text(body).values) == values


def text(house: House, body: str, sid: str = "SM1", *, now: datetime = MONDAY, sender: str = PHONE) -> str:
    with house.work(GATEWAY, now=now) as work:
        return receive_text(work, sender, body, sid)


def answers(house: House) -> list[str]:
    """What we texted back, in order."""
    with house.work(write=False) as work:
        rows = work.session.exec(
            select(Message).where(Message.occasion == "answer").order_by(col(Message.id))
        ).all()
        return [house.vault.open(row.body, f"message:{row.dedup_key}:body") for row in rows]


def ratings(house: House) -> list[tuple[str, str, str, str]]:
    with house.work(write=False) as work:
        rows = work.session.exec(select(Rating).order_by(col(Rating.id))).all()
        return [(row.step, row.subject, row.value, row.channel) for row in rows]


def replies(house: House) -> int:
    with house.work(write=False) as work:
        return len(work.session.exec(select(Reply)).all())


@pytest.fixture
def person(house: House) -> int:
    with house.work(now=MONDAY) as work:
        return build_participant(work, build_study(work), channel="sms").id or 0


@pytest.fixture
def asked(house: House, person: int) -> int:
    """Somebody who was asked by text about the workshop; the text left."""
    with house.work(now=MONDAY) as work:
        journey = get_journey(work, work.session.get_one(Participant, person))
        record_step(work, journey, "workshop", date(2026, 11, 20), source="call")
    assert send_due(house, MONDAY) == 1
    return person


def test_an_answer_is_recorded_and_said_back(house: House, asked: int) -> None:
    assert text(house, "goed") == "rated"
    assert ratings(house) == [("workshop", "step", "positive", "sms")]
    [said] = answers(house)
    assert "positief. Klopt het niet? Stuur 1, 2 of 3." in said


def test_a_later_answer_corrects(house: House, asked: int) -> None:
    text(house, "3")
    text(house, "1 2", "SM2", now=MONDAY + timedelta(hours=1))
    assert ratings(house)[1:] == [
        ("workshop", "step", "negative", "sms"),
        ("workshop", "staff", "neutral", "sms"),
    ]


def test_the_same_text_delivered_twice_is_one_answer(house: House, asked: int) -> None:
    assert [text(house, "3"), text(house, "3")] == ["rated", "again"]
    assert len(ratings(house)) == 1 and len(answers(house)) == 1


def test_without_an_open_question_an_answer_is_for_the_researcher(house: House, person: int) -> None:
    assert text(house, "3") == "kept"
    assert ratings(house) == [] and replies(house) == 1


def test_a_question_is_open_for_two_weeks(house: House, asked: int) -> None:
    assert text(house, "3", now=MONDAY + timedelta(days=15)) == "kept"


@pytest.mark.parametrize("body", ["3", "PAUZE", "LATER"])
def test_on_a_shared_number_a_researcher_asks_whose_it_is(house: House, asked: int, body: str) -> None:
    with house.work(now=MONDAY) as work:
        build_participant(work, get_study_by(work, "haarlem-test"))
    assert text(house, body) == "kept"
    assert ratings(house) == [] and answers(house) == [] and replies(house) == 2


def test_pauze_is_two_weeks_without_calls(house: House, person: int) -> None:
    assert text(house, "PAUZE") == "paused"
    with house.work(write=False) as work:
        assert work.session.get_one(Participant, person).rest_until == date(2026, 12, 7)
        assert work.session.exec(select(Call.state)).all() == ["cancelled"]
    assert "niet tot maandag 7 december" in answers(house)[0]


def test_later_asks_when_and_moves_the_call(house: House, person: int) -> None:
    text(house, "LATER")
    assert text(house, "do", "SM2") == "later"
    with house.work(write=False) as work:
        assert work.session.exec(select(Call.due_on)).one() == date(2026, 11, 26)
    asks, moved = answers(house)
    assert "dinsdag, woensdag, donderdag, vrijdag, zaterdag" in asks
    assert moved.startswith("Goed. Wij bellen u op donderdag 26 november.")


def test_later_takes_an_appointment_back(house: House, person: int) -> None:
    with house.work(now=MONDAY) as work:
        plan_appointment(work, work.session.exec(select(Call)).one(), MONDAY + timedelta(days=1))
    text(house, "later vrijdag")
    with house.work(write=False) as work:
        call = work.session.exec(select(Call)).one()
        assert (call.appointment_at, call.due_on) == (None, date(2026, 11, 27))


def test_a_day_that_is_over_is_asked_again(house: House, person: int) -> None:
    assert text(house, "later maandag") == "later"
    assert answers(house)[0].startswith("Op welke dag mogen wij bellen")


def test_a_day_without_later_is_for_the_researcher(house: House, person: int) -> None:
    assert text(house, "donderdag") == "kept"
    assert replies(house) == 1


def test_somebody_is_answered_in_their_own_language(house: House) -> None:
    with house.work(now=MONDAY) as work:
        build_participant(work, build_study(work), language="en")
    text(house, "PAUSE")
    assert answers(house)[0].startswith("Fine. We will not call you until Monday 7 December")


def test_an_unknown_number_gets_one_neutral_answer_a_day(house: House, person: int) -> None:
    for number in range(3):
        text(house, "Wie bent u?", f"SM{number}", sender="+31687654321")
    assert answers(house) == ["Wij hebben uw bericht ontvangen. Dank u wel."]
    assert send_due(house, MONDAY) == 1
    text(house, "Hallo?", "SM9", sender="+31687654321", now=MONDAY + timedelta(days=1))
    assert len(answers(house)) == 2


@pytest.mark.parametrize(
    ("sender", "body"), [("+31687654321", "STOP"), ("Belasting", "Hoi"), ("1008", "Hoi"), ("", "Hoi")]
)
def test_a_stop_of_a_stranger_and_a_sender_without_a_number_get_no_answer(
    house: House, person: int, sender: str, body: str
) -> None:
    assert text(house, body, sender=sender) == "kept"
    assert answers(house) == []


@pytest.mark.parametrize(
    "forge",
    ["", "bm90IGEgc2lnbmF0dXJl", "body", "secret"],
    ids=["none", "random", "another body", "another secret"],
)
def test_a_text_with_a_forged_signature_does_nothing(database_url: str, house: House, forge: str) -> None:
    from twilio.request_validator import RequestValidator

    from journey.app import create_app
    from tests.outbox.fake_twilio import SECRET, twilio_settings
    from tests.support.pages import PageClient

    with house.work(now=MONDAY) as work:
        build_participant(work, build_study(work))
    fields = {"From": PHONE, "Body": "STOP", "MessageSid": "SM1"}
    address = "http://127.0.0.1:8000/webhooks/twilio/inbound"
    made = {
        "body": RequestValidator(SECRET).compute_signature(address, {**fields, "Body": "Hallo"}),
        "secret": RequestValidator("another").compute_signature(address, fields),
    }
    with PageClient(create_app(twilio_settings(database_url))) as client:
        headers = {"X-Twilio-Signature": made.get(forge, forge)}
        assert client.post("/webhooks/twilio/inbound", data=fields, headers=headers).status_code == 403
    with house.work(write=False) as work:
        assert work.session.exec(select(Participant.state)).all() == ["active"]
