"""A gateway behind a broken network: nothing is lost, nothing goes twice, and it goes on by itself."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from sqlmodel import select

from journey.models import Message
from journey.outbox.jobs import AT_ONCE
from journey.work import House
from tests.faults.fault_processes import bodies, plan_messages
from tests.faults.installation import Installation, free_port, wait_until
from tests.faults.load import Load
from tests.outbox.fake_twilio import FakeTwilio, running


@contextmanager
def reachable(fake: FakeTwilio, port: int) -> Iterator[None]:
    """The gateway on a fixed port for as long as the block lasts; outside it nobody listens there."""
    server = uvicorn.Server(
        uvicorn.Config(fake, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until("the gateway listens", lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def states(house: House) -> Counter[str]:
    with house.work(write=False) as work:
        return Counter(work.session.exec(select(Message.state)).all())


def test_nobody_listens_at_the_gateway_for_a_while(
    house: House, load: Load, database_url: str, tmp_path: Path, told: dict[str, Any]
) -> None:
    fake, port = FakeTwilio(), free_port()
    expected = plan_messages(house, 40)
    installation = Installation(tmp_path, database_url, f"http://127.0.0.1:{port}")
    try:
        with reachable(fake, port):
            installation.start_worker()
            wait_until("the first messages go", lambda: len(fake.taken) > 5)
        time.sleep(8)
        with reachable(fake, port):
            wait_until("none waits any more", lambda: not {"ready", "sending"} & set(states(house)), 300)
            time.sleep(2)
    finally:
        installation.stop()
    found = states(house)
    # Cut off on their way: not in the provider's list, they go again when half an hour made sure that they never left.
    cut = found["uncertain"]
    assert cut <= AT_ONCE and cut + bodies(fake).total() >= expected.total()
    assert [body for body, times in bodies(fake).items() if times > 1] == []
    assert set(found) <= {"accepted", "sent", "delivered", "uncertain"}
    told.update(messages=expected.total(), uncertain=cut)


def test_what_the_gateway_answers_is_lost(
    house: House, load: Load, database_url: str, tmp_path: Path, told: dict[str, Any]
) -> None:
    """It takes messages and we hear an error: each is looked for in its list and found there, none goes again.

    It is well again before the next run: how many answers are lost at once is up to the machine, and each run that
    begins with a loss waits longer before the next.
    """
    well = threading.Event()
    fake = FakeTwilio(before=lambda number: (500, 0, "taken") if number > 3 and not well.is_set() else None)
    expected = plan_messages(house, 40)

    with running(fake) as address:
        installation = Installation(tmp_path, database_url, address)
        try:
            installation.start_worker()
            wait_until("some are uncertain", lambda: states(house)["uncertain"] > 0)
            well.set()
            uncertain = states(house)["uncertain"]
            wait_until("every message went", lambda: bodies(fake).total() >= expected.total(), 300)
            wait_until("every message was found", lambda: states(house)["uncertain"] == 0, 300)
            time.sleep(2)
        finally:
            installation.stop()
    assert [body for body, times in bodies(fake).items() if times > 1] == []
    assert set(states(house)) <= {"accepted", "sent", "delivered"}
    told.update(messages=expected.total(), uncertain=uncertain)
