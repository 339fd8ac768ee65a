"""What a text means, by its whole content: a stop, a pause, another day, a call, an answer, or something to be read.

Capitals, signs and politeness around it do not matter; any other word does. "Ik wil niet stoppen" and "niet goed" are
for a person to read.
"""

import re
from dataclasses import dataclass
from typing import Final

from journey.rules.ratings import Value

# The English words also stop messages at Twilio itself, so they must stop them here.
STOP_WORDS: Final = frozenset(
    {"stop", "stoppen", "afmelden", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"}
)
# Opens a number again at Twilio after a stop there.
START_WORDS: Final = frozenset({"start", "unstop"})
PAUSE_WORDS: Final = frozenset({"pauze", "pauzeren", "rust", "pause"})
LATER_WORDS: Final = frozenset({"later", "andere dag", "another day", "other day"})
CALL_WORDS: Final = frozenset(
    {
        "bel",
        "bel mij",
        "bel me",
        "bel mij terug",
        "bel me terug",
        "bel terug",
        "bellen",
        "terugbellen",
        "wilt u mij bellen",
        "wilt u mij terugbellen",
        "call",
        "call me",
        "call me back",
    }
)
POLITE: Final = frozenset(
    {"aub", "a u b", "svp", "s v p", "alstublieft", "alsjeblieft", "graag", "please", "ja"}
)
DAYS: Final = (
    {"ma", "maandag", "mo", "mon", "monday"},
    {"di", "dinsdag", "tu", "tue", "tuesday"},
    {"wo", "woensdag", "we", "wed", "wednesday"},
    {"do", "donderdag", "th", "thu", "thursday"},
    {"vr", "vrijdag", "fr", "fri", "friday"},
    {"za", "zaterdag", "sa", "sat", "saturday"},
    {"zo", "zondag", "su", "sun", "sunday"},
)
ANSWERS: Final = {
    Value.negative: {"1", "slecht", "negatief", "bad", "negative"},
    Value.neutral: {"2", "matig", "neutraal", "neutral"},
    Value.positive: {"3", "goed", "positief", "good", "positive"},
}
SMILEYS: Final = {
    Value.negative: ("🙁", "☹", "😞", "😟", "😠", "😡", "😢", "😕", "👎", ":-(", ":("),
    Value.neutral: ("😐", "😑", "😶", ":-|", ":|"),
    Value.positive: ("🙂", "☺", "😀", "😃", "😄", "😁", "😊", "👍", ":-)", ":)"),
}
MARK: Final = "smiley"


@dataclass(frozen=True)
class Said:
    """`kind` is stop, start, pause, later, day, call, answer or other; `day` 0 (Monday) to 6; `values` one answer
    (about the step) or two (the step, then the contact with staff)."""

    kind: str
    day: int | None = None
    values: tuple[Value, ...] = ()


def read_text(body: str) -> Said:
    said = _bare(body)
    for kind, words in (
        ("stop", STOP_WORDS),
        ("start", START_WORDS),
        ("pause", PAUSE_WORDS),
        ("call", CALL_WORDS),
    ):
        if said in words:
            return Said(kind)
    if said in LATER_WORDS:
        return Said("later")
    first, _space, rest = said.partition(" ")
    if first == "later" and (day := _day(rest)) is not None:
        return Said("later", day)
    if (day := _day(said)) is not None:
        return Said("day", day)
    if values := _values(body):
        return Said("answer", values=values)
    return Said("other")


def _day(word: str) -> int | None:
    word = re.sub(r"^(op|on) ", "", word)
    return next((number for number, words in enumerate(DAYS) if word in words), None)


def _values(body: str) -> tuple[Value, ...]:
    """One or two answers when the text is nothing else; a word with a smiley that says the same is one."""
    for value, smileys in SMILEYS.items():
        for smiley in smileys:
            body = body.replace(smiley, f" {MARK}{value} ")
    words = _bare(body.replace("\ufe0f", "")).split()
    if len(words) == 1 and re.fullmatch("[123]{2}", words[0]):
        words = list(words[0])
    found = [_answer(word) for word in words]
    if not 1 <= len(found) <= 2 or None in found:
        return ()
    values = tuple(value for value in found if value is not None)
    if len(values) == 2 and (
        words[0].isdigit() != words[1].isdigit() or _is_marked(words[0]) != _is_marked(words[1])
    ):
        return values[:1] if values[0] == values[1] else ()
    return values


def _answer(word: str) -> Value | None:
    return next(
        (value for value, words in ANSWERS.items() if word in words or word == f"{MARK}{value}"), None
    )


def _is_marked(word: str) -> bool:
    return word.startswith(MARK)


def _bare(body: str) -> str:
    words = re.sub(r"[^\w]+", " ", body.casefold()).strip()
    for polite in sorted(POLITE, key=len, reverse=True):
        words = re.sub(rf"(^{polite} | {polite}$)", "", words)
    return words.strip()
