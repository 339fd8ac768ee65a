"""All settings of an installation, read once from the environment or `.env`.

Production refuses to start with a default secret, the console gateway, plain http or a frozen date.
"""

import base64
import binascii
import hashlib
import re
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from journey.resources import folder

DEVELOPMENT_SECRET = "development-only-secret-do-not-use-in-production"  # noqa: S105
DEVELOPMENT_KEY = base64.urlsafe_b64encode(b"journey-development-only-key-32b").decode()
SHORTEST_SECRET = 16
DATABASES = ("sqlite://", "postgresql://", "postgresql+psycopg://")


def read_key_ring(keys: str) -> dict[str, bytes]:
    """AES keys by id, in order, from `id:key,id:key`; a key is 32 bytes in base64 or hexadecimal. Without an id a
    key is named after itself, so that its place in the ring may change. ValueError when one cannot be a key."""
    ring = {}
    for entry in keys.split(","):
        key_id, colon, encoded = entry.strip().rpartition(":")
        key = _read_key(encoded)
        ring[key_id if colon else hashlib.sha256(key).hexdigest()[:8]] = key
    return ring


def _read_key(encoded: str) -> bytes:
    try:
        if len(encoded) == 64:
            return bytes.fromhex(encoded)
        key = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != 32:
        raise ValueError("a key is 32 bytes in base64, with or without an id before it (1:…)")
    return key


def read_database_url(url: str) -> str:
    """The address when it can be one; ValueError says what one looks like, and not what was given: that may hold a
    password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        make_url(url)
    except (ArgumentError, ValueError):
        url = ""
    if not url.startswith(DATABASES):
        raise ValueError("use sqlite:///FILE or postgresql://USER@HOST:PORT/DATABASE")
    return url


def read_base_url(url: str) -> str:
    """The public address as it stands before every link: scheme, host and perhaps a port, nothing behind it.

    ValueError for what would print links in texts and letters that lead nowhere.
    """
    parts = urlsplit(url.strip())
    try:
        port = parts.port
    except ValueError:
        port = 0
    if (
        parts.scheme.lower() not in ("http", "https")
        or not parts.hostname
        or port == 0
        or parts.username is not None
    ):
        raise ValueError("write it as https://HOST, with :PORT when it is not the usual one")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("nothing may stand behind the host: Journey has its own address")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme.lower()]
    return f"{parts.scheme.lower()}://{host}" + (f":{port}" if port and port != usual else "")


def is_here(host: str | None) -> bool:
    """Whether only this machine can reach a host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def is_private(url: str) -> bool:
    """Whether nobody on the way can read what goes to an address."""
    address = urlsplit(url)
    return address.scheme == "https" or is_here(address.hostname)


