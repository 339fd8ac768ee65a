"""Seven languages: each in its own script on every screen, dates that speak it, right to left where due, and spoken."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy.exc import OperationalError

from journey.models import Journey, Participant
from journey.progress.service import record_step
from journey.route.definition import Step, Words, parse_route
from journey.route.service import record_route
from journey.settings import Settings
from journey.web.filters import day
from journey.web.i18n import LANGUAGES, use_language
from journey.web.spoken import keep_recording, mark_of
from journey.work import House, Work
from tests.portal.arrange import Visitor, rating, visitor
from tests.support.browser import PHONE
from tests.support.build import CONSENT, build_study
from tests.support.pages import PageClient

ALL = tuple(LANGUAGES)
OGG = b"OggS\x00\x02" + b"\x00" * 60
OWN_ROUTE = """
id = "eigen"
version = 1
name = "Onze weg"
audience = "Mensen in onze gemeente"

[[steps]]
id = "balie"
name = "Langs bij de balie"
explain = "U komt langs."
rates = ["step"]
phase = "first_contact"

[[steps]]
id = "praten"
name = "Praten over werk"
explain = "U praat met iemand."
bring = "Uw pas."
next = "Dan wacht u."
rates = ["step"]
phase = "deciding"
"""
MY_VOICES = """
window.spoken = [];
const voices = ["nl-NL", "tr-TR"].map((lang) => ({ lang }));
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, cancel() {}, speak(one) {
    window.spoken.push([one.lang, one.text]); setTimeout(() => window.ends && one.onend()); } } });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
