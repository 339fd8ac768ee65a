"""Sessions of staff: opened, seen, ended. Only the hash of a session's token is kept, and of the device no more than
two words.
"""

import logging
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, or_, select, update

from journey.audit.service import record_act
from journey.logs import place_of
from journey.models import User, UserSession, stored_id
from journey.vault import token_hash
from journey.work import House, Work

log = logging.getLogger("journey.auth")

# A working day and an evening of calls; who left the laptop open somewhere is signed out within two hours.
SESSION_LENGTH = timedelta(hours=12)
IDLE_LENGTH = timedelta(hours=2)
# Between password and code: time to find the phone, no more.
HALF_LENGTH = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=5)
MOST_SESSIONS = 5

BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("OPR/", "Opera"),
    ("Firefox/|FxiOS/", "Firefox"),
    ("Chrome/|CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux|CrOS", "Linux"),
)


def open_session(work: Work, user: User, *, verified: bool, device: str) -> str:
    """The token of a new session; one that is not verified serves the second step and nothing else."""
    token = secrets.token_urlsafe(32)
    work.session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=stored_id(user),
            created_at=work.now,
            seen_at=work.now,
            expires_at=work.now + (SESSION_LENGTH if verified else HALF_LENGTH),
            device=device,
            verified=verified,
        )
    )
    record_act(work, "session.open" if verified else "session.password", f"user:{user.id}")
    _end_oldest(work, stored_id(user))
    return token


def _end_oldest(work: Work, user_id: int) -> None:
    """Who signs in on one more device than is sensible is signed out where it is longest ago."""
    work.session.flush()
    for sitting in list_sessions(work, user_id)[MOST_SESSIONS:]:
        end_sessions(work, user_id, only=sitting.id, why="session.end")


def end_session(work: Work, token: str) -> None:
    """The session of this token, if there is one: signing out, or being replaced by a new one."""
    sitting = work.session.exec(
        select(UserSession).where(
            UserSession.token_hash == token_hash(token), col(UserSession.revoked_at).is_(None)
        )
    ).first()
    if sitting is not None:
        sitting.revoked_at = work.now
        work.session.add(sitting)
        record_act(work, "session.close", f"user:{sitting.user_id}")


def end_sessions(
    work: Work, user_id: int, *, only: int | None = None, but: int | None = None, why: str = ""
) -> int:
    """End somebody's sessions at once: all, `only` one, or all `but` one; how many there were."""
    statement = update(UserSession).where(
        col(UserSession.user_id) == user_id, col(UserSession.revoked_at).is_(None)
    )
    if only is not None:
        statement = statement.where(col(UserSession.id) == only)
    if but is not None:
        statement = statement.where(col(UserSession.id) != but)
    ended = work.session.exec(statement.values(revoked_at=work.now)).rowcount
    if why and ended:
        record_act(work, why, f"user:{user_id}")
    return ended


def is_alive(sitting: UserSession, now: datetime) -> bool:
    idle_since = sitting.seen_at or sitting.created_at
    return sitting.revoked_at is None and now < sitting.expires_at and now < idle_since + IDLE_LENGTH


def list_sessions(work: Work, user_id: int) -> list[UserSession]:
    """Sessions that still let somebody in, the latest used first."""
    rows = work.session.exec(
        select(UserSession).where(
            UserSession.user_id == user_id,
            col(UserSession.verified),
            col(UserSession.revoked_at).is_(None),
            UserSession.expires_at > work.now,
        )
    ).all()
    alive = [row for row in rows if is_alive(row, work.now)]
    return sorted(alive, key=lambda row: row.seen_at or row.created_at, reverse=True)


def count_sessions(work: Work) -> dict[int, int]:
    """How many sessions each user has now; who has none is left out."""
    rows = work.session.exec(
        select(UserSession).where(
            col(UserSession.verified),
            col(UserSession.revoked_at).is_(None),
            UserSession.expires_at > work.now,
        )
    ).all()
    found: dict[int, int] = {}
    for row in rows:
        if is_alive(row, work.now):
            found[row.user_id] = found.get(row.user_id, 0) + 1
    return found


def note_seen(house: House, session_id: int) -> None:
    """That this session was used, at most once in five minutes, in a unit of work of its own: GET commits nothing.

    What cannot be noted stops nobody: with a full disk everything can still be read.
    """
    now = house.clock.now()
    column = col(UserSession.seen_at)
    try:
        with house.work(now=now) as work:
            work.session.exec(
                update(UserSession)
                .where(col(UserSession.id) == session_id, or_(column.is_(None), column <= now - SEEN_EVERY))
                .values(seen_at=now)
            )
    except SQLAlchemyError as fault:
        log.warning("session not noted %s", place_of(fault))


def device_words(user_agent: str) -> str:
    """`Chrome op Android`: enough to recognise one's own device, too little to follow anybody."""
    browser = next((name for mark, name in BROWSERS if re.search(mark, user_agent)), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")
    return " op ".join(word for word in (browser, system) if word)
