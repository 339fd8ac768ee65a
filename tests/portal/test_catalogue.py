"""English is complete: every string a participant can see has a translation, and nothing else is in the catalogue.

The drafts say what English says, and the words of our routes besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from journey import web
from journey.call.opening import LINES as OPENING
from journey.resources import folder
from journey.route.definition import load_route
from journey.web.errors import SENTENCES, TITLES
from journey.web.i18n import FOLDER
from journey.web.limits import TOO_LARGE, TOO_SLOW
from journey.web.templating import environment

DRAFTS = ("ar", "tr", "ti", "fa", "pl")
LEFT_TO_RIGHT = "\u2066"
TEMPLATES = folder("templates")
PACKAGE = Path(web.__file__).parent.parent
START = (
    "participant_base.html",
    "error/participant.html",
    *(f"portal/{path.name}" for path in (TEMPLATES / "portal").glob("*.html")),
)
CODE = (
    "portal/*.py",
    "consent/words.py",
    "texts/service.py",
    "web/answers.py",
    "auth/throttle.py",
    *(f"upload/{name}.py" for name in ("kinds", "photos", "service")),
)
REFUSALS = ("Invalid", "Conflict", "NotFound", "Forbidden", "TooManyTries", "NotKept")
# What a participant can meet of rooms that say much more to staff: reading a form, and the refusals before a view.
ELSEWHERE = {
    "Vul dit in.",
    "Dit is te lang: hoogstens %(most)s tekens.",
    "Dit is %(over)s tekens te lang: hoogstens %(most)s.",
    "Maak een keuze.",
    "Deze keuze bestaat niet.",
    "Deze sleutel is al gebruikt voor een ander verzoek.",
    "Deze pagina was te lang open, of het formulier kwam van een andere plek. Laad de pagina opnieuw.",
    *TITLES.values(),
    *SENTENCES.values(),
    TOO_LARGE,
    TOO_SLOW,
    *OPENING,  # read aloud to them
}


def templates() -> Iterator[str]:
    """The templates of participants, with every component they draw on."""
    seen: set[str] = set()
    todo = list(START)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        todo += re.findall(r"""{%-?\s*(?:extends|include|from|import)\s+"([^"]+)\"""", text)


@cache
def msgids() -> frozenset[Any]:
    found: set[Any] = set(ELSEWHERE)
    for name in templates():
        with (TEMPLATES / name).open("rb") as file:
            options = {"trimmed": "false", "silent": "false", "encoding": "utf-8"}
            options["extensions"] = ",".join(environment().extensions)
            found |= {
                message for _, message, *_rest in extract("jinja2.ext:babel_extract", file, options=options)
            }
    keywords = {"_": None, **dict.fromkeys(REFUSALS)}
    for pattern in CODE:
        for path in sorted(PACKAGE.glob(pattern)):
            with path.open("rb") as file:
                found |= {message for _, message, *_rest in extract("python", file, keywords=keywords)}
    return frozenset(found)


@cache
def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "journey.po").open("rb") as file:
        return read_po(file, locale=language)


def route_words() -> set[str]:
    """What participants read of the routes we ship."""
    routes = [load_route(path) for path in sorted((folder("seeds") / "routes").glob("*.toml"))]
    steps = [step for route in routes for step in route.steps]
    words = [text for step in steps for text in (step.name, step.explain, step.bring, step.next) if text]
    return {*words, *(route.name for route in routes)}


def _key(message: Any) -> str:
    return message[0] if isinstance(message, tuple) else message


def test_every_string_a_participant_can_see_is_there_in_english() -> None:
    translated = {_key(row.id) for row in catalogue("en") if row.id and row.string and all(row.string)}
    assert {_key(message) for message in msgids()} - translated == set()


def test_the_catalogue_holds_nothing_that_is_not_used() -> None:
    assert {_key(row.id) for row in catalogue("en") if row.id} - {
        _key(message) for message in msgids()
    } == set()
    assert not catalogue("en").obsolete


def test_a_translation_has_the_same_places_to_fill_in() -> None:
    assert _wrong_places("en") == []


@pytest.mark.parametrize("language", DRAFTS)
def test_a_draft_says_everything_english_says_and_the_words_of_our_routes(language: str) -> None:
    there = {_key(row.id) for row in catalogue(language) if row.id}
    assert there == {_key(row.id) for row in catalogue("en") if row.id} | route_words()


@pytest.mark.parametrize("language", DRAFTS)
def test_no_sentence_of_a_draft_is_empty_or_still_dutch(language: str) -> None:
    rows = [row for row in catalogue(language) if row.id]
    assert [row.id for row in rows if not row.string or not all(row.string)] == []
    # A single word such as "Adres" can be the same.
    assert {row.id for row in rows if row.id == row.string and " " in row.id} == set()


@pytest.mark.parametrize("language", DRAFTS)
def test_a_draft_has_the_same_places_to_fill_in(language: str) -> None:
    assert _wrong_places(language) == []


@pytest.mark.parametrize(("language", "forms"), [("ar", 6), ("pl", 3), ("tr", 2), ("ti", 2), ("fa", 2)])
def test_a_language_has_its_own_plural_forms(language: str, forms: int) -> None:
    plurals = [row for row in catalogue(language) if row.pluralizable]
    assert catalogue(language).num_plurals == forms
    assert plurals and all(len(row.string) == forms for row in plurals)


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_a_phone_number_in_a_sentence_from_right_to_left_keeps_its_order(language: str) -> None:
    numbers = re.compile(r"088 786 73 72|%\(phone\)s")
    loose = [
        row.string
        for row in catalogue(language)
        if isinstance(row.string, str)
        for found in numbers.finditer(row.string)
        if row.string[found.start() - 1] != LEFT_TO_RIGHT
    ]
    assert loose == []


def _wrong_places(language: str) -> list[Any]:
    return [
        row.id
        for row in catalogue(language)
        if row.id and isinstance(row.string, str) and _places(row.id) != _places(row.string)
    ]


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


@pytest.mark.parametrize("name", ["portal/own.html", "_components/timeline.html", "participant_base.html"])
def test_the_components_of_a_page_are_looked_at_too(name: str) -> None:
    assert name in set(templates())
