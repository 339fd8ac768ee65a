"""Of many journeys at once the little that an order of calls looks at: days of steps, and how much of the term is used.
Columns instead of rows, because thousands are read for one page.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from sqlmodel import and_, col, exists, or_, select

from journey.models import Application, Decision, Journey, Municipality, Progress, Suspension
from journey.progress.queries import rule_suspension
from journey.rules.decision import days_used
from journey.work import Reading

AT_ONCE = 900

_STEPS: Any = Progress.__table__.c  # type: ignore[attr-defined]
STEP: tuple[Any, ...] = (_STEPS.journey_id, _STEPS.happened_on, _STEPS.state, _STEPS.recorded_at)
SUSPENSION: tuple[Any, ...] = (
    Suspension.journey_id,
    Suspension.ground,
    Suspension.invited_on,
    Suspension.term,
    Suspension.supplied_on,
    Suspension.told_on,
    Suspension.received_on,
    Suspension.from_on,
    Suspension.to_on,
)
DECISION: tuple[Any, ...] = (Decision.journey_id, Decision.sent_on)
RECEIPT: tuple[Any, ...] = (Application.journey_id, Application.received_on, Municipality.counting_mode)


class StepDay(Protocol):
    """What the order of calls looks at of a step."""

    @property
    def happened_on(self) -> date | None: ...
    @property
    def state(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...


class PastStep(NamedTuple):
    """The columns of a `Progress` that tell when it happened, or is planned, and since when we know."""

    happened_on: date
    state: str
    recorded_at: datetime


def list_step_days(
    work: Reading, journeys: Sequence[int], since: date, until: date
) -> Mapping[int, list[PastStep]]:
    """Per journey the steps that were done, or were planned for a day, from a day up to and including another."""
    found: defaultdict[int, list[PastStep]] = defaultdict(list)
    for part in _parts(journeys):
        statement = select(*STEP).where(
            _STEPS.journey_id.in_(part),
            *steps_between(since, until),
        )
        for journey, *step in work.session.execute(statement):
            found[journey].append(PastStep._make(step))
    return found


def steps_between(since: date, until: date) -> tuple[Any, ...]:
    """Conditions on `Progress`: done, or planned for a day, from a day up to and including another."""
    return (
        ~_STEPS.replaced,
        _STEPS.state.in_(("done", "planned")),
        _STEPS.happened_on.between(since, until),
    )


def has_open_term(journey: Any, latest: date, today: date) -> Any:
    """A condition on the column with the number of a journey: it has an application of at the latest that day, and no
    decision on `today`. In no other journey can as many days of the term be used.
    """
    decision = col(Decision.journey_id) == journey, ~col(Decision.replaced)
    later = or_(col(Decision.sent_on).is_(None), col(Decision.sent_on) > today)
    return and_(
        exists().where(
            col(Application.journey_id) == journey,
            ~col(Application.replaced),
            col(Application.received_on) <= latest,
        ),
        or_(~exists().where(*decision), exists().where(*decision, later)),
    )


def list_days_used(work: Reading, journeys: Sequence[int], today: date) -> Mapping[int, int]:
    """Per journey how many days of the term are used (Awb 4:13, 4:15); journeys without an application, and those that
    were decided on or before `today`, are left out.
    """
    found: dict[int, int] = {}
    for part in _parts(journeys):
        suspensions: defaultdict[int, list[Any]] = defaultdict(list)
        rows = select(*SUSPENSION).where(col(Suspension.journey_id).in_(part), ~col(Suspension.replaced))
        for row in work.session.exec(rows.order_by(col(Suspension.id))):
            suspensions[row.journey_id].append(rule_suspension(row))
        decided = select(*DECISION).where(col(Decision.journey_id).in_(part), ~col(Decision.replaced))
        sent = dict(work.session.exec(decided.order_by(col(Decision.id))).all())
        for journey, (received, mode) in _received(work, part).items():
            used = days_used(received, today, suspensions[journey], sent.get(journey), mode)
            if used is not None:
                found[journey] = used
    return found


def _received(work: Reading, journeys: Sequence[int]) -> dict[int, tuple[date, str]]:
    """The day of the application that counts, and how the municipality counts."""
    statement = (
        select(*RECEIPT)
        .join(Journey, col(Journey.id) == Application.journey_id)
        .join(Municipality, col(Municipality.id) == Journey.municipality_id)
        .where(col(Application.journey_id).in_(journeys), ~col(Application.replaced))
        .order_by(col(Application.id))
    )
    return {journey: (received, mode) for journey, received, mode in work.session.exec(statement)}


def _parts(journeys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(journeys), AT_ONCE):
        yield journeys[start : start + AT_ONCE]