window.played = [];
window.Audio = class { constructor(file) { window.played.push(file); } pause() {} async play() {} };
"""


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, env="development", uploads=str(tmp_path / "uploads"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "dinsdag 31 maart 2026"),
        ("en", "Tuesday 31 March 2026"),
        ("ar", "الثلاثاء 31 مارس 2026"),
        ("tr", "Salı 31 Mart 2026"),
        ("ti", "ሰሉስ 31 መጋቢት 2026"),
        ("fa", "سه‌شنبه 31 مارس 2026"),
        ("pl", "wtorek 31 marca 2026"),
    ],
)
def test_a_day_speaks_the_language_in_our_calendar_with_western_digits(language: str, said: str) -> None:
    use_language(language)
    assert day(date(2026, 3, 31)) == said
    use_language("nl")


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize(
    "path", ["/code", "/check", "/privacy", "/accessibility", "/p/nobody", "own", "own/stop"]
)
def test_every_screen_offers_every_language_in_its_own_script(
    house: House, client: PageClient, path: str, language: str
) -> None:
    text = client.get(path.replace("own", visitor(house).path), params={"lang": language}).text
    assert f'<html lang="{language}" dir="{"rtl" if language in ("ar", "fa") else "ltr"}">' in text
    offered = re.findall(r'lang="(\w+)" hreflang="(\w+)"[^>]*>([^<]+)</a>', text)
    assert {(one, name) for one, _, name in offered} == set(LANGUAGES.items())
    assert offered[0][0] == "nl"


@pytest.mark.parametrize("language", ["ar", "tr", "ti", "fa", "pl"])
def test_the_words_of_our_routes_are_there(house: House, client: PageClient, language: str) -> None:
    text = client.get(visitor(house).path, params={"lang": language}).text
    assert "Melden op het Werkplein" not in text and "Aanmelden op werk.nl" not in text


@pytest.mark.parametrize("language", ALL[1:])
def test_a_draft_says_so_and_the_binding_dutch_is_one_tap_away(
    house: House, client: PageClient, language: str
) -> None:
    one = visitor(house, language=language)
    text = client.get(one.path).text
    assert 'class="draft"' in text and f'href="{one.path}?lang=nl" lang="nl"' in text
    assert 'class="draft"' not in client.get(f"{one.path}?lang=nl").text


def test_words_of_an_own_route_that_nobody_translated_stay_dutch_as_a_whole() -> None:
    ours = Step("cv", "Cv uploaden", "Iets van de gemeente zelf.", None, None, ("step",), "deciding")
    assert ours.words("tr") == Words("Cv uploaden", "Iets van de gemeente zelf.")
    assert ours.words("tr").language == "nl"
    known = Step("cv", "Cv uploaden", "U zet uw cv op werk.nl.", None, None, ("step",), "deciding")
    assert known.words("tr").language == "tr"


def test_the_language_is_kept_in_an_answer(house: House, client: PageClient) -> None:
    one = visitor(house)
    form = {"step": "werkplein", "subject": "step", "value": "positive"}
    text = client.post(f"{one.path}/ratings?lang=pl", data=form).text
    assert '<html lang="pl"' in text and "lang=pl" in text


@pytest.mark.parametrize("language", ALL)
def test_no_barrier_in_any_language(page: Page, live_server: str, house: House, language: str) -> None:
    one = visitor(house)
    for part in ("", "/say", "/stop", "/ratings?step=werkplein&subject=step"):
        mark = "&" if "?" in part else "?"
        page.goto(f"{live_server}{one.path}{part}{mark}lang={language}")
        found = Axe().run(page).response["violations"]
        assert [(part, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_no_barrier_with_play_buttons(page: Page, live_server: str, house: House) -> None:
    page.add_init_script(MY_VOICES)
    page.goto(live_server + visitor(house).path)
    expect(page.get_by_role("button", name="Luister: Waar bent u nu?")).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []


def test_every_sentence_and_every_answer_is_spoken_by_the_phone(
    page: Page, live_server: str, house: House
) -> None:
    page.add_init_script(MY_VOICES)
    page.goto(live_server + visitor(house).path)
    page.get_by_role("button", name="Luister: Niet goed").tap()
    assert page.evaluate("spoken") == [["nl", "Niet goed"]]
    listed = page.evaluate(
        """[...document.querySelectorAll("main p, main h1, main h2, main .rating__choice, footer p")]
        .filter((one) => one.checkVisibility() && one.textContent.trim())
        .map((one) => one.textContent.replace(/\\s+/g, " ").trim())"""
    )
    page.evaluate("ends = true")
    for button in page.locator(".say").all():
        button.evaluate("(one) => { if (one.ariaPressed === 'false') one.click(); }")
        expect(button).to_have_attribute("aria-pressed", "false")
    assert set(listed) <= {text for _, text in page.evaluate("spoken")}
    size = page.get_by_role("button", name="Luister: Niet goed").bounding_box()
    assert size is not None and min(size["width"], size["height"]) >= 44


def test_a_second_tap_stops_and_a_tap_on_the_button_answers_nothing(
    page: Page, live_server: str, house: House
) -> None:
    page.add_init_script(MY_VOICES)
    page.goto(live_server + visitor(house).path)
    button = page.get_by_role("button", name="Luister: Niet goed")
    button.tap()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.tap()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("spoken.length") == 1
    expect(page.get_by_role("heading", name="Waar bent u nu?")).to_be_visible()


def test_without_a_voice_and_without_recordings_there_is_no_button(
    page: Page, live_server: str, house: House
) -> None:
    page.add_init_script(MY_VOICES)
    page.goto(f"{live_server}{visitor(house).path}?lang=ti")
    assert page.locator(".say").count() == 0


def test_a_recording_is_played_where_the_phone_has_no_voice(
    page: Page, live_server: str, house: House, settings: Settings
) -> None:
    words = "ሕጂ ኣበይ ኣለኹም?"
    keep_recording(settings, "ti", words, OGG)
    page.add_init_script(MY_VOICES)
    page.goto(f"{live_server}{visitor(house).path}?lang=ti")
    page.locator(".say").first.tap()
    assert page.locator(".say").count() == 1
    assert page.evaluate("played") == [f"/recordings/ti/{mark_of(words)}.ogg"]


def test_play_buttons_come_back_after_an_answer(page: Page, live_server: str, house: House) -> None:
    page.add_init_script(MY_VOICES)
    page.goto(live_server + visitor(house).path)
    page.get_by_role("button", name="Goed", exact=True).tap()
    expect(page.get_by_role("button", name="Luister: Hoe was het contact met de medewerker?")).to_be_visible()


def visitor_on_own_route(house: House) -> Visitor:
    """Of a municipality that wrote its steps in Dutch only; at the desk, and on the way to a talk."""
    with house.work() as work:
        record_route(work, parse_route(OWN_ROUTE, "eigen.toml"))
        build_study(work, routes=("eigen",))

    def at_the_desk(work: Work, person: Participant, journey: Journey) -> None:
        record_step(work, journey, "balie", work.today, source="call")

    return visitor(house, at_the_desk, route="eigen", consent=replace(CONSENT, recording=True, photos=True))


def marked(page: str, text: str) -> set[tuple[str, str]]:
    """Language and direction of the nearest element that says them, of every place where the text stands."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    parents = {child: parent for parent in root.iter() for child in parent}
    found = set()
    for element in root.iter():
        if text in (element.text or "") and element.tag not in ("title", "option"):
            while "lang" not in element.attrib:
                element = parents[element]
            found.add((element.attrib["lang"], element.attrib["dir"]))
    return found


