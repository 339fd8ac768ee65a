"""Links as they come out of a letter or a text: what is stuck to them is dropped. An address that is none of ours is
answered to a participant in their own language, with a number to call."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from fastapi import FastAPI

from journey.portal.lost import mended_address
from journey.work import House
from tests.portal.arrange import Visitor, visitor
from tests.support.build import sign_in
from tests.support.pages import PageClient

TAILS = (".", ",", ")", "/", " ", "!", "?)", "...", "/.", '"', "”", "'", ">", ";", ":", "]", "*", "_")
INVISIBLE = ("\u200b", "\u200e", "\u2069", "\ufeff", "\u00ad", "\u00a0", "\u2060.", "\u200f/")


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house)


@pytest.mark.parametrize("tail", [*TAILS, *INVISIBLE])
def test_a_link_with_something_behind_it_opens(client: PageClient, one: Visitor, tail: str) -> None:
    answer = client.get(one.path + quote(tail, safe="/.,)!*'_;:"))
    assert (answer.status_code, answer.url.path) == (200, one.path)


@pytest.mark.parametrize("tail", [".", ")", "/", " ", "\u200b"])
def test_a_question_with_something_behind_it_opens_too(client: PageClient, one: Visitor, tail: str) -> None:
    answer = client.get(f"{one.path}/say{quote(tail, safe='/.)')}", params={"lang": "en"})
    assert (answer.status_code, answer.url.path) == (200, f"{one.path}/say")
    assert "What would you like?" in answer.text


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/Code", "/code"),
        ("/code/", "/code"),
        ("/CHECK", "/check"),
        ("/Check/Desk/", "/check/desk"),
        ("/code.", "/code"),
        ("/code\u200b", "/code"),
        ("//code", "/code"),
        ("/ｃｏｄｅ", "/code"),
        ("/P/abcDEF12", "/p/abcDEF12"),
        ("/p/abcDEF12.Groeten", "/p/abcDEF12"),
        ("/p/abcDEF12/Ratings.", "/p/abcDEF12/ratings"),
        ("/p/abcDEF12//say/", "/p/abcDEF12/say"),
        ("/code", None),
        ("/codes", None),
        ("/code7", None),
        ("/p/abcDEF12", None),
        ("/calls.", None),
        ("/", None),
        ("//evil.example/code", None),
    ],
)
def test_the_address_that_was_meant(path: str, meant: str | None) -> None:
    assert mended_address(path) == meant


@pytest.mark.parametrize("path", ["/Code", "/code/", "/CHECK", "/check%20"])
def test_a_public_page_opens_however_it_was_written(client: PageClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.url.path) == (
        200,
        path.removesuffix("%20").strip("/").join(("/", "")).lower(),
    )


def test_what_was_sent_is_never_led_elsewhere(client: PageClient, one: Visitor) -> None:
    assert client.post(f"{one.path}./ratings", data={}, follow_redirects=False).status_code == 404


@pytest.mark.parametrize(
    ("address", "headers", "words"),
    [
        ("/nergens", {}, "Deze pagina bestaat niet."),
        ("/nergens?lang=en", {}, "This page does not exist."),
        ("/nergens", {"Accept-Language": "tr-TR,tr;q=0.9"}, "Bu sayfa yok."),
        ("{own}/nergens", {}, "Bu sayfa yok."),
        ("{own}/sent/x/delete", {}, "Bu sayfa yok."),
    ],
)
def test_an_unknown_address_is_answered_in_ones_language_with_a_number(
    house: House, client: PageClient, address: str, headers: dict[str, str], words: str
) -> None:
    own = visitor(house, language="tr").path
    answer = client.get(address.format(own=own), headers=headers)
    assert answer.status_code == 404 and words in answer.text
    assert "tel:+31232000000" in answer.text and "Haarlem" in answer.text and ">Journey<" not in answer.text


def test_a_refusal_on_a_page_of_ones_own_names_a_number(client: PageClient, one: Visitor) -> None:
    answer = client.post(f"{one.path}/ratings", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and "tel:+31232000000" in answer.text


def test_a_colleague_keeps_the_page_of_staff(app: FastAPI, house: House, one: Visitor) -> None:
    inside = sign_in(app, "robin@example.nl", "researcher")
    answer = inside.get("/nergens")
    assert answer.status_code == 404 and 'href="/calls"' not in answer.text.split("<main")[1]
    assert "tel:" not in answer.text
