"""Stopping on one's own page: three levels, chosen and confirmed, in effect at once."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from journey.models import Contact, Participant, Withdrawal
from journey.web.i18n import LANGUAGES
from journey.work import House
from tests.portal.arrange import Visitor, rating, ratings, visitor
from tests.support.pages import PageClient


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house)


def withdrawals(house: House) -> list[tuple[str, str | None, str]]:
    with house.work(write=False) as work:
        rows = work.session.exec(select(Withdrawal)).all()
        return [(row.level, row.from_step, row.recorded_by) for row in rows]


def test_the_page_says_what_each_level_does(client: PageClient, one: Visitor) -> None:
    page = client.get(f"{one.path}/stop").text
    for sentence in ("Wat ik al zei, mag u gebruiken.", "vanaf de stap hieronder", "Wis alles wat ik zei."):
        assert sentence in page
    assert " checked>" not in page


@pytest.mark.parametrize(
    ("fields", "expected", "said"),
    [
        ({"level": "stop"}, ("stop", None), "Wat u al zei, mogen wij gebruiken."),
        ({"level": "from_step", "step": "werkplein"}, ("from_step", "werkplein"), "vanaf de stap die u koos"),
        ({"level": "erase"}, ("erase", None), "Wij hebben alles gewist wat u zei."),
    ],
)
def test_stopping(
    house: House,
    client: PageClient,
    one: Visitor,
    fields: dict[str, str],
    expected: tuple[str, str],
    said: str,
) -> None:
    client.post(f"{one.path}/ratings", data=rating())
    answer = client.post(f"{one.path}/stop", data=fields)
    assert answer.status_code == 200 and said in answer.text
    assert withdrawals(house) == [(*expected, f"participant:{one.code}")]
    assert client.get(one.path).status_code == 404
    with house.work(write=False) as work:
        assert work.session.exec(select(Contact)).all() == []


def test_removing_everything_removes_the_answers(house: House, client: PageClient, one: Visitor) -> None:
    client.post(f"{one.path}/ratings", data=rating())
    client.post(f"{one.path}/stop", data={"level": "erase"})
    assert ratings(house) == []


@pytest.mark.parametrize(
    "fields",
    [{}, {"level": "all"}, {"level": "from_step"}, {"level": "from_step", "step": "workshop"}],
)
def test_without_a_clear_choice_nothing_stops(
    house: House, client: PageClient, one: Visitor, fields: dict[str, str]
) -> None:
    answer = client.post(f"{one.path}/stop", data=fields)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert withdrawals(house) == []
    with house.work(write=False) as work:
        assert work.session.exec(select(Participant.state)).one() == "active"


def test_who_did_no_step_yet_is_not_asked_for_one(house: House, client: PageClient) -> None:
    own = visitor(house, lambda *_: None)
    page = client.get(f"{own.path}/stop").text
    assert "Vanaf welke stap?" not in page and "vanaf de stap hieronder" not in page


def test_stopping_twice_gives_the_same_answer_once(house: House, client: PageClient, one: Visitor) -> None:
    fields = {"level": "stop", "idempotency_key": "stop-1"}
    answers = [client.post(f"{one.path}/stop", data=fields).status_code for _ in range(2)]
    assert answers == [200, 200]
    assert len(withdrawals(house)) == 1


def test_the_words_after_stopping_can_be_read_in_every_language(client: PageClient, one: Visitor) -> None:
    page = client.post(f"{one.path}/stop", data={"level": "from_step", "step": "werkplein"}).text
    links = re.findall(r'href="(/stopped[^"]+)" lang="\w+" hreflang="(\w+)"', page)
    assert [code for _, code in links] == list(LANGUAGES)
    for href, code in links:
        other = client.get(href.replace("&amp;", "&")).text
        assert f'<html lang="{code}"' in other
        assert re.findall(r'href="(/stopped[^"]+)" lang="\w+" hreflang="(\w+)"', other) != []
    english = client.get("/stopped?level=from_step&lang=en").text
    assert "from the step you chose" in english


def test_only_stopping_itself_empties_the_phone(client: PageClient, one: Visitor) -> None:
    assert "data-wipe" not in client.get("/stopped?level=stop").text
    assert "data-wipe" in client.post(f"{one.path}/stop", data={"level": "stop"}).text


def test_nobody_is_told_to_have_stopped_without_a_level(client: PageClient) -> None:
    for level in ("", "all"):
        answer = client.get("/stopped", params={"level": level}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/check")


def test_stopping_keeps_the_language_that_was_asked_for(client: PageClient, one: Visitor) -> None:
    page = client.get(f"{one.path}/stop?lang=pl").text
    assert f'action="{one.path}/stop?lang=pl"' in page
    assert '<html lang="pl"' in client.post(f"{one.path}/stop?lang=pl", data={"level": "stop"}).text
