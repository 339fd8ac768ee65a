"""Limits on signing in that stop guessing without locking anybody out.

A device on which somebody signed in before carries a cookie bound to that address, and its tries are counted apart:
however often others try that address, or try from the same office, the owner at the own device gets in. Everybody
else is counted per address and origin, per origin (one password on many addresses) and per address (many origins).
"""

import hmac
import ipaddress
import secrets

from journey.auth.throttle import clear_tries, count_try, take_back_try
from journey.vault import Vault
from journey.work import Work

TRIES_PER_QUARTER = 10
# An office has one origin and many people, who mistype too.
TRIES_PER_ORIGIN = 50
TRIES_PER_ADDRESS = 50


def count_sign_in(work: Work, email: str, device: str) -> None:
    """Count a try before the password is looked at; TooManyTries when one of the limits is passed."""
    for key, most in _keys(work, email, device):
        count_try(work, key, most)


def settle_sign_in(work: Work, email: str, device: str) -> None:
    """Somebody got in, second step and all: what was counted for it was no guess."""
    (own, _), *shared = _keys(work, email, device)
    clear_tries(work, own)
    for key, _most in shared:
        take_back_try(work, key)


def is_known_device(vault: Vault, email: str, device: str) -> bool:
    """Whether this cookie was given after a sign-in with this address."""
    nonce, _, given = device.partition(".")
    return bool(nonce) and hmac.compare_digest(given.encode(), _proof(vault, email, nonce).encode())


def device_cookie(vault: Vault, email: str, present: str) -> str:
    """The cookie that makes this device known for the address; the present one when it already is."""
    if is_known_device(vault, email, present):
        return present
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_proof(vault, email, nonce)}"


def _proof(vault: Vault, email: str, nonce: str) -> str:
    return vault.fingerprint(f"{email.strip().lower()}:{nonce}", "device")


def _keys(work: Work, email: str, device: str) -> list[tuple[str, int]]:
    """What is counted and how often it may be; the first is of this device or place alone."""
    address = work.vault.fingerprint(email, "sign-in")[:24]
    if is_known_device(work.vault, email, device):
        return [(f"sign-in:device:{work.vault.fingerprint(device, 'sign-in')[:24]}", TRIES_PER_QUARTER)]
    origin = network_of(work.origin)
    return [
        (f"sign-in:{address}:{origin}", TRIES_PER_QUARTER),
        (f"sign-in:origin:{origin}", TRIES_PER_ORIGIN),
        (f"sign-in:address:{address}", TRIES_PER_ADDRESS),
    ]


def network_of(origin: str) -> str:
    """One visitor's part of the internet: an IPv4 address, or the /64 that every IPv6 connection has to itself."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return origin[:60]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return origin
