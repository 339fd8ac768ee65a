"""The words of texts per occasion and language: what a study chose, over the standard of `seeds/texts`.

Words may change, what they must say may not: who, why and how to stop, and nothing about the benefit (rules, 42).
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Final

from journey.models import Study
from journey.resources import folder
from journey.web.i18n import gettext as _

LANGUAGES: Final = ("nl", "en")
PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "call_announced": ("place", "researcher", "phone", "day"),
    "missed_call": ("place", "researcher", "phone"),
    "step_to_rate": ("place", "researcher", "phone", "step", "answers"),
    "staff_to_rate": ("place", "researcher", "phone", "step", "answers"),
    "appointment": ("place", "researcher", "phone", "day", "time"),
    "thanks": ("place", "researcher", "phone", "gift"),
}
OCCASIONS: Final = tuple(PLACES)
# Without these a text does not say what it is for.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "call_announced": ("place", "phone"),
    "missed_call": ("place",),
    "step_to_rate": ("place", "step", "answers"),
    "staff_to_rate": ("place", "step", "answers"),
    "appointment": ("place", "day", "time"),
    "thanks": ("place",),
}
REFUSED: Final = re.compile(
    r"(?i)bijstand|uitkering|participatiewet|sociale dienst|\bpw\b|\bww\b|\bbsn\b|schuld|fraude"
    r"|benefit|welfare|social assistance|allowance|\bdebts?\b|fraud"
)
WHY: Final = re.compile(r"(?i)onderzoek|research|study")
HOW_TO_STOP: Final = re.compile(r"\bSTOP\b")
LINK: Final = re.compile(r"(?i)https?:|www\.|(?<![\w-])[\w-]+\.(?:nl|com|org|eu|net|info)\b")
PLACE: Final = re.compile(r"\{([^{}]*)\}")
LONGEST: Final = 459  # three paid parts


@cache
def standard(language: str) -> Mapping[str, str]:
    """The standard texts of one language, by occasion."""
    return tomllib.loads((folder("seeds") / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


def wording(study: Study, language: str, occasion: str) -> str:
    """The text with its places, as this study sends it."""
    chosen: str = study.texts.get("words", {}).get(language, {}).get(occasion, "")
    if "answers" in PLACES[occasion] and "{answers}" not in chosen:
        chosen = ""  # written before the three answers had the same words everywhere (rules, 42b)
    return chosen or standard(language)[occasion]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Every known place filled; nothing in a value is looked at again. An empty one leaves no double space."""
    return re.sub(" {2,}", " ", PLACE.sub(lambda place: values.get(place[1], place[0]), text))


def is_refused(text: str) -> bool:
    """Whether a text says something about the benefit (rules, 40 and 42)."""
    return REFUSED.search(text) is not None


def list_faults(occasion: str, text: str) -> list[str]:
    """What must change before this text may go out, as sentences; empty when nothing."""
    used = PLACE.findall(text)
    known = PLACES[occasion]
    faults = [_("{%(name)s} kunnen we hier niet invullen.", name=name) for name in used if name not in known]
    if "{" in PLACE.sub("", text) or "}" in PLACE.sub("", text):
        faults.append(_("Er staat een losse accolade in de tekst."))
    if not ("place" in used and WHY.search(text)):
        faults.append(_("Zeg wie en waarom: het woord onderzoek (research) en {place}."))
    missing = [name for name in NEEDED[occasion] if name not in used and name != "place"]
    faults += [_("{%(name)s} hoort in dit bericht.", name=name) for name in missing]
    # After the thank-you the number is gone and nothing follows: there is nothing left to stop.
    if occasion != "thanks" and not HOW_TO_STOP.search(text):
        faults.append(_("Zeg hoe iemand stopt: het woord STOP in hoofdletters."))
    if found := REFUSED.search(PLACE.sub("", text)):
        faults.append(
            _("Het woord %(word)s mag niet: niemand hoort te zien waar het over gaat.", word=found[0])
        )
    if LINK.search(text):
        faults.append(_("Er mag geen link in. Alleen wie erom vraagt, krijgt een link."))
    if len(text) > LONGEST:
        faults.append(_("Dit is te lang: hoogstens %(most)s tekens.", most=LONGEST))
    return faults
