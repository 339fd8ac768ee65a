"""What managers may see of small groups, decided in one place for every page, filter and export (rules, 33).

A group is shown from a minimum size on; a sum is hidden when the difference with what is shown would be a
small group.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Final, Generic, TypeVar

from journey.rules.wording import msgid

K = TypeVar("K", bound=Hashable)

MINIMUM_GROUP: Final = 10
BATCH_SIZE: Final = 5

TOO_SMALL: Final = msgid("Minder dan %(minimum)s antwoorden: niet getoond, zodat niemand herkenbaar is.")
REVEALS: Final = msgid("Niet opgeteld: het verschil zou een groep van minder dan %(minimum)s laten zien.")

CHANGED: Final = msgid(
    "Sinds de vorige cijfers veranderde hier iets van te weinig mensen: even niet getoond, zodat niemand herkenbaar is."
)


def is_shown(n: int, minimum: int = MINIMUM_GROUP) -> bool:
    """Whether a group of that size may be shown; when it is, all its cells are."""
    return n >= minimum


@dataclass(frozen=True)
class Verdict:
    """Whether a row may be shown and, when not, why: a Dutch msgid filled with `params`."""

    shown: bool
    reason: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Disclosure(Generic[K]):
    """The verdict on every part (route, municipality, ...) and on their sum."""

    parts: Mapping[K, Verdict]
    total: Verdict


def disclose(sizes: Mapping[K, int], minimum: int = MINIMUM_GROUP, *, apart: int = 0) -> Disclosure[K]:
    """Decides over the rows of one figure, split into disjoint parts with N per part, and over their sum.

    The sum is shown when it is large enough itself and what the hidden parts add up to is nobody or a large
    enough group: with exactly one small part hidden, the sum would give it away. `apart` are in the sum but in no part:
    they never have a row of their own.
    """
    small = Verdict(shown=False, reason=TOO_SMALL, params={"minimum": minimum})
    parts = {key: Verdict(shown=True) if is_shown(n, minimum) else small for key, n in sizes.items()}
    hidden = apart + sum(n for key, n in sizes.items() if not parts[key].shown)
    if not is_shown(sum(sizes.values()) + apart, minimum):
        return Disclosure(parts, small)
    if hidden and not is_shown(hidden, minimum):
        return Disclosure(parts, Verdict(shown=False, reason=REVEALS, params={"minimum": minimum}))
    return Disclosure(parts, Verdict(shown=True))


def changed_people(before: Mapping[str, str], after: Mapping[str, str]) -> int:
    """People whose contribution differs between two looks: added, withdrawn or changed.

    Both map a person to a fingerprint of everything that counts of that person.
    """
    return sum(before.get(person) != after.get(person) for person in before.keys() | after.keys())


def batch_due(changed: int, minimum: int = BATCH_SIZE) -> bool:
    """Whether enough people changed to publish new figures, so that a difference is never one person's."""
    return changed >= minimum


class Renewal(StrEnum):
    """What becomes of one figure in a new batch."""

    renew = "renew"
    keep = "keep"
    withhold = "withhold"


def renewal(looks: Sequence[Mapping[str, str]], now: Mapping[str, str], batch_size: int) -> Renewal:
    """Whether one figure may follow its people in a new batch; all map a person to a fingerprint.

    `looks` is what managers saw of this figure before, oldest first. While only a few people differ from any of these
    it stays as it was; when one of the last look withdrew it may not stay either (rules, 32) and is withheld. So it is
    when all but a few of its people are those who came between two looks: these can be subtracted.
    """
    if gives_away(looks, now, batch_size):
        return Renewal.withhold
    if may_follow(looks, now, batch_size):
        return Renewal.renew
    return Renewal.withhold if looks[-1].keys() - now.keys() else Renewal.keep


def gives_away(looks: Sequence[Mapping[str, str]], now: Mapping[str, str], batch_size: int) -> bool:
    """Whether all but a few of these people are those who came between two looks: these can be subtracted."""
    for before, after in combinations(looks, 2):
        others = now.items() - (after.items() - before.items())
        if others and len(others) < batch_size:
            return True
    return False


def may_follow(looks: Sequence[Mapping[str, str]], now: Mapping[str, str], batch_size: int) -> bool:
    """Whether nobody or enough people differ from each earlier look, so that no difference is a few people."""
    return all(look == now or batch_due(changed_people(look, now), batch_size) for look in looks)
