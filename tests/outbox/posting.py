"""What the tests of sending share: people with messages that stand ready, and a gateway to a Twilio of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlmodel import select

from journey.models import Message, Participant, SendingState
from journey.outbox.gateways import Gateway, gateway_for
from journey.outbox.service import plan_message
from journey.work import House
from tests.outbox.fake_twilio import FakeTwilio, running, twilio_settings
from tests.support.build import build_participant, build_study

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


def planned(house: House, *texts: str, occasion: str = "link", now: datetime = NOON) -> None:
    """One person with these messages ready, with keys that count on."""
    with house.work(now=now) as work:
        person = work.session.exec(select(Participant)).first() or build_participant(work, build_study(work))
        already = len(work.session.exec(select(Message)).all())
        for number, text in enumerate(texts, already):
            assert plan_message(work, person, occasion, text, f"{occasion}:{number}")


def rows(house: House) -> list[Message]:
    with house.work(write=False) as work:
        return list(work.session.exec(select(Message).order_by(Message.id)).all())  # type: ignore[arg-type]


def states(house: House) -> list[str]:
    return [row.state for row in rows(house)]


def sending(house: House) -> SendingState | None:
    with house.work(write=False) as work:
        return work.session.get(SendingState, 1)


@contextmanager
def through(house: House, twilio: FakeTwilio) -> Iterator[Gateway]:
    """The product's gateway with the official client, to this Twilio."""
    with running(twilio) as address:
        yield gateway_for(twilio_settings(house.settings.database_url, address))
