"""The words of an answer, the same on every page, in every text and on the call screen: one instrument (rules, 42b).

Figures for managers keep the words of 2016 (negatief, neutraal, positief): they count answers, they do not ask.
"""

from journey.web.i18n import gettext as _


def answer_word(value: str) -> str:
    """What a participant reads for a stored value, to stand by itself; in a sentence write it small."""
    return {
        "negative": _("Niet goed"),
        "neutral": _("Gaat wel"),
        "positive": _("Goed"),
        "not_applicable": _("Dit had ik niet"),
    }.get(value, _("Geen antwoord"))
