"""Who is this: the actor behind a session or a token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from journey.auth.sessions import count_sessions, is_alive
from journey.clock import local_day
from journey.models import ApiToken, Membership, Study, User, UserSession, stored_id
from journey.rules.errors import NotFound
from journey.vault import token_hash
from journey.work import Actor, House, Work


@dataclass(frozen=True)
class Sitting:
    """A session that lets somebody in; not `verified` while the second step is still to come."""

    id: int
    actor: Actor
    verified: bool
    seen_at: datetime
    must_change: bool = False  # a first password, which others know too


def find_sitting(house: House, token: str) -> Sitting | None:
    """The session of a cookie; None when unknown, expired, unused for too long or revoked.

    In production nobody gets further than the second step without having one.
    """
    with house.database.read() as session:
        found = session.exec(
            select(User, UserSession)
            .join(UserSession)
            .where(UserSession.token_hash == token_hash(token), User.active)
        ).first()
        if found is None or not is_alive(found[1], house.clock.now()):
            return None
        user, row = found
        verified = row.verified and (user.second_step_since is not None or not house.settings.is_production)
        return Sitting(
            stored_id(row),
            actor_of(session, user),
            verified,
            row.seen_at or row.created_at,
            user.password_until is not None,
        )


def get_own_session(work: Work, session_id: int | None) -> tuple[User, UserSession]:
    """The user and the session behind this visit, for the second step and the own account."""
    row = None if session_id is None else work.session.get(UserSession, session_id)
    user = None if row is None else work.session.get(User, row.user_id)
    if row is None or user is None:
        raise NotFound("Deze pagina bestaat niet.")
    return user, row


@dataclass(frozen=True)
class KnownToken:
    """A token that is not revoked; `expired_on` (local date) when its time is over."""

    actor: Actor
    last_used_on: date | None
    expired_on: date | None


def find_token(house: House, token: str) -> KnownToken | None:
    with house.database.read() as session:
        row = session.exec(select(ApiToken).where(ApiToken.token_hash == token_hash(token))).first()
        if row is None or row.revoked_at is not None:
            return None
        studies = None if row.study_id is None else frozenset({row.study_id})
        actor = Actor("token", f"token:{row.id}", row.role, id=row.id, studies=studies)
        over = row.expires_at is not None and row.expires_at <= house.clock.now()
        return KnownToken(
            actor, row.last_used_on, local_day(row.expires_at) if over and row.expires_at else None
        )


def actor_of(session: Session, user: User) -> Actor:
    studies = frozenset(session.exec(select(Membership.study_id).where(Membership.user_id == user.id)).all())
    return Actor("user", f"user:{user.id}", user.role, id=user.id, studies=studies or None, name=user.name)


@dataclass(frozen=True)
class UserRow:
    """`studies` are the names of the studies in reach; none means all of the installation."""

    user: User
    studies: tuple[str, ...]
    sessions: int = 0
    shared: bool = False


def list_user_rows(work: Work) -> list[UserRow]:
    """The users an administrator may see: all, or those of the administrator's studies; who is `shared` works for
    others too, and can be closed only."""
    names = dict(work.session.exec(select(Study.id, Study.name)).all())
    reach: dict[int, list[int]] = {}
    for row in work.session.exec(select(Membership)).all():
        reach.setdefault(row.user_id, []).append(row.study_id)
    sessions = count_sessions(work)
    return [
        UserRow(
            user,
            tuple(sorted(names[study] for study in reach.get(user.id or 0, ()))),
            sessions.get(user.id or 0, 0),
            shared=not _within(work, reach.get(user.id or 0, [])),
        )
        for user in list_users(work)
        if _touches(work, reach.get(user.id or 0, []))
    ]


def get_user(work: Work, user_id: int, *, shared: bool = False) -> User:
    """NotFound for a user beyond the administrator's reach; one who works for other studies too is in reach of the
    administrator of each when `shared`."""
    within = _touches if shared else _within
    user = work.session.get(User, user_id) if 0 < user_id < 2**31 else None
    if user is not None:
        reach = work.session.exec(select(Membership.study_id).where(Membership.user_id == user_id)).all()
        if within(work, reach):
            return user
    raise NotFound("Deze gebruiker is er niet.")


def _within(work: Work, reach: Sequence[int]) -> bool:
    studies = work.actor.studies
    return studies is None or (bool(reach) and studies.issuperset(reach))


def studies_of(work: Work, user: User) -> list[str]:
    """Codes of the studies a user may enter; none means all of the installation."""
    found = select(Study.code).join(Membership).where(Membership.user_id == user.id)
    return sorted(work.session.exec(found).all())


def _touches(work: Work, reach: Sequence[int]) -> bool:
    studies = work.actor.studies
    return studies is None or not studies.isdisjoint(reach)


def list_users(work: Work) -> list[User]:
    return list(work.session.exec(select(User).order_by(User.name)).all())
