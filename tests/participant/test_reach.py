"""A number or an address in the words of a researcher is pointed out and kept: contact data has a place of its own."""

from __future__ import annotations

import pytest
from sqlmodel import select

from journey.call.help import choose_helper
from journey.models import Call, ClosingInterview, HandOver, User
from journey.web.clues import reach_words
from tests.support.build import build_user, get_study_by
from tests.support.desk import STUDY, Desk

WARNING = "Let op: hier staat"
NUMBER = "Bel haar zus op 06 98765432"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (NUMBER, "een telefoonnummer (06 98765432)"),
        ("mail naar ada@example.nl", "een e-mailadres (ada@example.nl)"),
        ("woont Kerkstraat 12 in 2011 AB", "een adres (Kerkstraat 12), een postcode (2011 AB)"),
        ("Ada belt liever 's avonds, na 18.00 uur", ""),
    ],
)
def test_numbers_and_addresses_are_named_and_names_are_not(text: str, seen: str) -> None:
    assert reach_words(text) == seen


def open_call(desk: Desk, code: str) -> int:
    with desk.work() as work:
        return (
            work.session.exec(select(Call.id).where(Call.participant_id == desk.person(work, code).id)).one()
            or 0
        )


def test_a_note_is_kept_and_pointed_out_until_it_is_mended(desk: Desk) -> None:
    call = open_call(desk, desk.enrol())
    desk.post(f"/calls/{call}/note", {"note": NUMBER})
    page = desk.client.get(f"/calls/{call}").text
    assert WARNING in page and page.count(NUMBER) >= 1
    desk.post(f"/calls/{call}/note", {"note": "Belt liever 's avonds"})
    assert WARNING not in desk.client.get(f"/calls/{call}").text


def test_the_card_of_a_hand_over_is_kept_and_pointed_out(desk: Desk) -> None:
    code = desk.enrol()
    build_user(desk.house, "sam@example.nl", "researcher", STUDY)
    with desk.work() as work:
        to = work.session.exec(select(User.id).where(User.email == "sam@example.nl")).one()
    desk.post(f"/participants/{code}/hand-over", {"to": str(to), "reason": "load", "card": NUMBER})
    with desk.work() as work:
        assert work.session.exec(select(HandOver.card)).one() == NUMBER
    assert WARNING in desk.client.get(f"/participants/{code}").text


def test_words_of_help_are_passed_on_and_pointed_out(desk: Desk) -> None:
    call = open_call(desk, desk.enrol())
    build_user(desk.house, "sam@example.nl", "researcher", STUDY)
    with desk.work() as work:
        to = work.session.exec(select(User.id).where(User.email == "sam@example.nl")).one()
        choose_helper(work, get_study_by(work, STUDY), to)
    headers = {"HX-Request": "true"}
    answer = desk.post(f"/calls/{call}/help", {"words": NUMBER, "agreed": "yes"}, headers=headers)
    assert answer.status_code == 200
    assert WARNING in answer.text and "Doorgegeven aan" in answer.text


def test_a_closing_answer_with_a_number_asks_for_one_more_tap(desk: Desk) -> None:
    call = open_call(desk, desk.enrol())
    answer = desk.post(f"/calls/{call}/closing", {"grade": "7", "open": NUMBER})
    assert answer.status_code == 422
    assert WARNING in answer.text and NUMBER in answer.text
    assert (
        desk.post(f"/calls/{call}/closing", {"grade": "7", "open": NUMBER, "sure": "yes"}).status_code == 303
    )
    with desk.work() as work:
        assert work.session.exec(select(ClosingInterview.open_answer)).one() == NUMBER
