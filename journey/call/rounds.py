"""What earlier rounds of people tell: who was reached, when last spoken, and how many rounds were missed in a row.

Whether someone was reached follows from the attempts, never from the state of a round.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import col, select

from journey.clock import local_day
from journey.models import Attempt, Call
from journey.rules.cadence import Outcome, Round, rounds_missed, was_reached
from journey.rules.calltimes import PastAttempt
from journey.work import Work

AT_ONCE = 900


@dataclass
class History:
    """All rounds of one person, oldest first, each with its attempts in the order of dialling."""

    calls: list[Call] = field(default_factory=list)
    attempts: dict[int, list[Attempt]] = field(default_factory=dict)

    def of(self, call: Call) -> list[Attempt]:
        return self.attempts.get(call.id or 0, [])

    def before(self, call: Call) -> list[Call]:
        return [one for one in self.calls if one.week < call.week]

    def last_reached(self, before: Call | None = None) -> Attempt | None:
        """The last attempt in which the person was spoken to; only of rounds before `before` when given."""
        calls = self.calls if before is None else self.before(before)
        reached = [one for call in calls for one in self.of(call) if was_reached(one.outcome)]
        return max(reached, key=lambda one: one.at, default=None)

    def reached_last_round(self, before: Call) -> bool | None:
        """Of the last round in which somebody dialled; None when nobody ever did."""
        dialled = [self.of(call) for call in self.before(before) if self.of(call)]
        return any(was_reached(one.outcome) for one in dialled[-1]) if dialled else None

    def last_dialled(self, before: Call) -> date | None:
        """The week of that round."""
        return max((call.week for call in self.before(before) if self.of(call)), default=None)

    def not_reached_since(self) -> date | None:
        """The first dial in vain since anybody spoke to them."""
        last = self.last_reached()
        vain = [one.at for call in self.calls for one in self.of(call) if last is None or one.at > last.at]
        return local_day(min(vain)) if vain else None

    def dialled_since(self, call: Call, moment: datetime) -> bool:
        """Whether anybody dialled in this round at or after a moment."""
        return any(one.at >= moment for one in self.of(call))

    def last_dialled_outcome(self) -> str | None:
        last = max(
            (one for call in self.calls for one in self.of(call)), key=lambda one: one.at, default=None
        )
        return last.outcome if last else None

    def missed(self, upto: Call) -> int:
        """Rounds missed in a row, up to and including the round of `upto` (rules, 38)."""
        rounds = [
            Round(len(self.of(call)), any(was_reached(one.outcome) for one in self.of(call)))
            for call in self.calls
            if call.week <= upto.week
        ]
        return rounds_missed(rounds)

    def asked_back(self, call: Call) -> datetime | None:
        """When the person asked to be called back, as long as nobody has spoken to them since (rules, 41)."""
        asked = call.asked_back_at
        if asked is None:
            return None
        answered = any(one.at >= asked and was_reached(one.outcome) for one in self.of(call))
        return None if answered else asked

    def last_spoken_on(self) -> date | None:
        last = self.last_reached()
        return local_day(last.at) if last else None


def list_histories(work: Work, participant_ids: Iterable[int]) -> dict[int, History]:
    """The rounds and attempts of many people, in two queries for every 900."""
    histories: dict[int, History] = defaultdict(History)
    ids = list(participant_ids)
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        calls = work.session.exec(
            select(Call).where(col(Call.participant_id).in_(part)).order_by(col(Call.week))
        ).all()
        owner = {call.id: call.participant_id for call in calls}
        for call in calls:
            histories[call.participant_id].calls.append(call)
        attempts = work.session.exec(
            select(Attempt)
            .join(Call)
            .where(col(Call.participant_id).in_(part))
            .order_by(col(Attempt.at), col(Attempt.id))
        ).all()
        for one in attempts:
            histories[owner[one.call_id]].attempts.setdefault(one.call_id, []).append(one)
    return histories


def past(attempts: Sequence[Attempt]) -> list[PastAttempt]:
    """Attempts as the rules look at them."""
    return [PastAttempt(one.at, Outcome(one.outcome), one.by_appointment) for one in attempts]
