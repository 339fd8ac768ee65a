"""A consent text taken apart for reading aloud."""

from __future__ import annotations

from journey.models import ConsentText
from journey.study.consent_words import read_aloud


def read(body: str) -> tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]:
    words = read_aloud(ConsentText(version="1", language="nl", body=body))
    return words.title, words.points, words.choices


def test_title_points_and_choices() -> None:
    assert read("Doet u mee?\n\nWat vragen we?\nWij bellen.\n\n- Ja.\n- Citaat.\n- Opname.") == (
        "Doet u mee?",
        (("Wat vragen we?", "Wij bellen."),),
        ("Ja.", "Citaat.", "Opname."),
    )


def test_one_block_is_one_point() -> None:
    assert read("Wij bellen elke week.\nU mag stoppen.") == (
        "",
        (("", "Wij bellen elke week.\nU mag stoppen."),),
        (),
    )


def test_another_number_of_choices_is_not_guessed_at() -> None:
    assert read("Titel\n\nTekst.\n\n- Ja.")[2] == ()
