"""Many messages go at once and in batches: each once, in order for one number, and honest when it ends halfway."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select

from journey.consent.service import withdraw_participant
from journey.models import Message, Participant
from journey.outbox.gateways import Outcome, Parcel, Trace
from journey.outbox.jobs import AT_ONCE, BATCH, send_due, settle_uncertain
from journey.outbox.sending import claim_batch
from journey.outbox.service import plan_message
from journey.work import House
from tests.outbox.fake_twilio import FakeTwilio
from tests.outbox.posting import NOON, rows, sending, states, through
from tests.support.build import build_participant, build_study

pytestmark = pytest.mark.both

MINUTE = timedelta(minutes=1)


class Ear:
    """A gateway that takes everything, unless `answer` says otherwise of the how-manieth."""

    def __init__(self, answer: Callable[[int], Outcome | None] = lambda _number: None) -> None:
        self.answer, self.parcels, self.lock = answer, list[Parcel](), threading.Lock()

    def send(self, parcel: Parcel) -> Outcome:
        with self.lock:
            self.parcels.append(parcel)
            number = len(self.parcels)
        return self.answer(number) or Outcome("accepted", f"SM{parcel.id}")

    def list_sent(self, recipient: str) -> list[Trace]:
        return []


def planned(house: House, people: int, each: int = 1, occasion: str = "link") -> None:
    with house.work(now=NOON) as work:
        study = build_study(work)
        for one in range(people):
            person = build_participant(work, study, phone=f"0612{one:06d}")
            for two in range(each):
                assert plan_message(work, person, occasion, f"Tekst {one}-{two}", f"{one}:{two}")


def test_a_run_goes_on_with_the_next_batch(house: House) -> None:
    planned(house, 3 * BATCH)
    ear = Ear()
    assert send_due(house, NOON, ear) == 3 * BATCH
    assert sorted(parcel.id for parcel in ear.parcels) == [row.id for row in rows(house)]


def test_a_worker_that_ends_is_let_go_after_the_batch(house: House) -> None:
    planned(house, 3 * BATCH)
    ear = Ear()
    assert send_due(house, NOON, ear, ended=lambda: len(ear.parcels) > 1) == 1 + BATCH
    assert sorted(set(states(house))) == ["accepted", "ready"]


def test_what_goes_to_one_number_goes_in_its_order(house: House) -> None:
    planned(house, 5, each=20)
    ear, heard = Ear(), defaultdict(list)
    send_due(house, NOON, ear)
    for parcel in ear.parcels:
        heard[parcel.recipient].append(parcel.id)
    assert [len(ids) for ids in heard.values()] == [20] * 5
    assert all(ids == sorted(ids) for ids in heard.values())


def test_each_row_gets_the_name_of_its_own_message(house: House) -> None:
    planned(house, 2 * BATCH)
    twilio = FakeTwilio()
    with through(house, twilio) as gateway:
        assert send_due(house, NOON, gateway) == 2 * BATCH
    names = {int(row.callback.rsplit("/", 1)[1]): row.sid for row in twilio.taken}
    assert {row.id: row.gateway_id for row in rows(house)} == names


@pytest.mark.parametrize(
    ("result", "state"), [("uncertain", "uncertain"), ("busy", "ready"), ("halt", "ready")]
)
def test_trouble_halfway_a_batch_ends_it(house: House, result: str, state: str) -> None:
    planned(house, 3 * BATCH)
    ear = Ear(lambda number: Outcome(result, error="trouble") if number > 5 else None)  # type: ignore[arg-type]
    assert send_due(house, NOON, ear) == 5
    assert 5 < len(ear.parcels) <= 5 + AT_ONCE
    assert set(states(house)) == {"accepted", "ready", state}
    assert {row.tries for row in rows(house) if row.state == "ready"} == {0}
    kept = sending(house)
    assert kept is not None and (kept.troubles, kept.halted_at is not None) == (1, result == "halt")


def test_a_refused_account_outweighs_other_trouble(house: House) -> None:
    planned(house, BATCH)
    told = {3: Outcome("busy", error="429"), 4: Outcome("halt", error="401/20003")}
    both = threading.Barrier(2)

    def answer(number: int) -> Outcome | None:
        if number in told:
            both.wait(timeout=20)
        return told.get(number)

    send_due(house, NOON, Ear(answer))
    kept = sending(house)
    assert kept is not None and (kept.reason, kept.troubles) == ("401/20003", 1)


def test_who_withdrew_while_a_batch_was_away_gets_nothing_later(house: House) -> None:
    planned(house, BATCH)

    def answer(number: int) -> Outcome | None:
        if number == 2:
            with house.work(now=NOON) as work:
                for person in work.session.exec(select(Participant)).all():
                    withdraw_participant(work, person, "stop")
        return None if number == 1 else Outcome("busy", error="503")

    send_due(house, NOON, Ear(answer))
    assert sorted(set(states(house))) == ["accepted", "cancelled"]
    assert {row.recipient for row in rows(house)} == {""}


def test_the_evening_begins_halfway_a_batch(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(house, BATCH, occasion="thanks")
    evening = NOON + timedelta(hours=7, minutes=59, seconds=59)
    begun, elapsed = house.clock.now(), [timedelta()]
    monkeypatch.setattr(type(house.clock), "now", lambda _clock: begun + elapsed[0])

    def answer(number: int) -> Outcome | None:
        if number == 2:
            elapsed[0] = timedelta(seconds=2)
        return None

    ear = Ear(answer)
    with house.work(now=evening) as work:
        assert len(work.session.exec(select(Message).where(col(Message.due_at) <= evening)).all()) == BATCH
    sent = send_due(house, evening, ear)
    assert 2 <= sent == len(ear.parcels) <= 1 + AT_ONCE
    assert states(house).count("ready") == BATCH - sent


def test_nobody_gets_more_than_two_unasked_texts_a_day_however_many_are_ready(house: House) -> None:
    planned(house, 4, each=9, occasion="thanks")
    assert send_due(house, NOON, Ear()) == 8


def test_a_batch_that_was_cut_off_is_looked_for_and_goes_once(house: House) -> None:
    """Half of it was taken by the provider before the worker was killed."""
    planned(house, BATCH)
    twilio = FakeTwilio(clock=lambda: NOON)
    with through(house, twilio) as gateway:
        with house.work(now=NOON) as work:
            batch = claim_batch(work, BATCH)
        for claimed in batch[: BATCH // 2]:
            assert claimed.parcel
            gateway.send(claimed.parcel)
        for after in range(9, 45):
            now = NOON + after * MINUTE
            twilio.clock = lambda now=now: now  # type: ignore[misc]
            send_due(house, now, gateway)
            settle_uncertain(house, now, gateway)
    assert set(states(house)) == {"accepted"}
    assert sorted(row.body for row in twilio.taken) == sorted(f"Tekst {one}-0" for one in range(BATCH))
    assert {row.gateway_id for row in rows(house)} == {row.sid for row in twilio.taken}
