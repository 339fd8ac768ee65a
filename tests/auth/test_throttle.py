"""Limits on tries, also when two come at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from journey.auth.throttle import WINDOW, TooManyTries, clear_tries, count_try, take_back_try
from journey.work import House

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("still_clock")]


def test_one_try_too_many_is_refused(house: House) -> None:
    for _ in range(3):
        with house.work() as work:
            count_try(work, "code:here", 3)
    with pytest.raises(TooManyTries), house.work() as work:
        count_try(work, "code:here", 3)


def test_a_success_starts_the_count_again(house: House) -> None:
    with house.work() as work:
        count_try(work, "code:here", 1)
        clear_tries(work, "code:here")
        count_try(work, "code:here", 1)


@pytest.mark.parametrize("minute", range(0, 60, 5))
def test_no_quarter_of_an_hour_holds_more_than_the_limit(house: House, minute: int) -> None:
    """Also around a quarter of the clock, where two windows would meet."""
    begin = datetime(2026, 3, 16, 9, minute, tzinfo=UTC) - timedelta(minutes=4)
    passed: list[datetime] = []
    for seconds in range(0, 40 * 60, 20):
        moment = begin + timedelta(seconds=seconds)
        try:
            with house.work(now=moment) as work:
                count_try(work, "code:here", 10)
        except TooManyTries:
            continue
        passed.append(moment)
    assert max(sum(one <= other < one + WINDOW for other in passed) for one in passed) == 10
    assert len(passed) > 20


def test_what_is_taken_back_makes_room(house: House) -> None:
    with house.work() as work:
        for _ in range(2):
            count_try(work, "code:here", 2)
        take_back_try(work, "code:here")
        count_try(work, "code:here", 2)
        with pytest.raises(TooManyTries):
            count_try(work, "code:here", 2)


def test_tries_at_the_same_moment_are_all_counted(house: House) -> None:
    def one_try(_number: int) -> None:
        with house.work() as work:
            count_try(work, "code:here", 8)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one_try, range(8)))
    with pytest.raises(TooManyTries), house.work() as work:
        count_try(work, "code:here", 8)
