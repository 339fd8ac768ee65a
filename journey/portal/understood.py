"""The words that people text us, of every language together, and the text cut into them.

They are data in `seeds/understood`, a file per language. Both sides are folded alike, so that capitals, accents, vowel
signs, digits of another script and full-width letters make no difference.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from journey.resources import folder
from journey.rules.ratings import Value
from journey.rules.signs import digit, words

Phrase = tuple[str, ...]

VALUES: Final = (Value.negative, Value.neutral, Value.positive)
LONGEST_PHRASE: Final = 6
_LETTERS: Final = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "ى": "ي",
        "ة": "ه",
        "ک": "ك",
        "ی": "ي",
        "ـ": "",
    }
)
FACES: Final[Mapping[str, Value]] = {
    **dict.fromkeys("🙁☹😞😟😠😡😢😕👎😔😒😣😖😫😩😤🤬👿💩🤮🤢😭😨😰😱😾🙄", Value.negative),
    **dict.fromkeys("😐😑😶🫤", Value.neutral),
    **dict.fromkeys("🙂☺😀😃😄😁😊👍😍🥰🤩👏😎💯👌😇🤗😻💪🙌❤💚💙🤙", Value.positive),
}
SMILEYS: Final[Mapping[str, Value]] = {
    **dict.fromkeys((":-(", ":(", ":'(", ":-((", "=(", ":-/", ":/", ";-(", ";("), Value.negative),
    **dict.fromkeys((":-|", ":|", "=|"), Value.neutral),
    **dict.fromkeys(
        (":-)", ":)", ":-D", ":D", "=)", "=D", ";-)", ";)", "(:", ":-))", "xD", "XD"), Value.positive
    ),
}
HEARTS: Final = ("<3", "</3")
_TOKEN: Final = re.compile(
    "|".join(re.escape(one) for one in sorted((*SMILEYS, *HEARTS), key=len, reverse=True))
    + r"|\d+|[^\W\d_]+|."
)
_SKINS: Final = re.compile("[\U0001f3fb-\U0001f3ff]")


@dataclass(frozen=True)
class Token:
    """A piece of a text: `kind` is word, number, face or sign; `start` and `end` are its place in `words(body)`."""

    kind: str
    text: str
    start: int
    end: int
    face: Value | None = None


@dataclass(frozen=True)
class Vocabulary:
    """Phrases by meaning (`sets`), and what those of the three answers say."""

    sets: Mapping[str, frozenset[Phrase]]
    values: Mapping[Phrase, Value]
    numbers: Mapping[str, Value]
    known: frozenset[str]

    def has(self, meaning: str, phrase: Iterable[str]) -> bool:
        return tuple(phrase) in self.sets[meaning]


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", "".join(map(digit, text))).casefold()
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not _is_mark(sign))
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) in ("Mn", "Me", "Cf", "Sk")


def cut(body: str) -> tuple[str, list[Token]]:
    """The text as it is kept, and its pieces; marks above letters and skin colours are looked through."""
    text = words(body)
    places = [place for place, sign in enumerate(text) if not _is_mark(sign) and not _SKINS.match(sign)]
    bare = "".join(text[place] for place in places)
    places.append(len(text))
    found = []
    for match in _TOKEN.finditer(bare):
        start, end = places[match.start()], places[match.end() - 1] + 1
        token = _token(match[0], start, end)
        if token is not None:
            found.append(token)
    return text, found


def _token(piece: str, start: int, end: int) -> Token | None:
    if piece in SMILEYS:
        return Token("face", piece, start, end, SMILEYS[piece])
    if piece in HEARTS:
        return None
    if piece in FACES:
        return Token("face", piece, start, end, FACES[piece])
    folded = fold(piece)
    if folded.isdecimal():
        return Token("number", folded.lstrip("0") or "0", start, end)
    if any(sign.isalpha() for sign in folded):
        return Token("word", folded, start, end)
    if piece.isspace() and piece != "\n":
        return None
    if unicodedata.category(piece[0]) in ("So", "Sk"):
        return None  # a picture that is no face
    return Token("sign", piece, start, end)


@cache
def vocabulary() -> Vocabulary:
    """Everything that is understood. Raises ValueError when one phrase has two answers."""
    sets: dict[str, set[Phrase]] = {}
    values: dict[Phrase, Value] = {}
    numbers: dict[str, Value] = {}
    for file in sorted((folder("seeds") / "understood").glob("*.toml")):
        content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        for number, names in content.pop("numbers", {}).items():
            numbers |= {fold(name): VALUES[int(number) - 1] for name in names}
        for meaning, phrases in content.items():
            read = {phrase_of(phrase) for phrase in phrases}
            sets.setdefault(meaning, set()).update(read)
            if meaning in (*VALUES, Value.not_applicable):
                _add_values(values, read, Value(meaning), file.name)
    known = {word for meaning in sets.values() for phrase in meaning for word in phrase}
    frozen = {meaning: frozenset(phrases) for meaning, phrases in sets.items()}
    return Vocabulary(frozen, values, numbers, frozenset(known))


def phrase_of(text: str) -> Phrase:
    return tuple(token.text for token in cut(text)[1] if token.kind in ("word", "number"))


def _add_values(values: dict[Phrase, Value], phrases: set[Phrase], value: Value, file: str) -> None:
    for phrase in phrases:
        if values.setdefault(phrase, value) != value:
            raise ValueError(f"{file}: {' '.join(phrase)} is both {values[phrase]} and {value}")


# --- Typing errors -----------------------------------------------------------------------------------


def spellings(word: str) -> Iterable[str]:
    """The word, and without letters held too long: `goeeeed`."""
    yield word
    if re.search(r"(.)\1\1", word):
        yield re.sub(r"(.)\1{2,}", r"\1\1", word)
        yield re.sub(r"(.)\1{2,}", r"\1", word)


def is_near(typed: str, word: str, least: int = 4) -> bool:
    """One slip of a thumb away: two letters in the other order, one twice, too many or missing; another letter only in
    a longer word, because in a short one it is another word."""
    if typed == word:
        return True
    short = min(len(typed), len(word))
    if len(typed) == len(word):
        wrong = [place for place in range(short) if typed[place] != word[place]]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1 and short >= 3:
            return typed[wrong[0]] == word[wrong[1]] and typed[wrong[1]] == word[wrong[0]]
        return len(wrong) == 1 and short >= 6
    if abs(len(typed) - len(word)) != 1 or short < least:
        return False
    long, less = (typed, word) if len(typed) > len(word) else (word, typed)
    return any(long[:place] + long[place + 1 :] == less for place in range(len(long)))
