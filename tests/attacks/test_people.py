"""Posing as somebody else: by a number, a link, a session, a key, a field that was not offered."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import col, select
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from journey.auth.access import COOKIE
from journey.models import Link, Participant, Rating, Replay, User, UserSession
from journey.portal.letters import ALPHABET
from journey.portal.service import create_link
from journey.settings import Settings
from journey.web import idempotency
from tests.outbox.fake_twilio import SECRET, signed, twilio_settings
from tests.support.build import PASSWORD, csrf_of, sign_in, token_headers
from tests.support.desk import OTHER, STUDY, Desk
from tests.support.pages import PageClient

pytestmark = pytest.mark.both

PHONE, STRANGER = "+31612345678", "+31687654321"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return twilio_settings(database_url)


def states(desk: Desk) -> list[str]:
    with desk.work() as work:
        return sorted(work.session.exec(select(Participant.state)).all())


# --- by text ----------------------------------------------------------------------------------------


def test_a_stop_for_somebody_else_needs_the_gateway_s_signature(desk: Desk, client: PageClient) -> None:
    desk.enrol(phone=PHONE)
    forged = {"From": PHONE, "Body": "STOP", "MessageSid": "SM1"}
    assert client.post("/webhooks/twilio/inbound", data=forged).status_code == 403
    assert signed(client, "/webhooks/twilio/inbound", forged, "guessed") == 403
    assert states(desk) == ["active"]


def test_a_number_inside_the_words_of_a_stranger_stops_nobody(desk: Desk, client: PageClient) -> None:
    desk.enrol(phone=PHONE)
    for body in (f"STOP {PHONE}", f"From: {PHONE}\nSTOP", "STOP"):
        fields = {"From": STRANGER, "Body": body, "MessageSid": f"SM{len(body)}"}
        assert signed(client, "/webhooks/twilio/inbound", fields) == 200
    assert states(desk) == ["active"]


@pytest.mark.parametrize("change", [{"From": STRANGER}, {"Body": "JA"}, {"Extra": "1"}])
def test_a_signature_holds_for_one_text_only(desk: Desk, client: PageClient, change: dict[str, str]) -> None:
    desk.enrol(phone=PHONE)
    path, fields = "/webhooks/twilio/inbound", {"From": PHONE, "Body": "STOP", "MessageSid": "SM1"}
    signature = RequestValidator(SECRET).compute_signature("http://127.0.0.1:8000" + path, fields)
    answer = client.post(path, data={**fields, **change}, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403
    assert states(desk) == ["active"]


def test_a_signature_over_another_host_or_address_is_refused(desk: Desk, client: PageClient) -> None:
    path, fields = "/webhooks/twilio/inbound", {"From": PHONE, "Body": "STOP", "MessageSid": "SM1"}
    desk.enrol(phone=PHONE)
    for signed_for in ("http://evil.example" + path, "http://127.0.0.1:8000/webhooks/twilio/status/1"):
        headers = {
            "X-Twilio-Signature": RequestValidator(SECRET).compute_signature(signed_for, fields),
            "Host": "evil.example",
        }
        assert client.post(path, data=fields, headers=headers).status_code == 403
    assert states(desk) == ["active"]


def test_the_text_of_a_housemate_answers_for_nobody(desk: Desk, client: PageClient) -> None:
    for name in ("Ada", "Bo"):
        desk.enrol(phone=PHONE, call_name=name)
    signed(client, "/webhooks/twilio/inbound", {"From": PHONE, "Body": "3", "MessageSid": "SM2"})
    with desk.work() as work:
        assert work.session.exec(select(Rating)).all() == []


# --- by a link or a code ----------------------------------------------------------------------------


def test_a_link_cannot_be_guessed_from_another(desk: Desk) -> None:
    """Of twenty links no two share a beginning; each has at least 128 bits, so no count of guesses is kept for it."""
    code = desk.enrol()
    with desk.work() as work:
        links = [create_link(work, desk.person(work, code)).link.rpartition("/")[2] for _ in range(20)]
    assert len({link[:6] for link in links}) == 20
    assert min(len(link) for link in links) * 5.95 >= 128


def at(desk: Desk, origin: str) -> PageClient:
    """A visitor of another network."""
    return PageClient(desk.app, base_url=desk.house.settings.base_url, client=(origin, 50000))


@pytest.mark.usefixtures("still_clock")
def test_guessing_codes_stops_for_an_origin_and_for_a_beginning(desk: Desk, client: PageClient) -> None:
    answers = [client.post("/code", data={"code": "A" + ALPHABET[n] * 7}).status_code for n in range(11)]
    assert answers == [422] * 10 + [429]
    for n in range(10):
        at(desk, f"10.0.1.{n}").post("/code", data={"code": "CD" + ALPHABET[n] * 6})
    # From another network the first wrong one is only wrong; from the second on it is guessing at that beginning.
    elsewhere = [
        at(desk, "10.0.0.9").post("/code", data={"code": f"CDEFGHJ{sign}"}).status_code for sign in "KM"
    ]
    assert elsewhere == [422, 429]


def test_all_addresses_of_one_network_are_one_guesser(desk: Desk) -> None:
    answers = [
        at(desk, f"2001:db8:0:7::{n:x}").post("/code", data={"code": ALPHABET[n] * 8}).status_code
        for n in range(11)
    ]
    assert answers == [422] * 10 + [429]


def test_guessing_by_others_keeps_nobody_with_a_right_code_out(desk: Desk, client: PageClient) -> None:
    code = desk.enrol()
    with desk.work() as work:
        typed = create_link(work, desk.person(work, code)).letter_code
    for n in range(12):
        client.post("/code", data={"code": typed[:2] + ALPHABET[n] * 6})
    assert client.post("/code", data={"code": typed}, follow_redirects=False).status_code == 429
    right = at(desk, "10.0.0.9").post("/code", data={"code": typed}, follow_redirects=False)
    assert right.status_code == 303


def test_who_has_no_account_fills_no_table_of_kept_answers(
    desk: Desk, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "MOST_OF_A_VISITOR", 3)
    for n in range(5):
        client.post("/check", data={"what": "0612345678"}, headers={"Idempotency-Key": f"k{n}"})
        client.post("/code", data={"code": "ACDEFGHJ"}, headers={"Idempotency-Key": f"k{n}"})
    with desk.work() as work:
        assert len(work.session.exec(select(Replay)).all()) == 3


def test_a_link_opens_no_page_of_staff(desk: Desk, client: PageClient) -> None:
    code = desk.enrol()
    with desk.work() as work:
        link = create_link(work, desk.person(work, code)).link
    client.get(link)
    for page in ("/calls", f"/participants/{code}", "/admin"):
        assert client.get(page, follow_redirects=False).status_code == 303
    assert client.get(f"/api/v1/participants/{code}", headers={"Authorization": link}).status_code == 401


def test_a_field_for_another_person_in_a_form_of_a_link_counts_for_nothing(
    desk: Desk, client: PageClient
) -> None:
    mine, theirs = desk.enrol(phone=PHONE), desk.enrol(phone=STRANGER)
    with desk.work() as work:
        link = create_link(work, desk.person(work, mine)).link
    extra = {"code": theirs, "participant": theirs, "participant_id": "2", "study": OTHER}
    client.post(f"{link}/stop", data={"level": "stop", **extra})
    with desk.work() as work:
        assert desk.person(work, theirs).state == "active"
        assert desk.person(work, mine).state != "active"


# --- by a session -----------------------------------------------------------------------------------


def test_a_session_that_was_planted_before_is_not_the_one_that_is_given(
    app: FastAPI, client: PageClient
) -> None:
    sign_in(app, "robin@example.nl", "researcher")
    client.cookies.set(COOKIE, "planted")
    answer = client.post(
        "/sign-in", data={"email": "robin@example.nl", "password": PASSWORD}, follow_redirects=False
    )
    given = answer.headers["set-cookie"]
    assert "planted" not in given
    assert "HttpOnly" in given and "SameSite=lax" in given


def test_a_cookie_that_was_stolen_is_worthless_after_signing_out(app: FastAPI, client: PageClient) -> None:
    inside = sign_in(app, "robin@example.nl", "researcher")
    stolen = inside.cookies[COOKIE]
    inside.post("/sign-out", data={"csrf_token": csrf_of(inside)})
    client.cookies.set(COOKIE, stolen)
    assert client.get("/calls", follow_redirects=False).status_code == 303


def test_what_the_database_keeps_of_a_session_opens_nothing(
    app: FastAPI, desk: Desk, client: PageClient
) -> None:
    with desk.work() as work:
        kept = work.session.exec(select(UserSession.token_hash)).first()
    client.cookies.set(COOKIE, str(kept))
    assert client.get("/calls", follow_redirects=False).status_code == 303


# --- by a key ---------------------------------------------------------------------------------------


def test_the_key_of_another_visitor_neither_answers_nor_clashes(desk: Desk, client: PageClient) -> None:
    links = []
    for phone in (PHONE, STRANGER):
        code = desk.enrol(phone=phone)
        with desk.work() as work:
            links.append(create_link(work, desk.person(work, code)).link)
    answers = [
        client.post(f"{link}/stop", data={"level": level}, headers={"Idempotency-Key": "1"})
        for link, level in zip(links, ("", "stop"), strict=True)
    ]
    again = client.post(f"{links[0]}/stop", data={"level": "stop"}, headers={"Idempotency-Key": "1"})
    assert [answer.status_code for answer in answers] == [422, 200]
    assert again.status_code == 200
    assert states(desk).count("active") == 0


def test_a_key_of_one_visitor_is_no_key_of_a_colleague(app: FastAPI, desk: Desk) -> None:
    other = sign_in(app, "sam@example.nl", "researcher", OTHER)
    code = desk.enrol()
    path, field = f"/participants/{code}/link", {"Idempotency-Key": "same"}
    first = desk.post(path, {}, headers=field)
    second = other.post(path, data={"csrf_token": csrf_of(other)}, headers=field)
    assert first.status_code < 400
    assert second.status_code == 404


def test_an_answer_kept_for_a_retry_can_be_read_by_nobody_in_the_database(desk: Desk) -> None:
    code = desk.enrol()
    headers = {**token_headers(desk.house, "researcher", STUDY), "Idempotency-Key": "k"}
    link = desk.client.post(f"/api/v1/participants/{code}/link", headers=headers).json()["link"]
    with desk.work() as work:
        assert link.rpartition("/")[2] not in str(work.session.exec(select(Replay)).all())


# --- by a field that was not offered ----------------------------------------------------------------


@pytest.mark.parametrize(
    "field", ["state", "study_id", "code", "id", "researcher_id", "created_at", "recorded_by"]
)
def test_a_field_of_the_table_is_no_field_of_the_body(desk: Desk, field: str) -> None:
    headers = token_headers(desk.house, "researcher", STUDY)
    body: dict[str, Any] = {
        "route": "27plus",
        "channel": "call",
        "consent": {
            "participate": True,
            "quotes": False,
            "recording": False,
            "given_via": "oral",
            "text_version": "2026-1",
        },
    }
    path = f"/api/v1/studies/{STUDY}/participants"
    assert desk.client.post(path, json=body, headers=headers).status_code == 201
    assert desk.client.post(path, json={**body, field: 1}, headers=headers).status_code == 400


def test_no_form_gives_its_sender_another_role(desk: Desk) -> None:
    for address in ("/agenda/digest", "/agenda/feed", "/calls/find"):
        desk.post(address, {"role": "admin", "user": "1", "studies": OTHER, "active": "1"})
    with desk.work() as work:
        user = work.session.exec(select(User).where(User.email == "researcher@example.nl")).one()
        assert user.role == "researcher"
    assert desk.get(f"/studies/{OTHER}/figures").status_code == 404


def test_links_that_were_made_are_kept_as_hashes(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        new = create_link(work, desk.person(work, code))
        kept = str(work.session.exec(select(Link).order_by(col(Link.id))).all())
    assert new.link.rpartition("/")[2] not in kept
    assert new.letter_code not in kept
