"""The pages of the team as frozen dataclasses."""

from dataclasses import dataclass

from journey.call.promises import OpenPromise
from journey.call.wording import outcome_word
from journey.models import Participant, Study
from journey.participant.handover import Receiver
from journey.rules.cadence import Rates
from journey.rules.promises import PromiseMonth
from journey.rules.readback import Agreement
from journey.rules.response import RecruitmentCounts
from journey.team.missing import Missing
from journey.team.queries import Balance, NotReached, Week, Wish
from journey.team.rates import OutcomeRow, RoundRates
from journey.web.forms import Form


@dataclass(frozen=True)
class ChoosePage:
    studies: tuple[Study, ...]


@dataclass(frozen=True)
class TeamPage:
    """`promises` still wait for a call; `leavers` have people but may not receive any: they left or lost access."""

    study: Study
    weeks: tuple[Week, ...]
    not_reached: tuple[NotReached, ...]
    wishes: tuple[Wish, ...]
    promises: tuple[OpenPromise, ...]
    months: tuple[PromiseMonth, ...]
    balance: Balance
    outcomes: tuple[OutcomeRow, ...]
    rounds: tuple[RoundRates, ...]
    panel: Rates
    agreement: Agreement
    missing: Missing
    recruitment: RecruitmentCounts
    routes: dict[str, str]

    @property
    def late_promises(self) -> list[OpenPromise]:
        return [one for one in self.promises if one.is_late]

    @property
    def leavers(self) -> list[Week]:
        return [one for one in self.weeks if one.researcher and one.people and not one.receives]

    @property
    def unassigned(self) -> int:
        """People of nobody in particular."""
        return sum(one.people for one in self.weeks if one.researcher is None)

    def total(self, name: str) -> int:
        """The sum of a column of this week."""
        return sum(getattr(one, name) for one in self.weeks)

    @staticmethod
    def outcome(outcome: str) -> str:
        return outcome_word(outcome)


@dataclass(frozen=True)
class HandOverAllPage:
    study: Study
    giver: str
    giver_id: int
    people: tuple[Participant, ...]
    receivers: tuple[Receiver, ...]
    reasons: tuple[str, ...]
    form: Form

    @property
    def chosen(self) -> list[str]:
        """What was ticked; everyone when the page opens."""
        return self.form.all("people") if self.form.errors else [person.code for person in self.people]
