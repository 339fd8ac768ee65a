"""The one reader of signs: what people, machines and files hand over, as it was meant.

Two strings for one identity, and signs that the eye cannot see, come from copying out of mail, chat and spreadsheets,
and from keyboards that put a direction mark before a number. Four readers, from the most faithful to the most daring:
`words` (free text, quotes), `line` (names, headers, anything on one line), `figures` (numbers, dates, codes, addresses
of e-mail) and `key` (to compare, never to show).
"""

import re
import unicodedata
from typing import Final

# Without a shape of their own, though Unicode calls them letters or marks: fillers, a blank braille cell, joiners.
_SHAPELESS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0"
)
_JOINERS: Final = frozenset("\u200c\u200d")  # part of the spelling of Persian words and of faces
_LINES: Final = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_HYPHENS: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2043\u02d7\ufe63\uff0d\u1806"), "-")
_DASHES: Final = dict.fromkeys(map(ord, "\u2012\u2013\u2014\u2015\u2212\ufe58\u2e3a\u2e3b"), "-")
_QUOTES: Final = dict.fromkeys(
    map(
        ord,
        "\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02c8\u055a\u05f3\uff07\u0060\u00b4\ua78c",
    ),
    "'",
) | dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u05f4\uff02"), '"')
# What a keyboard of another script writes for the signs in a date, a number or an address.
_SIGNS: Final = str.maketrans(
    {
        "\u066b": ",",
        "\u066c": ".",
        "\u060c": ",",
        "\u2044": "/",
        "\u2215": "/",
        "\u3002": ".",
        "\u06d4": ".",
        "\u1361": " ",
    }
)


def words(text: str) -> str:
    """Free text: one Unicode form, lines kept, invisible signs gone but for joiners inside words and faces, trimmed.

    Marks that make a face coloured are invisible too and go; what is left of the face is the same face.
    """
    if _is_plain(text):
        return text
    composed = unicodedata.normalize("NFC", _LINES.sub("\n", text))
    kept = "".join(
        sign if sign == "\n" or _joins(composed, place) else _visible(sign)
        for place, sign in enumerate(composed)
    )
    return "\n".join(line.strip() for line in kept.split("\n")).strip()


def line(text: str) -> str:
    """One line as its reader sees it: one Unicode form, nothing invisible, plain spaces (one at a time) and hyphens."""
    if _is_plain(text):
        return text
    seen = "".join(map(_visible, unicodedata.normalize("NFC", _LINES.sub(" ", text)))).translate(_HYPHENS)
    return " ".join(unicodedata.normalize("NFC", seen).split())


def figures(text: str) -> str:
    """A number, date, code or address of e-mail: as `line`, with digits of every script, full-width letters and any
    dash in plain signs. `۲`, `３`, `③` and `²` are 2, 3, 3 and 2."""
    if _is_plain(text):
        return text
    plain = unicodedata.normalize("NFKC", "".join(map(digit, line(text))))
    return line(plain.translate(_DASHES).translate(_SIGNS))


def key(text: str) -> str:
    """What two spellings of one name or reference have in common: no case, one form of ligatures, quotes, dashes and
    the dotted and dotless i. Accents count: `Rene` is not `René`. To compare, never to show."""
    before, now = text, _fold(text)
    while now != before:  # a folded sign may be one that folds again
        before, now = now, _fold(now)
    return now


def _fold(text: str) -> str:
    folded = figures(line(text).translate(_QUOTES)).translate(_QUOTES).casefold()
    return line(folded.replace("i\u0307", "i").replace("\u0131", "i"))


def digit(sign: str) -> str:
    """The plain digit that a sign of any script stands for, also in a circle or raised; else the sign."""
    value = unicodedata.digit(sign, None)
    return sign if value is None else str(value)


def _is_plain(text: str) -> bool:
    """Whether there is nothing to do, as for almost everything that comes in."""
    return text.isascii() and text.isprintable() and text == text.strip() and "  " not in text


def _visible(sign: str) -> str:
    """The sign, a plain space for any kind of space, or nothing for what cannot be seen or stored."""
    if sign.isspace():
        return " "
    if sign in _SHAPELESS or "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef":
        return ""
    return "" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between two signs that can be seen."""
    if text[place] not in _JOINERS or not 0 < place < len(text) - 1:
        return False
    before, after = text[place - 1], text[place + 1]
    return (
        not before.isspace()
        and not after.isspace()
        and after not in _JOINERS
        and before not in _JOINERS
        and bool(_visible(after))
    )
