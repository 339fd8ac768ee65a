"""Words that staff and participants type, read again elsewhere: on pages, in headers, in files, in the log."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import re
import time
from typing import Any

import pytest

import journey
from journey.participant.queries import get_writable
from journey.portal.service import as_participant, create_link
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from tests.fuzz.forms import walk
from tests.fuzz.hostile import HOSTILE, TAG, injected
from tests.support.desk import MONDAY, STUDY, Desk, build_desk
from tests.support.pages import PageClient

pytestmark = pytest.mark.both

WORDS = f'<script>{TAG}()</script>"><{TAG} data-qz="1" onfocus="x"> qz{{{{7*7}}}}qz %(name)s'


def test_hostile_words_in_every_free_text_stay_words_on_every_page(desk: Desk, client: PageClient) -> None:
    code = desk.enrol(call_name=WORDS[:80], postal_address=WORDS[:100])
    desk.arrange(code, record_step, "cv", MONDAY, source="call")
    with desk.work() as work:
        person = get_writable(work, code)
        record_rating(as_participant(work, person), person, NewRating("cv", "step", "negative", "web", WORDS))
        link = create_link(work, person).link
    desk.post(
        f"/participants/{code}/contact", {"call_name": WORDS[:80], "phone": "0612345678", "note": WORDS}
    )
    desk.post(f"/studies/{STUDY}/actions/new", {"text": WORDS, "title": WORDS, "happened_on": "2026-03-02"})
    starts = ["/", f"/participants/{code}", f"/studies/{STUDY}/quotes", f"/participants/{code}/contact"]
    pages = walk(desk.app, desk.client, starts, per_view=1).pages
    pages[link] = client.get(link).text
    pages["own ratings"] = client.get(f"{link}/ratings").text
    assert {page: injected(html) for page, html in pages.items() if injected(html)} == {}
    assert sum(TAG in html for html in pages.values()) >= 3


@pytest.mark.parametrize(
    "word", ['a"\r\nSet-Cookie: qz=1\r\n\r\nx', "é👍", "../../etc/passwd", 'x"; filename="y.exe']
)
def test_no_name_of_a_file_makes_a_header(desk: Desk, word: str) -> None:
    """Names of downloads come from codes of our own; whatever else is asked for is not there."""
    from urllib.parse import quote

    for address in (
        f"/studies/{STUDY}/import-template/{quote(word, safe='')}",
        f"/studies/{quote(word, safe='')}/export",
    ):
        answer = desk.get(address)
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers and "content-disposition" not in answer.headers


def test_a_code_of_a_study_cannot_carry_a_header_or_a_path(app: Any) -> None:
    admin = build_desk(app, "admin", None)
    for code in ('x"\r\nSet-Cookie: a', "../x", "x;y", "é", "x y", "<b>"):
        answer = admin.post(
            "/admin/studies/new",
            {
                "code": code,
                "name": "Naam",
                "municipality": "Haarlem",
                "routes": "27plus",
                "starts_on": "2026-03-02",
            },
        )
        assert answer.status_code == 422, code


def test_line_breaks_and_names_reach_no_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    forged = "qz\r\n2026-03-16 INFO session.open user:1"
    with caplog.at_level(logging.DEBUG):
        desk.client.post("/sign-in", data={"email": forged, "password": "x" * 12})
        desk.enrol(call_name="qz\nnaam")
        desk.get("/calls?on=qz%0d%0aINFO")
        desk.get("/nothing%0d%0aqz-forged")
        desk.client.get("/calls", headers={"User-Agent": "qz agent", "X-Request-ID": "qz forged id"})
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("journey")]
    assert not [line for line in lines if "\n" in line or "\r" in line or "qz" in line]


def test_words_in_a_query_are_no_part_of_it(desk: Desk) -> None:
    code = desk.enrol()
    for word in ("' OR 1=1 --", "%", "_", "'; DROP TABLE participant; --", "\\", "x" * 5000):
        answer = desk.client.get("/participants", params={"q": word})
        assert answer.status_code == 200
    assert code in desk.get("/participants").text


# --- what takes long --------------------------------------------------------------------------------

NASTY = (
    "a" * 2000,
    " " * 2000,
    "a-" * 250,
    "1" * 500 + "x",
    "a." * 250,
    "ab " * 160 + "!",
    ":" * 2000,
    "de " * 160,
)


def patterns() -> list[tuple[str, re.Pattern[Any]]]:
    """Every compiled pattern that a module of ours keeps, also inside a tuple or a list."""
    found = []
    for module in pkgutil.walk_packages(journey.__path__, "journey."):
        if "migrations" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            inside = value if isinstance(value, list | tuple) else [value]
            inside = [part for one in inside for part in (one if isinstance(one, tuple) else (one,))]
            found += [(f"{module.name}.{name}", part) for part in inside if isinstance(part, re.Pattern)]
    return found


def test_no_pattern_takes_long_whatever_it_reads() -> None:
    slow = {}
    for name, pattern in patterns():
        begun = time.process_time()
        for text in NASTY:
            readable: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
            for look in (pattern.search, pattern.fullmatch):
                look(readable)
        if (spent := time.process_time() - begun) > 2:
            slow[name] = spent
    assert len(patterns()) > 15
    assert slow == {}


@pytest.mark.parametrize("page", ["99999999999999999999", "-1", "0", "1e9", "٣", "x", "²", "9" * 5000])
def test_a_page_that_cannot_be_is_no_fault(desk: Desk, page: str) -> None:
    for address in ("/messages", "/participants", "/calls"):
        assert desk.client.get(address, params={"page": page, "state": page, "on": page}).status_code < 500


def test_a_number_in_an_address_that_no_row_has_is_no_fault(desk: Desk) -> None:
    for number in ("0", "-1", "9223372036854775808", "9" * 400, "1.5", "NaN"):
        for address in (
            "/calls/{}",
            "/messages/{}",
            f"/studies/{STUDY}/actions/{{}}",
            f"/studies/{STUDY}/recruitment/{{}}",
        ):
            assert desk.get(address.format(number)).status_code == 404, (address, number)


def test_hostile_words_are_many() -> None:
    assert len(HOSTILE) > 35
