"""In which language a participant reads: what they asked for, else their own, else Dutch, which is binding.

Screens speak every language that is offered now (`journey.texts.approval`). Letters and text messages are written in
Dutch or English only: what they say has a list of approvals of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from journey.texts.approval import offered
from journey.web.i18n import language, use_language
from journey.work import Work

WRITTEN = frozenset({"nl", "en"})


def choose(work: Work, asked: str, own: str = "nl") -> str:
    """What was asked for, else the person's own language, else Dutch."""
    known = offered(work)
    return next((code for code in (asked, own) if code in known), "nl")


def choose_written(own: str) -> str:
    """The language of a letter or a text message to somebody."""
    return own if own in WRITTEN else "nl"


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Texts inside are in this language, such as a message that a Dutch screen sends to somebody else."""
    before = language()
    use_language(choose_written(code))
    try:
        yield
    finally:
        use_language(before)
