"""What fits in a text message: the GSM-7 alphabet, how many paid parts a text takes (3GPP TS 23.038), their price."""

import unicodedata
from decimal import Decimal
from typing import Final

from journey.models import Study

GSM7: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_DOUBLE: Final = frozenset("^{}\\[~]|€")
# Of one part, in hundredths of a cent: what Dutch numbers cost at Twilio in 2026, about; each study may set its own.
USUAL_PRICE: Final = 900


def is_gsm7(text: str) -> bool:
    return all(letter in GSM7 or letter in GSM7_DOUBLE for letter in text)


def segments(text: str) -> int:
    """Paid parts: 160 GSM-7 characters or 153 each when more; 70 or 67 UTF-16 units for any other alphabet."""
    if is_gsm7(text):
        length = sum(2 if letter in GSM7_DOUBLE else 1 for letter in text)
        single, part = 160, 153
    else:
        length = len(text.encode("utf-16-be")) // 2
        single, part = 70, 67
    return 1 if length <= single else -(-length // part)


def price_of(study: Study) -> Decimal:
    """Euros for one part, as this study chose."""
    return Decimal(int(study.texts.get("price", USUAL_PRICE))) / 10000


def plain(text: str) -> str:
    """The text in GSM-7: other accents are dropped (Fryslân: Fryslan), so that a name costs no second message."""
    return "".join(letter if letter in GSM7 else _without_accent(letter) for letter in text)


def _without_accent(letter: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare and is_gsm7(bare) else "?"
