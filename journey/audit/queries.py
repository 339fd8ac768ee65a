"""Reads the audit trail, within the studies of the reader."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, exists
from sqlmodel import col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from journey.clock import at_local
from journey.models import ApiToken, AuditEntry, Membership, Participant, Study, User
from journey.work import Work

PAGE_SIZE = 100


@dataclass(frozen=True)
class AuditLine:
    """`who` is the name of a user, or the kind of actor."""

    entry: AuditEntry
    who: str


@dataclass(frozen=True)
class Sought:
    """What to look for; empty is everything. `about` is a code, `who` a name or label, days are local and both in."""

    action: str = ""
    about: str = ""
    who: str = ""
    since: date | None = None
    until: date | None = None


def list_lines(
    work: Work,
    sought: Sought | None = None,
    *,
    action: str = "",
    before: int | None = None,
    most: int = PAGE_SIZE,
) -> tuple[list[AuditLine], int | None]:
    """A page of lines, newest first, and the id to continue before, or None at the end."""
    statement = _narrowed(work, _in_reach(work, select(AuditEntry)), sought or Sought(action))
    if before is not None:
        statement = statement.where(col(AuditEntry.id) < before)
    rows = work.session.exec(statement.order_by(col(AuditEntry.id).desc()).limit(most + 1)).all()
    names = _names(work, {row.actor for row in rows})
    lines = [AuditLine(row, names.get(row.actor, row.actor)) for row in rows[:most]]
    return lines, (lines[-1].entry.id if len(rows) > most else None)


def list_about(work: Work, code: str, most: int = PAGE_SIZE) -> list[AuditLine]:
    """The last lines about one person, newest first; who may see that person has been asked before."""
    about = or_(
        col(AuditEntry.object) == code, col(AuditEntry.object).startswith(f"{code} ", autoescape=True)
    )
    statement = select(AuditEntry).where(about).order_by(col(AuditEntry.id).desc()).limit(most)
    rows = work.session.exec(statement).all()
    names = _names(work, {row.actor for row in rows})
    return [AuditLine(row, names.get(row.actor, row.actor)) for row in rows]


def list_actions(work: Work) -> list[str]:
    """Every kind of act that was ever written down, for the filter."""
    return sorted(work.session.exec(select(AuditEntry.action).distinct()).all())


def _narrowed(
    work: Work, statement: SelectOfScalar[AuditEntry], sought: Sought
) -> SelectOfScalar[AuditEntry]:
    if sought.action:
        statement = statement.where(AuditEntry.action == sought.action)
    if sought.about:
        one = col(AuditEntry.object)
        statement = statement.where(
            or_(one == sought.about, one.startswith(f"{sought.about} ", autoescape=True))
        )
    if sought.who:
        users = work.session.exec(
            select(User.id).where(col(User.name).icontains(sought.who, autoescape=True))
        ).all()
        actors = [f"user:{user}" for user in users]
        statement = statement.where(
            or_(col(AuditEntry.actor) == sought.who, col(AuditEntry.actor).in_(actors))
        )
    if sought.since:
        statement = statement.where(col(AuditEntry.at) >= at_local(sought.since, 0))
    if sought.until:
        statement = statement.where(col(AuditEntry.at) < at_local(sought.until + timedelta(days=1), 0))
    return statement


def _in_reach(work: Work, statement: SelectOfScalar[AuditEntry]) -> SelectOfScalar[AuditEntry]:
    """For who reaches some studies: acts by the users and tokens of those studies, and about their people."""
    studies = work.actor.studies
    if studies is None:
        return statement
    users = work.session.exec(select(Membership.user_id).where(col(Membership.study_id).in_(studies))).all()
    tokens = work.session.exec(select(ApiToken.id).where(col(ApiToken.study_id).in_(studies))).all()
    actors = [f"user:{user}" for user in users] + [f"token:{token}" for token in tokens]
    about_own = exists().where(
        col(Participant.study_id).in_(studies),
        or_(
            col(AuditEntry.object) == col(Participant.code),
            col(AuditEntry.object).startswith(col(Participant.code).concat(" ")),
        ),
    )
    return statement.where(or_(and_(col(AuditEntry.actor).in_(actors), ~_about_others(studies)), about_own))


def _about_others(studies: frozenset[int]) -> Any:
    """Acts of somebody who works for several, about a person or a study of another."""
    person = exists().where(
        col(Participant.study_id).not_in(studies),
        or_(
            col(AuditEntry.object) == col(Participant.code),
            col(AuditEntry.object).startswith(col(Participant.code).concat(" ")),
        ),
    )
    study = exists().where(
        col(Study.id).not_in(studies),
        or_(
            col(AuditEntry.object) == col(Study.code),
            col(AuditEntry.object).startswith(col(Study.code).concat(" ")),
        ),
    )
    return or_(person, study)


def _names(work: Work, labels: set[str]) -> dict[str, str]:
    ids = [int(label[5:]) for label in labels if label.startswith("user:") and label[5:].isdecimal()]
    rows = work.session.exec(select(User).where(col(User.id).in_(ids))).all()
    return {f"user:{row.id}": row.name for row in rows}
