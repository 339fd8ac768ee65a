"""Journeys as an event log: what happened on which day, the clock that stood still and ran again, and how it ended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from journey.clock import local_day
from journey.export.journeys import Case, Cases, counted_days
from journey.export.tables import Event, Trace
from journey.models import Progress
from journey.progress.trips import decided_is_known
from journey.route.queries import closing_id, opening_id
from journey.rules import leadtimes as rules

# The state of a step as a word of the lifecycle extension.
TRANSITIONS = {"done": "complete", "skipped": "manualskip", "bypassed": "withdraw", "planned": "schedule"}
ORDER = ("resume", "complete", "manualskip", "withdraw", "schedule", "suspend")

APPLICATION = "application"
SUSPENSION = "suspension"
EXTENSION = "extension"
DECISION = "decision"
DEPARTURE = "departure"


def traces_of(read: Cases) -> Iterator[Trace]:
    """A trace per journey of a content, also of one in which nothing happened yet."""
    for case in read():
        yield trace_of(case)


def trace_of(case: Case) -> Trace:
    """Steps by their id; application, suspension, extension, decision and departure by those English words."""
    trip = case.trip
    attributes: dict[str, str | date | int | bool] = {
        "route": trip.route.id,
        "municipality": case.municipality,
    }
    if trip.clock and case.clock_is_known:
        attributes["suspended_days"] = trip.clock.suspended_days
        if trip.clock.last_day:
            attributes["last_day"] = trip.clock.last_day
        in_time = rules.within_limit(trip.case, case.today)
        if in_time is not None:
            attributes["in_time"] = in_time
    events = [one for one in _events(case) if one.day <= case.today or one.transition == "schedule"]
    events.sort(key=lambda one: (one.day, ORDER.index(one.transition)))
    return Trace(case.name, attributes, events)


def _events(case: Case) -> Iterator[Event]:
    facts, trip = case.facts, case.trip
    for row in facts.progress:
        told = row.precision != "unknown" and not _told_apart(case, row) and not _never_was(case, row)
        if told and row.step not in trip.aside:
            yield _step(row)
    if facts.melding is not None:
        yield Event("report", facts.melding.reported_on, "complete")
    if case.clock_is_known:
        yield from _clock(case)
    if facts.decision is not None and decided_is_known(trip):
        yield Event(DECISION, facts.decision.sent_on, "complete", {"outcome": facts.decision.outcome})
    if facts.departure is not None and facts.departure.left_on == trip.case.left_on:
        yield Event(DEPARTURE, facts.departure.left_on, "complete", {"reason": facts.departure.reason})


def _told_apart(case: Case, row: Progress) -> bool:
    """Whether it is the receipt or the decision, which have events of their own."""
    route, ends = case.trip.route, case.trip.case
    apart = {
        opening_id(route, "application"): ends.received,
        closing_id(route, "application"): ends.sent,
    }
    return row.state == "done" and row.happened_on is not None and apart.get(row.step) == row.happened_on


def _never_was(case: Case, row: Progress) -> bool:
    """Whether it is the last step of an application that was taken back: there was no decision (rules, 24)."""
    return row.state == "done" and row.happened_on is not None and row.step not in case.trip.first


def _clock(case: Case) -> Iterator[Event]:
    facts = case.facts
    if facts.application is not None:
        yield Event(APPLICATION, facts.application.received_on, "complete")
    for row in facts.suspensions:
        first, last = counted_days(case, row)
        if first is None:
            continue
        yield Event(SUSPENSION, first, "suspend", {"ground": row.ground})
        if last is not None:
            yield Event(SUSPENSION, last + timedelta(days=1), "resume", {"ground": row.ground})
    for one in facts.extensions:
        yield Event(EXTENSION, one.sent_on, "complete", {"until": one.until})


def _step(row: Progress) -> Event:
    event = Event(row.step, row.happened_on or local_day(row.recorded_at), TRANSITIONS[row.state])
    return replace(event, attributes={"reason": row.category}) if row.category else event
