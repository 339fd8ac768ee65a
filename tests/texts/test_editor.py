"""The words of a study: checked before they go out, seen as they arrive, approved per language."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from journey.settings import Settings
from journey.texts.choices import approve_language, change_words, language_for
from journey.texts.words import LANGUAGES, OCCASIONS, list_faults, standard, wording
from journey.work import House
from tests.support.build import build_study, csrf_of, get_study_by, sign_in
from tests.support.pages import PageClient

PAGE = "/studies/haarlem-test/texts"
MISSED = f"{PAGE}/missed_call/nl"
GOOD = "Onderzoek {place}: wij belden u. Wij bellen weer. Stoppen? Stuur STOP."


@pytest.fixture
def lead(app: FastAPI, house: House) -> PageClient:
    with house.work() as work:
        build_study(work)
    return sign_in(app, "lia@example.org", "lead", "haarlem-test")


@pytest.mark.parametrize("occasion", OCCASIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_standard_texts_say_all_they_must(language: str, occasion: str) -> None:
    assert list_faults(occasion, standard(language)[occasion]) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD.replace("{place}", "Haarlem"), "Zeg wie en waarom"),
        (GOOD.replace("Onderzoek", "Hallo"), "Zeg wie en waarom"),
        (GOOD.replace("STOP", "nee"), "Zeg hoe iemand stopt"),
        (GOOD + " Over uw uitkering.", "Het woord uitkering mag niet"),
        (GOOD + " Your Benefit.", "Het woord Benefit mag niet"),
        (GOOD + " Kijk op www.haarlem.nl", "Er mag geen link in"),
        (GOOD + " {day}", "{day} kunnen we hier niet invullen"),
        (GOOD + " {place", "losse accolade"),
        (GOOD + " x" * 220, "Dit is te lang"),
    ],
)
def test_what_a_text_must_not_be(lead: PageClient, house: House, text: str, fault: str) -> None:
    answer = lead.post(MISSED, data={"csrf_token": csrf_of(lead), "text": text})
    assert answer.status_code == 422 and fault in answer.text
    with house.work(write=False) as work:
        assert get_study_by(work, "haarlem-test").texts == {}


def test_other_words_and_back_to_the_standard(lead: PageClient, house: House) -> None:
    lead.post(MISSED, data={"csrf_token": csrf_of(lead), "text": GOOD})
    assert "eigen tekst" in lead.get(PAGE).text
    lead.post(MISSED, data={"csrf_token": csrf_of(lead), "usual": "yes"})
    with house.work(write=False) as work:
        assert (
            wording(get_study_by(work, "haarlem-test"), "nl", "missed_call") == standard("nl")["missed_call"]
        )


def test_looking_at_words_keeps_nothing_and_shows_the_phone(lead: PageClient, house: House) -> None:
    page = lead.get(MISSED, params={"text": GOOD + " Groet, ő"}).text
    assert (
        "Onderzoek Haarlem: wij belden u." in page and "1 sms-deel" in page and "worden vervangen: ő" in page
    )
    assert "€ 0,09" in page
    looked = lead.post(MISSED, data={"csrf_token": csrf_of(lead), "text": GOOD, "look": "yes"})
    assert looked.status_code == 200 and "wij belden u. Wij bellen weer" in looked.text
    with house.work(write=False) as work:
        assert get_study_by(work, "haarlem-test").texts == {}


def test_which_texts_go_and_what_a_part_costs(lead: PageClient) -> None:
    lead.post(PAGE, data={"csrf_token": csrf_of(lead), "on": ["thanks"], "price": "8,5"})
    page = lead.get(PAGE).text
    assert page.count("gaat niet uit") == 10 and 'value="8,50"' in page


@pytest.mark.parametrize("price", ["", "gratis", "-1", "1000", "NaN"])
def test_a_price_that_cannot_be(lead: PageClient, price: str) -> None:
    answer = lead.post(PAGE, data={"csrf_token": csrf_of(lead), "on": ["thanks"], "price": price})
    assert answer.status_code == 422


def test_a_language_goes_out_in_production_once_somebody_approved_it(lead: PageClient, house: House) -> None:
    production = Settings.model_construct(env="production")
    with house.work() as work:
        study = get_study_by(work, "haarlem-test")
        assert language_for(study, "en", production) == "nl"
        approve_language(work, study, "en")
        assert language_for(study, "en", production) == "en"
        change_words(work, study, "en", "missed_call", GOOD.replace("Onderzoek", "Research"))
        assert language_for(study, "en", production) == "nl"


def test_the_page_tells_who_approved(lead: PageClient) -> None:
    assert "Nog niet nagekeken" in lead.get(PAGE).text
    lead.post(PAGE, data={"csrf_token": csrf_of(lead), "approve": "en"})
    assert "Nagekeken door Lia" in lead.get(PAGE).text


@pytest.mark.parametrize("role", ["researcher", "manager"])
def test_others_do_not_change_texts(app: FastAPI, lead: PageClient, role: str) -> None:
    assert sign_in(app, "ot@example.org", role, "haarlem-test").get(PAGE).status_code == 403


@pytest.mark.parametrize("path", ["link/nl", "missed_call/ar", "nothing/nl"])
def test_texts_that_are_not_there(lead: PageClient, path: str) -> None:
    assert lead.get(f"{PAGE}/{path}").status_code == 404
