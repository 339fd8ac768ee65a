"""The answer that is kept for a retry obeys what happened since: a closed link and a withdrawal."""

from __future__ import annotations

import json

from sqlmodel import select

from journey.auth.scope import get_participant
from journey.consent.service import withdraw_participant
from journey.models import Link, Replay
from journey.web.idempotency import forget_answers
from journey.work import House
from tests.portal.arrange import rating, ratings, visitor
from tests.support.build import token_headers
from tests.support.pages import PageClient

WORDS = "Ze lachten mij uit."


def test_a_retry_behind_a_closed_link_meets_the_closed_door(house: House, client: PageClient) -> None:
    one = visitor(house)
    sent = rating(quote=WORDS, idempotency_key="tap")
    client.post(f"{one.path}/ratings", data=rating())
    assert WORDS in client.post(f"{one.path}/ratings", data=sent).text
    assert WORDS in client.post(f"{one.path}/ratings", data=sent).text
    with house.work() as work:
        work.session.exec(select(Link)).one().revoked_at = work.now
    again = client.post(f"{one.path}/ratings", data=sent)
    assert again.status_code == 404 and WORDS not in again.text
    assert len(ratings(house)) == 2


def test_what_was_asked_about_oneself_is_not_given_again_after_stopping(
    house: House, client: PageClient
) -> None:
    one = visitor(house)
    asked = {"idempotency_key": "all", "form": "page"}
    before = client.post(f"{one.path}/data", data=asked)
    assert before.status_code == 200
    client.post(f"{one.path}/stop", data={"level": "stop"})
    assert client.post(f"{one.path}/data", data=asked).status_code == 404


def enrol(client: PageClient, headers: dict[str, str]) -> tuple[int, str]:
    body = {
        "route": "27plus",
        "channel": "call",
        "phone": "0687654321",
        "call_name": "Bo",
        "consent": {
            "participate": True,
            "quotes": True,
            "recording": False,
            "text_version": "2026-1",
            "given_via": "oral",
        },
    }
    answer = client.post(
        "/api/v1/studies/haarlem-test/participants",
        json=body,
        headers=headers | {"Idempotency-Key": "enrol-1"},
    )
    return answer.status_code, answer.text


def test_a_withdrawal_takes_the_kept_answers_that_name_the_person(house: House, client: PageClient) -> None:
    """A late retry of the enrolment neither tells who it was nor enrols anybody."""
    other = visitor(house)
    headers = token_headers(house, "researcher")
    status, made = enrol(client, headers)
    assert status == 201 and enrol(client, headers) == (201, made)
    with house.work() as work:
        withdraw_participant(work, get_participant(work, code_of(made)), "stop")
    status, again = enrol(client, headers)
    assert status == 409 and code_of(made) not in again
    with house.work(write=False) as work:
        assert [row.body for row in work.session.exec(select(Replay).where(Replay.status == 410))] == [""]
    assert other.code not in again


def code_of(made: str) -> str:
    return str(json.loads(made)["code"])


def test_only_whole_words_count(house: House, client: PageClient) -> None:
    visitor(house)
    headers = token_headers(house, "researcher")
    status, made = enrol(client, headers)
    with house.work() as work:
        forget_answers(work, {code_of(made)[:-1], "haarl"})
    assert enrol(client, headers) == (status, made)
