"""Ears on everything that is logged, by whoever, in both shapes."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from journey.logs import SafeFormatter


@dataclass(frozen=True)
class Heard:
    """What our handler would have written for every record of every logger, at DEBUG."""

    text: io.StringIO
    json: io.StringIO

    @property
    def lines(self) -> list[str]:
        return self.text.getvalue().splitlines()

    @property
    def all(self) -> str:
        return self.text.getvalue() + self.json.getvalue()


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Asked for before the app, so that libraries that look at levels once hear that everything is wanted."""
    heard = Heard(io.StringIO(), io.StringIO())
    root = logging.getLogger()
    handlers = [logging.StreamHandler(heard.text), logging.StreamHandler(heard.json)]
    handlers[0].setFormatter(SafeFormatter("text"))
    handlers[1].setFormatter(SafeFormatter("json"))
    twilio = logging.getLogger("twilio.http_client")
    before = root.level, twilio.level
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield heard
    for handler in handlers:
        root.removeHandler(handler)
    root.setLevel(before[0])
    twilio.setLevel(before[1])
