"""What could tell who somebody is, in the words of a warning."""

from journey.web.i18n import gettext as _


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
