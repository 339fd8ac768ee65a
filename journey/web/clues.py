"""What could tell who somebody is, in the words of a warning."""

from collections.abc import Iterable
from typing import Final

from journey.rules.recognisable import Clue, Seen, find_recognisable
from journey.web.i18n import gettext as _

# What somebody is reached with belongs to the contact store, whatever else stands in working notes (rules, 35).
REACH: Final = frozenset({Clue.email, Clue.phone, Clue.postcode, Clue.address})


def clue_word(clue: str) -> str:
    """What could tell who somebody is, as a warning names it; `clue` is a `Clue`."""
    words = {
        "email": _("een e-mailadres"),
        "phone": _("een telefoonnummer"),
        "citizen_number": _("een nummer van negen cijfers"),
        "birth": _("een geboortedatum of geboorteplaats"),
        "postcode": _("een postcode"),
        "address": _("een adres"),
        "staff": _("een medewerker met naam"),
        "relative": _("familie met naam"),
        "age": _("een leeftijd"),
        "origin": _("een land van herkomst"),
        "name": _("een naam"),
    }
    return words[clue]


def listed(seen: Iterable[Seen]) -> str:
    """`een naam (Jansen), een leeftijd (58 jaar oud)`."""
    return ", ".join(f"{clue_word(one.clue)} ({one.text})" for one in seen)


def reach_words(text: str) -> str:
    """The phone numbers, e-mail addresses and addresses in free text of a researcher, as a warning names them; "" when
    there are none."""
    return listed(seen for seen in find_recognisable(text) if seen.clue in REACH)
