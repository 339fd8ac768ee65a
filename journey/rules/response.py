"""Who was asked, who takes part and what became of each case: the denominator is whoever was approached (rules, 29)
and a case has one final outcome, the most informative one (AAPOR Standard Definitions).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from journey.rules.cadence import AAPOR, Aapor, Outcome
from journey.rules.disclosure import is_shown
from journey.rules.statistics import Reliability, reliability

# What tells most about a case comes first.
INFORMATIVE: Final = (
    Aapor.interview,
    Aapor.partial,
    Aapor.refusal,
    Aapor.other,
    Aapor.non_contact,
    Aapor.unknown,
)


def final_outcome(outcomes: Iterable[Outcome | str]) -> Outcome | None:
    """The outcome of one case: of its most informative group (I, P, R, O, NC, U) the last one; None without a dial.

    `outcomes` stand in the order of dialling.
    """
    dialled = [Outcome(outcome) for outcome in outcomes]
    if not dialled:
        return None
    best = min(INFORMATIVE.index(AAPOR[outcome]) for outcome in dialled)
    return next(one for one in reversed(dialled) if INFORMATIVE.index(AAPOR[one]) == best)


@dataclass(frozen=True)
class RecruitmentCounts:
    """How many were there, were asked, and what came of it; people, never names.

    `uncounted` are meetings of which nobody counted who was there. `yes` includes who said it but was not enrolled
    yet. `without_meeting` enrolled without having been asked at a meeting: they were asked as well, so they belong to
    `approached`. `population` is the number of applications in the case system, None when it was not delivered.
    """

    meetings: int = 0
    present: int = 0
    uncounted: int = 0
    yes: int = 0
    no: int = 0
    later: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    without_meeting: int = 0
    enrolled: int = 0
    answered: int = 0
    population: int | None = None

    @property
    def approached(self) -> int:
        return self.yes + self.no + self.later + self.without_meeting

    @property
    def response(self) -> float | None:
        """Answered / approached, 0-1; None when nobody was asked (rules, 29)."""
        return self.answered / self.approached if self.approached else None

    @property
    def reliability(self) -> Reliability | None:
        """Of what was answered, as a sample of the population; None when either is unknown."""
        if self.population is None or not 0 < self.answered <= self.population:
            return None
        return reliability(self.answered, self.population)


def may_show_response(approached: int, enrolled: int, answered: int, minimum: int) -> bool:
    """Whether managers may see it: not while those who were asked, take part or answered, or those who were asked and
    do not take part, are a small group (rules, 33).
    """
    rest = approached - enrolled
    parts = (approached, enrolled, answered, *((rest,) if rest else ()))
    return all(is_shown(size, minimum) for size in parts)


def enrolled_without_meeting(unlinked: int, erased: int, spare: int) -> int:
    """How many of the enrolled were not asked at a meeting.

    Who had everything removed is no longer linked to anything: as long as there is a yes without a participant
    (`spare`), that was theirs, so that nobody is asked twice.
    """
    return unlinked + max(0, erased - spare)
