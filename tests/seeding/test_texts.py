"""The texts that studies share: complete in Dutch and English, in plain words, and no real phone number."""

import re
from collections import Counter
from dataclasses import astuple
from pathlib import Path

import pytest

from journey.report.published import read_published
from journey.route.definition import load_route
from journey.rules.errors import Invalid
from journey.seeding.texts import read_consent, read_demo, read_statements, read_themes

SEEDS = Path(__file__).parents[2] / "seeds"
DEMO = read_demo(SEEDS / "demo" / "live.toml")


def test_five_statements_come_from_2016_and_three_do_not():
    statements = read_statements(SEEDS / "statements.toml")
    assert [s.id for s in statements if s.source == "report-2016"] == [
        "friendly",
        "expert",
        "reachable",
        "service",
        "empathy",
    ]
    assert len(statements) == 8


def test_themes_are_unique_and_have_an_english_name():
    themes = read_themes(SEEDS / "themes.toml")
    assert max(Counter(theme.id for theme in themes).values()) == 1
    assert all(theme.translations["en"] for theme in themes)


def test_consent_texts_make_the_same_points():
    dutch = read_consent(SEEDS / "consent" / "2026-3.nl.toml")
    english = read_consent(SEEDS / "consent" / "2026-3.en.toml")
    assert (dutch.version, dutch.language) == (english.version, "nl")
    assert len(dutch.points) == len(english.points) == 9


def test_the_consent_text_is_in_short_sentences():
    consent = read_consent(SEEDS / "consent" / "2026-3.nl.toml")
    spoken = " ".join(text for point in consent.points for text in point)
    for sentence in re.split(r"(?<=[.?!])\s+", spoken):
        assert len(sentence.split()) <= 17, sentence


def test_the_consent_choices_are_separate():
    consent = read_consent(SEEDS / "consent" / "2026-3.nl.toml")
    asked = (consent.participate, consent.quotes, consent.recording, consent.photos, consent.file_dates)
    assert all(asked) and len(set(asked)) == 5


def test_who_agreed_to_an_earlier_version_still_finds_its_words():
    earlier = read_consent(SEEDS / "consent" / "2026-1.nl.toml")
    assert (earlier.version, earlier.photos, earlier.file_dates) == ("2026-1", "", "")


def test_demo_numbers_cannot_reach_anyone():
    assert all(re.fullmatch(r"\+316000000\d\d", person.phone) for person in DEMO.people)


def test_one_demo_number_is_shared_by_two_people():
    assert sorted(Counter(person.phone for person in DEMO.people).values())[-2:] == [1, 2]


def test_the_demo_speaks_all_languages_and_both_routes():
    assert {person.language for person in DEMO.people} == {"nl", "en", "ar", "tr", "ti", "fa", "pl"}
    assert {person.route for person in DEMO.people} == {"27plus", "jongeren"}
    assert len(DEMO.people) == 40


def test_demo_quotes_are_about_steps_and_themes_that_exist():
    steps = {
        step
        for file in ("27plus", "jongeren")
        for step in load_route(SEEDS / "routes" / f"{file}.toml").step_ids
    }
    themes = {theme.id for theme in read_themes(SEEDS / "themes.toml")}
    assert {quote.step for quote in DEMO.quotes} <= steps
    assert {quote.theme for quote in DEMO.quotes} <= themes


def test_nobody_is_called_klant():
    consent = read_consent(SEEDS / "consent" / "2026-3.nl.toml")
    words = [person.note for person in DEMO.people] + [quote.text for quote in DEMO.quotes]
    words += [s.text for s in read_statements(SEEDS / "statements.toml")] + [str(astuple(consent))]
    assert not [text for text in words if "klant" in text.lower()]


def test_a_count_that_was_not_printed_has_to_be_called_unknown(tmp_path):
    text = (SEEDS / "haarlem-2016" / "published.toml").read_text(encoding="utf-8")
    wrong = tmp_path / "published.toml"
    wrong.write_text(text.replace("neutral = 8\n", "", 1), encoding="utf-8")
    with pytest.raises(Invalid, match="veld neutral: dit veld ontbreekt"):
        read_published(wrong)
