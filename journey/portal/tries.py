"""Limits on typing codes and on asking what is real: per address, and per first letters of a code for whoever has many
addresses. What was right is not counted, so a desk where many people type their code is not shut out.
"""

from typing import Final

from journey.auth.throttle import count_try, take_back_try
from journey.portal.letters import read_code
from journey.work import Work

WRONG_CODES: Final = 10
PREFIX: Final = (
    2  # 484 beginnings: ten thousand addresses together try fewer than five thousand codes a quarter
)
QUESTIONS: Final = 20


def count_code_try(work: Work, typed: str) -> None:
    """Before a code is looked up; TooManyTries after ten wrong ones in a quarter of an hour, whether or not this one
    would have been right."""
    for key in _code_keys(work, typed):
        count_try(work, key, WRONG_CODES)


def forgive_code_try(work: Work, typed: str) -> None:
    """The code was right."""
    for key in _code_keys(work, typed):
        take_back_try(work, key)


def count_question(work: Work) -> None:
    """At the page that says what is real: TooManyTries after twenty questions in a quarter of an hour."""
    count_try(work, f"check:{work.origin}"[:120], QUESTIONS)


def _code_keys(work: Work, typed: str) -> list[str]:
    code = read_code(typed)
    keys = [f"code:{work.origin}"[:120]]
    if code is not None:
        keys.append(f"code-start:{work.vault.fingerprint(code[:PREFIX], 'code-start')}")
    return keys
