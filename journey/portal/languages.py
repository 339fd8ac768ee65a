"""In which language a participant reads: their own when we have all its texts, and Dutch one tap away.

Dutch is binding (rules, 43). A language without a catalogue is not offered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from journey.web.i18n import FOLDER, LANGUAGES, language, use_language


@cache
def offered() -> dict[str, str]:
    """Code and own name of the languages with a catalogue, Dutch first."""
    return {
        code: name
        for code, name in LANGUAGES.items()
        if code == "nl" or (FOLDER / code / "LC_MESSAGES" / "journey.po").exists()
    }


def choose(asked: str, own: str = "nl") -> str:
    """What was asked for, else the person's own language, else Dutch."""
    return next((code for code in (asked, own) if code in offered()), "nl")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Texts inside are in this language, such as a message that a Dutch screen sends to somebody else."""
    before = language()
    use_language(choose(code))
    try:
        yield
    finally:
        use_language(before)
