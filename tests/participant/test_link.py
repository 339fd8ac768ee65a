"""Making a link for somebody: shown once, sent only on request, never for who withdrew."""

from __future__ import annotations

import re

from sqlmodel import select

from journey.models import Link, Message
from tests.support.desk import Desk, hidden_value


def test_a_link_and_a_code_are_shown_and_nothing_is_sent(desk: Desk) -> None:
    code = desk.enrol()
    page = desk.post(f"/participants/{code}/link").text
    token = re.search(r"/p/(\w+)", page)
    assert token
    assert desk.client.get(f"/p/{token[1]}").status_code == 200
    with desk.house.work(write=False) as work:
        assert work.session.exec(select(Message)).all() == []


def test_a_text_message_goes_out_on_request_only(desk: Desk) -> None:
    code = desk.enrol()
    page = desk.post(f"/participants/{code}/link", {"send": "yes"}).text
    assert "De sms staat klaar" in page
    with desk.house.work(write=False) as work:
        assert [row.occasion for row in work.session.exec(select(Message)).all()] == ["link"]


def test_without_a_number_the_page_says_to_write_a_letter(desk: Desk) -> None:
    code = desk.enrol(channel="paper", phone=None, postal_address="Grote Markt 1")
    assert "Er is geen nummer" in desk.post(f"/participants/{code}/link", {"send": "yes"}).text


def test_the_same_press_twice_makes_one_link(desk: Desk) -> None:
    code = desk.enrol()
    html = desk.get(f"/participants/{code}/enrolled").text
    key = hidden_value(html, "idempotency_key")
    first = desk.post(f"/participants/{code}/link", {"idempotency_key": key}).text
    second = desk.post(f"/participants/{code}/link", {"idempotency_key": key}).text
    assert first == second
    with desk.house.work(write=False) as work:
        assert len(work.session.exec(select(Link)).all()) == 1
