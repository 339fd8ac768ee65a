"""Signing in, users and tokens."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlmodel import col, delete, select

from journey.audit.service import record_act
from journey.auth.guard import count_sign_in, settle_sign_in
from journey.auth.passwords import refuse_weak_password
from journey.auth.second_step import count_wrong, is_asked
from journey.auth.sessions import end_sessions, open_session
from journey.models import ApiToken, Membership, Municipality, Study, User, UserSession, stored_id
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.rules.roles import ROLES
from journey.vault import token_hash
from journey.work import Work

# As browsers read the field of an address (HTML, section 4.10.5.1.5).
ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
FIRST_PASSWORD = timedelta(days=3)
TOKEN_DAYS = 365
MOST_TOKEN_DAYS = 730
_hasher = PasswordHasher()


@cache
def _nobody_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class Opened:
    """A session that was opened; not `verified` while the second step is still to come."""

    token: str
    verified: bool


@dataclass(frozen=True)
class Claim:
    """Who somebody says to be: counted, and not yet believed. `user` is None for an address that nobody has."""

    email: str
    device: str
    user: int | None
    password_hash: str

    def holds(self, password: str) -> bool:
        """Whether the password is right. It takes long on purpose, so no lock may be held meanwhile; an unknown address
        costs as much time as a wrong password."""
        return _verifies(self.password_hash, password) and self.user is not None


def sign_in(work: Work, email: str, password: str, *, device: str = "", words: str = "") -> Opened | None:
    """`claim`, `holds` and `believe` in one unit of work, for who shares it with nobody."""
    claimed = claim(work, email, device)
    return believe(work, claimed, claimed.holds(password), words)


def claim(work: Work, email: str, device: str = "") -> Claim:
    """Count a try to sign in. `device` is the cookie of a device on which somebody signed in before (see
    `journey.auth.guard`). TooManyTries when there were too many."""
    email = email.strip().lower()
    count_sign_in(work, email, device)
    user = work.session.exec(select(User).where(User.email == email, User.active)).first()
    return Claim(email, device, user.id if user else None, user.password_hash if user else _nobody_hash())


def believe(work: Work, claimed: Claim, right: bool, words: str = "") -> Opened | None:
    """A new session when the password was `right` and nothing became of the account meanwhile; else None. `words` says
    what device it is."""
    user = work.session.get(User, claimed.user) if right and claimed.user else None
    over = user is not None and user.password_until is not None and user.password_until <= work.now
    if user is None or over or not user.active or user.password_hash != claimed.password_hash:
        # With the account when there is one: an address that was typed is no account, and perhaps a password.
        record_act(work, "session.refuse", f"user:{claimed.user}" if claimed.user else "sign-in", "refused")
        return None
    email, device = claimed.email, claimed.device
    verified = not is_asked(work, user)
    if verified:  # else the count goes on until the second step is done
        settle_sign_in(work, email, device)
    return Opened(open_session(work, user, verified=verified, device=words), verified)


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerifyMismatchError:
        return False


def read_address(email: str) -> str:
    """An e-mail address in the form that accounts are kept under. Invalid when it is none."""
    email = email.strip().lower()
    if not ADDRESS.fullmatch(email) or len(email) > 200:
        raise Invalid("Dit is geen e-mailadres.", field="email")
    return email


def create_user(
    work: Work,
    email: str,
    role: str,
    *,
    password: str,
    study: str | None = None,
    name: str = "",
    phone: str = "",
    first: bool = False,
) -> User:
    """A user; without `study` every study of the installation is in reach. A `first` password is known to who made it,
    so it holds three days and must be changed. Invalid or Conflict names the field."""
    if role not in ROLES:
        raise Invalid("Deze rol bestaat niet: %(role)s.", field="role", role=role)
    email = read_address(email)
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
        password_until=work.now + FIRST_PASSWORD if first else None,
        created_at=work.now,
    )
    work.session.add(user)
    work.session.flush()
    if study is not None:
        work.session.add(Membership(user_id=stored_id(user), study_id=_study_id(work, study)))
    record_act(work, "user.create", f"user:{user.id} {role} {study or ''}".strip()[:120])
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
        end_sessions(work, stored_id(user))
        _revoke_tokens_of(work, user)
    record_act(work, "user.open" if active else "user.close", f"user:{user.id}")


def _revoke_tokens_of(work: Work, user: User) -> None:
    """Whoever leaves may have kept the tokens that they made."""
    made = select(ApiToken).where(
        ApiToken.created_by == f"user:{user.id}", col(ApiToken.revoked_at).is_(None)
    )
    for token in work.session.exec(made).all():
        token.revoked_at = work.now
        work.session.add(token)
        record_act(work, "token.revoke", f"token:{token.id}")


def change_rights(work: Work, user: User, role: str, studies: Iterable[str]) -> None:
    """Another role, other studies (none: all of the installation); whoever is signed in with the old ones is signed
    out. Conflict for one's own account."""
    if user.id == work.actor.id and work.actor.kind == "user":
        raise Conflict("Uw eigen rol en onderzoeken verandert een andere beheerder.")
    if role not in ROLES:
        raise Invalid("Deze rol bestaat niet: %(role)s.", field="role", role=role)
    codes = list(studies)
    user.role = role
    work.session.add(user)
    work.session.exec(delete(Membership).where(col(Membership.user_id) == user.id))
    for code in codes:
        work.session.add(Membership(user_id=stored_id(user), study_id=_study_id(work, code)))
    end_sessions(work, stored_id(user))
    record_act(work, "user.rights", f"user:{user.id} {role} {' '.join(codes) or '*'}"[:120])