def test_words_of_a_municipality_that_nobody_translated_are_marked_as_dutch(
    house: House, client: PageClient
) -> None:
    one = visitor_on_own_route(house)
    own = client.get(f"{one.path}?lang=ar").text
    for text in ("Langs bij de balie", "Praten over werk", "U praat met iemand.", "Uw pas.", "Dan wacht u."):
        assert marked(own, text) == {("nl", "ltr")}, text
    about = "step=balie&subject=step&lang=ar"
    after = client.post(f"{one.path}/ratings?lang=ar", data=rating("balie")).text
    for page in (after, *(client.get(f"{one.path}/{part}?{about}").text for part in ("voice", "photo"))):
        assert marked(page, "Langs bij de balie") == {("nl", "ltr")}
    assert "<span lang" not in client.get(f"{one.path}?lang=nl").text.split("<main")[1]


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_no_latin_comma_stands_between_a_name_and_a_day(
    house: House, client: PageClient, language: str
) -> None:
    text = client.get(visitor(house).path, params={"lang": language}).text
    question = text.split('id="question"')[1].split('class="rating__choices"')[0]
    assert "subtle" in question and ", " not in question


# --- refusals: answered outside the thread of the view ------------------------------------------------


def busy(*_: Any, **__: Any) -> None:
    raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))


@pytest.mark.parametrize(
    ("asked", "shown", "sentence"),
    [("", "tr", "Hiçbir şey kaybolmadı"), ("?lang=pl", "pl", "Nic nie zginęło")],
)
def test_who_cannot_be_helped_for_a_moment_reads_that_in_their_language(
    house: House, client: PageClient, monkeypatch: pytest.MonkeyPatch, asked: str, shown: str, sentence: str
) -> None:
    one = visitor(house, language="tr")
    monkeypatch.setattr("journey.portal.service.record_rating", busy)
    answer = client.post(f"{one.path}/ratings{asked}", data=rating())
    assert answer.status_code == 503
    assert f'<html lang="{shown}"' in answer.text and sentence in answer.text


def test_a_page_that_is_not_there_says_so_in_the_language_of_its_address(client: PageClient) -> None:
    answer = client.get("/p/nobody/nothing?lang=ar")
    assert answer.status_code == 404
    assert '<html lang="ar" dir="rtl">' in answer.text and "هذه الصفحة غير موجودة" in answer.text
    refused = client.post("/privacy?lang=ar")
    assert refused.status_code == 405 and "هذا العنوان لا يعمل بهذه الطريقة" in refused.text
    assert '<html lang="ar"' in client.get("/nothing?lang=ar").text  # a stranger may be a participant
    assert '<html lang="nl"' in client.get("/p/nobody/nothing?lang=xx").text
