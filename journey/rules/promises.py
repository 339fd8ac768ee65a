"""Promises to call back: the same working day before 17:00; kept by any attempt in time, late after (rules, 41)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from journey.rules.calendar import AMSTERDAM
from journey.rules.calltimes import callback_due


class Promise(StrEnum):
    """How a promise stands; `late` also when nobody has called yet and the time is over."""

    kept = "kept"
    late = "late"
    open = "open"


@dataclass(frozen=True)
class PromiseMonth:
    """Promises by the local month in which was asked (`month` is its first day); promised = kept + late + open."""

    month: date
    promised: int
    kept: int
    late: int
    open: int

    @property
    def share(self) -> float | None:
        """Kept out of those whose time is over, 0-1; None when all are still open."""
        judged = self.kept + self.late
        return self.kept / judged if judged else None


def promise_state(asked_at: datetime, attempts: Iterable[datetime], now: datetime) -> Promise:
    """Whether a promise was kept: the first dial to that person since they asked, whatever came of it."""
    due = callback_due(asked_at)
    first = min((at for at in attempts if at >= asked_at), default=None)
    if first is not None:
        return Promise.kept if first <= due else Promise.late
    return Promise.open if now <= due else Promise.late


def promises_by_month(promises: Sequence[tuple[datetime, Promise]]) -> list[PromiseMonth]:
    """From (asked, state) pairs; the newest month first."""
    months: dict[date, list[Promise]] = {}
    for asked_at, state in promises:
        months.setdefault(asked_at.astimezone(AMSTERDAM).date().replace(day=1), []).append(state)
    return [
        PromiseMonth(
            month, len(states), *(states.count(one) for one in (Promise.kept, Promise.late, Promise.open))
        )
        for month, states in sorted(months.items(), reverse=True)
    ]
