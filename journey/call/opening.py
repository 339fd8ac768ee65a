"""What a caller says first in the first call: who, why, may I, and that one may stop. In Dutch, which is binding, and
in the language of the person.
"""

from typing import Final

from journey.models import Participant
from journey.web.i18n import find_translation

# Each stands in all six catalogues. Nothing of it says what the research is about to who listens along (rules, 40).
WHO: Final = "Goedendag, u spreekt met %(caller)s. Ik bel voor het onderzoek waaraan u meedoet."
LINES: Final = (
    WHO,
    "Ik wil graag horen wat er de laatste tijd is gebeurd, en hoe u dat vond.",
    "Komt het nu uit? Het duurt ongeveer vijf minuten.",
    "U mag een vraag overslaan en altijd stoppen. Wie over uw aanvraag beslist, hoort niet wat u zegt.",
)


def opening_lines(participant: Participant, caller: str) -> tuple[tuple[str, str], ...]:
    """Each line in Dutch and in the language of the person; that is empty for who speaks Dutch or where it lacks."""
    language = participant.language
    said = [(line, find_translation(language, line) if language != "nl" else None) for line in LINES]
    return tuple((_filled(dutch, caller), _filled(other, caller) if other else "") for dutch, other in said)


def _filled(line: str, caller: str) -> str:
    return line.replace("%(caller)s", caller)
