"""The fixed words around the content, for files that are not made by the templates of pages."""

from journey.document.content import Content
from journey.web.filters import day
from journey.web.i18n import gettext as _


def labels(content: Content) -> dict[str, str]:
    """By name, as the typst template and the Word writer know them."""
    return {
        "author": _("Onderzoek %(place)s", place=content.municipality),
        "day": _("Rapport van %(day)s", day=day(content.as_of)),
        "contents": _("Inhoud"),
        "figure": _("Figuur"),
        "good": _("Wat mensen goed vonden"),
        "bad": _("Wat beter kan"),
        "taken_back": _("Dit citaat is ingetrokken."),
        "nobody": _("Nog niemand gaf een oordeel."),
        # {n} and {all} are filled where the number of the page is known.
        "page": _("Bladzijde {n} van {all}"),
    }
