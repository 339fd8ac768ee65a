"""A machine whose clock is set back and forward while it works."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from journey.work import House
from tests.faults.conftest import has_faketime
from tests.faults.fault_processes import bodies, count_ready, plan_messages
from tests.faults.installation import Installation, wait_until
from tests.faults.load import Load, check_kept, loading
from tests.outbox.fake_twilio import FakeTwilio


def test_the_clock_jumps(
    house: House,
    database_url: str,
    tmp_path: Path,
    load: Load,
    twilio: tuple[FakeTwilio, str],
    told: dict[str, Any],
) -> None:
    """Two hours back, twenty ahead and right again: each message once, each answer kept. After a day a text of this
    kind would be too old to go."""
    offset = tmp_path / "clock"
    offset.write_text("+0")
    library = next(Path(has_faketime()).resolve().parents[1].glob("lib/*/faketime/libfaketimeMT.so.1"))
    moved = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    expected = plan_messages(house, 40)
    installation = Installation(
        tmp_path, database_url, twilio[1], moved, port=int(load.address.rpartition(":")[2])
    )
    try:
        installation.start_web()
        installation.start_worker()
        with loading(load):
            for jump in ("-2h", "+20h", "+0"):
                wait_until("answers flow", load.is_flowing)
                offset.write_text(jump)
                time.sleep(1)
            wait_until("answers flow at the right hour", load.is_flowing)
            wait_until("nothing stands ready", lambda: count_ready(house) == 0, 240)
    finally:
        installation.stop()
    check_kept(house, load)
    assert bodies(twilio[0]) == expected
    told.update(acknowledged=len(load.acknowledged), messages=expected.total())
