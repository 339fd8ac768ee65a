"""A questionnaire and one set of answers to it: which items are asked of whom, what an answer may be, why one is
missing.

One definition serves screen, paper, entry and figures, so a filter that hides an item on screen is the same filter that
refuses an answer at entry (rules, 46-47).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from journey.rules.errors import Invalid
from journey.rules.wording import msgid


class Kind(StrEnum):
    """How an item is answered; `agree4` is a four-point statement, `some_of` takes several options."""

    grade10 = "grade10"
    agree4 = "agree4"
    one_of = "one_of"
    some_of = "some_of"
    yes_share = "yes_share"
    open = "open"


class Reason(StrEnum):
    """Why there is no answer."""

    not_asked = "not_asked"
    no_answer = "no_answer"
    not_applicable = "not_applicable"
    unreadable = "unreadable"


AGREE4: Final = ("strongly_agree", "agree", "disagree", "strongly_disagree")
YES_NO: Final = ("yes", "no")
GRADES: Final = tuple(str(grade) for grade in range(1, 11))
UNIT: Final = "unit"  # in a filter: the stratum of the respondent, not an item
ANSWERS_ITSELF: Final = (Kind.grade10, Kind.agree4, Kind.yes_share, Kind.open)
COMPLETE_FROM: Final = 0.8
LONGEST_OPEN: Final = 5000

# A program that knows empty cells writes every grade with a decimal.
_WHOLE: Final = re.compile(r"^([0-9]{1,2})[.,]0+$")
_DUTCH_YES_NO: Final = {"ja": "yes", "nee": "no"}

Answer = int | str | tuple[str, ...]
Words = Mapping[str, str]

REASON_WORDS: Final[Mapping[str, Reason]] = {
    **{str(reason): reason for reason in Reason},
    "n.v.t.": Reason.not_applicable,
    "nvt": Reason.not_applicable,
    "onleesbaar": Reason.unreadable,
    "geen antwoord": Reason.no_answer,
}

UNKNOWN_ITEM: Final = msgid("Deze vraag staat niet in de vragenlijst: %(item)s.")
UNKNOWN_OPTION: Final = msgid("Dit antwoord bestaat niet: %(value)s. Kies uit: %(allowed)s.")
NO_GRADE: Final = msgid("Een cijfer is een heel getal van 1 tot en met 10, geen %(value)s.")
ONE_ONLY: Final = msgid("Bij deze vraag past één antwoord.")
TWICE: Final = msgid("Dit antwoord staat er twee keer: %(value)s.")
NOT_FOR_THIS: Final = msgid(
    "Deze vraag is niet voor wie bij %(filter)s iets anders antwoordde. Haal een van de twee antwoorden weg."
)
TOO_LONG: Final = msgid("Dit antwoord is te lang: hoogstens %(most)s tekens.")


@dataclass(frozen=True)
class Condition:
    """One part of a filter: the answer to an earlier item (or the stratum) is one of these."""

    item: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.item}={','.join(self.values)}"


@dataclass(frozen=True)
class Option:
    """One answer to choose; `texts` by language, Dutch always there."""

    id: str
    texts: Words


@dataclass(frozen=True)
class Item:
    """One question. `label` is its short name in figures; `asked_of` must all hold; `worded` is positive or negative
    for statements, else empty; `spoken` is what is read aloud where that differs from the text."""

    id: str
    section: str
    kind: Kind
    label: str
    texts: Words
    options: tuple[Option, ...] = ()
    asked_of: tuple[Condition, ...] = ()
    worded: str = ""
    spoken: Words = field(default_factory=dict)

    @property
    def values(self) -> tuple[str, ...]:
        """What may be answered, in order; empty for an open question."""
        if self.kind is Kind.grade10:
            return GRADES
        if self.kind is Kind.agree4:
            return AGREE4
        if self.kind is Kind.yes_share:
            return YES_NO
        return tuple(option.id for option in self.options)

    def text(self, language: str = "nl") -> str:
        return self.texts.get(language) or self.texts["nl"]


@dataclass(frozen=True)
class Section:
    """Items that stand together on one page and in one chapter of the report."""

    id: str
    titles: Words
    intros: Words = field(default_factory=dict)

    def title(self, language: str = "nl") -> str:
        return self.titles.get(language) or self.titles["nl"]


@dataclass(frozen=True)
class Questionnaire:
    """A whole questionnaire; `data` is its file as JSON values, which is what a database keeps of a version."""

    id: str
    version: int
    names: Words
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    intros: Words = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        return self.names["nl"]

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    def find_item(self, item_id: str) -> Item | None:
        return self.by_id.get(item_id)

    def items_of(self, section: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.section == section)


@dataclass(frozen=True)
class AnswerFault:
    """What is wrong with the answer to one item: a Dutch msgid and what fills it."""

    item: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Settled:
    """One respondent: answers, and for every other item the reason; `asked` counts closed items that were surely
    asked."""

    answers: Mapping[str, Answer]
    missing: Mapping[str, Reason]
    asked: int
    answered: int
    faults: tuple[AnswerFault, ...] = ()

    @property
    def status(self) -> str:
        """`complete` from 80 % of what was asked, `partial` below it, `blank` without any answer (AAPOR)."""
        if not self.answers:
            return "blank"
        return "complete" if self.answered >= COMPLETE_FROM * self.asked else "partial"


def parse_condition(text: str) -> Condition:
    """`intake_when=within_year`, `track=now,past_year`, `unit=haaksbergen`. ValueError for anything else."""
    item, equals, values = text.partition("=")
    listed = tuple(value.strip() for value in values.split(","))
    if not equals or not item.strip() or not all(listed):
        raise ValueError(text)
    return Condition(item.strip(), listed)


def is_asked(
    item: Item, answers: Mapping[str, Answer], missing: Mapping[str, Reason], unit: str
) -> bool | None:
    """Whether the filters of an item hold; None when that depends on an item that was left open."""
    unsure = False
    for condition in item.asked_of:
        if condition.item == UNIT:
            holds: bool | None = unit in condition.values
        else:
            holds = _holds(condition, answers.get(condition.item), missing.get(condition.item))
        if holds is False:
            return False
        unsure = unsure or holds is None
    return None if unsure else True


def _holds(condition: Condition, answer: Answer | None, reason: Reason | None) -> bool | None:
    if answer is None:
        return False if reason in (Reason.not_asked, Reason.not_applicable) else None
    given = answer if isinstance(answer, tuple) else (str(answer),)
    return any(one in condition.values for one in given)


def read_answer(item: Item, given: object) -> Answer | Reason:
    """The answer as it is kept, or why there is none. Invalid names the item.

    Several options come as a list or as a text with semicolons; a grade may be a text or a number without decimals.
    """
    if isinstance(given, str):
        given = given.strip()
    if given is None or given == "" or given == [] or given == ():
        return Reason.no_answer
    if isinstance(given, str) and given not in item.values and given.casefold() in REASON_WORDS:
        return REASON_WORDS[given.casefold()]
    if item.kind is Kind.open:
        return _open(item, given)
    if item.kind is Kind.grade10:
        return _grade(item, given)
    if item.kind is Kind.some_of:
        return _several(item, given)
    if isinstance(given, list | tuple):
        raise Invalid(ONE_ONLY, field=item.id)
    return _option(item, given)


def _open(item: Item, given: object) -> str:
    if not isinstance(given, str) or "\0" in given:
        raise Invalid(UNKNOWN_OPTION, field=item.id, value=shown(given), allowed="tekst")
    if len(given) > LONGEST_OPEN:
        raise Invalid(TOO_LONG, field=item.id, most=LONGEST_OPEN)
    return given


def _grade(item: Item, given: object) -> int:
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    text = _WHOLE.sub(r"\1", str(given))
    if isinstance(given, bool) or text not in GRADES:
        raise Invalid(NO_GRADE, field=item.id, value=shown(given))
    return int(text)


def _several(item: Item, given: object) -> tuple[str, ...]:
    parts = (
        given.split(";") if isinstance(given, str) else given if isinstance(given, list | tuple) else [given]
    )
    chosen: list[str] = []
    for part in parts:
        option = _option(item, part.strip() if isinstance(part, str) else part)
        if option in chosen:
            raise Invalid(TWICE, field=item.id, value=option)
        chosen.append(option)
    return tuple(chosen)


def _option(item: Item, given: object) -> str:
    if item.values == YES_NO and isinstance(given, str):
        given = _DUTCH_YES_NO.get(given.casefold(), given)
    for value in item.values:
        if value == given:
            return value  # ours, so that a hundred thousand answers share one text
    raise Invalid(UNKNOWN_OPTION, field=item.id, value=shown(given), allowed=", ".join(item.values))


def shown(given: object) -> str:
    """What somebody gave, short enough for a sentence."""
    return str(given)[:60]


def settle(questionnaire: Questionnaire, given: Mapping[str, object], unit: str = "") -> Settled:
    """One set of answers held against the whole questionnaire; every fault is found, none raised.

    Who left the item open that a filter looks at may have answered what it filters; when not, that was not asked.
    """
    answers: dict[str, Answer] = {}
    missing: dict[str, Reason] = {}
    faults = [
        AnswerFault(name, UNKNOWN_ITEM, {"item": shown(name)})
        for name in given
        if questionnaire.find_item(name) is None
    ]
    asked_items = answered = 0
    for item in questionnaire.items:
        try:
            answer = read_answer(item, given.get(item.id))
        except Invalid as refusal:
            faults.append(AnswerFault(item.id, refusal.message, refusal.params))
            continue
        asked = is_asked(item, answers, missing, unit) if item.asked_of else True
        has_answer = not isinstance(answer, Reason)
        if has_answer and asked is False:
            faults.append(
                AnswerFault(item.id, NOT_FOR_THIS, {"filter": _broken(item, answers, missing, unit)})
            )
        elif isinstance(answer, Reason):
            missing[item.id] = answer if asked else Reason.not_asked
        else:
            answers[item.id] = answer
        if asked and item.kind is not Kind.open:
            asked_items += 1
            answered += has_answer
    return Settled(answers, missing, asked_items, answered, tuple(faults))


def _broken(item: Item, answers: Mapping[str, Answer], missing: Mapping[str, Reason], unit: str) -> str:
    """The first part of the filter that does not hold."""
    for condition in item.asked_of:
        alone = Item(item.id, item.section, item.kind, item.label, item.texts, asked_of=(condition,))
        if is_asked(alone, answers, missing, unit) is False:
            return str(condition)
    return ""


def filter_faults(items: Sequence[Item], item: Item) -> str:
    """The first part of a filter that can never hold: an item that is not there or comes later, an answer that it does
    not have, or a filter on grades and open questions; empty when all is well."""
    earlier = {one.id: one for one in items[: items.index(item)]}
    for condition in item.asked_of:
        if condition.item == UNIT:
            continue
        parent = earlier.get(condition.item)
        if parent is None or parent.kind is Kind.open or set(condition.values) - set(parent.values):
            return str(condition)
    return ""
