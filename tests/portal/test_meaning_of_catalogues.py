"""Every translation means what the Dutch says, as far as its marks show (see `marks.py`); a shift is noticed."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from babel.messages.pofile import read_po

from journey.resources import folder
from journey.seeding.texts import read_consent
from journey.study.service import CURRENT_CONSENT
from journey.web.i18n import FOLDER
from tests.portal.marks import OTHERWISE, differing, marks

TRANSLATED = ("en", "ar", "tr", "ti", "fa", "pl")
SHIFTS = [
    ("meedoen", "niet bereikt"),
    ("Onderzoeker", "Onze gesprekken"),
    ("Onderzoeker", "Op die dag bellen wij niet. Kies een andere dag."),
    ("Niet tevreden met ons antwoord? Dan kunt u klagen bij de Nationale ombudsman.", "Onderzoeker"),
    ("Onze gesprekken", "Op die dag bellen wij niet. Kies een andere dag."),
]


def sentences(language: str) -> list[tuple[str, str]]:
    """(Dutch, translation) in the order of the file. Plural forms have a test of their own."""
    with (FOLDER / language / "LC_MESSAGES" / "journey.po").open("rb") as file:
        rows = [row for row in read_po(file, locale=language) if row.id]
    return [(row.id, row.string) for row in rows if isinstance(row.id, str)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_bears_the_marks_of_its_dutch(language: str) -> None:
    wrong = {
        dutch: found for dutch, said in sentences(language) if (found := differing(language, dutch, said))
    }
    assert wrong == {}


def consent(language: str) -> list[str]:
    """All that is read aloud before somebody says yes, in order."""
    text = read_consent(folder("seeds") / "consent" / f"{CURRENT_CONSENT}.{language}.toml")
    points = [words for point in text.points for words in point]
    choices = [text.participate, text.quotes, text.recording, text.photos, text.file_dates]
    return [text.title, *points, *choices]


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_consent_text_bears_the_marks_of_its_dutch(language: str) -> None:
    pairs = zip(consent("nl"), consent(language), strict=True)
    assert {dutch: wrong for dutch, said in pairs if (wrong := differing(language, dutch, said))} == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_two_neighbours_that_changed_places_are_noticed(language: str) -> None:
    """Wherever the Dutch of the two bears other marks, as that of most neighbours does."""
    unlike = [
        (one, other)
        for one, other in pairwise(sentences(language))
        if not one[0].startswith(OTHERWISE)
        and not other[0].startswith(OTHERWISE)
        and marks("nl", one[0]) != marks("nl", other[0])
    ]
    unseen = [
        (one[0], other[0])
        for one, other in unlike
        if not differing(language, one[0], other[1]) or not differing(language, other[0], one[1])
    ]
    assert unseen == []
    assert len(unlike) > 0.75 * len(sentences(language))


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(("dutch", "another"), SHIFTS)
def test_the_shifts_that_were_found_are_noticed_when_they_are_put_back(
    language: str, dutch: str, another: str
) -> None:
    said = dict(sentences(language))
    assert differing(language, dutch, said[another])


@pytest.mark.parametrize(
    ("language", "dutch", "said"),
    [
        ("tr", "Vanaf welke stap?", "Hangi adımdan sonra?"),
        ("tr", "Bel mij, pauze, stoppen", "Beni arayın, ara, bırakma"),
        ("tr", "Wij bellen u weer vanaf %(day)s.", "Sizi %(day)s gününden sonra yine arayacağız."),
        ("pl", "Vanaf welke stap?", "Po którym kroku?"),
        ("en", "Ja, u mag mij bellen.", "Yes, you may not call me."),
        ("ar", "Wij bellen u niet tot %(day)s.", "نتصل بكم حتى %(day)s."),
        (
            "fa",
            "Wij bewaren geen burgerservicenummer en geen geboortedatum.",
            "شمارهٔ شهروندی (BSN) را نگه می‌داریم.",
        ),
    ],
)
def test_words_that_turn_a_meaning_round_are_noticed(language: str, dutch: str, said: str) -> None:
    assert differing(language, dutch, said)


def test_every_catalogue_is_in_the_order_of_the_english_one() -> None:
    """So that a sentence that moved shows in a comparison of two versions."""
    order = [dutch for dutch, _ in sentences("en")]
    for language in TRANSLATED:
        assert [dutch for dutch, _ in sentences(language) if dutch in order] == order, language


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_names_and_addresses_keep_their_own_direction(language: str) -> None:
    places = re.compile(r"(.?)%\((?:name|caller|link|address|phone|code)\)s(.?)")
    loose = [
        said
        for _, said in sentences(language)
        for before, after in places.findall(said)
        if before not in "\u2066\u2068" or after != "\u2069"
    ]
    assert loose == []


def test_polish_addresses_people_in_one_way() -> None:
    assert [said for _, said in sentences("pl") if re.search(r"\bPana?/Pani", said)] == []


def test_arabic_addresses_people_in_the_polite_plural() -> None:
    singular = re.compile(
        r"شكرًا لك|(?<!لا )\bأرسل\b|هل تغيّر\b|\bطلبك\b|\bكلماتك\b|\bسؤالك\b|\bتوافق\b|\bيمكنك\b|\bاتصل\b|\bمعك\b"
    )
    assert [said for _, said in sentences("ar") if singular.search(said)] == []
