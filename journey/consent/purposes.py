"""What people say yes or no to, purpose by purpose, and since when: each has a history of its own (rules, 31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from journey.models import Consent

# In the order in which they are asked. Taking part is the first, and is only taken back by stopping.
PURPOSES: Final = ("participate", "calls", "texts", "quotes", "recording", "photos", "file_dates")
CHOICES: Final = PURPOSES[1:]


@dataclass(frozen=True)
class Answer:
    """A yes or no to one purpose that held from `since` on. `version` and `language` are of the text that was shown or
    read aloud, `by` the label of who wrote it down."""

    allowed: bool
    since: datetime
    via: str
    by: str
    version: str
    language: str


@dataclass(frozen=True)
class PurposeHistory:
    """`answers` newest first, never empty: the first is what counts."""

    purpose: str
    answers: tuple[Answer, ...]

    @property
    def now(self) -> Answer:
        return self.answers[0]


def list_purposes(rows: Sequence[Consent]) -> tuple[PurposeHistory, ...]:
    """Per purpose the moments at which the answer changed, from the dated choices of one person, newest first."""
    if not rows:
        return ()
    return tuple(PurposeHistory(purpose, _answers(rows, purpose)) for purpose in PURPOSES)


def _answers(rows: Sequence[Consent], purpose: str) -> tuple[Answer, ...]:
    found: list[Answer] = []
    for row in reversed(rows):
        allowed = bool(getattr(row, purpose))
        if not found or found[-1].allowed != allowed:
            answer = Answer(
                allowed, row.given_at, row.given_via, row.recorded_by, row.text_version, row.language
            )
            found.append(answer)
    return tuple(reversed(found))
