"""What fits in a text message: the GSM-7 alphabet, how many paid parts a text takes (3GPP TS 23.038), their price."""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from journey.models import Study
from journey.rules.signs import words

GSM7: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_DOUBLE: Final = frozenset("^{}\\[~]|€")
READABLE: Final[Mapping[str, str]] = {
    **dict.fromkeys("‘’‚‛′ʹʻʼʽ`´ˈ＇", "'"),
    **dict.fromkeys("“”„‟″«»〝〞＂", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃•·‣▪●", "-"),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›", ">"),
    **{
        "…": "...",
        "×": "x",
        "÷": ":",
        "⁄": "/",
        "∕": "/",
        "€": "€",
        "©": "(c)",
        "®": "(r)",
        "→": "->",
        "←": "<-",
    },
    **{
        "≤": "<=",
        "≥": ">=",
        "≈": "~",
        "≠": "!=",
        "¹": "1",
        "²": "2",
        "³": "3",
        "‰": "o/oo",
        "¢": "c",
        "¶": "",
        "†": "+",
    },
    **{
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "Ð": "D",
        "ð": "d",
        "Ħ": "H",
        "ħ": "h",
        "Ŧ": "T",
        "ŧ": "t",
        "ı": "i",
    },
    **{
        "Œ": "OE",
        "œ": "oe",
        "Þ": "Th",
        "þ": "th",
        "Ŋ": "Ng",
        "ŋ": "ng",
        "Ə": "E",
        "ə": "e",
        "ẞ": "SS",
        "ȷ": "j",
    },
    **{
        "Ɛ": "E",
        "ɛ": "e",
        "Ɔ": "O",
        "ɔ": "o",
        "Ɖ": "D",
        "ɖ": "d",
        "Ƴ": "Y",
        "ƴ": "y",
        "Ɓ": "B",
        "ɓ": "b",
        "ĸ": "k",
    },
}
# Of one part, in hundredths of a cent: what Dutch numbers cost at Twilio in 2026, about; each study may set its own.
USUAL_PRICE: Final = 900


def is_gsm7(text: str) -> bool:
    return all(letter in GSM7 or letter in GSM7_DOUBLE for letter in text)


def segments(text: str) -> int:
    """Paid parts: 160 GSM-7 characters or 153 each when more; 70 or 67 UTF-16 units for any other alphabet. A sign that
    takes two places is never cut in two."""
    if is_gsm7(text):
        sizes, single, part = [2 if letter in GSM7_DOUBLE else 1 for letter in text], 160, 153
    else:
        sizes, single, part = [len(letter.encode("utf-16-be")) // 2 for letter in text], 70, 67
    if sum(sizes) <= single:
        return 1
    parts, filled = 1, 0
    for size in sizes:
        parts, filled = (parts, filled + size) if filled + size <= part else (parts + 1, size)
    return parts


def price_of(study: Study) -> Decimal:
    """Euros for one part, as this study chose."""
    return Decimal(int(study.texts.get("price", USUAL_PRICE))) / 10000


def plain(text: str) -> str:
    """The text in GSM-7 where that can be read: other accents are dropped (Fryslân: Fryslan), typographic signs made
    plain, so that a name costs no second message. A sign without such a form, as of another script, stays."""
    return "".join(sign if is_gsm7(sign) else _readable(sign) for sign in words(text))


def _readable(sign: str) -> str:
    if sign in READABLE:
        return READABLE[sign]
    parts = (part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    bare = "".join(READABLE.get(part, part) for part in parts)
    return bare if bare and is_gsm7(bare) else " " if sign.isspace() else sign