class Settings(BaseSettings):
    """Names in the environment are these fields in capitals behind `JOURNEY_`."""

    model_config = SettingsConfigDict(env_prefix="JOURNEY_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///journey.db"
    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    encryption_keys: SecretStr = Field(
        default=SecretStr(f"1:{DEVELOPMENT_KEY}"),
        description="key ring, `id:base64key` separated by commas; the first encrypts, all decrypt",
    )
    base_url: str = "http://127.0.0.1:8000"
    env: Literal["development", "demo", "production"] = "development"
    gateway: Literal["console", "twilio"] = "console"
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from: str = ""
    twilio_api_url: str = ""
    today: date | None = None
    uploads: str = Field(
        default="uploads", description="folder for sealed voice messages and photos; never below the web root"
    )
    uploads_days: int = Field(
        default=30, ge=1, le=365, description="days after which what a participant sent is deleted"
    )

    keep_contact_days: int = Field(
        default=180, ge=28, le=730, description="days without a sign of life after which name and number go"
    )
    keep_messages_days: int = Field(
        default=180, ge=30, le=730, description="days that texts sent and received are kept"
    )
    keep_letters_days: int = Field(
        default=365, ge=30, le=1825, description="days that the list of printed letters is kept"
    )
    keep_help_days: int = Field(
        default=60, ge=7, le=180, description="days after which name and words of a help signal go"
    )
    keep_links_days: int = Field(
        default=30, ge=1, le=365, description="days that a link or code is kept after it stopped working"
    )
    keep_calendar_days: int = Field(
        default=180, ge=30, le=730, description="days that a past appointment stays in calendars"
    )
    keep_cases_days: int = Field(
        default=365, ge=1, le=3650, description="days after a study's end that keys of a case system are kept"
    )
    keep_answers_days: int = Field(
        default=3650, ge=365, le=7300, description="days after a study's end that answers of persons are kept"
    )
    keep_exports_days: int = Field(
        default=1825, ge=365, le=3650, description="days that the list of exports is kept"
    )
    keep_imports_days: int = Field(
        default=1825, ge=365, le=3650, description="days that the list of imports is kept"
    )
    keep_sessions_days: int = Field(
        default=7, ge=1, le=90, description="days that a session or recovery code is kept after its end"
    )
    keep_retries_days: int = Field(
        default=1, ge=1, le=7, description="days that answers for retries and counted tries are kept"
    )
    keep_runs_days: int = Field(
        default=90, ge=7, le=730, description="days that it is kept which nightly job ran when"
    )
    keep_audit_days: int = Field(
        default=730, ge=365, le=3650, description="days that the audit trail is kept"
    )
    backups_days: int = Field(
        default=35, ge=1, le=365, description="days that a back-up is kept; told to participants"
    )

    log_format: Literal["text", "json", ""] = Field(
        default="", description="shape of log lines: `text` or `json`; empty is json in production, else text"
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="bearer token that opens /metrics; without one it answers to this machine alone",
    )

    pool_size: int = Field(default=8, ge=1, le=100, description="PostgreSQL connections kept by each process")
    pool_overflow: int = Field(
        default=2, ge=0, le=100, description="connections beyond those when it is busy"
    )
    pool_timeout_seconds: float = Field(
        default=10, gt=0, le=120, description="seconds a request waits for a free connection"
    )
    statement_timeout_seconds: float = Field(
        default=15,
        ge=0,
        le=600,
        description="seconds one question of a page may take on PostgreSQL; 0 is no limit",
    )
    long_statement_timeout_seconds: float = Field(
        default=900, ge=0, description="the same for exports, the worker and commands"
    )
    lock_timeout_seconds: float = Field(
        default=10, ge=0, le=600, description="seconds a statement waits for another one's lock"
    )
    idle_transaction_timeout_seconds: float = Field(
        default=60,
        ge=0,
        description="seconds after which PostgreSQL ends a transaction in which nothing happens",
    )
    pooled: bool = Field(
        default=False, description="a transaction pooler such as PgBouncer stands before the database"
    )
    worker_database_url: str = Field(
        default="",
        description="address of PostgreSQL past the pooler, for the worker, whose lead is a lock of its session",
    )
    s3_endpoint: str = Field(
        default="", description="address of the S3-compatible store, for uploads s3://BUCKET/PREFIX"
    )
    s3_region: str = Field(default="", description="region of that store, where it has any")
    s3_key_id: str = Field(default="", description="name of the access key of that store")
    s3_secret: SecretStr = Field(default=SecretStr(""), description="secret of the access key of that store")

    @field_validator("metrics_token")
    @classmethod
    def refuse_short_metrics_token(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"use at least {SHORTEST_SECRET} characters, or none")
        return token

    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="addresses or networks, separated by commas, whose X-Forwarded-For and X-Forwarded-Proto count; "
        "from others a visitor could choose the own origin",
    )
    security_contact: str = Field(
        default="", description="mailto: or https: address for who finds a weakness; shown in security.txt"
    )
    security_contact_until: date | None = Field(
        default=None, description="day until which that contact holds; without it half a year ahead"
    )

    @field_validator("security_contact")
    @classmethod
    def refuse_unreachable_contact(cls, contact: str) -> str:
        if contact and (not contact.startswith(("mailto:", "https://")) or not contact.isprintable()):
            raise ValueError("write the contact for weaknesses as mailto:… or https://…")
        return contact

    @field_validator("trusted_proxies")
    @classmethod
    def refuse_trust_in_everybody(cls, proxies: str) -> str:
        if "*" in proxies:
            raise ValueError("name the proxies: with * every visitor chooses the own origin")
        return proxies

    @field_validator("encryption_keys")
    @classmethod
    def refuse_broken_keys(cls, keys: SecretStr) -> SecretStr:
        read_key_ring(keys.get_secret_value())
        return keys

    @field_validator("uploads")
    @classmethod
    def refuse_uploads_in_web_root(cls, path: str) -> str:
        if path.startswith("s3:"):
            if not path.removeprefix("s3://").partition("/")[0] or not path.startswith("s3://"):
                raise ValueError("write a store as s3://BUCKET/PREFIX")
            return path
        if Path(path).resolve().is_relative_to(folder("static").resolve()):
            raise ValueError("the folder for uploads lies below the web root: choose another")
        return path

    @field_validator("base_url")
    @classmethod
    def refuse_half_an_address(cls, url: str) -> str:
        return read_base_url(url)

    @field_validator("database_url")
    @classmethod
    def refuse_unknown_database(cls, url: str) -> str:
        return read_database_url(url)

    @model_validator(mode="after")
    def refuse_lead_over_a_pooler(self) -> Self:
        own = self.worker_database_url
        if own and not (own.startswith("postgresql") and read_database_url(own)):
            raise ValueError("JOURNEY_WORKER_DATABASE_URL: use postgresql://USER@HOST/DATABASE")
        return self

    @property
    def log_shape(self) -> Literal["text", "json"]:
        return self.log_format or ("json" if self.is_production else "text")

    @property
    def has_public_secrets(self) -> bool:
        """Whether a secret is one that everybody can read in the source."""
        return (
            self.secret_key.get_secret_value() == DEVELOPMENT_SECRET
            or DEVELOPMENT_KEY in self.encryption_keys.get_secret_value()
        )

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def sender_fault(self) -> str:
        """Why nobody can answer our texts, though each says "Stuur STOP"; empty when they can."""
        sender = self.twilio_from
        if self.gateway != "twilio" or re.fullmatch(r"\+[1-9]\d{7,14}", sender):
            return ""
        if re.fullmatch(r"MG[0-9a-fA-F]{32}", sender):
            return "a messaging service may send from a word or another number: name the number itself, as +31612345678"
        if re.search(r"[^\d+() .-]", sender):
            return (
                "a word as sender cannot be answered, so a STOP would reach nobody: rent a number, as +31612345678"
                + (" (and it is longer than 11 signs)" if len(sender) > 11 else "")
            )
        return "write the number in full, with + and the country, as +31612345678"

    @model_validator(mode="after")
    def refuse_unsafe_production(self) -> Self:
        if self.gateway == "twilio" and not (
            self.twilio_account_sid and self.twilio_auth_token.get_secret_value() and self.twilio_from
        ):
            raise ValueError(
                "JOURNEY_GATEWAY=twilio needs JOURNEY_TWILIO_ACCOUNT_SID, JOURNEY_TWILIO_AUTH_TOKEN and "
                "JOURNEY_TWILIO_FROM"
            )
        if not self.is_production:
            return self
        problems = [
            sentence
            for wrong, sentence in (
                (
                    self.secret_key.get_secret_value() == DEVELOPMENT_SECRET,
                    "JOURNEY_SECRET_KEY still has its default",
                ),
                (
                    len(self.secret_key.get_secret_value()) < SHORTEST_SECRET,
                    f"JOURNEY_SECRET_KEY is shorter than {SHORTEST_SECRET} characters",
                ),
                (
                    DEVELOPMENT_KEY in self.encryption_keys.get_secret_value(),
                    "JOURNEY_ENCRYPTION_KEYS still holds the default key",
                ),
                (self.gateway == "console", "JOURNEY_GATEWAY=console sends nothing to anybody"),
                (not self.base_url.startswith("https://"), "JOURNEY_BASE_URL must begin with https://"),
                (self.today is not None, "JOURNEY_TODAY freezes the date"),
                (bool(self.sender_fault), f"JOURNEY_TWILIO_FROM: {self.sender_fault}"),
                (
                    bool(self.twilio_api_url) and not is_private(self.twilio_api_url),
                    "JOURNEY_TWILIO_API_URL must begin with https://: numbers and texts go there",
                ),
            )
            if wrong
        ]
        if problems:
            raise ValueError("production refuses to start: " + "; ".join(problems))
        return self
