"""The states in which somebody can open their own page, from the first day to long after the decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from journey.models import Journey, Participant
from journey.progress.service import (
    NewSuspension,
    record_application,
    record_decision,
    record_departure,
    record_event,
    record_step,
    record_suspension,
)
from journey.work import Work
from tests.portal.arrange import Arrange

TODAY = date(2026, 3, 16)
RECEIVED = date(2026, 2, 3)
LATE = date(2026, 1, 10)


def steps(work: Work, _person: Participant, journey: Journey) -> None:
    """Three steps done, and the conversation planned: the step with most to bring."""
    for step, day in (("cv", 9), ("werkplein", 10), ("rechten-en-plichten", 12)):
        record_step(work, journey, step, date(2026, 3, day), source="call")
    record_step(work, journey, "participatiegesprek", date(2026, 3, 18), source="call", state="planned")


def applied(source: str = "letter", day: date = RECEIVED) -> Arrange:
    return lambda work, _person, journey: record_application(work, journey, day, source=source)


def suspended(ground: str, **days: Any) -> Arrange:
    def arrange(work: Work, _person: Participant, journey: Journey) -> None:
        record_suspension(work, journey, NewSuspension(ground, **days), source="letter")

    return arrange


def decided(outcome: str, source: str = "letter") -> Arrange:
    return lambda work, _person, journey: record_decision(
        work, journey, date(2026, 3, 10), outcome, source=source
    )


def paid(work: Work, _person: Participant, journey: Journey) -> None:
    record_event(work, journey, "advance", date(2026, 3, 2), source="letter", detail="paid")


def left(work: Work, _person: Participant, journey: Journey) -> None:
    record_departure(work, journey, date(2026, 3, 2), "work", source="call")


def together(*parts: Arrange) -> Arrange:
    def arrange(work: Work, person: Participant, journey: Journey) -> None:
        for part in parts:
            part(work, person, journey)

    return arrange


STATES: dict[str, Callable[..., Any]] = {
    "only began": lambda *_: None,
    "not applied": steps,
    "waits": together(steps, applied()),
    "waits, told": together(steps, applied("call"), paid),
    "papers asked": together(
        steps, applied(), suspended("1a", invited_on=date(2026, 3, 9), term=date(2026, 3, 23))
    ),
    "agreed to wait": together(
        steps, applied("call"), suspended("2a", from_on=date(2026, 3, 9), to_on=date(2026, 3, 30))
    ),
    "abroad": together(steps, applied(), suspended("1b", told_on=date(2026, 3, 9))),
    "late": together(steps, applied(day=LATE)),
    "granted": together(steps, applied(day=LATE), decided("granted")),
    "not treated, told": together(steps, applied("call", LATE), decided("not_treated", "call")),
    "left": together(steps, applied(), left),
}
