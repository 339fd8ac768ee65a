"""Who is this: the actor behind a session or a token."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from journey.models import ApiToken, Membership, Study, User, UserSession
from journey.rules.errors import NotFound
from journey.vault import token_hash
from journey.work import Actor, House, Work


def find_session_actor(house: House, token: str) -> Actor | None:
    """The signed-in user of a session cookie; None when unknown, expired or revoked."""
    with house.database.read() as session:
        found = session.exec(
            select(User, UserSession)
            .join(UserSession)
            .where(UserSession.token_hash == token_hash(token), User.active)
        ).first()
        if found is None:
            return None
        user, sitting = found
        if sitting.revoked_at is not None or sitting.expires_at <= house.clock.now():
            return None
        return actor_of(session, user)


def find_token_actor(house: House, token: str) -> Actor | None:
    with house.database.read() as session:
        row = session.exec(select(ApiToken).where(ApiToken.token_hash == token_hash(token))).first()
        if row is None or row.revoked_at is not None:
            return None
        studies = None if row.study_id is None else frozenset({row.study_id})
        return Actor("token", f"token:{row.id}", row.role, id=row.id, studies=studies)


def actor_of(session: Session, user: User) -> Actor:
    studies = frozenset(session.exec(select(Membership.study_id).where(Membership.user_id == user.id)).all())
    return Actor("user", f"user:{user.id}", user.role, id=user.id, studies=studies or None, name=user.name)


@dataclass(frozen=True)
class UserRow:
    """`studies` are the names of the studies in reach; none means all of the installation."""

    user: User
    studies: tuple[str, ...]


def list_user_rows(work: Work) -> list[UserRow]:
    """The users an administrator may change: all, or those who reach nothing beyond the administrator's studies."""
    names = dict(work.session.exec(select(Study.id, Study.name)).all())
    reach: dict[int, list[int]] = {}
    for row in work.session.exec(select(Membership)).all():
        reach.setdefault(row.user_id, []).append(row.study_id)
    return [
        UserRow(user, tuple(sorted(names[study] for study in reach.get(user.id or 0, ()))))
        for user in list_users(work)
        if _within(work, reach.get(user.id or 0, []))
    ]


def get_user(work: Work, user_id: int) -> User:
    """NotFound for a user beyond the administrator's reach."""
    user = work.session.get(User, user_id) if 0 < user_id < 2**31 else None
    if user is not None:
        reach = work.session.exec(select(Membership.study_id).where(Membership.user_id == user_id)).all()
        if _within(work, reach):
            return user
    raise NotFound("Deze gebruiker is er niet.")


def _within(work: Work, reach: Sequence[int]) -> bool:
    studies = work.actor.studies
    return studies is None or (bool(reach) and studies.issuperset(reach))


def list_users(work: Work) -> list[User]:
    return list(work.session.exec(select(User).order_by(User.name)).all())
