"""Who is missed, as a split of the people that is shown whole or not (rules, 33); knows no reader and no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.rules.disclosure import is_shown
from journey.rules.disclosure_parts import UNSPLIT, Splitting, choose_groups
from journey.web.i18n import gettext as _


@dataclass(frozen=True)
class MissedGroup:
    """`keys` are one language, channel or route, or several small ones together; `approached` None: nobody noted it."""

    keys: tuple[str, ...]
    approached: int | None
    enrolled: int
    answered: int

    @property
    def share(self) -> float | None:
        """Answered of enrolled, 0-1."""
        return self.answered / self.enrolled if self.enrolled else None


@dataclass(frozen=True)
class MissedSplit:
    kind: str
    groups: tuple[MissedGroup, ...] = ()
    reason: str | None = None


def leaves_a_route_out(routes: Mapping[str, Mapping[str, Any]], count: str, minimum: int) -> bool:
    """Whether a sum of this count (took_part, answered) over these routes (see `Batch.method`) would show a route that
    is hidden everywhere else.
    """
    withheld = any(one["withheld"] for one in routes.values())
    rest = sum(one[count] for one in routes.values() if not is_shown(one[count], minimum))
    return withheld or 0 < rest < minimum


def disclosed_missed(kind: str, stored: Sequence[Mapping[str, Any]], minimum: int) -> MissedSplit:
    """One split; a group counts for the smallest number it shows, and so do those who were asked and did not enrol."""
    rows = {row["key"]: row for row in stored}
    sizes = {key: [_smallest(row)] for key, row in rows.items()}
    groups = [(key,) for key in rows] if not minimum else _together(rows, sizes, minimum)
    if groups is None:
        return MissedSplit(kind, reason=_(UNSPLIT, minimum=minimum))
    return MissedSplit(kind, tuple(_merged([rows[key] for key in keys]) for keys in groups))


def _together(
    rows: Mapping[str, Mapping[str, Any]], sizes: Mapping[str, Sequence[int]], minimum: int
) -> list[tuple[str, ...]] | None:
    groups = choose_groups(sizes, Splitting(minimum))
    grouped = {key for keys in groups or () for key in keys}
    if groups is None or any(key not in grouped and _largest(row) for key, row in rows.items()):
        return None
    together = [_merged([rows[key] for key in keys]) for keys in groups]
    return groups if all(_smallest(vars(one)) >= minimum for one in together) else None


def _smallest(row: Mapping[str, Any]) -> int:
    """The smallest group that the numbers of a row show."""
    rest = (row["approached"] or 0) - row["enrolled"]
    return min(int(row["enrolled"]), int(row["answered"]), *((int(rest),) if rest > 0 else ()))


def _largest(row: Mapping[str, Any]) -> int:
    return max(int(row["approached"] or 0), int(row["enrolled"]), int(row["answered"]))


def _merged(rows: Sequence[Mapping[str, Any]]) -> MissedGroup:
    asked = [row["approached"] for row in rows]
    return MissedGroup(
        tuple(row["key"] for row in rows),
        None if None in asked else sum(asked),
        sum(row["enrolled"] for row in rows),
        sum(row["answered"] for row in rows),
    )
