"""Signing in and out, users and tokens."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlmodel import col, select, update

from journey.audit.service import record_act
from journey.auth.throttle import clear_tries, count_try
from journey.models import ApiToken, Membership, Study, User, UserSession, stored_id
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.rules.roles import ROLES
from journey.vault import token_hash
from journey.work import Work

SESSION_LENGTH = timedelta(hours=12)
TRIES_PER_QUARTER = 10
_hasher = PasswordHasher()


@cache
def _nobody_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def sign_in(work: Work, email: str, password: str) -> str | None:
    """The token of a new session, or None when address or password is wrong.

    An unknown address costs as much time as a wrong password. Tries are counted per address **and** origin, so that
    nobody can lock a colleague out from elsewhere.
    """
    email = email.strip().lower()
    count_try(
        work, f"sign-in:{work.vault.fingerprint(email, 'sign-in')[:24]}:{work.origin}", TRIES_PER_QUARTER
    )
    user = work.session.exec(select(User).where(User.email == email, User.active)).first()
    try:
        _hasher.verify(user.password_hash if user else _nobody_hash(), password)
    except VerifyMismatchError:
        user = None
    if user is None:
        record_act(work, "session.refuse", "sign-in", "refused")
        return None
    clear_tries(work, f"sign-in:{work.vault.fingerprint(email, 'sign-in')[:24]}:{work.origin}")
    token = secrets.token_urlsafe(32)
    work.session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=stored_id(user),
            created_at=work.now,
            expires_at=work.now + SESSION_LENGTH,
        )
    )
    record_act(work, "session.open", f"user:{user.id}")
    return token


def sign_out(work: Work, token: str) -> None:
    sitting = work.session.exec(
        select(UserSession).where(UserSession.token_hash == token_hash(token))
    ).first()
    if sitting is not None:
        sitting.revoked_at = work.now
        work.session.add(sitting)
        record_act(work, "session.close", f"user:{sitting.user_id}")


def create_user(
    work: Work,
    email: str,
    role: str,
    *,
    password: str,
    study: str | None = None,
    name: str = "",
    phone: str = "",
) -> User:
    """A user; without `study` every study of the installation is in reach. Invalid or Conflict names the field."""
    email = email.strip().lower()
    if role not in ROLES:
        raise Invalid("Deze rol bestaat niet: %(role)s.", field="role", role=role)
    if "@" not in email or len(email) > 200:
        raise Invalid("Dit is geen e-mailadres.", field="email")
    if len(password) < 10:
        raise Invalid("Een wachtwoord heeft ten minste 10 tekens.", field="password")
    if work.session.exec(select(User).where(User.email == email)).first():
        raise Conflict("Er is al een gebruiker met dit e-mailadres.", field="email")
    user = User(
        email=email,
        name=name or email.split("@")[0],
        role=role,
        phone=phone,
        password_hash=_hasher.hash(password),
        created_at=work.now,
    )
    work.session.add(user)
    work.session.flush()
    if study is not None:
        work.session.add(Membership(user_id=stored_id(user), study_id=_study_id(work, study)))
    record_act(work, "user.create", f"user:{user.id}")
    return user


def admit_user(work: Work, user: User, studies: Iterable[str]) -> None:
    """Let a user into these studies and, when it is the first time, into no other any more."""
    for code in studies:
        work.session.merge(Membership(user_id=stored_id(user), study_id=_study_id(work, code)))
        record_act(work, "user.admit", f"user:{user.id} {code}")


def change_active(work: Work, user: User, *, active: bool) -> None:
    """Close or reopen an account; closing ends its sessions at once."""
    if user.id == work.actor.id and work.actor.kind == "user":
        raise Conflict("U kunt uw eigen account niet sluiten.")
    user.active = active
    work.session.add(user)
    if not active:
        _end_sessions(work, user)
    record_act(work, "user.open" if active else "user.close", f"user:{user.id}")


def renew_password(work: Work, user: User, password: str) -> None:
    """A new password; whoever was signed in with the old one is signed out."""
    user.password_hash = _hasher.hash(password)
    work.session.add(user)
    _end_sessions(work, user)
    record_act(work, "user.password", f"user:{user.id}")


def _end_sessions(work: Work, user: User) -> None:
    work.session.exec(
        update(UserSession)
        .where(col(UserSession.user_id) == user.id, col(UserSession.revoked_at).is_(None))
        .values(revoked_at=work.now)
    )


def create_token(work: Work, role: str, study: str | None = None) -> str:
    """A bearer token, shown once; only its hash is kept. Without `study` it reaches every study."""
    if role not in ROLES:
        raise Invalid("Deze rol bestaat niet: %(role)s.", field="role", role=role)
    token = f"journey_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        token_hash=token_hash(token),
        role=role,
        study_id=None if study is None else _study_id(work, study),
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    record_act(work, "token.create", f"token:{row.id}")
    return token


def _study_id(work: Work, code: str) -> int:
    study = work.session.exec(select(Study).where(Study.code == code)).first()
    if study is None:
        raise NotFound("Dit onderzoek is er niet: %(code)s.", field="study", code=code)
    return stored_id(study)
