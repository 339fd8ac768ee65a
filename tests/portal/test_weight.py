"""The first visit fits in one round trip: what it needs is weighed as it goes over the line."""

from __future__ import annotations

import gzip
import http.client
import re
from datetime import date

import pytest

from journey.web.i18n import LANGUAGES
from journey.work import House
from tests.portal.arrange import visitor
from tests.portal.states import STATES, TODAY

ONE_ROUND_TRIP = 14_336


@pytest.fixture
def today() -> date:
    return TODAY


def fetch(address: str, path: str) -> tuple[int, str]:
    """Bytes on the line, head included, and the text."""
    line = http.client.HTTPConnection(address.removeprefix("http://"))
    line.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = line.getresponse()
    body = answer.read()
    assert answer.status == 200, path
    packed = answer.headers.get("Content-Encoding") == "gzip"
    line.close()
    head = len(str(answer.headers).encode())
    return len(body) + head, (gzip.decompress(body) if packed else body).decode()


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_first_visit_is_one_round_trip(house: House, live_server: str, language: str) -> None:
    heaviest = 0
    for arrange in STATES.values():
        own, html = fetch(live_server, f"{visitor(house, arrange).path}?lang={language}")
        needed = re.findall(r'<link[^>]* rel="stylesheet"[^>]* href="([^"]+)"', html)
        needed += re.findall(r' (?:src|data-later)="([^"]+\.js[^"]*)"', html)
        heaviest = max(heaviest, own + sum(fetch(live_server, path)[0] for path in needed))
    assert heaviest <= ONE_ROUND_TRIP
