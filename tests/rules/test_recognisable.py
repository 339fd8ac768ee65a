"""What in a quote could tell who it is, as a table of cases, and what could not."""

from __future__ import annotations

import csv

import pytest

from journey.resources import folder
from journey.rules.recognisable import find_recognisable
from journey.seeding.texts import read_demo

SEEN = [
    ("Bel mij op 06-12345678 graag.", "phone", "06-12345678"),
    ("Het nummer is +31 6 1234 5678", "phone", "+31 6 1234 5678"),
    ("Ik zat bij 023 511 51 15 in de wacht", "phone", "023 511 51 15"),
    ("Mail naar ada.b@voorbeeld.nl werkte niet", "email", "ada.b@voorbeeld.nl"),
    ("Mijn bsn is 123456782.", "citizen_number", "123456782"),
    ("Ik gaf 1234.56.782 door", "citizen_number", "1234.56.782"),
    ("Ze vroegen 3-5-1962 en mijn pas", "birth", "3-5-1962"),
    ("Ik ben van 12 maart 1980", "birth", "12 maart 1980"),
    ("Ik ben geboren in 1975", "birth", "geboren in 1975"),
    ("Ik ben geboren in Paramaribo", "birth", "geboren in Paramaribo"),
    ("Ik woon op 2011 AB", "postcode", "2011 AB"),
    ("Ik woon op 2011ab", "postcode", "2011ab"),
    ("Ik woon in de Grote Houtstraat 12a nu", "address", "Grote Houtstraat 12a"),
    ("bij de kleverlaan 9 om de hoek", "address", "kleverlaan 9"),
    ("Ik sprak mevrouw Jansen.", "staff", "mevrouw Jansen"),
    ("Mevrouw van der Velde was aardig", "staff", "Mevrouw van der Velde"),
    ("Toen kwam dhr. El Amrani erbij", "staff", "dhr. El Amrani"),
    ("mijn dochter Samira las de brief", "relative", "mijn dochter Samira"),
    ("Mijn man Piet belde", "relative", "Mijn man Piet"),
    ("Mijn naam is fatima", "name", "Mijn naam is fatima"),
    ("Ik ben 58 jaar oud", "age", "58 jaar oud"),
    ("Ik ben 58 en vind niets meer", "age", "ben 58"),
    ("Als 61-jarige kom je nergens", "age", "61-jarige"),
    ("Iemand van 58 jaar wil niemand", "age", "van 58 jaar"),
    ("Ik kom uit Syrië", "origin", "Syrië"),
    ("Als eritreeër begreep ik niets", "origin", "eritreeër"),
    ("Mijn Turkse buurvrouw hielp", "origin", "Turkse"),
    ("Ik werd geholpen door Fatma van de balie", "name", "Fatma"),
    ("Bij Łukasz ging het beter", "name", "Łukasz"),
    ("Ik woonde eerst in Heemstede", "name", "Heemstede"),
]


@pytest.mark.parametrize(("text", "clue", "piece"), SEEN)
def test_a_piece_that_could_point_at_somebody_is_seen(text: str, clue: str, piece: str) -> None:
    assert [(one.clue, one.text) for one in find_recognisable(text)] == [(clue, piece)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Het duurde lang. Niemand belde. Toen ging het goed!",
        "Ik moest naar het Werkplein 2 keer op Maandag.",
        "Zij zei: Kom morgen terug. En toen “Nee” en ‘Ja’.",
        "Met mijn DigiD op Werk.nl, en dan het CV naar UWV.",
        "De bijeenkomst Rechten en Plichten was om 10 uur, met 25 mensen.",
        "Dat was 45 minuten wachten en 3 jaar geleden ook al.",
        "Ik was 20 keer onderweg 3 uur kwijt",
        "In Nederland moet alles via WhatsApp",
        "De mevrouw aan de balie was aardig, de meneer ook.",
        "Ik kreeg 1000 euro en 2016 in mijn hoofd",
        "Mijn dochter heeft de brief voorgelezen.",
        "Met mijn eigen woorden\nIn een nieuwe zin",
        "Ik ben 20 jaar getrouwd en was 15 jaar bij een baas",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert find_recognisable(text) == ()


def test_pieces_come_in_the_order_of_the_text_and_once() -> None:
    found = find_recognisable("Eerst Noor, dan 0612345678, dan weer Noor.")
    assert [one.text for one in found] == ["Noor", "0612345678"]


def test_a_long_text_takes_no_time() -> None:
    assert len(find_recognisable("Toen belde 0612345678 weer. " * 180)) == 1


def test_the_quotes_of_the_seeds_point_at_nobody() -> None:
    texts = [quote.text for quote in read_demo(folder("seeds") / "demo" / "live.toml").quotes]
    with (folder("seeds") / "haarlem-2016" / "ratings.csv").open(encoding="utf-8") as file:
        texts += [row["quote"] for row in csv.DictReader(file)]
    assert [found for text in texts if (found := find_recognisable(text))] == []
