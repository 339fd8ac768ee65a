"""Encryption of what identifies people, and the hashes that find it again.

AES-GCM with a key ring; the place a value belongs to is authenticated with it, so a value copied to another row does
not open. Numbers are looked up by HMAC, tokens by SHA-256 (they are random, a dictionary does not help).
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from journey.settings import Settings, read_key_ring


class Vault:
    """Key ring: the first key encrypts, every key opens."""

    def __init__(self, keys: str, secret: str) -> None:
        ring = {key_id: AESGCM(key) for key_id, key in read_key_ring(keys).items()}
        self._ring = ring
        self._first = next(iter(ring))
        self._secret = secret.encode()

    @classmethod
    def from_settings(cls, settings: Settings) -> "Vault":
        return cls(settings.encryption_keys.get_secret_value(), settings.secret_key.get_secret_value())

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Names of the keys in the order of the ring; the first is the one that seals."""
        return tuple(self._ring)

    @property
    def first_key(self) -> str:
        return self._first

    def seal(self, plain: str, place: str) -> str:
        """Encrypt text; `place` names table, row and column, such as `contact:12:phone`."""
        nonce = os.urandom(12)
        sealed = self._ring[self._first].encrypt(nonce, plain.encode(), place.encode())
        return f"{self._first}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Decrypt what `seal` made for the same place; ValueError when the key or the place is another."""
        key_id, _, encoded = sealed.partition(":")
        raw = base64.urlsafe_b64decode(encoded)
        try:
            return self._ring[key_id].decrypt(raw[:12], raw[12:], place.encode()).decode()
        except (KeyError, InvalidTag) as problem:
            raise ValueError(f"cannot open the value of {place.split(':')[0]}") from problem

    def seal_bytes(self, plain: bytes, place: str) -> bytes:
        """Encrypt a file; `place` as in `seal`."""
        nonce = os.urandom(12)
        sealed = self._ring[self._first].encrypt(nonce, plain, place.encode())
        return self._first.encode() + b":" + nonce + sealed

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what `seal_bytes` made for the same place; ValueError when the key or the place is another."""
        key_id, _, raw = sealed.partition(b":")
        try:
            return self._ring[key_id.decode()].decrypt(raw[:12], raw[12:], place.encode())
        except (KeyError, InvalidTag, UnicodeDecodeError, ValueError) as problem:
            raise ValueError(f"cannot open the content of {place.split(':')[0]}") from problem

    def open_optional(self, sealed: str | None, place: str) -> str | None:
        return None if sealed is None else self.open(sealed, place)

    def fingerprint(self, value: str, purpose: str) -> str:
        """Keyed hash for look-up of a value with few possibilities, such as a phone number."""
        return hmac.new(self._secret, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def token_hash(token: str) -> str:
    """What is stored of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()
