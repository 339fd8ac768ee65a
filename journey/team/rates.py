"""Outcomes and rates of a study: per round and for the panel, over the final outcome of each case (AAPOR)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from journey.call.rounds import PastDial
from journey.rules.cadence import AAPOR, Aapor, Outcome, Rates, rates, round_of
from journey.rules.response import INFORMATIVE, final_outcome
from journey.team.queries import Crew
from journey.work import Work

WEEKS = 8


@dataclass(frozen=True)
class OutcomeRow:
    """`week` and `panel` count final outcomes: of this week's rounds, and of people over all rounds; `attempts` counts
    every dial.
    """

    outcome: Outcome
    group: Aapor
    week: int
    panel: int
    attempts: int


@dataclass(frozen=True)
class RoundRates:
    """The round of a week; `rounds` were planned, of which those with at least one attempt are cases."""

    week: date
    rounds: int
    rates: Rates


def list_outcomes(work: Work, crew: Crew) -> list[OutcomeRow]:
    """The outcomes that occurred, the most informative group first."""
    attempts = Counter(Outcome(one.outcome) for one in _attempts(crew))
    week = Counter(_finals_of(crew, round_of(work.today)))
    panel = Counter(_panel(crew))
    order = sorted(attempts, key=lambda one: (INFORMATIVE.index(AAPOR[one]), list(Outcome).index(one)))
    return [OutcomeRow(one, AAPOR[one], week[one], panel[one], attempts[one]) for one in order]


def list_round_rates(work: Work, crew: Crew) -> list[RoundRates]:
    """The last eight weeks, this week first. A round in which nobody dialled is no case (rules, 38)."""
    this_week = round_of(work.today)
    weeks = [this_week - timedelta(weeks=back) for back in range(WEEKS)]
    planned = Counter(
        call.week
        for history in crew.histories.values()
        for call in history.calls
        if call.state != "cancelled" or history.of(call)
    )
    return [RoundRates(week, planned[week], rates(_finals_of(crew, week))) for week in weeks]


def panel_rates(crew: Crew) -> Rates:
    """A case is a person who was dialled at least once, over all rounds."""
    return rates(_panel(crew))


def _finals_of(crew: Crew, week: date) -> list[Outcome]:
    return _finals(
        history.of(call) for history in crew.histories.values() for call in history.calls if call.week == week
    )


def _panel(crew: Crew) -> list[Outcome]:
    return _finals(
        sorted((one for call in history.calls for one in history.of(call)), key=lambda one: one.at)
        for history in crew.histories.values()
    )


def _finals(cases: Iterable[list[PastDial]]) -> list[Outcome]:
    finals = (final_outcome(one.outcome for one in case) for case in cases)
    return [final for final in finals if final is not None]


def _attempts(crew: Crew) -> list[PastDial]:
    return [one for history in crew.histories.values() for call in history.calls for one in history.of(call)]
