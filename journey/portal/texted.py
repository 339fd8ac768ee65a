"""What a text means, read as a whole: a stop, a refusal, distress, a wish, an answer with its reason, or something for
a person to read.

Nothing is guessed: words that say two things, a range, a fraction and a doubt are `unclear`, and what is not known is
`other`. One wrong answer that nobody notices is worse than ten that never came.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from journey.portal.understood import (
    LONGEST_PHRASE,
    VALUES,
    Phrase,
    Token,
    cut,
    is_near,
    spellings,
    vocabulary,
)
from journey.rules.ratings import Value

# These also stop messages at Twilio itself, so they must stop them here.
STOP_WORDS: Final = frozenset(
    {
        "stop",
        "stoppen",
        "afmelden",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "optout",
        "revoke",
        "uitschrijven",
    }
)
# Opens a number again at Twilio after a stop there.
START_WORDS: Final = frozenset({"start", "unstop"})
DAYS: Final = (
    {"ma", "maandag", "mo", "mon", "monday", "pazartesi", "الاثنين", "دوشنبه", "poniedzialek"},
    {"di", "dinsdag", "tu", "tue", "tuesday", "sali", "الثلاثاء", "wtorek"},
    {"wo", "woensdag", "we", "wed", "wednesday", "carsamba", "الاربعاء", "sroda", "srode"},
    {"do", "donderdag", "th", "thu", "thursday", "persembe", "الخميس", "czwartek"},
    {"vr", "vrijdag", "fr", "fri", "friday", "cuma", "الجمعه", "جمعه", "piatek"},
    {"za", "zaterdag", "sa", "sat", "saturday", "cumartesi", "السبت", "شنبه", "sobota", "sobote"},
    {"zo", "zondag", "su", "sun", "sunday", "pazar", "الاحد", "يكشنبه", "niedziela", "niedziele"},
)
# What makes of two numbers a range or a fraction.
BETWEEN: Final = frozenset(
    {"tot", "of", "a", "en", "or", "to", "tm", "t", "m", "van", "de", "out", "and", "bis", "von", "ou", "o", "y", "ve",
     "veya", "ile", "او", "الى", "من", "و", "يا", "تا", "lub", "do", "z", "i", "або", "или", "до", "половин", "half"}
)  # fmt: skip
# After these a refusal is about a moment, not about the study.
NOT_NOW: Final = frozenset(
    {"zo", "voor", "na", "om", "tussen", "op", "in", "tijdens", "s", "vandaag", "morgen", "deze", "volgende", "nu",
     "before", "after", "today", "tomorrow", "on", "at", "during", "so", "until", "tot", "terug"}
)  # fmt: skip
NEVER_TYPOS: Final = 24
LONG_TEXT: Final = 60  # words; in a longer text only the shortest phrases are looked for around an answer
SIGNATURE_WORDS: Final = 4
SMALL_NAMES: Final = frozenset(
    {"de", "van", "der", "den", "el", "al", "ten", "ter", "ben", "bin", "von", "di"}
)
TODAY: Final = -2
TIME_WORDS: Final = frozenset(
    {
        "om",
        "na",
        "voor",
        "rond",
        "uur",
        "half",
        "vandaag",
        "vanmiddag",
        "vanavond",
        "vanochtend",
        "straks",
        "terug",
    }
)
TIMES: Final = frozenset({"x"})


@dataclass(frozen=True)
class Said:
    """`kind` is stop, start, refuse, wrong_number, distress, pause, later, day, call, link, yes, no, wrong_answer,
    skip, answer, thanks, unclear or other. `day` 0 (Monday) to 6, -1 tomorrow, -2 some time;
    `value` and `quote` of an answer; `urgent` when a person must read it today; `asks` when it holds a question."""

    kind: str
    day: int | None = None
    value: Value | None = None
    quote: str = ""
    urgent: bool = False
    asks: bool = False


class _Unclear(Exception):
    """It says two things, or only half of one."""


def read_text(body: str) -> Said:
    text, tokens = cut(body)
    tokens, text = _unsigned(tokens, text)
    spoken = [token.text for token in tokens if token.kind in ("word", "number")]
    urgent = _holds(spoken, "distress") or vocabulary().has("distress_alone", _bare(spoken))
    asks = any(token.text in "?؟¿" for token in tokens if token.kind == "sign")
    found = _acts(tokens, spoken, asks)
    if found is None and urgent:
        found = _answer(text, tokens)
        found = found if found.kind == "answer" else Said("distress")
    found = found or _wish(tokens, spoken) or _answer(text, tokens)
    return replace(found, urgent=urgent or found.kind in ("distress", "wrong_number"), asks=asks)


# --- Stop and refuse --------------------------------------------------------------------------------


def _acts(tokens: list[Token], spoken: list[str], asks: bool) -> Said | None:
    """What holds or stops, before anything else is looked for."""
    if not spoken:
        return None
    letters = "".join(spoken)
    if _is_stop(spoken) or (len(spoken) > 1 and max(map(len, spoken)) == 1 and letters in STOP_WORDS):
        return Said("refuse" if asks else "stop")
    if len(spoken) == 1 and spoken[0] in START_WORDS:
        return Said("start")
    if _refuses(tokens, spoken) or _refuses(tokens, _without(spoken, ("polite",))):
        return Said("refuse")
    if _holds(spoken, "wrong_number"):
        return Said("wrong_number")
    return None


def _is_stop(spoken: Sequence[str]) -> bool:
    """A stop with nothing around it but politeness, haste, thanks and itself again."""
    rest = [word for word in spoken if not STOP_WORDS.intersection(spellings(word))]
    return len(rest) < len(spoken) and _is_all(rest, ("polite", "thanks", "greetings", "yes"))


def _refuses(tokens: list[Token], spoken: list[str]) -> bool:
    known = vocabulary()
    if _holds(spoken, "not_refuse"):
        return False
    for place, phrase in _find(spoken, "refuse"):
        before = spoken[place - 1] if place else ""
        after = spoken[place + len(phrase)] if place + len(phrase) < len(spoken) else ""
        if not known.has("negators", [before]) and after not in NOT_NOW:
            return True
    return any(_is_closed_refusal(clause) for clause in _clauses(tokens))


def _is_closed_refusal(clause: list[str]) -> bool:
    """A clause that is a refusal and nothing else, so that "stoppen met mijn cursus" is none."""
    around = ("fillers", "polite", "greetings", "thanks", "rest", "yes", "no")
    clause = _without(clause, ("polite",)) or clause
    if len(clause) > NEVER_TYPOS:
        return False
    for place, phrase in _find(clause, "refuse_closed"):
        before, after = clause[:place], clause[place + len(phrase) :]
        denies = any(vocabulary().has("negators", [word]) for word in phrase)
        rest = [word for word in (*before, *after) if denies or word not in STOP_WORDS]
        if _is_all(rest, around) and not NOT_NOW.intersection(after[:1]):
            return True
    return False


def _clauses(tokens: list[Token]) -> list[list[str]]:
    """The words between signs and joining words."""
    clauses: list[list[str]] = [[]]
    for token, following, before in zip(tokens, [*tokens[1:], None], [None, *tokens[:-1]], strict=True):
        if token.kind == "sign" and token.text not in "'’‘-‑–":
            clauses.append([])
        elif token.kind == "word":
            joins = vocabulary().has("joiners", [token.text]) and not vocabulary().has(
                "fillers", [token.text]
            )
            is_english = token.text == "want" and following is not None and following.text == "to"
            if joins and not is_english and (before is None or before.text not in "'’"):  # sms'en
                clauses.append([])
            else:
                clauses[-1].append(token.text)
    return clauses


def _unsigned(tokens: list[Token], text: str) -> tuple[list[Token], str]:
    """Without greetings at the end and the name under them: names are no part of what somebody says."""
    for place, token in enumerate(tokens):
        for length in range(1, LONGEST_PHRASE):
            part = tokens[place : place + length]
            if place and all(one.kind == "word" for one in part):
                phrase = [one.text for one in part]
                if vocabulary().has("closers", phrase) and len(phrase) == length:
                    return _unsigned(tokens[:place], text[: token.start].rstrip())
    if len(tokens) > 1 and tokens[0].text in STOP_WORDS:
        name = [token for token in tokens[1:] if token.kind == "word"]
        if 1 <= len(name) <= SIGNATURE_WORDS and all(
            _is_name(text[one.start : one.end], one.text) for one in name
        ):
            return tokens[:1], text[: tokens[0].end]
    return tokens, text


def _is_name(written: str, word: str) -> bool:
    if word in SMALL_NAMES:
        return True
    capital = written[:1].isupper() and (len(written) == 1 or not written.isupper())
    return capital and word not in vocabulary().known


# --- Wishes -----------------------------------------------------------------------------------------


def _wish(tokens: list[Token], spoken: list[str]) -> Said | None:
    """What somebody wants us to do, when the text says nothing else."""
    bare = _bare(spoken)
    for kind in ("pause", "later", "call", "link", "wrong_answer", "skip"):
        if any(vocabulary().has(kind, words) for words in (spoken, bare)):
            return Said(kind)
    for kind in ("call", "later"):
        for length in range(len(bare) - 1, 0, -1):
            if vocabulary().has(kind, bare[:length]) and (day := _day(bare[length:])) is not None:
                return Said(kind, day)
            if kind == "call" and vocabulary().has(kind, bare[:length]) and _is_time(bare[length:]):
                return Said(kind, TODAY)
    if (day := _day(bare)) is not None and day >= 0:
        return Said("day", day)
    faces = [token for token in tokens if token.kind == "face"]
    for kind in ("yes", "no"):
        if not faces and any(
            vocabulary().has(kind, words) for words in (spoken, _without(spoken, ("polite",)))
        ):
            return Said(kind)
    if (
        spoken
        and not faces
        and _is_all(spoken, ("thanks", "greetings"))
        and not _is_all(spoken, ("greetings",))
    ):
        return Said("thanks")
    return None


def _is_time(words: Sequence[str]) -> bool:
    return all(word in TIME_WORDS or word.isdecimal() for word in words)


def _day(words: Sequence[str]) -> int | None:
    """Of a weekday, with at most a part of the day behind it; -1 is tomorrow."""
    words = [word for word in words if word not in ("op", "on", "komende", "aanstaande", "next")]
    parts = ("ochtend", "middag", "avond", "morgen", "om", "na", "voor", "s", "rond", "uur")
    if not words or any(word not in parts and not word.isdecimal() for word in words[1:]):
        return None
    if vocabulary().has("tomorrow", words[:1]):
        return -1
    return next((number for number, names in enumerate(DAYS) if words[0] in names), None)


# --- Answers ----------------------------------------------------------------------------------------


def _answer(text: str, tokens: list[Token]) -> Said:
    """One of the three answers with the words behind it; unclear when it says more than one."""
    if not tokens:
        return Said("other")
    try:
        _refuse_range(text, tokens)
        for end in _ends(tokens):
            value = _value(tokens[:end])
            if value is not None:
                return _with_quote(text, tokens, end, value)
    except _Unclear:
        return Said("unclear")
    numbers = [token for token in tokens if token.kind == "number"]
    return Said("unclear" if numbers and len(tokens) <= 3 and len(numbers) == 1 else "other")


def _ends(tokens: list[Token]) -> list[int]:
    """Where an answer may end: after a digit as soon as it can, in words as late as it can."""
    ends = [end for end in range(1, len(tokens)) if _ends_here(tokens, end)] + [len(tokens)]
    first = next((token for token in tokens if not _is_small(token) or token.kind != "word"), tokens[0])
    return ends if first.kind == "number" else ends[::-1]


def _refuse_range(text: str, tokens: list[Token]) -> None:
    """2-3, 1/2, 3,2, 2 of 3, 2½ and 23 are no answer; 3 3 is one, said with force."""
    if re.search("[½⅓⅔¼¾⅛]", text):
        raise _Unclear
    places = [place for place, token in enumerate(tokens) if token.kind == "number"]
    for first, second in pairwise(places):
        between = tokens[first + 1 : second]
        only = all(token.kind == "sign" or token.text in BETWEEN for token in between)
        same = tokens[first].text == tokens[second].text and (
            not between or (len(between) == 1 and between[0].text in ".," and text[between[0].end] == " ")
        )
        leads = all(_is_small(token) for token in tokens[:first])
        if only and leads and not same:
            raise _Unclear


def _is_small(token: Token) -> bool:
    return token.kind != "word" or _is_all([token.text], ("fillers", "greetings", "polite"))


def _ends_here(tokens: list[Token], end: int) -> bool:
    """Whether the answer may end before this piece: at a sign, a joining word, or after a digit or face where a
    sentence begins ("1 ik moest wachten", not "3 uur gewacht")."""
    following, last = tokens[end], tokens[end - 1]
    if following.kind == "sign" and following.text not in "'’%°+€":
        return True
    if following.kind != "word":
        return following.kind == "face"
    if vocabulary().has("joiners", [following.text]):
        return True
    return (
        last.kind in ("number", "face")
        and last.end < following.start
        and (last.kind == "face" or vocabulary().has("starters", [following.text]))
    )


def _value(head: list[Token]) -> Value | None:
    """What the beginning of a text says, when it says nothing but an answer. Raises _Unclear for two answers."""
    if any(token.kind == "sign" and token.text in "?؟%°€#" and token.text != "#" for token in head):
        return None
    numbers = [place for place, token in enumerate(head) if token.kind == "number"]
    words = [token.text for token in head if token.kind == "word"]
    faces = {token.face for token in head if token.face is not None}
    if any(_is_unit(head, place) for place in numbers):
        return None
    digits = {head[place].text for place in numbers}
    said = _said(words)
    if not said and not digits and not faces:
        named = _number_word(words)
        said = None if named is None else {named}
    if said is None:
        return None
    if digits - {"1", "2", "3"} or len(digits) > 1 or None in said:
        raise _Unclear
    found = said | faces | {VALUES[int(one) - 1] for one in digits}
    return _agreed(found)


def _agreed(found: set[Value | None]) -> Value | None:
    """A face beside a word may be friendlier than it, not its opposite."""
    clear = {value for value in found if value is not None}
    if {Value.negative, Value.positive} <= clear or len(clear - {Value.neutral}) > 1:
        raise _Unclear
    if len(clear) == 2:
        raise _Unclear
    return next(iter(clear), None)


def _is_unit(head: list[Token], place: int) -> bool:
    """Whether the number counts something glued to it: 3e, 2de, 3x gebeld."""
    after = head[place + 1] if place + 1 < len(head) else None
    if after is None or after.kind != "word" or after.start != head[place].end:
        return False
    return after.text not in TIMES and (len(after.text) == 1 or not _is_small(after))


def _said(words: list[str]) -> set[Value | None] | None:
    """The answers in some words; None in it is a doubt, and None alone is for words that are not known."""
    known, place, negated = vocabulary(), 0, False
    found: set[Value | None] = set()
    while place < len(words):
        phrase = _phrase_at(words, place)
        if phrase is None and known.has("negators", words[place : place + 1]):
            negated, place = True, place + 1
            continue
        if phrase is None:
            if not _is_all(words[place : place + 1], ("fillers", "greetings", "polite", "thanks")):
                return None
            place += 1
            continue
        length, value = phrase
        if negated:
            value = Value.negative if value is Value.positive else None
        weak = (
            value is None
            and not negated
            and length == 1
            and _is_all(words[place : place + 1], ("yes", "polite"))
        )
        if not weak or len(words) == 1:
            found.add(value)
        place, negated = place + length, False
    return None if negated else found


def _phrase_at(words: list[str], place: int) -> tuple[int, Value | None] | None:
    """The longest phrase of an answer or of a doubt that begins here: its length and what it says."""
    for length in range(min(LONGEST_PHRASE, len(words) - place), 0, -1):
        part = words[place : place + length]
        for phrase in _spelled(part):
            if phrase in vocabulary().values:
                return length, vocabulary().values[phrase]
            if vocabulary().has("unclear", phrase):
                return length, None
        if len(words) <= NEVER_TYPOS and (value := _near_value(part)) is not None:
            return length, value
    return None


def _spelled(words: Sequence[str]) -> list[Phrase]:
    """The words as typed, and without letters held too long."""
    phrases: list[Phrase] = [()]
    for word in words:
        phrases = [(*phrase, one) for phrase in phrases[:8] for one in spellings(word)]
    return phrases


def _near_value(words: Sequence[str]) -> Value | None:
    """What a phrase with one slip in it says; None when the slip could be of two answers, or is a word by itself."""
    known = vocabulary()
    if all(word in known.known for word in words):
        return None
    values = {
        value
        for phrase, value in known.values.items()
        if len(phrase) == len(words)
        and all(
            typed == word or (typed not in known.known and is_near(typed, word))
            for typed, word in zip(words, phrase, strict=True)
        )
    }
    return values.pop() if len(values) == 1 else None


def _number_word(words: list[str]) -> Value | None:
    """One number written out, with nothing but small words around it."""
    numbers = vocabulary().numbers
    named = {numbers[word] for word in words if word in numbers}
    rest = [word for word in words if word not in numbers]
    if len(named) > 1 and Value.negative in named and words[0] in numbers:
        named -= (
            {Value.negative} if numbers[words[0]] is Value.negative and words[0] in ("een", "un") else set()
        )
    if len(named) > 1:
        raise _Unclear
    return next(iter(named), None) if _is_all(rest, ("fillers", "greetings", "polite", "thanks")) else None


def _with_quote(text: str, tokens: list[Token], end: int, value: Value) -> Said:
    """The answer and the words behind it. A word or face behind it that says the opposite makes it unclear."""
    tail = tokens[end:]
    if tail and tail[0].kind == "sign" and tail[0].text in "?؟":
        return Said("unclear")
    words = [token.text for token in tail if token.kind == "word"]
    opposite = {Value.negative: Value.positive, Value.positive: Value.negative}.get(value)
    if opposite is not None and opposite in _values_in(tail):
        return Said("unclear")
    if (
        not words
        or _is_all(words, ("thanks", "polite", "greetings", "fillers"))
        or (len(words) <= 2 and _said(words) == {value})
    ):
        return Said("answer", value=value)
    return Said("answer", value=value, quote=text[tokens[end - 1].end :].strip(" \n.,;:!-–—()\"'"))


def _values_in(tail: list[Token]) -> set[Value | None]:
    words = [token.text for token in tail if token.kind == "word"]
    found: set[Value | None] = {token.face for token in tail if token.face is not None}
    negated = False
    for place in range(len(words)):
        if vocabulary().has("negators", [words[place]]):
            negated = True
        elif (phrase := _phrase_at(words, place)) is not None:
            value = phrase[1]
            found.add(Value.negative if negated and value is Value.positive else None if negated else value)
            negated = False
    return found


# --- Phrases in words -------------------------------------------------------------------------------


def _holds(words: Sequence[str], meaning: str) -> bool:
    return bool(_find(words, meaning))


def _find(words: Sequence[str], meaning: str) -> list[tuple[int, Phrase]]:
    """Where phrases of a meaning stand; in a short text also with a slip of the thumb in a long word."""
    phrases = vocabulary().sets.get(meaning, frozenset())
    found: list[tuple[int, Phrase]] = []
    for place in range(len(words)):
        for length in range(1, LONGEST_PHRASE + 1):
            part = tuple(words[place : place + length])
            if len(part) == length and part in phrases:
                found.append((place, part))
    if found or len(words) > NEVER_TYPOS:
        return found
    return [
        (place, phrase)
        for phrase in phrases
        if len(phrase) > 1
        for place in range(len(words) - len(phrase) + 1)
        if all(
            typed == word or (len(word) >= 4 and typed not in vocabulary().known and is_near(typed, word, 3))
            for typed, word in zip(words[place : place + len(phrase)], phrase, strict=True)
        )
    ]


def _is_all(words: Sequence[str], meanings: tuple[str, ...]) -> bool:
    """Whether words are nothing but phrases of these meanings."""
    return not _without(words, meanings)


def _without(words: Sequence[str], meanings: tuple[str, ...]) -> list[str]:
    left: list[str] = []
    place, longest = 0, LONGEST_PHRASE if len(words) <= LONG_TEXT else 2
    while place < len(words):
        length = next(
            (
                length
                for length in range(min(longest, len(words) - place), 0, -1)
                if any(
                    vocabulary().has(meaning, phrase)
                    for meaning in meanings
                    for phrase in _spelled(words[place : place + length])
                )
            ),
            0,
        )
        if length == 0:
            left.append(words[place])
        place += length or 1
    return left


def _bare(words: Sequence[str]) -> list[str]:
    """Without politeness and greetings around it."""
    return _without(words, ("polite", "greetings", "thanks"))
