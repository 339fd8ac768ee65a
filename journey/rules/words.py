"""Which words of a text another version leaves out and which it adds, for who must read what was changed."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Piece:
    """A part of a text that is the same in both versions, or not."""

    text: str
    changed: bool


def compare_words(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The two texts in pieces, word by word; put together again they are the texts themselves."""
    old, new = _words(before), _words(after)
    removed: list[Piece] = []
    added: list[Piece] = []
    for what, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        changed = what != "equal"
        if old_end > old_start:
            removed.append(Piece("".join(old[old_start:old_end]), changed))
        if new_end > new_start:
            added.append(Piece("".join(new[new_start:new_end]), changed))
    return tuple(removed), tuple(added)


def _words(text: str) -> list[str]:
    """Each word with the space behind it."""
    return re.findall(r"\s*\S+\s*|\s+", text)
