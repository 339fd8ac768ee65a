"""Limits on tries, also when two come at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from journey.auth.throttle import TooManyTries, clear_tries, count_try
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


def test_tries_at_the_same_moment_are_all_counted(house: House) -> None:
    def one_try(_number: int) -> None:
        with house.work() as work:
            count_try(work, "code:here", 8)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one_try, range(8)))
    with pytest.raises(TooManyTries), house.work() as work:
        count_try(work, "code:here", 8)
