"""The mark on the answer to a tap: it repeats the key, ends the answer, and is on refusals too; and which post is the
second half of the tap before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from journey.web.taps import HEADER, asked_at, is_same_tap, mark_of
from journey.work import House
from tests.portal.arrange import rating, visitor
from tests.support.pages import PageClient

KEY = "0123456789abcdef"
NOON = datetime(2026, 3, 16, 11, tzinfo=UTC)


def test_an_answer_repeats_the_key_in_a_head_and_in_its_last_words(house: House, client: PageClient) -> None:
    one = visitor(house)
    headers = {HEADER: KEY, "Accept-Encoding": "identity"}
    answer = client.post(f"{one.path}/ratings", data=rating(), headers=headers)
    assert answer.headers[HEADER] == KEY
    assert answer.text.endswith(mark_of(KEY))
    assert int(answer.headers["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize(
    ("path", "status"), [("/p/unknown/ratings", 404), ("/nowhere", 404), ("/p/unknown", 405)]
)
def test_a_refusal_is_known_as_ours_too(client: PageClient, path: str, status: int) -> None:
    answer = client.post(path, data=rating(), headers={HEADER: KEY})
    assert (answer.status_code, answer.headers[HEADER]) == (status, KEY)
    assert answer.text.endswith(mark_of(KEY))


def test_a_body_that_is_too_large_is_refused_by_us(client: PageClient) -> None:
    answer = client.post("/p/unknown/ratings", data={"quote": "a" * 1_100_000}, headers={HEADER: KEY})
    assert (answer.status_code, answer.headers[HEADER]) == (413, KEY)


def test_a_tap_is_not_redirected_but_told_where_to_go(house: House, client: PageClient) -> None:
    one = visitor(house)
    path = f"{one.path}/sent/7/delete"
    answer = client.post(path, headers={HEADER: KEY}, follow_redirects=False)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, f"{one.path}/sent")
    assert "Location" not in answer.headers and answer.text == mark_of(KEY)


@pytest.mark.parametrize("key", ["", "a b", "--><script>", "x" * 201, "é"])
def test_what_is_no_key_is_not_repeated(house: House, client: PageClient, key: str) -> None:
    one = visitor(house)
    answer = client.post(f"{one.path}/ratings", data=rating(), headers={HEADER: key.encode()})
    assert HEADER not in answer.headers and "<!--tap" not in answer.text


def test_a_page_that_is_only_looked_at_is_no_answer_to_a_tap(client: PageClient) -> None:
    """Where a redirect of somebody else led to."""
    assert HEADER not in client.get("/code", headers={HEADER: KEY}).headers


def test_nothing_is_marked_that_did_not_ask(house: House, client: PageClient) -> None:
    one = visitor(house)
    answer = client.post(f"{one.path}/ratings", data=rating(idempotency_key=KEY))
    assert HEADER not in answer.headers and "<!--tap" not in answer.text


@pytest.mark.parametrize(
    ("asked", "same"),
    [
        (str(asked_at(NOON)), True),
        (str(asked_at(NOON - timedelta(milliseconds=999))), True),
        (str(asked_at(NOON - timedelta(milliseconds=1000))), False),
        (str(asked_at(NOON + timedelta(milliseconds=1))), False),
        ("", False),
        ("now", False),
        ("١٢٣", False),
        ("-5", False),
        ("9" * 40, False),
    ],
)
def test_what_comes_faster_than_anybody_reads_is_the_same_tap(asked: str, same: bool) -> None:
    assert is_same_tap(asked, NOON) is same
