"""What changed because of what people said, as participants read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from journey.action.service import NewAction, approve_action, record_action
from journey.work import Actor, House
from tests.portal.arrange import Visitor, visitor
from tests.support.build import build_study, get_study_by
from tests.support.pages import PageClient

DONE = "Er is nu elke dinsdag hulp bij het cv."


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house)


def improve(house: House, study: str = "haarlem-test", *, approved: bool = True) -> None:
    with house.work() as work:
        found = get_study_by(work, study)
        words = {"nl": {"heard": "Niemand hielp met het cv.", "done": DONE}}
        action = record_action(work, found, NewAction("cv", work.today, words))
        if approved:
            colleague = replace(work, actor=Actor("user", "user:99", "manager"))
            approve_action(colleague, found, action)


def test_an_approved_change_is_read_with_its_step(client: PageClient, house: House, one: Visitor) -> None:
    improve(house)
    page = client.get(f"{one.path}/changed").text
    assert DONE in page
    assert "Cv uploaden" in page


def test_a_draft_and_another_study_are_not_read(client: PageClient, house: House, one: Visitor) -> None:
    improve(house, approved=False)
    with house.work() as work:
        build_study(work, "zandvoort-test")
    improve(house, "zandvoort-test")
    page = client.get(f"{one.path}/changed").text
    assert DONE not in page
    assert "Er is nog niets om te laten zien." in page


def test_dutch_words_on_an_english_page_say_that_they_are_dutch(
    client: PageClient, house: House, one: Visitor
) -> None:
    improve(house)
    page = client.get(f"{one.path}/changed?lang=en").text
    assert "This has changed:" in page
    assert f'<span lang="nl" dir="ltr">{DONE}</span>' in page


def test_without_a_link_there_is_nothing(client: PageClient, house: House, one: Visitor) -> None:
    improve(house)
    answer = client.get("/p/unknown/changed")
    assert answer.status_code == 404
    assert DONE not in answer.text


def test_the_own_page_leads_there_once_there_is_something_to_read(
    client: PageClient, house: House, one: Visitor
) -> None:
    link = f'href="{one.path}/changed"'
    improve(house, approved=False)
    assert link not in client.get(one.path).text
    improve(house)
    assert link in client.get(one.path).text
