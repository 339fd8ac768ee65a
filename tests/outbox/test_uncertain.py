"""What perhaps left is looked for in the provider's list, and goes again only when it is certainly not there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import Message, Participant
from journey.outbox.jobs import send_due, settle_uncertain
from journey.outbox.sending import claim_batch
from journey.outbox.uncertain import next_look
from journey.work import House
from tests.outbox.fake_twilio import FakeTwilio, Step
from tests.outbox.posting import NOON, planned, rows, states, through

pytestmark = pytest.mark.both

MINUTE = timedelta(minutes=1)
TAKEN = (500, 0, "taken")
LOST = (500, 0)


def at(minutes: int) -> datetime:
    """So long after noon, and a little more than what a run takes."""
    return NOON + minutes * MINUTE + timedelta(seconds=10)


def settled(house: House, twilio: FakeTwilio, *minutes: int) -> list[str]:
    with through(house, twilio) as gateway:
        for after in minutes:
            settle_uncertain(house, at(after), gateway)
    return states(house)


def tried(house: House, twilio: FakeTwilio, *texts: str) -> None:
    planned(house, *texts)
    with through(house, twilio) as gateway:
        for run in range(len(texts)):
            send_due(house, NOON + run * MINUTE, gateway)


def at_noon(*plan: Step) -> FakeTwilio:
    return FakeTwilio(plan=list(plan), clock=lambda: NOON)


def test_what_was_taken_is_found_with_its_name_and_status(house: House) -> None:
    twilio = at_noon(TAKEN)
    tried(house, twilio, "Tekst")
    twilio.taken[0].status = "delivered"
    assert settled(house, twilio, 1) == ["delivered"]
    assert (rows(house)[0].gateway_id, rows(house)[0].recipient) == (twilio.taken[0].sid, "")


def test_what_was_refused_later_on_says_why(house: House) -> None:
    twilio = at_noon(TAKEN)
    tried(house, twilio, "Tekst")
    twilio.taken[0].status, twilio.taken[0].error = "undelivered", 30007
    assert settled(house, twilio, 1) == ["undelivered"]
    assert rows(house)[0].error == "30007"


def test_what_is_not_there_goes_again_after_half_an_hour_and_not_before(house: House) -> None:
    twilio = at_noon(LOST, (201, 0))
    tried(house, twilio, "Tekst")
    assert settled(house, twilio, 1, 5, 15, 29) == ["uncertain"]
    assert settled(house, twilio, 31) == ["ready"]
    with through(house, twilio) as gateway:
        send_due(house, NOON + 32 * MINUTE, gateway)
    assert (states(house), [row.body for row in twilio.taken]) == (["accepted"], ["Tekst"])


def test_it_is_not_asked_every_minute(house: House) -> None:
    twilio = at_noon(LOST)
    tried(house, twilio, "Tekst")
    settled(house, twilio, *range(31))
    assert twilio.lists == 3


def test_looking_comes_less_and_less(house: House) -> None:
    now, waits = NOON, []
    for _ in range(6):
        later = next_look(NOON, now)
        waits.append((later - now) // MINUTE)
        now = later
    assert waits == [1, 4, 10, 16, 60, 60]


def test_what_is_true_no_longer_does_not_go_again(house: House) -> None:
    twilio = at_noon(LOST)
    tried(house, twilio, "Tekst")
    assert settled(house, twilio, 2 * 24 * 60) == ["failed"]
    assert (rows(house)[0].error, rows(house)[0].recipient) == ("never left", "")


def test_an_unasked_text_that_never_left_does_not_go_at_night(house: House) -> None:
    evening = NOON + timedelta(hours=7, minutes=50)  # 19:50
    planned(house, "Dank u.", occasion="thanks", now=evening)
    twilio = FakeTwilio(plan=[LOST], clock=lambda: evening)
    with through(house, twilio) as gateway:
        send_due(house, evening, gateway)
        settle_uncertain(house, evening + 31 * MINUTE, gateway)
    assert (states(house), rows(house)[0].due_at) == (["ready"], NOON + timedelta(hours=21))


@pytest.mark.parametrize("level", ["stop", "from_step"])
def test_who_withdrew_meanwhile_gets_nothing_again_and_the_number_is_forgotten(
    house: House, level: str
) -> None:
    twilio = at_noon(LOST)
    tried(house, twilio, "Tekst")
    with house.work(now=NOON) as work:
        person = work.session.exec(select(Participant)).one()
        withdraw_participant(work, person, level, "workshop" if level == "from_step" else None)
    with through(house, twilio) as gateway:
        send_due(house, NOON + 32 * MINUTE, gateway)
        settle_uncertain(house, at(33), gateway)
        send_due(house, NOON + 34 * MINUTE, gateway)
    assert (states(house), rows(house)[0].recipient, len(twilio.got)) == (["uncertain"], "", 1)


@pytest.mark.parametrize("refusal", [401, 429, 503])
def test_a_list_that_fails_concludes_nothing(
    house: House, refusal: int, caplog: pytest.LogCaptureFixture
) -> None:
    twilio = at_noon(LOST)
    tried(house, twilio, "Tekst")
    twilio.listing = refusal
    assert settled(house, twilio, 31) == ["uncertain"]
    assert f"did not list message 1: {refusal}" in caplog.text
    twilio.listing = 200
    assert settled(house, twilio, 92) == ["ready"]


def test_a_list_in_pages_is_read_to_its_end(house: House) -> None:
    twilio = at_noon(TAKEN)
    tried(house, twilio, "Tekst")
    old = twilio.taken[0]
    for number in range(7):
        twilio.taken.append(type(old)(f"SM{90 + number:032d}", old.to, f"Iets {number}", "", NOON))
    twilio.page_size = 2
    assert settled(house, twilio, 1) == ["accepted"]
    assert (rows(house)[0].gateway_id, twilio.lists) == (old.sid, 4)


@pytest.mark.parametrize("plan", [[TAKEN, LOST], [LOST, TAKEN]])
def test_of_two_texts_that_are_the_same_one_trace_settles_one(house: House, plan: list[Step]) -> None:
    twilio = at_noon(*plan, (201, 0))
    tried(house, twilio, "Dezelfde", "Dezelfde")
    assert sorted(settled(house, twilio, 40, 41)) == ["accepted", "ready"]
    with through(house, twilio) as gateway:
        send_due(house, NOON + 42 * MINUTE, gateway)
    assert (states(house), len(twilio.taken)) == (["accepted"] * 2, 2)
    assert {row.gateway_id for row in rows(house)} == {row.sid for row in twilio.taken}


def test_the_trace_of_the_same_text_that_arrived_is_not_taken_for_it(house: House) -> None:
    twilio = at_noon((201, 0), LOST)
    tried(house, twilio, "Dezelfde", "Dezelfde")
    assert settled(house, twilio, 40) == ["accepted", "ready"]


def test_while_a_text_to_the_number_is_on_its_way_nothing_is_concluded(house: House) -> None:
    twilio = at_noon(TAKEN)
    tried(house, twilio, "Dezelfde")
    planned(house, "Dezelfde")
    with house.work(now=NOON + 30 * MINUTE) as work:
        assert claim_batch(work, 1)
    assert settled(house, twilio, 31) == ["uncertain", "sending"]


def test_the_same_text_of_last_week_is_another(house: House) -> None:
    twilio = at_noon(LOST)
    tried(house, twilio, "Tekst")
    kind = type(twilio)(plan=[TAKEN], clock=lambda: NOON - timedelta(days=7))
    kind._create("", {"To": "+31612345678", "Body": "Tekst", "StatusCallback": ""})
    assert settled(house, kind, 31) == ["ready"]


@pytest.mark.parametrize("shown", ["Sent from your Twilio trial account - Cafés: ‘ja’", "Cafés: 'ja' ", ""])
def test_a_text_that_the_provider_changed_or_hides_is_recognised(house: House, shown: str) -> None:
    twilio = at_noon(TAKEN)
    tried(house, twilio, "Cafés: ‘ja’")
    twilio.taken[0].body = shown
    assert settled(house, twilio, 31) == ["accepted"]


def test_a_crash_before_the_gateway_is_looked_for_and_sent(house: House) -> None:
    planned(house, "Tekst")
    with house.work(now=NOON) as work:
        assert claim_batch(work, 1)
    twilio = FakeTwilio(clock=lambda: NOON + 12 * MINUTE)
    with through(house, twilio) as gateway:
        for after in range(9, 45):
            send_due(house, NOON + after * MINUTE, gateway)
            settle_uncertain(house, at(after), gateway)
    assert (states(house), len(twilio.taken)) == (["accepted"], 1)


def test_a_late_answer_of_a_slow_sender_settles_it(house: House) -> None:
    from journey.outbox.gateways import Outcome
    from journey.outbox.sending import record_outcomes, tidy

    planned(house, "Tekst")
    with house.work(now=NOON) as work:
        assert claim_batch(work, 1)
    with house.work(now=NOON + 11 * MINUTE) as work:
        tidy(work)
    with house.work(now=NOON + 12 * MINUTE) as work:
        record_outcomes(work, {1: Outcome("accepted", "SM1")})
    assert (states(house), rows(house)[0].gateway_id) == (["accepted"], "SM1")


def test_two_that_look_at_once_look_once(house: House) -> None:
    from journey.outbox.uncertain import claim_search

    tried(house, at_noon(LOST), "Tekst")
    with house.work(now=at(1)) as work:
        assert claim_search(work, 1)
    with house.work(now=at(1)) as work:
        assert claim_search(work, 1) is None


def test_what_no_key_opens_fails_and_stops_no_other(house: House) -> None:
    planned(house, "Eerste", "Tweede")
    with house.work(now=NOON) as work:
        work.session.get_one(Message, 1).body = "9:AAAA"
    with through(house, FakeTwilio()) as gateway:
        assert send_due(house, NOON, gateway) == 1
    assert (states(house), rows(house)[0].error) == (["failed", "accepted"], "cannot be opened")
