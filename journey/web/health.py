"""Probes for operators: is the process alive, and can it do its work."""

from dataclasses import dataclass

from sqlmodel import text

from journey.migrations import is_current
from journey.work import House, Work


@dataclass(frozen=True)
class Readiness:
    """`problems` are English words for operators; empty when ready."""

    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def readiness(house: House, work: Work) -> Readiness:
    """Whether the database answers and has the tables this version expects."""
    work.session.exec(text("SELECT 1"))  # type: ignore[call-overload]
    return Readiness(() if is_current(house.database) else ("database is not migrated",))
