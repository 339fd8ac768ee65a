"""Keeps the summaries of the journeys that a case system delivered: whatever writes a fact, its journey is counted
again before the transaction ends. What a participant told is never in them (rules, 33).

The facts are the truth. `rebuild_summaries` makes the same rows from nothing, and a test holds the two against each
other.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from sqlalchemy import Text, cast, event, exists, func, inspect
from sqlalchemy import insert as plain_insert
from sqlalchemy import select as plain_select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session, SQLModel, bindparam, col, delete, or_, select

from journey.clock import local_day
from journey.models import (
    ClockSpan,
    Journey,
    JourneySummary,
    LeadTimeCount,
    Municipality,
    Participant,
    RouteVersion,
    Study,
    stored_id,
)
from journey.models.base import Recorded
from journey.progress.counting import (
    APPLICATION,
    FAR,
    MONTH,
    MONTHS,
    PLACES,
    clock_stretches,
    count_trip,
    count_unmoved,
    undecided,
)
from journey.progress.queries import delivered, list_facts
from journey.progress.trips import clock_facts, trip_of
from journey.route.queries import get_definition
from journey.work import Reading

CHANGED: Final = "changed_journeys"
CHANGED_STUDIES: Final = "changed_studies"
CHANGED_MODES: Final = "changed_modes"
KEY: Final = ("study_id", "municipality_id", "month", "bypassed", "route", "measure", "state", "value")
CHUNK: Final = 500

# How a key says "whichever": of the municipality, of the month or bypass, and of all three.
EVERYWHERE: Final = 0
ALL: Final = "*"
EVERYTHING: Final = (EVERYWHERE, ALL, ALL)
YES_OR_NO: Final = {True: "yes", False: "no"}

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
    for study in _list_changed_studies(session):
        rebuild_summaries(session, study)
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
        after, spans = summarise(_Reader(session), journeys)
        for row in after:
            deltas.update(_keys(row))
        kept, counted = {row.journey_id for row in after}, {row.journey_id for row in before}
        for row in before:
            if row.journey_id not in kept:
                session.delete(row)
        for row in after:
            if row.journey_id in counted:
                session.merge(row)
        _insert(session, JourneySummary, [row for row in after if row.journey_id not in counted])
        session.exec(delete(ClockSpan).where(col(ClockSpan.journey_id).in_(part)))
        _insert(session, ClockSpan, spans)
    session.flush()
    _add(session, deltas)


def rebuild_summaries(session: Session, study: Study) -> int:
    """All summaries and counts of a study from its facts; how many journeys there are.

    The study is locked first, so that nobody adds a journey meanwhile.
    """
    session.flush()
    study_id = stored_id(study)
    session.exec(select(Study.id).where(Study.id == study_id).with_for_update()).one()
    own = select(Journey.id).where(Journey.study_id == study_id).order_by(col(Journey.id))
    ids = session.exec(own.with_for_update()).all()
    session.exec(delete(LeadTimeCount).where(col(LeadTimeCount.study_id) == study_id))
    session.exec(delete(JourneySummary).where(col(JourneySummary.study_id) == study_id))
    session.exec(delete(ClockSpan).where(col(ClockSpan.study_id) == study_id))
    counts: Counter[tuple[Any, ...]] = Counter()
    for start in range(0, len(ids), CHUNK):
        part = select(Journey).where(col(Journey.id).in_(ids[start : start + CHUNK]))
        rows, spans = summarise(_Reader(session), list(session.exec(part).all()))
        for row in rows:
            counts.update(_keys(row))
        _insert(session, JourneySummary, rows)
        _insert(session, ClockSpan, spans)
    _add(session, counts)
    return len(ids)


def count_delivered(session: Session, study: Study) -> int:
    """How many journeys the stored counts of a study hold."""
    settle(session)
    everywhere, month, bypassed = EVERYTHING
    table = _table.c
    statement = plain_select(func.coalesce(func.sum(table.n), 0)).where(
        table.study_id == study.id,
        table.municipality_id == everywhere,
        table.month == month,
        table.bypassed == bypassed,
        table.measure == "journeys",
    )
    return int(session.connection().execute(statement).scalar_one())


def recount(session: Session, study: Study) -> None:
    """The counts of a study from its summaries, for who wrote those in bulk and took each from its facts."""
    session.exec(delete(LeadTimeCount).where(col(LeadTimeCount.study_id) == study.id))
    table: Any = JourneySummary.__table__  # type: ignore[attr-defined]
    counted = cast(table.c.counted, Text)  # JSON cannot be grouped
    cell = (table.c.study_id, table.c.municipality_id, table.c.month, table.c.bypassed, table.c.route)
    alike = plain_select(*cell, counted, func.count()).where(table.c.study_id == study.id)
    counts: Counter[tuple[Any, ...]] = Counter()
    for *whose, found, n in session.connection().execute(alike.group_by(*cell, counted)):
        names = (column.name for column in cell)
        row = JourneySummary(**dict(zip(names, whose, strict=True)), counted=json.loads(found))
        for key in _keys(row):
            counts[key] += n
    _add(session, counts)


def rebuild_missing(session: Session) -> int:
    """Rebuild the studies with a journey that was never counted, as after a change of these tables; says how many."""
    counted = exists().where(col(JourneySummary.journey_id) == Journey.id)
    found = select(Study).where(col(Study.id).in_(select(Journey.study_id).where(~counted, delivered())))
    return sum(rebuild_summaries(session, study) for study in session.exec(found).all())


def summarise(work: Reading, journeys: Sequence[Journey]) -> tuple[list[JourneySummary], list[ClockSpan]]:
    """The summaries of the delivered ones of these journeys from their facts, on whatever day they are read: of a
    closed study that day.
    """
    session = work.session
    modes = {row.id: row.counting_mode for row in session.exec(select(Municipality)).all()}
    codes = {row.id: row.code for row in session.exec(select(RouteVersion)).all()}
    closed = select(Study.id, Study.closed_at).where(col(Study.closed_at).is_not(None))
    until = {key: local_day(at) for key, at in session.exec(closed).all() if at is not None}
    people = _of_people(work, [stored_id(one) for one in journeys])
    rows: list[JourneySummary] = []
    spans: list[ClockSpan] = []
    for facts in list_facts(work, [one for one in journeys if one.id not in people]):
        journey = facts.journey
        mode, day = modes[journey.municipality_id], until.get(journey.study_id, FAR)
        definition = get_definition(work, journey.route_version_id)
        trip = trip_of(facts, definition, day, mode)
        clock = clock_facts(facts) if trip.clock is not None else None
        whose: dict[str, Any] = {
            "journey_id": trip.journey_id,
            "study_id": journey.study_id,
            "municipality_id": trip.municipality_id,
            "route": codes[journey.route_version_id],
            "month": trip.month,
            "bypassed": trip.bypassed,
        }
        counted = (*count_trip(trip, day), *count_unmoved(trip, day, clock, mode))
        rows.append(JourneySummary(**whose, counted=sorted(list(one) for one in counted)))
        if clock is not None and undecided(trip, day):
            spans += [ClockSpan(**whose, **vars(one)) for one in clock_stretches(clock, mode)]
    return rows, spans


def _of_people(work: Reading, journeys: Sequence[int]) -> set[int | None]:
    """Which of these journeys belong to somebody who takes part."""
    return set(
        work.session.exec(
            select(Participant.journey_id).where(col(Participant.journey_id).in_(journeys))
        ).all()
    )


def _keys(row: JourneySummary) -> Iterable[tuple[Any, ...]]:
    cell = row.study_id, row.municipality_id, row.month, YES_OR_NO[row.bypassed]
    for measure, state, value in row.counted:
        yield *cell, row.route, measure, state, value


def _rolled_up(deltas: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """The same for every selection that holds a journey: its own or any municipality, month, and bypass.

    Over all months the time to decide is counted per month too, and over everything which months and municipalities
    there are to choose from.
    """
    rolled: Counter[tuple[Any, ...]] = Counter()
    for (study, place, month, bypassed, *rest), n in deltas.items():
        if not n:
            continue
        route, measure, state, value = rest
        for cell in product((place, EVERYWHERE), (month, ALL), (bypassed, ALL)):
            rolled[study, *cell, *rest] += n
            if cell[1] == ALL and measure == APPLICATION:
                rolled[study, *cell, route, MONTH + month, state, value] += n
        if measure == "journeys":
            rolled[study, *EVERYTHING, route, PLACES, "ended", place] += n
            if month:
                rolled[study, *EVERYTHING, route, MONTHS, "ended", int(month.replace("-", ""))] += n
    return rolled


def _insert(session: Session, table: type[SQLModel], rows: Sequence[SQLModel]) -> None:
    if rows:
        session.connection().execute(plain_insert(table), [row.model_dump() for row in rows])


def _add(session: Session, deltas: Counter[tuple[Any, ...]]) -> None:
    rows = [
        {**dict(zip(KEY, key, strict=True)), "n": n} for key, n in sorted(_rolled_up(deltas).items()) if n
    ]
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


def _list_changed_studies(session: Session) -> Sequence[Study]:
    """Those that were closed or opened again, and those with journeys of a municipality that counts otherwise now."""
    closed, places = session.info.pop(CHANGED_STUDIES, set()), session.info.pop(CHANGED_MODES, set())
    if not closed and not places:
        return ()
    counted = select(Journey.study_id).where(col(Journey.municipality_id).in_(places))
    which = or_(col(Study.id).in_(closed), col(Study.id).in_(counted))
    return session.exec(select(Study).where(which).order_by(col(Study.id))).all()


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
    for row in session.dirty:
        if isinstance(row, Study) and inspect(row).attrs.closed_at.history.added:
            session.info.setdefault(CHANGED_STUDIES, set()).add(row.id)
        elif isinstance(row, Municipality) and inspect(row).attrs.counting_mode.history.added:
            session.info.setdefault(CHANGED_MODES, set()).add(row.id)


@event.listens_for(Session, "before_commit")
def _settle_at_the_end(session: OrmSession) -> None:
    """Once, as the last thing: not at the end of every savepoint within."""
    if not session.in_nested_transaction() and isinstance(session, Session):
        settle(session)
