"""Numbers become correct Dutch: fractions with the count behind them, zero and one, singular and plural."""

from __future__ import annotations

import pytest

from journey.document.sentences import (
    Opinion,
    agreement_sentence,
    agreement_sentences,
    compare_steps,
    differs,
    fraction,
    listed,
    opinion_sentences,
    share,
)
from journey.report.time_words import days


@pytest.mark.parametrize(
    ("count", "n", "words"),
    [
        (0, 16, "niemand"),
        (1, 16, "één van de 16 deelnemers"),
        (2, 5, "twee van de vijf deelnemers"),
        (3, 16, "drie van de 16 deelnemers"),
        (4, 16, "een kwart (4 van de 16)"),
        (5, 16, "ongeveer een derde (5 van de 16)"),
        (6, 18, "een derde (6 van de 18)"),
        (7, 16, "iets minder dan de helft (7 van de 16)"),
        (8, 16, "de helft (8 van de 16)"),
        (8, 15, "ruim de helft (8 van de 15)"),
        (194, 389, "ongeveer de helft (194 van de 389)"),
        (9, 14, "ongeveer twee derde (9 van de 14)"),
        (11, 15, "ongeveer driekwart (11 van de 15)"),
        (15, 16, "bijna iedereen (15 van de 16)"),
        (16, 16, "alle 16 deelnemers"),
        (2, 2, "beide deelnemers"),
        (1500, 2000, "driekwart (1.500 van de 2.000)"),
    ],
)
def test_a_share_in_words(count: int, n: int, words: str) -> None:
    assert share(count, n) == words


@pytest.mark.parametrize(("count", "n"), [(4, 8), (3, 9), (0, 20), (20, 20), (1, 16)])
def test_no_fraction_of_few_people_of_nobody_and_of_all(count: int, n: int) -> None:
    assert fraction(count, n) == ""


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 0, 0), "Nog niemand gaf een oordeel."),
        ((1, 0, 0, 1), "De enige deelnemer die antwoordde, is positief over deze stap."),
        ((2, 0, 0, 2), "Beide deelnemers zijn positief over deze stap."),
        ((16, 0, 16, 0), "Alle 16 deelnemers hebben geen uitgesproken mening over deze stap."),
        (
            (16, 1, 8, 7),
            "De helft (8 van de 16) heeft geen uitgesproken mening over deze stap. "
            "Iets minder dan de helft (7) is positief en één deelnemer is negatief.",
        ),
        (
            (14, 1, 8, 5),
            "Ruim de helft (8 van de 14) heeft geen uitgesproken mening over deze stap. "
            "Ongeveer een derde (5) is positief en één deelnemer is negatief.",
        ),
        (
            (15, 0, 8, 7),
            "Ruim de helft (8 van de 15) heeft geen uitgesproken mening over deze stap. "
            "Iets minder dan de helft (7) is positief. Niemand is negatief.",
        ),
        (
            (16, 2, 7, 7),
            "Iets minder dan de helft (7 van de 16) is positief over deze stap. "
            "Evenveel deelnemers (7) hebben geen uitgesproken mening en twee deelnemers zijn negatief.",
        ),
        (
            (5, 3, 1, 1),
            "Drie van de vijf deelnemers zijn negatief over deze stap. "
            "Eén deelnemer is positief en één heeft geen uitgesproken mening.",
        ),
    ],
)
def test_what_people_thought(counts: tuple[int, int, int, int], said: str) -> None:
    assert opinion_sentences(Opinion(*counts, "over deze stap")) == said


def test_agreement_names_the_statement() -> None:
    said = agreement_sentence("De medewerkers waren vriendelijk.", 10, 18)
    assert said == (
        "Ruim de helft (10 van de 18) is het eens met de stelling ‘De medewerkers waren vriendelijk’."
    )


def test_shares_differ_only_when_their_intervals_do_not_overlap() -> None:
    assert not differs((7, 16), (3, 15))
    assert differs((70, 100), (40, 100))


def test_steps_are_compared_only_when_the_difference_is_no_chance() -> None:
    assert "kan toeval zijn" in compare_steps([("Cv", 7, 16), ("Workshop", 3, 15)])
    assert compare_steps([("Cv", 90, 100), ("Workshop", 20, 100)]) == (
        "Het vaakst positief zijn deelnemers over ‘Cv’ (90 van de 100), "
        "het minst vaak over ‘Workshop’ (20 van de 100)."
    )


def test_steps_that_are_equal_are_all_named() -> None:
    steps = [("Cv", 90, 100), ("Balie", 45, 50), ("Workshop", 20, 100), ("Brief", 20, 100)]
    assert compare_steps(steps) == (
        "Het vaakst positief zijn deelnemers over ‘Cv’ (90 van de 100) en ‘Balie’ (45 van de 50), "
        "het minst vaak over ‘Workshop’ (20 van de 100) en ‘Brief’ (20 van de 100)."
    )
    assert "kan toeval zijn" in compare_steps([("Cv", 50, 100), ("Balie", 50, 100)])


def test_the_statement_with_the_fewest_is_said_beside_the_one_with_the_most() -> None:
    said = list(agreement_sentences([("Aardig.", 12, 12), ("Bereikbaar.", 2, 12), ("Duidelijk.", 6, 12)]))
    assert said == [
        "Alle twaalf deelnemers zijn het eens met de stelling ‘Aardig’.",
        "Het minst vaak zijn mensen het eens met: ‘Bereikbaar’ (2 van de 12).",
    ]


@pytest.mark.parametrize(
    ("statements", "sentences"),
    [
        ([], 0),
        ([("Aardig.", 0, 0)], 0),
        ([("Aardig.", 3, 12)], 1),
        ([("Aardig.", 3, 12), ("Duidelijk.", 1, 4)], 2),
        ([("Aardig.", 9, 12), ("Duidelijk.", 1, 12), ("Bereikbaar.", 1, 12)], 2),
    ],
)
def test_of_statements_that_are_equal_none_is_called_the_lowest(
    statements: list[tuple[str, int, int]], sentences: int
) -> None:
    said = list(agreement_sentences(statements))
    assert len(said) == sentences
    shares = {agree / n for _text, agree, n in statements if n}
    assert any("minst vaak" in one for one in said) == (len(shares) > 1)


def test_one_step_is_not_compared() -> None:
    assert compare_steps([("Cv", 7, 16)]) == ""


def test_words_in_a_row_and_days() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b en c"
    assert (days(1), days(11.0), days(17.7)) == ("1 dag", "11 dagen", "17,7 dagen")
