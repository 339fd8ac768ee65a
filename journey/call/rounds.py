"""What earlier rounds of people tell: who was reached, when last spoken, and how many rounds were missed in a row.

Whether someone was reached follows from the attempts, never from the state of a round.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import select as select_columns
from sqlmodel import col, select

from journey.clock import local_day
from journey.models import Attempt, Call
from journey.rules.cadence import Outcome, Round, rounds_missed, was_reached
from journey.rules.calltimes import PastAttempt
from journey.work import Work

AT_ONCE = 900


class Prompt(Protocol):
    """What the rules look at of a round: a `Call`, or its columns when many are read."""

    @property
    def id(self) -> int | None: ...
    @property
    def week(self) -> date: ...
    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def appointment_at(self) -> datetime | None: ...
    @property
    def appointment_until(self) -> datetime | None: ...
    @property
    def asked_back_at(self) -> datetime | None: ...
    @property
    def next_at(self) -> datetime | None: ...


class Dial(Protocol):
    """What the rules look at of an attempt."""

    @property
    def at(self) -> datetime: ...
    @property
    def outcome(self) -> str: ...
    @property
    def by_appointment(self) -> bool: ...
    @property
    def recorded_at(self) -> datetime: ...


class PastRound(NamedTuple):
    """The columns of a `Call` that rules look at."""

    id: int
    participant_id: int
    week: date
    kind: str
    state: str
    appointment_at: datetime | None
    appointment_until: datetime | None
    asked_back_at: datetime | None
    next_at: datetime | None


class PastDial(NamedTuple):
    """The columns of an `Attempt` that rules look at."""

    call_id: int
    at: datetime
    outcome: str
    by_appointment: bool
    recorded_at: datetime


_CALLS: Any = Call.__table__  # type: ignore[attr-defined]
_DIALS: Any = Attempt.__table__  # type: ignore[attr-defined]
ROUND_COLUMNS: tuple[Any, ...] = tuple(_CALLS.c[name] for name in PastRound._fields)
DIAL_COLUMNS: tuple[Any, ...] = tuple(_DIALS.c[name] for name in PastDial._fields)

OneRound = TypeVar("OneRound", bound=Prompt)
OneDial = TypeVar("OneDial", bound=Dial)


@dataclass
class History(Generic[OneRound, OneDial]):
    """All rounds of one person, oldest first, each with its attempts in the order of dialling."""

    calls: list[OneRound] = field(default_factory=list)
    attempts: dict[int, list[OneDial]] = field(default_factory=dict)

    def of(self, call: Prompt) -> list[OneDial]:
        return self.attempts.get(call.id or 0, [])

    def before(self, call: Prompt) -> list[OneRound]:
        return [one for one in self.calls if one.week < call.week]

    def last_reached(self, before: Prompt | None = None) -> OneDial | None:
        """The last attempt in which the person was spoken to; only of rounds before `before` when given."""
        calls = self.calls if before is None else self.before(before)
        reached = [one for call in calls for one in self.of(call) if was_reached(one.outcome)]
        return max(reached, key=lambda one: one.at, default=None)

    def reached_last_round(self, before: Prompt) -> bool | None:
        """Of the last round in which somebody dialled; None when nobody ever did."""
        dialled = [self.of(call) for call in self.before(before) if self.of(call)]
        return any(was_reached(one.outcome) for one in dialled[-1]) if dialled else None

    def last_dialled(self, before: Prompt) -> date | None:
        """The week of that round."""
        return max((call.week for call in self.before(before) if self.of(call)), default=None)

    def not_reached_since(self, last: Dial | None) -> date | None:
        """The first dial in vain since `last`, in which somebody spoke to them."""
        vain = [one.at for call in self.calls for one in self.of(call) if last is None or one.at > last.at]
        return local_day(min(vain)) if vain else None

    def dialled_since(self, call: Prompt, moment: datetime) -> bool:
        """Whether anybody dialled in this round at or after a moment."""
        return any(one.at >= moment for one in self.of(call))

    def last_dialled_outcome(self) -> str | None:
        last = max(
            (one for call in self.calls for one in self.of(call)), key=lambda one: one.at, default=None
        )
        return last.outcome if last else None

    def missed(self, upto: Prompt) -> int:
        """Rounds missed in a row, up to and including the round of `upto` (rules, 38)."""
        rounds = [
            Round(len(self.of(call)), any(was_reached(one.outcome) for one in self.of(call)))
            for call in self.calls
            if call.week <= upto.week
        ]
        return rounds_missed(rounds)

    def asked_back(self, call: Prompt) -> datetime | None:
        """When the person asked to be called back, as long as nobody has spoken to them since (rules, 41)."""
        asked = call.asked_back_at
        if asked is None:
            return None
        answered = any(one.at >= asked and was_reached(one.outcome) for one in self.of(call))
        return None if answered else asked


FullHistory = History[Call, Attempt]
BriefHistory = History[PastRound, PastDial]
AnyHistory = FullHistory | BriefHistory


def get_history(work: Work, participant_id: int) -> FullHistory:
    """The rounds and attempts of one person."""
    history: FullHistory = History()
    calls = select(Call).where(Call.participant_id == participant_id).order_by(col(Call.week))
    history.calls.extend(work.session.exec(calls).all())
    attempts = select(Attempt).join(Call).where(Call.participant_id == participant_id)
    for one in work.session.exec(attempts.order_by(col(Attempt.at), col(Attempt.id))).all():
        history.attempts.setdefault(one.call_id, []).append(one)
    return history


def list_histories(work: Work, participant_ids: Iterable[int]) -> defaultdict[int, BriefHistory]:
    """The rounds and attempts of many people, in two queries for every 900; of people without any an empty one."""
    histories: defaultdict[int, BriefHistory] = defaultdict(History)
    ids = list(participant_ids)
    for start in range(0, len(ids), AT_ONCE):
        theirs = _CALLS.c.participant_id.in_(ids[start : start + AT_ONCE])
        owner: dict[int, BriefHistory] = {}
        rounds = select_columns(*ROUND_COLUMNS).where(theirs).order_by(_CALLS.c.week)
        for call in map(PastRound._make, work.session.execute(rounds)):
            owner[call.id] = histories[call.participant_id]
            owner[call.id].calls.append(call)
        dials = select_columns(*DIAL_COLUMNS).join(_CALLS, _CALLS.c.id == _DIALS.c.call_id).where(theirs)
        in_order = dials.order_by(_DIALS.c.at, _DIALS.c.id)
        for one in map(PastDial._make, work.session.execute(in_order)):
            owner[one.call_id].attempts.setdefault(one.call_id, []).append(one)
    return histories


def past(attempts: Sequence[Dial]) -> list[PastAttempt]:
    """Attempts as the rules look at them."""
    return [PastAttempt(one.at, Outcome(one.outcome), one.by_appointment) for one in attempts]