def renew_password(work: Work, user: User, password: str) -> None:
    """A new first password; whoever was signed in with the old one is signed out."""
    user.password_hash = _hasher.hash(password)
    user.password_until = work.now + FIRST_PASSWORD
    work.session.add(user)
    end_sessions(work, stored_id(user))
    record_act(work, "user.password", f"user:{user.id}")


def change_own_password(work: Work, user: User, sitting: UserSession, old: str, new: str) -> bool:
    """Whether the old password was right; then the new one holds and the user's other sessions end.

    Invalid says what is wrong with the new one. A wrong old one counts as a wrong code does: the fifth ends the
    session.
    """
    if not _verifies(user.password_hash, old):
        count_wrong(work, sitting)
        return False
    refuse_weak_password(new, user.email, user.name, *_places(work))
    if _verifies(user.password_hash, new):
        raise Invalid("Kies een ander wachtwoord dan dat van nu.", field="password")
    user.password_hash, user.password_until = _hasher.hash(new), None
    work.session.add(user)
    end_sessions(work, stored_id(user), but=sitting.id)
    record_act(work, "user.password", f"user:{user.id}")
    return True


def _places(work: Work) -> list[str]:
    return list(work.session.exec(select(Municipality.name)).all())


def create_token(
    work: Work, role: str, study: str | None = None, *, name: str = "", days: int = TOKEN_DAYS
) -> str:
    """A bearer token, shown once; only its hash is kept. Without `study` it reaches every study."""
    if role not in ROLES:
        raise Invalid("Deze rol bestaat niet: %(role)s.", field="role", role=role)
    if not 1 <= days <= MOST_TOKEN_DAYS:
        raise Invalid(
            "Een token geldt ten minste 1 en hoogstens %(most)s dagen.", field="days", most=MOST_TOKEN_DAYS
        )
    if len(name) > 80:
        raise Invalid("Deze naam is te lang: hoogstens 80 tekens.", field="name")
    token = f"journey_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        token_hash=token_hash(token),
        role=role,
        study_id=None if study is None else _study_id(work, study),
        name=name,
        created_by=work.actor.label,
        created_at=work.now,
        expires_at=work.now + timedelta(days=days),
    )
    work.session.add(row)
    work.session.flush()
    record_act(work, "token.create", f"token:{row.id} {role} {study or '*'}"[:120])
    return token


def _study_id(work: Work, code: str) -> int:
    study = work.session.exec(select(Study).where(Study.code == code)).first()
    if study is None:
        raise NotFound("Dit onderzoek is er niet: %(code)s.", field="study", code=code)
    return stored_id(study)
