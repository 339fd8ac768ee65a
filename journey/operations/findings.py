"""What a check of `journey doctor` gives, and the little that several checks look with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from journey.files import SealedFiles
from journey.work import House

FAULT: Final = "fault"
NOTICE: Final = "notice"


@dataclass(frozen=True)
class Finding:
    """A `fault` keeps the installation from what it has to do or keep; a `notice` is for when there is time.

    Both strings are English, for operators, and hold no secret and nothing of a participant.
    """

    level: Literal["fault", "notice"]
    sentence: str
    remedy: str
    check: str = ""


Check = Callable[[House], Iterator[Finding]]


def first_line(fault: BaseException) -> str:
    """What a fault says, without the statement it was about."""
    return str(getattr(fault, "orig", None) or fault).strip().partition("\n")[0]


def uploads_of(house: House) -> SealedFiles:
    return SealedFiles.of(house.settings, house.vault)


def sqlite_file(house: House) -> Path | None:
    """The file of the database; None on PostgreSQL and in memory."""
    name = house.database.engine.url.database
    return Path(name) if house.database.is_sqlite and name and name != ":memory:" else None
