"""Codes for letters: eight characters that nobody confuses, however they are typed.

Left out are 0 and O, 1, I and L, 5 and S, 2 and Z, 8 and B, 6, Q and U. Who types one of them after all read another
letter, so it is taken for the one it looks like. 22 letters to the power of eight are 35 bits: enough behind a limit
on tries.
"""

import re
import secrets
from typing import Final

ALPHABET: Final = "ACDEFGHJKMNPRTVWXY3479"
LENGTH: Final = 8
LOOK_ALIKES: Final = str.maketrans(
    {"0": "D", "O": "D", "Q": "D", "U": "V", "6": "G", "1": "7", "8": "3", "B": "3"}
)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown_code(code: str) -> str:
    """In two groups of four, as on the letter."""
    return f"{code[:4]} {code[4:]}"


def read_code(typed: str) -> str | None:
    """The code that was meant, whatever capitals, spaces and streaks; None when it cannot be one."""
    code = re.sub(r"[\s.\-–—_]", "", typed).upper().translate(LOOK_ALIKES)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
