"""The second step at sign-in: a code of an authenticator app (RFC 6238), or one of ten codes on paper.

A secret counts only after a first code proved that the app knows it. Until then it is kept nowhere: it follows from
the token of the session that sets it up, so that nobody else who knows the password can see it beforehand.
"""

import base64
import hmac
import re
import secrets
from datetime import datetime

import pyotp
from sqlmodel import col, delete, or_, select, update

from journey.audit.service import record_act
from journey.auth.sessions import end_sessions
from journey.auth.throttle import clear_tries, count, count_try, take_back_try
from journey.models import RecoveryCode, User, UserSession, stored_id
from journey.work import Work

SECONDS = 30
DRIFT = 1  # a phone's clock may be half a minute off, either side
RECOVERY_CODES = 10
WRONG_PER_SESSION = 5
WRONG_PER_QUARTER = 30
ISSUER = "Journey"


def is_asked(work: Work, user: User) -> bool:
    """Whether a password alone does not open the door: always in production, else for who switched it on."""
    return work.settings.is_production or user.second_step_since is not None


def secret_to_be(work: Work, user: User, token: str) -> str:
    """The secret (base32, 160 bits) that this session may prove; another one after each code that was taken."""
    digest = work.vault.fingerprint(f"{user.id}:{user.last_code_step}:{token}", "second-step")
    return base64.b32encode(bytes.fromhex(digest)[:20]).decode()


def address_of(secret: str, email: str) -> str:
    """What the QR code says to the app (otpauth://…)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def switch_on(work: Work, user: User, secret: str, code: str, moment: datetime) -> list[str] | None:
    """The recovery codes, shown once, when `code` proves the secret at this real moment; else None."""
    step = _matching_step(secret, code, moment)
    if user.second_step_since is not None or step is None or not _take(work, user, step):
        return None
    user.second_step = work.vault.seal(secret, place(user))
    user.second_step_since = work.now
    work.session.add(user)
    record_act(work, "second-step.on", f"user:{user.id}")
    return renew_recovery_codes(work, user)


def place(user: User) -> str:
    """Where the sealed secret belongs."""
    return f"staff:{stored_id(user)}:second_step"


def pass_with(work: Work, user: User, code: str, moment: datetime) -> bool:
    """Whether this code of the app, or of paper, is right; a right one never works again."""
    if user.second_step is None or user.second_step_since is None:
        return False
    digits = re.sub(r"[\s-]", "", code)
    if len(digits) > 6:
        return _use_recovery_code(work, user, digits)
    step = _matching_step(work.vault.open(user.second_step, place(user)), digits, moment)
    return step is not None and _take(work, user, step)


def try_code(
    work: Work, user: User, sitting: UserSession, code: str, moment: datetime, *, known_device: bool
) -> bool:
    """`pass_with`, counted: the fifth wrong code ends the session, never the account.

    Over several sessions wrong codes are counted per user, except at a device of the user.
    """
    shared = f"code:{user.id}"
    if not known_device:
        count_try(work, shared, WRONG_PER_QUARTER)
    if pass_with(work, user, code, moment):
        clear_tries(work, _own_key(sitting))
        if not known_device:
            take_back_try(work, shared)
        return True
    count_wrong(work, sitting)
    return False


def count_wrong(work: Work, sitting: UserSession) -> None:
    """One wrong code or password within a session; the fifth ends it."""
    record_act(work, "session.wrong", f"user:{sitting.user_id}", "refused")
    if count(work, _own_key(sitting), sitting.created_at) >= WRONG_PER_SESSION:
        end_sessions(work, sitting.user_id, only=sitting.id, why="session.end")


def _own_key(sitting: UserSession) -> str:
    return f"session:{sitting.id}"


def renew_recovery_codes(work: Work, user: User) -> list[str]:
    """Ten new codes of twelve digits; older ones work no more."""
    work.session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    codes = [f"{secrets.randbelow(10**12):012d}" for _ in range(RECOVERY_CODES)]
    for code in codes:
        work.session.add(
            RecoveryCode(user_id=stored_id(user), code_fingerprint=_fingerprint(work, user, code))
        )
    record_act(work, "second-step.codes", f"user:{user.id}")
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def count_recovery_codes(work: Work, user: User) -> int:
    """How many still work."""
    return len(
        work.session.exec(
            select(RecoveryCode.id).where(
                RecoveryCode.user_id == user.id, col(RecoveryCode.used_at).is_(None)
            )
        ).all()
    )


def remove_second_step(work: Work, user: User, *, why: str = "second-step.off") -> None:
    """Off, with its recovery codes. `last_code_step` stays: a code that was taken never comes back."""
    user.second_step = None
    user.second_step_since = None
    work.session.add(user)
    work.session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    record_act(work, why, f"user:{user.id}")


def reset_second_step(work: Work, user: User) -> None:
    """For who lost the phone and the paper; whoever is signed in as this user is signed out."""
    remove_second_step(work, user, why="second-step.reset")
    end_sessions(work, stored_id(user))


def _matching_step(secret: str, code: str, moment: datetime) -> int | None:
    """The half minute that this code belongs to, among the present one and its neighbours."""
    digits = re.sub(r"\s", "", code)
    present = int(moment.timestamp()) // SECONDS
    app = pyotp.TOTP(secret)
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), digits.encode(errors="replace")):
            found = step
    return found


def _take(work: Work, user: User, step: int) -> bool:
    """Use up this half minute and all before it; False when another request was first, also in another process."""
    column = col(User.last_code_step)
    taken = work.session.exec(
        update(User)
        .where(col(User.id) == user.id, or_(column.is_(None), column < step))
        .values(last_code_step=step)
        .execution_options(synchronize_session=False)
    ).rowcount
    work.session.refresh(user)
    return taken == 1


def _use_recovery_code(work: Work, user: User, digits: str) -> bool:
    used = work.session.exec(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user.id,
            col(RecoveryCode.code_fingerprint) == _fingerprint(work, user, digits),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=work.now)
    ).rowcount
    if used == 1:
        record_act(work, "second-step.recovery", f"user:{user.id}")
    return used == 1


def _fingerprint(work: Work, user: User, digits: str) -> str:
    return work.vault.fingerprint(f"{user.id}:{digits}", "recovery")
