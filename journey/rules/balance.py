"""The load of the researchers of a study, and how to even it out: suggestions only, the lead decides.

Someone who trusts their researcher is moved only when the difference is large.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WEIGHTS: Final[Mapping[str, float]] = {"weekly": 1.0, "closing": 2.0}
LANGUAGE_FACTOR: Final = 1.5
# A difference of two weekly calls is not worth a change of voice; of four it is, even for who trusts this one.
EVEN_ENOUGH: Final = 2.0
TOO_UNEVEN: Final = 4.0


@dataclass(frozen=True)
class OpenCase:
    """An open round: `person` is a code, `researcher` a user, `kind` weekly or closing; `language_help` when somebody
    has to help with the language, `trusts` when the last card after a call says that the trust is high, `just_came`
    when handed over and not spoken to since: not moved again.
    """

    person: str
    researcher: int
    kind: str = "weekly"
    language_help: bool = False
    trusts: bool = False
    just_came: bool = False


@dataclass(frozen=True)
class Move:
    person: str
    giver: int
    receiver: int
    trusts: bool


def weight_of(case: OpenCase) -> float:
    """A weekly call weighs 1, a closing interview 2; with help for the language one and a half times that."""
    return WEIGHTS[case.kind] * (LANGUAGE_FACTOR if case.language_help else 1)


def loads_of(researchers: Iterable[int], cases: Iterable[OpenCase]) -> dict[int, float]:
    """The weight of the open calls per researcher, 0 for who has none; cases of nobody else count for nobody."""
    loads = dict.fromkeys(researchers, 0.0)
    for case in cases:
        if case.researcher in loads:
            loads[case.researcher] += weight_of(case)
    return loads


def lightest(loads: Mapping[int, float]) -> int | None:
    """Who should get the next participant; of equals the one who came first, None without researchers."""
    return min(loads, key=lambda one: (loads[one], one), default=None)


def suggest_moves(researchers: Sequence[int], cases: Sequence[OpenCase], most: int = 5) -> list[Move]:
    """Moves that even out the load, the most useful first; at most `most`, each person once.

    From the heaviest to the lightest as long as they differ by more than two weekly calls: the case that comes nearest
    to half the difference, and of people who trust their researcher only when they differ by more than four and
    nobody else helps.
    """
    loads, left, moves = loads_of(researchers, cases), list(cases), list[Move]()
    while len(moves) < most and loads:
        giver = max(loads, key=lambda one: (loads[one], one))
        receiver = min(loads, key=lambda one: (loads[one], one))
        gap = loads[giver] - loads[receiver]
        case = _find_case(left, giver, gap)
        if case is None:
            break
        left.remove(case)
        loads[giver] -= weight_of(case)
        loads[receiver] += weight_of(case)
        moves.append(Move(case.person, giver, receiver, case.trusts))
    return moves


def _find_case(cases: Sequence[OpenCase], giver: int, gap: float) -> OpenCase | None:
    if gap <= EVEN_ENOUGH:
        return None
    helping = [
        case for case in cases if case.researcher == giver and weight_of(case) < gap and not case.just_came
    ]
    free = [case for case in helping if not case.trusts]
    chosen = free or (helping if gap > TOO_UNEVEN else [])
    return min(chosen, key=lambda case: (abs(weight_of(case) - gap / 2), case.person), default=None)
