"""Tokens of other systems, within the administrator's reach: listed, revoked, and the day of their last use."""

import logging
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, or_, select, update

from journey.audit.service import record_act
from journey.logs import place_of
from journey.models import ApiToken, Study, User
from journey.rules.errors import NotFound
from journey.work import Actor, House, Work

log = logging.getLogger("journey.auth")


@dataclass(frozen=True)
class TokenRow:
    """`study` is its name, or "" for all; `maker` the name of a user, or "" for the operator; `state` is one of
    `works`, `expired`, `revoked`."""

    token: ApiToken
    study: str
    maker: str
    state: str


def list_token_rows(work: Work) -> list[TokenRow]:
    """Newest first; who governs some studies sees the tokens of those only."""
    statement = select(ApiToken).order_by(col(ApiToken.id).desc())
    if work.actor.studies is not None:
        statement = statement.where(col(ApiToken.study_id).in_(work.actor.studies))
    studies = dict(work.session.exec(select(Study.id, Study.name)).all())
    makers = {f"user:{key}": name for key, name in work.session.exec(select(User.id, User.name)).all()}
    return [
        TokenRow(row, studies.get(row.study_id, ""), makers.get(row.created_by, ""), _state(work, row))
        for row in work.session.exec(statement).all()
    ]


def _state(work: Work, row: ApiToken) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= work.now else "works"


def revoke_token(work: Work, token_id: int) -> None:
    """It works no more from this moment. NotFound beyond the administrator's reach."""
    row = work.session.get(ApiToken, token_id) if 0 < token_id < 2**31 else None
    studies = work.actor.studies
    if row is None or (studies is not None and row.study_id not in studies):
        raise NotFound("Dit token is er niet.")
    if row.revoked_at is None:
        row.revoked_at = work.now
        work.session.add(row)
        record_act(work, "token.revoke", f"token:{row.id}")


def note_token_used(house: House, actor: Actor, today: date) -> None:
    """The day of its last use, once a day, in a unit of work of its own; what cannot be noted stops nobody."""
    column = col(ApiToken.last_used_on)
    try:
        with house.work(actor) as work:
            work.session.exec(
                update(ApiToken)
                .where(col(ApiToken.id) == actor.id, or_(column.is_(None), column < today))
                .values(last_used_on=today)
            )
    except SQLAlchemyError as fault:
        log.warning("token not noted %s", place_of(fault))
