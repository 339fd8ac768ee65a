"""Promises to call back: kept, late, open, and the share per month."""

from __future__ import annotations

from datetime import datetime

import pytest

from journey.rules.calendar import AMSTERDAM
from journey.rules.promises import Promise, PromiseMonth, promise_state, promises_by_month


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("attempts", "now", "state"),
    [
        ([], at(16, 16), Promise.open),
        ([], at(16, 17, 1), Promise.late),
        ([at(16, 11)], at(16, 12), Promise.kept),
        ([at(16, 17)], at(16, 18), Promise.kept),
        ([at(16, 17, 1)], at(16, 18), Promise.late),
        ([at(16, 9)], at(16, 12), Promise.open),  # dialled before they asked
        ([at(17, 9), at(16, 15)], at(17, 10), Promise.kept),
    ],
)
def test_how_a_promise_of_ten_oclock_stands(attempts: list[datetime], now: datetime, state: Promise) -> None:
    assert promise_state(at(16, 10), attempts, now) is state


def test_after_five_on_friday_it_is_monday() -> None:
    friday = at(20, 17, 30)
    assert promise_state(friday, [], at(23, 16, 59)) is Promise.open
    assert promise_state(friday, [at(23, 16)], at(23, 18)) is Promise.kept


def test_months_are_local_and_newest_first() -> None:
    promises = [
        (datetime(2026, 3, 31, 22, 30, tzinfo=AMSTERDAM), Promise.kept),
        (at(1, 0, 30, month=4), Promise.late),
        (at(2, 10, month=4), Promise.kept),
        (at(3, 10, month=4), Promise.open),
    ]
    april, march = promises_by_month(promises)
    assert april == PromiseMonth(at(1, 0, month=4).date(), promised=3, kept=1, late=1, open=1)
    assert (april.share, march.share) == (0.5, 1.0)


def test_without_a_judged_promise_there_is_no_share() -> None:
    assert promises_by_month([(at(16, 10), Promise.open)])[0].share is None
