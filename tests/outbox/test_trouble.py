"""When the gateway itself gives trouble the queue waits, nothing is lost, and somebody is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from journey.models import AuditEntry
from journey.outbox.gateways import Outcome, Parcel, Trace
from journey.outbox.jobs import send_due
from journey.outbox.sending import PAUSES, resume_sending
from journey.work import House
from tests.outbox.fake_twilio import FakeTwilio
from tests.outbox.posting import NOON, planned, rows, sending, states, through

pytestmark = pytest.mark.both

SECOND = timedelta(seconds=1)
TEXTS = [f"Tekst {number}" for number in range(20)]


class Phases:
    """A gateway that refuses until a moment; keeps when it was tried."""

    def __init__(self, refusal: Outcome) -> None:
        self.refusal: Outcome | None = refusal
        self.bodies: list[str] = []
        self.tries = 0

    def send(self, parcel: Parcel) -> Outcome:
        self.tries += 1
        if self.refusal:
            return self.refusal
        self.bodies.append(parcel.body)
        return Outcome("accepted", f"SM{self.tries}")

    def list_sent(self, recipient: str) -> list[Trace]:
        return []


@pytest.mark.parametrize("refusal", [(503, 0), (429, 20429), (401, 20003)])
def test_an_outage_of_an_hour_delays_and_loses_nothing(house: House, refusal: tuple[int, int]) -> None:
    planned(house, *TEXTS)
    twilio = FakeTwilio(plan=[refusal])
    with through(house, twilio) as gateway:
        for second in range(0, 3600, 5):
            send_due(house, NOON + second * SECOND, gateway)
        assert (len(twilio.got) < 12, set(states(house))) == (True, {"ready"})
        twilio.plan = [(201, 0)]
        for second in range(3600, 4800, 5):
            send_due(house, NOON + second * SECOND, gateway)
    assert sorted(row.body for row in twilio.taken) == sorted(TEXTS)
    assert {row.tries for row in rows(house)} == {1}


def test_the_pauses_grow_and_one_message_feels_the_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(house.clock), "now", lambda _clock: NOON)  # a run takes no time of its own
    planned(house, *TEXTS)
    gateway, now, pauses = Phases(Outcome("busy", error="429/20429")), NOON, []
    for _ in range(6):
        before = gateway.tries
        send_due(house, now, gateway)
        assert gateway.tries == before + 1
        state = sending(house)
        assert state is not None and state.wait_until is not None
        pauses.append(round((state.wait_until - now).total_seconds()))
        now = state.wait_until
    assert pauses == [5, 30, 60, 300, 900, 900]


def test_trouble_that_passes_is_no_news(house: House) -> None:
    planned(house, *TEXTS)
    gateway, now = Phases(Outcome("busy", error="503")), NOON
    for _ in range(len(PAUSES) - 1):
        send_due(house, now, gateway)
        now += 301 * SECOND
    state = sending(house)
    assert state is not None and state.halted_at is None


def test_trouble_that_stays_is_told_once_and_taken_back(house: House) -> None:
    planned(house, *TEXTS)
    gateway, now = Phases(Outcome("busy", error="429/20429")), NOON
    for _ in range(8):
        send_due(house, now, gateway)
        now += 901 * SECOND
    state = sending(house)
    assert state is not None and state.halted_at is not None and state.reason == "429/20429"
    gateway.refusal = None
    send_due(house, now, gateway)
    state = sending(house)
    assert state is not None and (state.halted_at, state.troubles) == (None, 0)
    with house.work(write=False) as work:
        actions = work.session.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all()  # type: ignore[arg-type]
    assert [action for action in actions if action.startswith("sending.")] == [
        "sending.halt",
        "sending.resume",
    ]


def test_a_refused_account_is_told_at_once_and_survives_a_restart(house: House) -> None:
    planned(house, *TEXTS)
    gateway = Phases(Outcome("halt", error="401/20003"))
    send_due(house, NOON, gateway)
    restarted = House.open(house.settings)
    send_due(restarted, NOON + 600 * SECOND, gateway)
    state = sending(restarted)
    restarted.database.close()
    assert (gateway.tries, state is not None and state.halted_at is not None) == (1, True)


def test_the_administrator_can_have_it_tried_at_once(house: House) -> None:
    planned(house, "Tekst")
    gateway = Phases(Outcome("halt", error="401/20003"))
    send_due(house, NOON, gateway)
    gateway.refusal = None
    with house.work(now=NOON) as work:
        resume_sending(work)
    assert send_due(house, NOON + 5 * SECOND, gateway) == 1


def test_what_expires_while_all_waits_is_cancelled(house: House) -> None:
    planned(house, "Tekst")
    gateway = Phases(Outcome("halt", error="401/20003"))
    send_due(house, NOON, gateway)
    with house.work(now=NOON) as work:
        from journey.models import SendingState

        work.session.get_one(SendingState, 1).wait_until = NOON + timedelta(days=9)
    send_due(house, NOON + timedelta(days=2), gateway)
    assert (states(house), gateway.tries) == (["cancelled"], 1)


def test_a_message_that_is_refused_for_itself_stops_nothing(house: House) -> None:
    planned(house, "Eerste", "Tweede")
    with through(house, FakeTwilio(plan=[(400, 21211), (201, 0)])) as gateway:
        assert send_due(house, NOON, gateway) == 1
    assert (states(house), sending(house)) == (["failed", "accepted"], None)


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (403, 0), (401, 0), (403, 20003)])
def test_what_twilio_says_of_our_account_halts(house: House, status: int, code: int) -> None:
    planned(house, "Tekst")
    with through(house, FakeTwilio(plan=[(status, code)])) as gateway:
        send_due(house, NOON, gateway)
    state = sending(house)
    assert (states(house), state is not None and state.halted_at is not None) == (["ready"], True)


def test_a_hanging_gateway_leaves_one_uncertain_not_fifty(house: House) -> None:
    planned(house, *TEXTS)
    gateway = Phases(Outcome("uncertain", error="ReadTimeout"))
    send_due(house, NOON, gateway)
    assert (gateway.tries, states(house).count("ready")) == (1, len(TEXTS) - 1)


def test_a_slow_gateway_does_not_carry_a_run_into_the_evening(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = NOON + timedelta(hours=7, minutes=59, seconds=50)  # 19:59:50
    planned(house, *TEXTS, occasion="thanks", now=evening - timedelta(hours=1))
    elapsed = [timedelta()]
    begun = house.clock.now()
    monkeypatch.setattr(type(house.clock), "now", lambda _clock: begun + elapsed[0])

    class Slow(Phases):
        def send(self, parcel: Parcel) -> Outcome:
            elapsed[0] += 4 * SECOND
            return super().send(parcel)

    gateway = Slow(Outcome("busy"))
    gateway.refusal = None
    monkeypatch.setattr("journey.outbox.sending.DAILY_CAP", 99)
    assert send_due(house, evening, gateway) == 3
