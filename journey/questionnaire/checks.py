"""Reads a questionnaire as a careful colleague would: items that nobody is asked, languages that are not whole,
sentences that are too long (rules, 43).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from journey.rules.questionnaire import UNIT, Item, Kind, Questionnaire
from journey.web.i18n import gettext as _

LONGEST_SENTENCE = 17  # about fifteen, with room for a name of a scheme
MOST_ON_A_PAGE = 8


@dataclass(frozen=True)
class Finding:
    """What stands out at an item; `item` is empty for the questionnaire as a whole."""

    item: str
    sentence: str


def check_questionnaire(questionnaire: Questionnaire, units: tuple[str, ...] = ()) -> list[Finding]:
    """In the order of the questionnaire; `units` are the strata it is used with, to see whom a filter leaves out."""
    findings = list(_languages(questionnaire))
    unreachable: set[str] = set()
    for item in questionnaire.items:
        for sentence in _at_item(item, units, unreachable):
            findings.append(Finding(item.id, sentence))
    for section in questionnaire.sections:
        own = questionnaire.items_of(section.id)
        if not own:
            findings.append(Finding("", _("Het deel ‘%(title)s’ heeft geen vragen.", title=section.title())))
    return findings


def _at_item(item: Item, units: tuple[str, ...], unreachable: set[str]) -> Iterator[str]:
    for condition in item.asked_of:
        nowhere = condition.item == UNIT and units and not set(condition.values) & set(units)
        if nowhere or condition.item in unreachable:
            unreachable.add(item.id)
            yield _(
                "Deze vraag krijgt niemand: %(filter)s komt in dit onderzoek niet voor.",
                filter=str(condition),
            )
            break
    for sentence in re.split(r"(?<=[.!?])\s+", item.text()):
        words = len(sentence.split())
        if words > LONGEST_SENTENCE:
            yield _("Deze zin heeft %(n)s woorden. Maak er twee van.", n=words)
    if item.kind is Kind.agree4 and not item.worded:
        yield _("Zeg of deze stelling positief of negatief is: in de cijfers staan die apart.")


def _languages(questionnaire: Questionnaire) -> Iterator[Finding]:
    known = sorted({code for item in questionnaire.items for code in item.texts} - {"nl"})
    for code in known:
        missing = [
            item.id
            for item in questionnaire.items
            if code not in item.texts or any(code not in option.texts for option in item.options)
        ]
        if missing:
            items = ", ".join(missing)
            yield Finding(
                "", _("De taal %(code)s is niet heel. Er missen: %(items)s.", code=code, items=items)
            )
