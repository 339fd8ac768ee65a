"""Keeps the summaries of journeys: whatever writes a fact, its journey is counted again before the transaction ends.

The facts are the truth. `rebuild_summaries` makes the same rows from nothing, and a test holds the two against each
other.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import event, inspect
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session, bindparam, col, delete, select

from journey.clock import local_day
from journey.models import (
    Journey,
    JourneySummary,
    LeadTimeCount,
    Municipality,
    Participant,
    RouteVersion,
    Study,
    Withdrawal,
    stored_id,
)
from journey.models.base import Recorded
from journey.progress.counting import FAR, count_trip, count_unmoved
from journey.progress.queries import Facts, list_facts
from journey.progress.trips import trip_of
from journey.route.queries import get_definition
from journey.work import Reading

CHANGED: Final = "changed_journeys"
KEY: Final = ("study_id", "route", "measure", "state", "value", "municipality_id", "month", "bypassed")
CHUNK: Final = 500

_table: Any = LeadTimeCount.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class _Reader:
    session: Session


def settle(session: Session) -> None:
    """Count the journeys again that changed in this transaction.

    The journeys are locked first and the counts are written in the order of their key: two writers wait for each other
    and never in a circle.
    """
    session.flush()
    changed: set[int] = session.info.pop(CHANGED, set())
    if not changed:
        return
    deltas: Counter[tuple[Any, ...]] = Counter()
    ids = sorted(changed)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        locked = select(Journey).where(col(Journey.id).in_(part)).order_by(col(Journey.id)).with_for_update()
        journeys = list(session.exec(locked).all())
        known = select(JourneySummary).where(col(JourneySummary.journey_id).in_(part))
        before = session.exec(known.execution_options(populate_existing=True)).all()
        for row in before:
            deltas.subtract(_keys(row))
        after = summarise(_Reader(session), journeys)
        for row in after:
            deltas.update(_keys(row))
        kept = {row.journey_id for row in after}
        for row in before:
            if row.journey_id not in kept:
                session.delete(row)
        for row in after:
            session.merge(row)
    session.flush()
    _add(session, deltas)


def rebuild_summaries(session: Session, study: Study) -> None:
    """All summaries and counts of a study from its facts."""
    session.flush()
    study_id = stored_id(study)
    session.exec(delete(LeadTimeCount).where(col(LeadTimeCount.study_id) == study_id))
    session.exec(delete(JourneySummary).where(col(JourneySummary.study_id) == study_id))
    counts: Counter[tuple[Any, ...]] = Counter()
    ids = session.exec(select(Journey.id).where(Journey.study_id == study_id).order_by(col(Journey.id))).all()
    for start in range(0, len(ids), CHUNK):
        part = select(Journey).where(col(Journey.id).in_(ids[start : start + CHUNK]))
        rows = summarise(_Reader(session), list(session.exec(part).all()))
        for row in rows:
            counts.update(_keys(row))
        session.connection().execute(plain_insert(JourneySummary), [row.model_dump() for row in rows])
    _add(session, counts)


def summarise(work: Reading, journeys: Sequence[Journey]) -> list[JourneySummary]:
    """The summaries of these journeys from their facts, on whatever day they are read."""
    modes = {row.id: row.counting_mode for row in work.session.exec(select(Municipality)).all()}
    codes = {row.id: row.code for row in work.session.exec(select(RouteVersion)).all()}
    stopped = _stopped_on(work, [stored_id(one) for one in journeys])
    return [
        _summary(
            work, facts, codes[facts.journey.route_version_id], modes[facts.journey.municipality_id], stopped
        )
        for facts in list_facts(work, journeys)
    ]


def _summary(work: Reading, facts: Facts, route: str, mode: str, stopped: dict[int, date]) -> JourneySummary:
    journey = facts.journey
    key = stored_id(journey)
    definition = get_definition(work, journey.route_version_id)
    trip = trip_of(facts, definition, FAR, mode, stopped_on=stopped.get(key))
    moving = trip.ended_on is None and trip.clock is not None and bool(facts.suspensions or facts.extensions)
    counted = [*count_trip(trip, FAR), *(() if moving else count_unmoved(trip))]
    return JourneySummary(
        journey_id=key,
        study_id=journey.study_id,
        municipality_id=journey.municipality_id,
        route=route,
        month=trip.month,
        bypassed=trip.bypassed,
        moving=moving,
        counted=sorted(list(one) for one in counted),
    )


def _stopped_on(work: Reading, journeys: Sequence[int]) -> dict[int, date]:
    """The day on which the person of a journey stopped taking part: it is followed no further (rules, 24 and 32)."""
    statement = (
        select(Participant.journey_id, Withdrawal.withdrawn_at)
        .join(Withdrawal, col(Withdrawal.participant_id) == Participant.id)
        .where(col(Participant.journey_id).in_(journeys))
        .order_by(col(Withdrawal.id).desc())
    )
    return {key: local_day(at) for key, at in work.session.exec(statement).all() if key is not None}


def _keys(row: JourneySummary) -> Iterable[tuple[Any, ...]]:
    for measure, state, value in row.counted:
        yield row.study_id, row.route, measure, state, value, row.municipality_id, row.month, row.bypassed


def _add(session: Session, deltas: Counter[tuple[Any, ...]]) -> None:
    rows = [{**dict(zip(KEY, key, strict=True)), "n": n} for key, n in sorted(deltas.items()) if n]
    if not rows:
        return
    connection = session.connection()
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(_table)
    added = statement.on_conflict_do_update(index_elements=KEY, set_={"n": _table.c.n + statement.excluded.n})
    connection.execute(added, rows)
    fewer = [{f"b_{name}": row[name] for name in KEY} for row in rows if row["n"] < 0]
    if fewer:
        same = [_table.c[name] == bindparam(f"b_{name}") for name in KEY]
        connection.execute(_table.delete().where(*same, _table.c.n == 0), fewer)


# --- what changed -----------------------------------------------------------------------------------


def mark_changed(session: OrmSession, *journeys: int | None) -> None:
    session.info.setdefault(CHANGED, set()).update(key for key in journeys if key is not None)


@event.listens_for(Session, "after_flush")
def _note(session: OrmSession, _context: UOWTransaction) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Recorded):
            mark_changed(session, getattr(row, "journey_id", None))
        elif isinstance(row, Journey):
            mark_changed(session, row.id)
        elif isinstance(row, Participant):
            history = inspect(row).attrs.journey_id.history
            mark_changed(session, *(history.added or ()), *(history.deleted or ()))
        elif isinstance(row, Withdrawal):
            person = session.get(Participant, row.participant_id)
            mark_changed(session, person.journey_id if person else None)


@event.listens_for(Session, "before_commit")
def _settle_at_the_end(session: OrmSession) -> None:
    """Once, as the last thing: not at the end of every savepoint within."""
    if not session.in_nested_transaction() and isinstance(session, Session):
        settle(session)
