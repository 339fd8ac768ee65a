"""Names as people say and spell them: compared word by word, without accents, in any order."""

import unicodedata
from typing import Final

# Left out on both sides: how people are addressed, and the small words that nobody hears well on the phone.
SMALL_WORDS: Final = frozenset(
    {"mevrouw", "mevr", "mw", "meneer", "mijnheer", "heer", "dhr", "mr", "mrs", "ms", "miss"}
    | {"de", "den", "der", "het", "t", "te", "ten", "ter", "van", "von", "el", "al"}
)
NEAR_FROM: Final = 5
SHORTEST_PART: Final = 2


def name_words(name: str) -> frozenset[str]:
    """The words of a name in small letters, without accents and without the small words."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign)
    )
    words = "".join(sign if sign.isalpha() else " " for sign in bare).split()
    return frozenset(words) - SMALL_WORDS


def is_near(typed: str, own: str) -> bool:
    """The same word, or a long one with one letter wrong, missing or too many."""
    if typed == own or min(len(typed), len(own)) < NEAR_FROM:
        return typed == own
    if len(typed) == len(own):
        return sum(a != b for a, b in zip(typed, own, strict=True)) == 1
    short, long = sorted((typed, own), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def is_part_of_name(typed: str, name: str) -> bool:
    """Whether every word typed begins a word of the name, or nearly is one; one letter alone is too little."""
    said, own = name_words(typed), name_words(name)
    if not said or max(map(len, said)) < SHORTEST_PART:
        return False
    return all(any(other.startswith(word) or is_near(word, other) for other in own) for word in said)
