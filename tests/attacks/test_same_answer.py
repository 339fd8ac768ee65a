"""What exists and what does not get one answer, at the cost of the same work: nobody learns who has an account, a code
or a link."""

from __future__ import annotations

import re
from typing import Any

import pytest

from journey.auth import service
from journey.consent.service import withdraw_participant
from journey.portal import queries, views
from journey.portal.service import create_link
from tests.support.build import PASSWORD
from tests.support.desk import Desk
from tests.support.pages import PageClient

PASSING = ("content-length", "date", "x-request-id")


def normal(answer: Any, *typed: str) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers without what was typed and what differs each time."""
    body = answer.text
    for word in typed:
        body = body.replace(word, "…")
    body = re.sub(r'name="idempotency_key" value="[^"]*"', "", body)
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in PASSING}
    return answer.status_code, body, headers


def test_an_account_that_is_not_there_and_a_wrong_password_get_one_answer(
    desk: Desk, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow work is counted, not timed: each try costs one look at a hash."""
    with desk.work() as work:
        closed = service.create_user(work, "closed@example.nl", "researcher", password=PASSWORD)
        service.change_active(work, closed, active=False)
    service._nobody_hash()
    looks: list[str] = []

    class Counting:
        def __init__(self, hasher: Any) -> None:
            self.hasher = hasher

        def __getattr__(self, name: str) -> Any:
            looks.append(name)
            return getattr(self.hasher, name)

    monkeypatch.setattr(service, "_hasher", Counting(service._hasher))
    answers, costs = [], []
    for email in ("researcher@example.nl", "nobody@example.nl", "closed@example.nl"):
        before = len(looks)
        answer = client.post("/sign-in", data={"email": email, "password": "a wrong password"})
        answers.append(normal(answer, email))
        costs.append([look for look in looks[before:] if look == "verify"])
    assert answers[0] == answers[1] == answers[2]
    assert costs == [["verify"]] * 3


def test_codes_that_are_unknown_expired_replaced_or_of_who_stopped_get_one_answer(
    desk: Desk, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same look-up is done for each; and the same count is kept."""
    codes = []
    for number in range(3):
        person = desk.enrol(phone=f"061234567{number}")
        with desk.work() as work:
            codes.append(create_link(work, desk.person(work, person)).letter_code)
            if number == 0:
                create_link(work, desk.person(work, person))
            if number == 1:
                withdraw_participant(work, desk.person(work, person), "stop")
            if number == 2:
                work.now = work.now.replace(year=work.now.year - 1)
                codes[-1] = create_link(work, desk.person(work, person)).letter_code
    looked: list[str] = []
    find = queries.find_letter

    def counted(work: Any, typed: str) -> Any:
        looked.append(typed)
        return find(work, typed)

    monkeypatch.setattr(views, "find_letter", counted)
    tried = ["ACDEFGHJ", *codes]
    answers = [normal(client.post("/code", data={"code": code}), code) for code in tried]
    assert answers[0][0] == 422
    assert all(answer == answers[0] for answer in answers)
    assert looked == tried


def test_every_door_that_is_closed_sends_the_same_headers(desk: Desk, client: PageClient) -> None:
    person = desk.enrol()
    with desk.work() as work:
        old = create_link(work, desk.person(work, person)).link
        create_link(work, desk.person(work, person))
    unknown = old[:-22] + "x" * 22
    assert normal(client.get(old)) == normal(client.get(unknown))


def test_a_participant_and_a_stranger_get_one_answer_at_the_check(desk: Desk, client: PageClient) -> None:
    code = desk.enrol(phone="0612345678", call_name="Wilhelmina Participant")
    asked = ("06 12345678", "06 87654321", "Wilhelmina Participant", "Somebody Otherwise", code, "H-999")
    answers = [normal(client.post("/check", data={"what": what}), what) for what in asked]
    assert all(answer == answers[0] for answer in answers)


def test_people_who_exist_elsewhere_and_nowhere_get_one_refusal(desk: Desk) -> None:
    elsewhere = desk.enrol("zandvoort-test", phone="0687654321")
    for part in ("", "/timeline", "/contact", "/consent", "/withdrawal", "/letter"):
        there, nowhere = (desk.get(f"/participants/{code}{part}") for code in (elsewhere, "H-999"))
        assert normal(there, elsewhere) == normal(nowhere, "H-999"), part
        assert there.status_code == 404
