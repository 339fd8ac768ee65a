"""Processes that are killed while people answer and messages go out."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from typing import Any

from sqlmodel import func, select

from journey.models import Message, Participant
from journey.outbox.service import plan_message
from journey.work import House
from tests.faults.installation import Installation, wait_until
from tests.faults.load import Load, check_kept, loading
from tests.outbox.fake_twilio import FakeTwilio

KILLS = 6


def plan_messages(house: House, how_many: int) -> Counter[str]:
    """Messages that people asked for, so that they leave at any hour."""
    with house.work() as work:
        people = work.session.exec(select(Participant)).all()
        for number in range(how_many):
            person = people[number % len(people)]
            assert plan_message(work, person, "link", f"Bericht {number}", f"fault:{number}")
    return Counter(f"Bericht {number}" for number in range(how_many))


def count_ready(house: House) -> int:
    with house.work(write=False) as work:
        return work.session.exec(select(func.count()).where(Message.state == "ready")).one()


def bodies(twilio: FakeTwilio) -> Counter[str]:
    return Counter(row.body for row in twilio.taken)


def test_the_web_process_is_killed_again_and_again(
    house: House, installation: Installation, load: Load, told: dict[str, Any]
) -> None:
    dice = random.Random(1)
    installation.start_web()
    with loading(load):
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.5, 1.5))
            installation.kill("serve")
            installation.start_web()
        wait_until("answers flow again", load.is_flowing)
    check_kept(house, load)
    told.update(acknowledged=len(load.acknowledged), kills=KILLS, lost_connections=load.refusals.total())


def test_an_orderly_restart_under_load(
    house: House, installation: Installation, load: Load, told: dict[str, Any]
) -> None:
    installation.start_web()
    with loading(load):
        for _ in range(2):
            wait_until("answers flow", load.is_flowing)
            installation.kill("serve", signal.SIGTERM)
            installation.start_web()
        wait_until("answers flow again", load.is_flowing)
    check_kept(house, load)
    told.update(acknowledged=len(load.acknowledged), lost_connections=load.refusals.total())


def test_everything_is_killed_while_messages_go_out(
    house: House,
    installation: Installation,
    load: Load,
    twilio: tuple[FakeTwilio, str],
    told: dict[str, Any],
) -> None:
    """A power cut without the loss of the disk: web and worker at the same instant, three times."""
    fake, dice = twilio[0], random.Random(2)
    expected = plan_messages(house, 60)
    installation.start_web()
    installation.start_worker()
    with loading(load):
        for _ in range(3):
            sent = len(fake.taken)
            wait_until("messages go out", lambda sent=sent: len(fake.taken) > sent or not count_ready(house))  # type: ignore[misc]
            time.sleep(dice.uniform(0, 0.3))
            for name in ("worker", "serve"):
                installation.kill(name)
            installation.start_web()
            installation.start_worker()
        wait_until("nothing stands ready", lambda: count_ready(house) == 0)
    check_kept(house, load)
    twice = [body for body, times in bodies(fake).items() if times > 1]
    assert twice == [], "sent twice"
    with house.work(write=False) as work:
        states = Counter(work.session.exec(select(Message.state)).all())
    # What perhaps left is not sent again blindly: it is looked for at the provider, half an hour later.
    unsure = states["uncertain"] + states["sending"]
    assert len(fake.taken) + unsure >= expected.total()
    told.update(
        acknowledged=len(load.acknowledged),
        messages=expected.total(),
        unsure=unsure,
    )
