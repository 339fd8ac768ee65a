"""Numbers in running text, and the sentences that say why an N is lower than another (rules, 32)."""

from collections.abc import Mapping
from datetime import date

from journey.web.filters import day
from journey.web.i18n import gettext as _
from journey.web.i18n import grouped, ngettext

WORDS = (
    "nul",
    "één",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
)

# Why someone of the route is not in N, in the order in which it is told.
SET_ASIDE = "set_aside"
NO_OPINION = "no_opinion"
NOT_DONE = "not_done"
NO_CONTACT = "no_contact"
NO_ANSWER = "no_answer"


def number_word(n: int, *, capital: bool = False) -> str:
    """`twee`; digits above twelve. With `capital` as the first word of a sentence: `Twee`, `Eén`."""
    if not 0 <= n < len(WORDS):
        return grouped(n)
    word = _(WORDS[n])
    if not capital:
        return word
    return "Eén" if word == "één" else word[0].upper() + word[1:]


def footnotes(missing: Mapping[str, int]) -> tuple[str, ...]:
    """A sentence per reason why people of the route are not in N; `missing` maps a reason to how many."""
    sentences = (
        (
            SET_ASIDE,
            ngettext(
                "Gegevens van %(word)s deelnemer mogen niet worden gebruikt.",
                "Gegevens van %(word)s deelnemers mogen niet worden gebruikt.",
                missing.get(SET_ASIDE, 0),
                word=number_word(missing.get(SET_ASIDE, 0)),
            ),
        ),
        (
            NO_OPINION,
            ngettext(
                "Van %(word)s deelnemer is (nog) geen oordeel.",
                "Van %(word)s deelnemers is (nog) geen oordeel.",
                missing.get(NO_OPINION, 0),
                word=number_word(missing.get(NO_OPINION, 0)),
            ),
        ),
        (
            NOT_DONE,
            ngettext(
                "%(word)s deelnemer hoefde deze stap niet te doen.",
                "%(word)s deelnemers hoefden deze stap niet te doen.",
                missing.get(NOT_DONE, 0),
                word=number_word(missing.get(NOT_DONE, 0), capital=True),
            ),
        ),
        (
            NO_CONTACT,
            ngettext(
                "%(word)s deelnemer had bij deze stap geen contact met een medewerker.",
                "%(word)s deelnemers hadden bij deze stap geen contact met een medewerker.",
                missing.get(NO_CONTACT, 0),
                word=number_word(missing.get(NO_CONTACT, 0), capital=True),
            ),
        ),
        (
            NO_ANSWER,
            ngettext(
                "%(word)s deelnemer gaf geen antwoord.",
                "%(word)s deelnemers gaven geen antwoord.",
                missing.get(NO_ANSWER, 0),
                word=number_word(missing.get(NO_ANSWER, 0), capital=True),
            ),
        ),
    )
    return tuple(sentence for reason, sentence in sentences if missing.get(reason))


def kept_note(kept_from: str | None) -> tuple[str, ...]:
    """Why a figure stands as it was, one sentence; none when it is of the batch itself. `kept_from` is the ISO day of
    that batch.
    """
    if kept_from is None:
        return ()
    since = day(date.fromisoformat(kept_from))
    return (
        _("Deze cijfers zijn van %(day)s: sindsdien veranderde hier iets van te weinig mensen.", day=since),
    )
