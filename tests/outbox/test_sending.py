"""Sending what is due: once, never blindly again, and honest about what is not known."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import Message, Participant
from journey.outbox.gateways import Outcome, Parcel
from journey.outbox.jobs import send_due
from journey.outbox.sending import claim_batch
from journey.outbox.service import plan_message
from journey.work import House
from tests.outbox.fake_twilio import ACCOUNT, FakeTwilio, running, twilio_settings
from tests.support.build import build_participant, build_study

pytestmark = pytest.mark.both

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)


class Scripted:
    """A gateway of this test: gives the outcomes in turn, the last one for all that follow."""

    def __init__(self, *outcomes: Outcome, on_send: Callable[[Parcel], None] | None = None) -> None:
        self.outcomes = list(outcomes) or [Outcome("accepted", "SM1")]
        self.parcels: list[Parcel] = []
        self.on_send = on_send

    def send(self, parcel: Parcel) -> Outcome:
        self.parcels.append(parcel)
        if self.on_send:
            self.on_send(parcel)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


def planned(house: House, count: int = 1, occasion: str = "link", now: datetime = NOON) -> None:
    with house.work(now=now) as work:
        person = build_participant(work, build_study(work))
        for number in range(count):
            assert plan_message(work, person, occasion, f"Tekst {number}", f"{occasion}:{number}")


def rows(house: House) -> list[Message]:
    with house.work(write=False) as work:
        return list(work.session.exec(select(Message).order_by(Message.id)).all())  # type: ignore[arg-type]


def states(house: House) -> list[str]:
    return [row.state for row in rows(house)]


def test_the_console_marks_as_sent(house: House) -> None:
    planned(house, 2)
    assert send_due(house, NOON) == 2
    assert states(house) == ["sent", "sent"]


def test_nothing_is_sent_twice(house: House) -> None:
    planned(house)
    gateway = Scripted()
    assert [send_due(house, NOON, gateway), send_due(house, NOON, gateway)] == [1, 0]
    assert [parcel.body for parcel in gateway.parcels] == ["Tekst 0"]


def test_what_is_not_due_yet_stays(house: House) -> None:
    planned(house, now=NOON + timedelta(hours=1))
    assert send_due(house, NOON, Scripted()) == 0


def test_the_database_is_free_while_the_gateway_is_busy(house: House) -> None:
    planned(house)

    def write_meanwhile(_parcel: Parcel) -> None:
        with house.work() as work:
            work.session.exec(select(Message)).one()

    assert send_due(house, NOON, Scripted(on_send=write_meanwhile)) == 1


def test_two_senders_at_once_send_each_row_once(house: House) -> None:
    planned(house, 20)
    gateway = Scripted()
    threads = [threading.Thread(target=send_due, args=(house, NOON, gateway)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(parcel.id for parcel in gateway.parcels) == [row.id for row in rows(house)]


def test_a_gateway_that_breaks_leaves_the_message_uncertain(house: House) -> None:
    planned(house)

    class Broken:
        def send(self, parcel: Parcel) -> Outcome:
            raise OSError("line cut")

    send_due(house, NOON, Broken())
    send_due(house, NOON + timedelta(days=1), Scripted())
    assert states(house) == ["uncertain"]


def test_a_failing_row_stops_no_other(house: House) -> None:
    planned(house, 3)
    send_due(house, NOON, Scripted(Outcome("failed"), Outcome("accepted", "SM2")))
    assert states(house) == ["failed", "accepted", "accepted"]


def test_a_crash_halfway_is_uncertain_and_never_resent(house: House) -> None:
    planned(house)
    with house.work(now=NOON) as work:
        assert claim_batch(work, 1)
    gateway = Scripted()
    send_due(house, NOON + timedelta(minutes=5), gateway)
    assert states(house) == ["sending"]
    send_due(house, NOON + timedelta(minutes=11), gateway)
    assert (states(house), gateway.parcels) == (["uncertain"], [])


def test_a_retry_comes_later_and_later_and_then_ends(house: House) -> None:
    planned(house)
    with house.work() as work:
        work.session.exec(select(Message)).one().valid_until = None
    gateway, waits, now = Scripted(Outcome("retry", error="429")), [], NOON
    while states(house) == ["ready"]:
        send_due(house, now, gateway)
        due = rows(house)[0].due_at
        waits.append(round((due - now).total_seconds() / 60))
        now = due
    assert waits[:-1] == [1, 5, 20, 60, 240]
    assert states(house) == ["failed"]


def test_too_late_is_not_sent(house: House) -> None:
    planned(house)
    gateway = Scripted()
    send_due(house, NOON + timedelta(days=2), gateway)
    assert (states(house), gateway.parcels) == (["cancelled"], [])


def test_at_night_only_what_was_asked_for_goes(house: House) -> None:
    planned(house, occasion="link")
    with house.work(now=NOON) as work:
        person = work.session.exec(select(Participant)).one()
        plan_message(work, person, "thanks", "Dank u.", "thanks:1")
    gateway = Scripted()
    send_due(house, NIGHT, gateway)
    assert [parcel.body for parcel in gateway.parcels] == ["Tekst 0"]


def test_who_stopped_gets_nothing_any_more(house: House) -> None:
    planned(house)
    with house.work() as work:
        withdraw_participant(work, work.session.exec(select(Participant)).one(), "stop")
    gateway = Scripted()
    send_due(house, NOON, gateway)
    assert (states(house), gateway.parcels) == (["cancelled"], [])
    assert rows(house)[0].recipient == ""


def test_the_number_is_forgotten_once_it_is_not_needed(house: House) -> None:
    planned(house)
    send_due(house, NOON, Scripted())
    assert rows(house)[0].recipient == ""


def test_everything_removed_while_sending_is_no_trouble(house: House) -> None:
    planned(house)

    def erase(_parcel: Parcel) -> None:
        with house.work() as work:
            withdraw_participant(work, work.session.exec(select(Participant)).one(), "erase")

    assert send_due(house, NOON, Scripted(on_send=erase)) == 1
    assert rows(house) == []


def test_a_refused_account_stops_everything_for_a_while(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    planned(house, 3)
    gateway = Scripted(Outcome("halt", error="401/20003"))
    with caplog.at_level(logging.ERROR):
        send_due(house, NOON, gateway)
        send_due(house, NOON + timedelta(minutes=1), gateway)
    assert (len(gateway.parcels), states(house)) == (1, ["ready"] * 3)
    assert "refuses our account" in caplog.text


# --- the official client against a Twilio of our own ------------------------------------------------


def sent_through(house: House, twilio: FakeTwilio, now: datetime = NOON) -> int:
    from journey.outbox.gateways import gateway_for

    with running(twilio) as address:
        gateway = gateway_for(twilio_settings(house.settings.database_url, address))
        return send_due(house, now, gateway)


def test_twilio_gets_number_text_sender_and_our_own_id(house: House) -> None:
    planned(house)
    twilio = FakeTwilio()
    assert sent_through(house, twilio) == 1
    row = rows(house)[0]
    assert twilio.got[0] == {
        "To": "+31612345678",
        "From": "+3197010000000",
        "Body": "Tekst 0",
        "StatusCallback": f"http://127.0.0.1:8000/webhooks/twilio/status/{row.id}",
        "path": f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
    }
    assert twilio.authorized == [True]
    assert (row.state, row.gateway_id) == ("accepted", "SM" + "1".rjust(32, "0"))


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (400, 21211, "failed"),
        (400, 21610, "failed"),
        (400, 21614, "failed"),
        (400, 99999, "failed"),
        (429, 20429, "ready"),
        (503, 0, "ready"),
        (500, 0, "uncertain"),
        (401, 20003, "ready"),
    ],
)
def test_what_twilio_refuses(house: House, status: int, code: int, state: str) -> None:
    planned(house)
    assert sent_through(house, FakeTwilio(plan=[(status, code)])) == 0
    assert states(house) == [state]
    assert str(status) in rows(house)[0].error


def test_twilio_that_hangs_leaves_the_message_uncertain(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from journey.outbox import twilio_gateway

    monkeypatch.setattr(twilio_gateway, "TIMEOUT_SECONDS", 0.3)
    planned(house)
    twilio = FakeTwilio(hang=0.8)
    assert sent_through(house, twilio) == 0
    assert (states(house), len(twilio.got)) == (["uncertain"], 1)


def test_nobody_at_the_other_end_is_tried_again(house: House) -> None:
    from journey.outbox.gateways import gateway_for

    planned(house)
    send_due(house, NOON, gateway_for(twilio_settings(house.settings.database_url, "http://127.0.0.1:9")))
    assert (states(house), rows(house)[0].error) == (["ready"], "no connection")


def test_no_secret_number_or_text_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    planned(house, 2)
    with caplog.at_level(logging.DEBUG, logger="journey"), caplog.at_level(logging.DEBUG, logger=""):
        sent_through(house, FakeTwilio(plan=[(201, 0), (401, 20003)]))
    ours = "\n".join(record.getMessage() for record in caplog.records)
    for secret in ("12345678", "Tekst", "twilio-auth-token"):
        assert secret not in ours


def test_twilio_is_not_imported_for_the_console() -> None:
    import subprocess
    import sys

    code = "import sys, journey.app, journey.outbox.jobs; sys.exit('twilio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
