"""Who signs in and what they did: users, sessions, tokens, limits, the audit trail, answers kept for retries."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of
from journey.rules.roles import ROLES


class User(SQLModel, table=True):
    __tablename__ = "staff"  # "user" is a reserved word on PostgreSQL
    __table_args__ = (one_of("role", ROLES),)

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=200, unique=True)
    name: str = Field(max_length=120)
    role: str = Field(max_length=12)
    phone: str = Field(
        default="", max_length=40, description="the number participants see when this person calls"
    )
    digest: bool = Field(default=False, description="wants a text in the morning with what the day brings")
    password_hash: str = Field(max_length=200)
    password_until: datetime | None = Field(
        default=None,
        sa_type=Moment,
        description="end of a first password, which others know too and which must be changed; None: the user's own",
    )
    active: bool = True
    second_step: str | None = Field(default=None, description="sealed secret of the authenticator app")
    second_step_since: datetime | None = Field(
        default=None,
        sa_type=Moment,
        description="empty until a first code proved that the app knows the secret",
    )
    last_code_step: int | None = Field(
        default=None, description="half minute of the last code that was taken, so that none works twice"
    )
    created_at: datetime = Field(sa_type=Moment)


class RecoveryCode(SQLModel, table=True):
    """A code on paper for who lost the phone; each works once, only its keyed hash is kept."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="staff.id", index=True)
    code_fingerprint: str = Field(max_length=64)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Membership(SQLModel, table=True):
    """Studies a user may enter; a user without any reaches every study (set by the operator, rules, 33)."""

    user_id: int = Field(foreign_key="staff.id", primary_key=True)
    study_id: int = Field(foreign_key="study.id", primary_key=True)


class UserSession(SQLModel, table=True):
    __tablename__ = "user_session"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    seen_at: datetime | None = Field(default=None, sa_type=Moment)
    device: str = Field(default="", max_length=80, description="browser and system in words, no more")
    verified: bool = Field(default=True, description="false between the password and the second step")


class ApiToken(SQLModel, table=True):
    __tablename__ = "api_token"
    __table_args__ = (one_of("role", ROLES),)

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    role: str = Field(max_length=12)
    study_id: int | None = Field(default=None, foreign_key="study.id")
    name: str = Field(default="", max_length=80, description="which system uses it")
    created_by: str = Field(default="", max_length=80)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    last_used_on: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class Throttle(SQLModel, table=True):
    """Counts tries per key and window, so that limits hold over several processes."""

    key: str = Field(primary_key=True, max_length=120)
    window: datetime = Field(sa_type=Moment, primary_key=True)
    tries: int = 0


class Replay(SQLModel, table=True):
    """The first answer to a POST with an idempotency key, encrypted, kept for a day."""

    __table_args__ = (UniqueConstraint("scope", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    scope: str = Field(max_length=80)
    key: str = Field(max_length=200)
    fingerprint: str = Field(max_length=64)
    status: int = 0
    headers: str = Field(default="")
    body: str = Field(default="", description="sealed")
    created_at: datetime = Field(sa_type=Moment, index=True)


class AuditEntry(SQLModel, table=True):
    """Action, object, result, origin, actor, time; never answers, numbers or tokens (rules, 36)."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment, index=True)
    actor: str = Field(max_length=80)
    action: str = Field(max_length=60)
    object: str = Field(max_length=120)
    result: str = Field(max_length=20)
    origin: str = Field(max_length=60)
    request: str = Field(default="", max_length=32, description="the request it was part of, as in the log")


class JobRun(SQLModel, table=True):
    """A daily job ran on this local date: once, also with two processes or after downtime."""

    __tablename__ = "job_run"

    job: str = Field(primary_key=True, max_length=60)
    run_on: date = Field(primary_key=True)
    finished_at: datetime = Field(sa_type=Moment)
