"""Limits on typing codes and on asking what is real: per network (as at sign-in), and per first letters of a code for
whoever has many networks. What was right is not counted, so a desk where many people type their code is not shut out;
and who did not guess wrong gets in with a right code, however often others try codes that begin the same.
"""

from typing import Final

from journey.auth.guard import network_of
from journey.auth.throttle import TooManyTries, count_anyway, count_recent, count_try, take_back_try
from journey.portal.letters import read_code
from journey.work import Work

WRONG_CODES: Final = 10
PREFIX: Final = (
    2  # 484 beginnings: ten thousand networks together try fewer than five thousand codes a quarter
)
QUESTIONS: Final = 20


def count_code_try(work: Work, typed: str) -> None:
    """Before a code is looked up; TooManyTries after ten wrong ones in a quarter of an hour from this network, whether
    or not this one would have been right, and for who guessed wrong before also after ten of the same beginning."""
    own, shared = _own_key(work), _shared_key(work, typed)
    guessed = count_recent(work, own)
    count_try(work, own, WRONG_CODES)
    if shared is None:
        return
    try:
        count_try(work, shared, WRONG_CODES)
    except TooManyTries:
        if guessed:
            raise
        count_anyway(work, shared)  # or a right code would take back a try of whoever guesses


def forgive_code_try(work: Work, typed: str) -> None:
    """The code was right."""
    take_back_try(work, _own_key(work))
    if (shared := _shared_key(work, typed)) is not None:
        take_back_try(work, shared)


def count_question(work: Work) -> None:
    """At the page that says what is real: TooManyTries after twenty questions in a quarter of an hour."""
    count_try(work, f"check:{network_of(work.origin)}"[:120], QUESTIONS)


def _own_key(work: Work) -> str:
    return f"code:{network_of(work.origin)}"[:120]


def _shared_key(work: Work, typed: str) -> str | None:
    code = read_code(typed)
    return None if code is None else f"code-start:{work.vault.fingerprint(code[:PREFIX], 'code-start')}"
