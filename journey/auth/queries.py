"""Who is this: the actor behind a session or a token."""

from sqlmodel import Session, select

from journey.models import ApiToken, Membership, User, UserSession
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


def list_users(work: Work) -> list[User]:
    return list(work.session.exec(select(User).order_by(User.name)).all())
