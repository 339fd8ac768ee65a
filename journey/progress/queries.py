"""Reads the present facts of journeys: what was replaced by a correction is left out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import bindparam, exists
from sqlalchemy import select as select_any
from sqlmodel import col, func, select

from journey.models import (
    Application,
    CaseEvent,
    Decision,
    Departure,
    Extension,
    Journey,
    Melding,
    Municipality,
    Participant,
    Progress,
    Suspension,
)
from journey.rules import decision as rules
from journey.work import Reading, Work

CHUNK = 500

Fact = TypeVar("Fact", Progress, Melding, Application, Suspension, Extension, Decision, Departure, CaseEvent)

TABLES: tuple[Any, ...] = (
    Progress,
    Melding,
    Application,
    Suspension,
    Extension,
    Decision,
    Departure,
    CaseEvent,
)


def _present(table: Any) -> tuple[Any, Any]:
    return (table.journey_id == bindparam("journey"), ~col(table.replaced))


# Made once: a page of a participant asks these more than anything else.
_WHICH = select_any(*(exists().where(*_present(table)) for table in TABLES))
_OF_ONE: dict[Any, Any] = {
    table: select(table).where(*_present(table)).order_by(col(table.id)) for table in TABLES
}

_LAST_DAY = select(func.max(Progress.happened_on)).where(
    *_present(Progress),
    Progress.step == bindparam("step"),
    Progress.state == "done",
    col(Progress.happened_on) <= bindparam("day"),
)


@dataclass
class Facts:
    """The present facts of one journey; `progress` in the order of happening."""

    journey: Journey
    progress: list[Progress] = field(default_factory=list)
    melding: Melding | None = None
    application: Application | None = None
    suspensions: list[Suspension] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    decision: Decision | None = None
    departure: Departure | None = None
    events: list[CaseEvent] = field(default_factory=list)

    @property
    def ended_on(self) -> date | None:
        """The day the decision was sent, or the person left."""
        if self.decision is not None:
            return self.decision.sent_on
        return self.departure.left_on if self.departure else None

    def first_day(self, step: str) -> date | None:
        """The first time a step happened (rules, 23)."""
        days = [
            row.happened_on
            for row in self.progress
            if row.step == step and row.state == "done" and row.happened_on
        ]
        return min(days, default=None)


def delivered() -> Any:
    """The journeys that a case system told of: those of nobody who takes part. "All applications" is these and nothing
    else, or subtracting two numbers would leave the participants (rules, 33).

    Not `reference is not None`: the key of the case system goes when the study has been over for its term.
    """
    return ~exists().where(col(Participant.journey_id) == Journey.id)


def get_facts(work: Work, journey: Journey) -> Facts:
    """One journey, for a page: first asks which kinds of facts it has, because most have few."""
    here = {"journey": journey.id}
    there = work.session.execute(_WHICH, here).one()
    rows = {
        table: list(work.session.exec(_OF_ONE[table], params=here).all()) if found else []
        for table, found in zip(TABLES, there, strict=True)
    }
    return _facts(journey, rows)


def find_last_day(work: Work, journey: Journey, step: str, day: date) -> date | None:
    """The latest time a step happened on or before a day: what an answer on that day is about."""
    return work.session.exec(_LAST_DAY, params={"journey": journey.id, "step": step, "day": day}).first()


def list_facts(work: Reading, journeys: Sequence[Journey]) -> list[Facts]:
    """The facts of many journeys in one query per kind."""
    ids = [journey.id for journey in journeys if journey.id is not None]
    rows = {table: _rows(work, table, ids) for table in TABLES}
    return [
        _facts(journey, {table: rows[table][journey.id or 0] for table in TABLES}) for journey in journeys
    ]


def _facts(journey: Journey, rows: Mapping[Any, list[Any]]) -> Facts:
    return Facts(
        journey,
        sorted(rows[Progress], key=lambda row: (row.happened_on or date.max, row.id or 0)),
        _last(rows[Melding]),
        _last(rows[Application]),
        rows[Suspension],
        rows[Extension],
        _last(rows[Decision]),
        _last(rows[Departure]),
        rows[CaseEvent],
    )


def find_clock(work: Work, facts: Facts) -> rules.Clock | None:
    """The decision clock today; None while no application is known (rules, 1)."""
    if facts.application is None:
        return None
    municipality = work.session.get_one(Municipality, facts.journey.municipality_id)
    return clock_of(facts, work.today, municipality.counting_mode)


def clock_of(facts: Facts, today: date, mode: str) -> rules.Clock | None:
    """The decision clock from facts alone."""
    if facts.application is None:
        return None
    return rules.decision_clock(
        facts.application.received_on,
        today,
        suspensions=[rule_suspension(row) for row in facts.suspensions],
        extensions=[rules.Extension(sent=row.sent_on, until=row.until) for row in facts.extensions],
        sent=facts.decision.sent_on if facts.decision else None,
        mode=mode,
    )


def rule_suspension(row: Suspension) -> rules.Suspension:
    """The suspension as the rules know it."""
    return rules.Suspension(
        ground=rules.Ground(row.ground),
        invited=row.invited_on,
        term=row.term,
        supplied=row.supplied_on,
        told=row.told_on,
        received=row.received_on,
        from_=row.from_on,
        to=row.to_on,
    )


def _rows(work: Reading, table: type[Fact], ids: Iterable[int]) -> defaultdict[int, list[Fact]]:
    grouped: defaultdict[int, list[Fact]] = defaultdict(list)
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        statement = (
            select(table).where(col(table.journey_id).in_(part), ~col(table.replaced)).order_by(col(table.id))
        )
        for row in work.session.exec(statement).all():
            grouped[row.journey_id].append(row)
    return grouped


def _last(rows: list[Fact]) -> Fact | None:
    return rows[-1] if rows else None
