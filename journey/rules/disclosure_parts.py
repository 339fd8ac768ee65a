"""How one shown group may be split over channels or over time, so that no part, no difference of parts and no
difference with an earlier look is a small group (rules, 33).

Whatever is split stays one partition: every answer is in exactly one part and every part is large enough, or there
is no split at all. Answers are counted per unit (a day, a channel) in cells: counts per value.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise, zip_longest
from typing import Any, Final, TypeVar

from journey.rules.wording import msgid

U = TypeVar("U", bound=Hashable)
Cells = Sequence[int]
Units = Mapping[U, Cells]

UNSPLIT: Final = msgid("Niet uitgesplitst: een deel zou een groep van minder dan %(minimum)s laten zien.")
CROSSED: Final = msgid(
    "Niet uitgesplitst: samen met een andere uitsplitsing zou een groep van minder dan %(minimum)s te zien zijn."
)


@dataclass(frozen=True)
class Splitting:
    """What a part must keep to: `minimum` answers now, and against each earlier look at the same figures nobody or at
    least `batch_size` people, in what it held then and in what moved between any two looks.
    """

    minimum: int
    batch_size: int = 0

    def allows(self, part: Callable[[Any], bool], now: Units[U], looks: Sequence[Units[U]]) -> bool:
        """Whether the units for which `part` holds may be shown as one part."""
        if count(part, now) < self.minimum:
            return False
        return all(self._enough(count(part, look)) for look in looks) and all(
            self._enough(moved(part, before, after)) for before, after in combinations([*looks, now], 2)
        )

    def became_few(self, part: Callable[[Any], bool], now: Units[U]) -> bool:
        """Whether a part that was shown apart holds so few by now that the total minus the other parts, if these stayed
        as they were, shows these few.
        """
        return not self._enough(count(part, now))

    def _enough(self, people: int) -> bool:
        return people == 0 or people >= self.batch_size


def count(part: Callable[[Any], bool], units: Units[U]) -> int:
    """Answers in the units for which `part` holds."""
    return sum(sum(cells) for unit, cells in units.items() if part(unit))


def moved(part: Callable[[Any], bool], before: Units[U], now: Units[U]) -> int:
    """At least so many people make the difference that can be seen: each takes one answer away, adds one, or both."""
    more = less = 0
    for unit in before.keys() | now.keys():
        if part(unit):
            changes = [
                new - old for old, new in zip_longest(before.get(unit, ()), now.get(unit, ()), fillvalue=0)
            ]
            more += sum(change for change in changes if change > 0)
            less -= sum(change for change in changes if change < 0)
    return max(more, less)


def choose_groups(
    now: Units[U],
    splitting: Splitting,
    looks: Sequence[Units[U]] = (),
    shown: Sequence[Iterable[Sequence[U]]] = (),
) -> list[tuple[U, ...]] | None:
    """The parts of a split over a few units, in the given order: each that may be shown by itself, all others as one
    part at the end. Empty units are left out.

    None when the others may not be shown together, because the total would give them away, or when a part would cut
    across one of the parts `shown` at an earlier look.
    """
    filled = [unit for unit in now if sum(now[unit])]
    alone = [unit for unit in filled if splitting.allows({unit}.__contains__, now, looks)]
    others = {unit for unit in now if unit not in alone}
    if any(count(others.__contains__, units) for units in (now, *looks)) and not splitting.allows(
        others.__contains__, now, looks
    ):
        return None
    rest = tuple(unit for unit in filled if unit in others)
    groups = [*((unit,) for unit in alone), *((rest,) if rest else ())]
    across = any(
        _cuts_across(set(group), [set(one) for one in before]) for group in groups for before in shown
    )
    return None if across else groups


def _cuts_across(group: set[U], before: Sequence[set[U]]) -> bool:
    """Whether the group is neither inside one of the parts before nor made of whole ones."""
    touched = [one for one in before if one & group]
    return not (all(one <= group for one in touched) or len(touched) == 1)


@dataclass(frozen=True)
class Span:
    """Days from `start` up to, not including, `end`; None is open on that side."""

    start: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        return (self.start is None or day >= self.start) and (self.end is None or day < self.end)

    def cuts_across(self, cuts: Sequence[date]) -> bool:
        """Whether it is neither inside one of the parts between these cuts nor made of whole ones."""
        inside = not any(self.holds(cut) and cut != self.start for cut in cuts)
        return not inside and any(edge is not None and edge not in cuts for edge in (self.start, self.end))


def spans(cuts: Iterable[date]) -> list[Span]:
    """The parts of time between these cuts; a cut is the first day of what comes after it."""
    edges = [None, *sorted(set(cuts)), None]
    return [Span(start, end) for start, end in pairwise(edges)]


def choose_cuts(
    now: Units[date],
    wanted: Sequence[date],
    splitting: Splitting,
    looks: Sequence[Units[date]] = (),
    shown: Sequence[Sequence[date]] = (),
) -> list[date]:
    """Which of the wanted cuts may be made, the first wanted first, in order of time; `shown` are those of earlier
    looks, whose parts may not be cut across.
    """
    chosen: list[date] = []
    for cut in dict.fromkeys(wanted):
        touching = [span for span in spans([*chosen, cut]) if cut in (span.start, span.end)]
        across = any(span.cuts_across(before) for span in touching for before in shown)
        if not across and all(splitting.allows(span.holds, now, looks) for span in touching):
            chosen.append(cut)
    return sorted(chosen)


def may_cross(first: Sequence[Cells], second: Sequence[Cells], minimum: int) -> bool:
    """Whether two splits of the same answers may stand side by side: no crossing of a part of the one with a part of
    the other is a small group of which the size follows from the two.

    Per value a crossing holds at least a + b - total and at most min(a, b) answers, and both ends are possible; its
    size follows when they are equal for every value.
    """
    totals = [sum(cells) for cells in zip(*first, strict=True)]
    for one in first:
        for other in second:
            least = [max(0, a + b - total) for a, b, total in zip(one, other, totals, strict=True)]
            most = [min(a, b) for a, b in zip(one, other, strict=True)]
            if least == most and 0 < sum(least) < minimum:
                return False
    return True
