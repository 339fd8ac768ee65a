"""Limits on signing in: guessing stops, and nobody is locked out by somebody else's guesses."""

from __future__ import annotations

from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlmodel import select

from journey.auth import guard, service
from journey.auth.guard import device_cookie, is_known_device, network_of
from journey.auth.service import sign_in
from journey.auth.throttle import TooManyTries
from journey.models import User
from journey.work import House
from tests.support.build import PASSWORD, build_user

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("still_clock")]

EMAIL = "ria@example.org"
WRONG = "wrong"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits, reached sooner."""
    monkeypatch.setattr(guard, "TRIES_PER_ORIGIN", 4)
    monkeypatch.setattr(guard, "TRIES_PER_ADDRESS", 4)


def attempt(
    house: House, email: str = EMAIL, password: str = WRONG, *, origin: str = "192.0.2.1", device: str = ""
) -> str:
    try:
        with house.work(origin=origin) as work:
            return "in" if sign_in(work, email, password, device=device) else "wrong"
    except TooManyTries:
        return "limited"


@pytest.mark.usefixtures("few")
def test_one_password_on_many_addresses_is_stopped(house: House) -> None:
    answers = [attempt(house, f"user{number}@example.org") for number in range(5)]
    assert answers == ["wrong"] * 4 + ["limited"]


@pytest.mark.usefixtures("few")
def test_many_origins_on_one_address_are_slowed_but_the_owner_s_device_gets_in(house: House) -> None:
    build_user(house, EMAIL, "researcher")
    answers = [attempt(house, origin=f"192.0.2.{number}") for number in range(5)]
    assert answers == ["wrong"] * 4 + ["limited"]
    own = device_cookie(house.vault, EMAIL, "")
    assert attempt(house, password=PASSWORD, device=own) == "in"


@pytest.mark.usefixtures("few")
def test_guesses_from_the_same_office_do_not_lock_a_colleague_out(house: House) -> None:
    build_user(house, EMAIL, "researcher")
    for number in range(6):
        attempt(house, f"user{number}@example.org")
    assert attempt(house, password=PASSWORD) == "limited"
    assert attempt(house, password=PASSWORD, device=device_cookie(house.vault, EMAIL, "")) == "in"


@pytest.mark.usefixtures("few")
def test_many_colleagues_who_sign_in_well_are_not_counted(house: House) -> None:
    build_user(house, EMAIL, "researcher")
    assert {attempt(house, password=PASSWORD) for _ in range(8)} == {"in"}


def test_a_known_device_has_a_count_of_its_own(house: House) -> None:
    build_user(house, EMAIL, "researcher")
    own = device_cookie(house.vault, EMAIL, "")
    assert [attempt(house, device=own) for _ in range(11)][-1] == "limited"
    assert attempt(house, password=PASSWORD, origin="192.0.2.9") == "in"


def test_a_device_is_known_for_its_own_address_only(house: House) -> None:
    own = device_cookie(house.vault, EMAIL, "")
    assert is_known_device(house.vault, EMAIL.upper(), own)
    for other in ("", ".", own + "x", "x" + own, device_cookie(house.vault, "jan@example.org", "")):
        assert not is_known_device(house.vault, EMAIL, other)


def test_every_connection_counts_as_one_origin() -> None:
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::2") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"


def test_an_account_that_is_not_there_costs_the_same_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append("$".join(str(hash).split("$")[:4]))
            return super().verify(hash, password)

    monkeypatch.setattr(service, "_hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    service._nobody_hash.cache_clear()
    build_user(house, EMAIL, "researcher")
    build_user(house, "weg@example.org", "researcher")
    with house.work() as work:
        work.session.exec(select(User).where(User.email == "weg@example.org")).one().active = False
    assert {attempt(house, email) for email in (EMAIL, "nobody@example.org", "weg@example.org")} == {"wrong"}
    assert len(verified) == 3
    assert len(set(verified)) == 1, "the same parameters"
