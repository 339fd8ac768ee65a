"""How one shown group may be split over channels or over time, so that no part and no difference of parts is a small
group (rules, 33).

Whatever is split stays one partition: every answer is in exactly one part and every part is large enough, or there
is no split at all.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, TypeVar

from journey.rules.wording import msgid

K = TypeVar("K", bound=Hashable)
Cells = Sequence[int]
Days = Mapping[date, int]

UNSPLIT: Final = msgid("Niet uitgesplitst: een deel zou een groep van minder dan %(minimum)s laten zien.")
CROSSED: Final = msgid(
    "Niet uitgesplitst: samen met een andere uitsplitsing zou een groep van minder dan %(minimum)s te zien zijn."
)


def merge_small(sizes: Mapping[K, int], minimum: int) -> list[tuple[K, ...]] | None:
    """The parts to show, in the given order: large ones by themselves, all small ones as one part at the end.

    None when the small ones stay small together: the total would give them away. Empty parts are left out.
    """
    filled = {key: n for key, n in sizes.items() if n}
    small = tuple(key for key, n in filled.items() if n < minimum)
    if small and sum(filled[key] for key in small) < minimum:
        return None
    return [*((key,) for key, n in filled.items() if n >= minimum), *((small,) if small else ())]


@dataclass(frozen=True)
class Span:
    """Days from `start` up to, not including, `end`; None is open on that side."""

    start: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        return (self.start is None or day >= self.start) and (self.end is None or day < self.end)

    def count(self, days: Days) -> int:
        return sum(n for day, n in days.items() if self.holds(day))


def spans(cuts: Iterable[date]) -> list[Span]:
    """The parts of time between these cuts; a cut is the first day of what comes after it."""
    edges = [None, *sorted(set(cuts)), None]
    return [Span(start, end) for start, end in pairwise(edges)]


def choose_cuts(
    days: Days,
    wanted: Sequence[date],
    minimum: int,
    earlier: Sequence[Days] = (),
    least_change: int = 0,
) -> list[date]:
    """Which of the wanted cuts may be made, the first wanted first; `days` counts answers per day.

    Every part must hold `minimum` answers now. In each `earlier` look at the same figures it must have held nobody or
    at least `least_change`: the earlier total minus a part that did not change since would else show those few.
    """
    chosen: list[date] = []
    for cut in wanted:
        parts = spans([*chosen, cut])
        touching = [part for part in parts if cut in (part.start, part.end)]
        if cut not in chosen and all(_safe(part, days, minimum, earlier, least_change) for part in touching):
            chosen.append(cut)
    return sorted(chosen)


def _safe(part: Span, days: Days, minimum: int, earlier: Sequence[Days], least_change: int) -> bool:
    if part.count(days) < minimum:
        return False
    before = (part.count(look) for look in earlier)
    return all(n == 0 or n >= least_change for n in before)


def may_cross(first: Sequence[Cells], second: Sequence[Cells], minimum: int) -> bool:
    """Whether two splits of the same answers may stand side by side: no crossing of a part of the one with a part of
    the other is a small group of which the size follows from the two.

    A part is its counts per value. Per value a crossing holds at least a + b - total and at most min(a, b) answers,
    and both ends are possible; its size follows when they are equal for every value.
    """
    totals = [sum(cells) for cells in zip(*first, strict=True)]
    for one in first:
        for other in second:
            least = [max(0, a + b - total) for a, b, total in zip(one, other, totals, strict=True)]
            most = [min(a, b) for a, b in zip(one, other, strict=True)]
            if least == most and 0 < sum(least) < minimum:
                return False
    return True
