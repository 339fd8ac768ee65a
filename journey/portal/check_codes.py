"""Codes that stand in our messages so that their reader can ask whether they are real: one for each kind of message of
a study, the same for everybody, so that asking about one tells nothing of anyone.
"""

import re
from collections.abc import Sequence
from typing import Final

from journey.models import Study
from journey.portal.letters import ALPHABET, LOOK_ALIKES
from journey.vault import Vault

KINDS: Final = ("letter",)
LENGTH: Final = 6


def check_code(vault: Vault, study: Study, kind: str) -> str:
    """Six characters nobody confuses; they follow from the installation's secret, the study and the kind."""
    number = int(vault.fingerprint(f"{study.code}:{kind}", "check"), 16)
    signs = []
    for _place in range(LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def shown_check_code(code: str) -> str:
    """In two groups of three."""
    return f"{code[:3]} {code[3:]}"


def read_check_code(typed: str) -> str | None:
    """The code that was meant, however typed; None when it cannot be one."""
    code = re.sub(r"[\s.\-–—_]", "", typed).upper().translate(LOOK_ALIKES)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def is_check_code(vault: Vault, studies: Sequence[Study], typed: str) -> bool:
    """Whether one of these studies writes this code in its messages."""
    code = read_check_code(typed)
    return code in [check_code(vault, study, kind) for study in studies for kind in KINDS]
