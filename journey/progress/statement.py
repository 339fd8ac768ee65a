"""Takes over what a case system says about one application, again and again, by its reference.

A statement replaces what the same system said before where it differs, and keeps it as history. What was read from a
letter or told by a person is never overwritten by an import (rules, 15a).
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from journey.models import (
    Application,
    Decision,
    Departure,
    Journey,
    Melding,
    Municipality,
    Progress,
    Study,
    Suspension,
    stored_id,
)
from journey.models.base import Recorded
from journey.municipality.service import get_or_create_municipality
from journey.progress.beside import (
    IMPORT,
    drop_beside,
    is_same_import,
    is_same_step,
    keep_step_beside,
    list_beside,
    match_occurrences,
    may_mean,
)
from journey.progress.checks import check_day, check_decision, check_step
from journey.progress.queries import Facts, get_facts
from journey.progress.reasons import told_why
from journey.progress.references import NO_CITIZEN_NUMBER, find_citizen_numbers
from journey.progress.service import (
    NewSuspension,
    append_step,
    create_journey,
    record_application,
    record_decision,
    record_departure,
    record_extension,
    record_melding,
    record_suspension,
)
from journey.route.queries import get_definition, get_study_route, opening_id
from journey.rules.errors import Conflict, DomainError, Invalid
from journey.rules.signs import key
from journey.study.queries import get_municipality
from journey.work import Work


@dataclass(frozen=True)
class StatedFact:
    step: str
    happened_on: date | None
    state: str = "done"
    reason: str = ""
    category: str = ""

    def row(self) -> dict[str, Any]:
        """As it is kept. Invalid for a category that cannot be."""
        category, reason = told_why(self.state, self.reason, self.category)
        return {**vars(self), "category": category, "reason": reason}


@dataclass(frozen=True)
class StatedExtension:
    sent_on: date
    until: date


@dataclass(frozen=True)
class StatedDecision:
    sent_on: date
    outcome: str
    decided_on: date | None = None


@dataclass(frozen=True)
class StatedDeparture:
    left_on: date
    reason: str


@dataclass(frozen=True)
class Statement:
    """What is said about one application. Steps that are not named stay as they were; None says nothing.

    `suspensions` is the whole list: one that is missing from it was taken back.
    """

    reference: str
    route: str
    municipality: str | None = None
    reported_on: date | None = None
    facts: tuple[StatedFact, ...] = ()
    received_on: date | None = None
    suspensions: tuple[NewSuspension, ...] | None = None
    extension: StatedExtension | None = None
    decision: StatedDecision | None = None
    departure: StatedDeparture | None = None


def record_statement(work: Work, study: Study, new: Statement) -> bool:
    """Whether the reference was new; who tells of a known one calls `follow_cases` after it. Invalid names the field,
    such as `facts.2.happened_on`; Conflict when the reference is known on another route.
    """
    journey, is_new = _journey(work, study, new)
    if is_new and new.suspensions is None and new.extension is None:
        _record_plain(work, journey, new)
        return True
    _tell(work, journey, new)
    return is_new


def repeat_to(work: Work, journey: Journey, new: Statement) -> None:
    """Say to the journey of a participant what is known of the application that is theirs, part by part: what cannot be
    beside what a letter or that person told is left out in silence, or a refusal would show who takes part (rules, 33).
    """
    for part in _parts(new):
        with suppress(DomainError), work.session.begin_nested():
            _tell(work, journey, part, ask=False)


def statement_of(facts: Facts, route: str) -> Statement:
    """What a case system said of an application so far, as one statement."""
    extension, decision, departure = (
        next(reversed(facts.extensions), None),
        facts.decision,
        facts.departure,
    )
    return Statement(
        reference=facts.journey.reference or "",
        route=route,
        reported_on=facts.melding.reported_on if facts.melding else None,
        facts=tuple(
            StatedFact(row.step, row.happened_on, row.state, row.reason, row.category)
            for row in facts.progress
        ),
        received_on=facts.application.received_on if facts.application else None,
        suspensions=tuple(map(_days, facts.suspensions)),
        extension=StatedExtension(extension.sent_on, extension.until) if extension else None,
        decision=StatedDecision(decision.sent_on, decision.outcome, decision.decided_on)
        if decision
        else None,
        departure=StatedDeparture(departure.left_on, departure.reason) if departure else None,
    )


def _parts(new: Statement) -> Iterator[Statement]:
    """One fact at a time, in an order in which each can be recorded; the receipt goes with the decision that it may
    not follow.
    """
    empty = Statement(new.reference, new.route)
    for step in dict.fromkeys(fact.step for fact in new.facts):
        yield replace(empty, facts=tuple(fact for fact in new.facts if fact.step == step))
    yield replace(empty, reported_on=new.reported_on)
    yield replace(empty, received_on=new.received_on, decision=new.decision)
    yield replace(empty, received_on=new.received_on)
    yield replace(empty, suspensions=new.suspensions)
    yield replace(empty, extension=new.extension)
    yield replace(empty, decision=new.decision)
    yield replace(empty, departure=new.departure)


def _tell(work: Work, journey: Journey, new: Statement, *, ask: bool = True) -> None:
    _record_progress(work, journey, new.facts, ask=ask)
    facts = get_facts(work, journey)
    if new.reported_on is not None and _may_say(facts.melding, reported_on=new.reported_on):
        record_melding(work, journey, new.reported_on, source=IMPORT)
    _make_way(work, facts, new)
    if new.received_on is not None and _may_say(facts.application, received_on=new.received_on):
        with _within("application"):
            record_application(work, journey, new.received_on, source=IMPORT)
    if new.suspensions is not None:
        _record_suspensions(work, journey, facts, new.suspensions)
    _record_end(work, journey, facts, new)


def _journey(work: Work, study: Study, new: Statement) -> tuple[Journey, bool]:
    if not key(new.reference):
        raise Invalid("Geef de reis een kenmerk.", field="reference")
    found = _find(work, study, new.reference)
    if found is None:
        if find_citizen_numbers(work, study, [new.reference]):
            raise Invalid(NO_CITIZEN_NUMBER, field="reference")
        route = get_study_route(work, study, new.route)
        municipality = _municipality(work, study, new.municipality)
        try:
            with work.session.begin_nested():
                return create_journey(work, study, route, municipality, new.reference), True
        except IntegrityError:  # another request was first with this reference
            found = _find(work, study, new.reference)
            if found is None:
                raise
    if get_definition(work, found.route_version_id).id != new.route:
        raise Conflict("Dit kenmerk hoort bij een andere route.", field="route")
    if new.municipality:
        found.municipality_id = stored_id(_municipality(work, study, new.municipality))
        work.session.add(found)
    return found, False


def _find(work: Work, study: Study, reference: str) -> Journey | None:
    """Locked until the end of the unit of work, so that two statements at once are taken one after the other."""
    return work.session.exec(
        select(Journey)
        .where(Journey.study_id == study.id, Journey.reference_key == key(reference))
        .with_for_update()
    ).first()


def _municipality(work: Work, study: Study, name: str | None) -> Municipality:
    return get_or_create_municipality(work, name) if name else get_municipality(work, study.municipality_id)


def _record_plain(work: Work, journey: Journey, new: Statement) -> None:
    """What a new journey without suspensions says, in one write: there is nothing to compare it with.

    Case systems deliver thousands of these at once.
    """
    origin = _origin(work)
    key = stored_id(journey)
    steps = get_definition(work, journey.route_version_id)
    rows: list[Recorded] = []
    for number, fact in enumerate(new.facts):
        with _within(f"facts.{number}"):
            check_step(work, journey, fact.step, fact.happened_on, fact.state)
            rows.append(Progress(journey_id=key, **fact.row(), **origin))
    received_on = new.received_on or _first_day(new.facts, opening_id(steps, "application"))
    if new.reported_on is not None:
        check_day(work, journey, new.reported_on, "reported_on")
        rows.append(Melding(journey_id=key, reported_on=new.reported_on, **origin))
    if received_on is not None:
        with _within("application"):
            check_day(work, journey, received_on, "received_on")
        rows.append(Application(journey_id=key, received_on=received_on, **origin))
    if new.decision is not None:
        with _within("decision"):
            check_decision(work, journey, new.decision.sent_on, new.decision.decided_on, received_on)
        rows.append(Decision(journey_id=key, **vars(new.decision), **origin))
    if new.departure is not None:
        with _within("departure"):
            check_day(work, journey, new.departure.left_on, "left_on")
        rows.append(Departure(journey_id=key, **vars(new.departure), **origin))
    work.session.add_all(rows)


def _record_progress(work: Work, journey: Journey, stated: tuple[StatedFact, ...], *, ask: bool) -> None:
    known: defaultdict[str, list[Progress]] = defaultdict(list)
    for row in get_facts(work, journey).progress:
        known[row.step].append(row)
    by_step: defaultdict[str, list[tuple[int, Progress]]] = defaultdict(list)
    for number, fact in enumerate(stated):
        with _within(f"facts.{number}"):
            check_step(work, journey, fact.step, fact.happened_on, fact.state)
            said = Progress(journey_id=stored_id(journey), **fact.row(), **_origin(work))
        by_step[fact.step].append((number, said))
    for step, facts in by_step.items():
        _record_times(work, journey, facts, known[step], ask=ask)


def _record_times(
    work: Work, journey: Journey, stated: list[tuple[int, Progress]], known: list[Progress], *, ask: bool
) -> None:
    """All that is said of one step: its own earlier words make place for it, and ours never do."""
    imported = [row for row in known if row.source == IMPORT]
    ours = [row for row in known if row.source != IMPORT]
    unsaid, news = list(ours), []
    for number, said in stated:
        same = next((row for row in imported if is_same_import(row, said)), None)
        agreed = next((row for row in unsaid if is_same_step(row, said)), None)
        if same is not None:
            imported.remove(same)
        elif agreed is not None:
            unsaid.remove(agreed)
        else:
            news.append((number, said))
    otherwise = []
    for number, said in news:
        earlier = imported.pop(0) if imported else None
        if earlier is None and may_mean(ours, said):
            otherwise.append(said)
            continue
        said.corrects_id = earlier.id if earlier else None
        with _within(f"facts.{number}"):
            append_step(work, journey, said, earlier, ask=ask)
    kept = [keep_step_beside(work, *pair) for pair in match_occurrences(unsaid, otherwise)]
    _retire(work, *imported)
    beside = list_beside(work, Progress, journey.id)
    drop_beside(work, [row for row in beside if row.step == stated[0][1].step and row not in kept])


def _origin(work: Work) -> dict[str, Any]:
    return {"source": IMPORT, "recorded_by": work.actor.label, "recorded_at": work.now}


def _first_day(stated: tuple[StatedFact, ...], step: str | None) -> date | None:
    days = [fact.happened_on for fact in stated if fact.step == step and fact.state == "done"]
    return next((day for day in days if day is not None), None)


def _may_say(known: Recorded | None, **values: object) -> bool:
    """Whether an import adds anything: nothing is known, or it may stand beside it (rules, 15a)."""
    if known is None or known.source != IMPORT:
        return True
    return any(getattr(known, name) != value for name, value in values.items())


def _make_way(work: Work, facts: Facts, new: Statement) -> None:
    """An earlier decision of the import goes first, or it would forbid the receipt that comes with a new one."""
    known = facts.decision
    if (
        new.decision is not None
        and known
        and known.source == IMPORT
        and _may_say(facts.decision, **vars(new.decision))
    ):
        _retire(work, known)
        facts.decision = None


def _record_suspensions(
    work: Work, journey: Journey, facts: Facts, stated: tuple[NewSuspension, ...]
) -> None:
    _retire(work, *(row for row in facts.suspensions if row.source == IMPORT and _days(row) not in stated))
    known = [_days(row) for row in facts.suspensions]
    for number, one in enumerate(stated):
        if one not in known:
            with _within(f"suspensions.{number}"):
                record_suspension(work, journey, one, source=IMPORT)
    beside = list_beside(work, Suspension, journey.id)
    drop_beside(work, [row for row in beside if _days(row) not in stated or _days(row) in known])


def _days(row: Suspension) -> NewSuspension:
    return NewSuspension(**{name: getattr(row, name) for name in NewSuspension.__dataclass_fields__})


def _record_end(work: Work, journey: Journey, facts: Facts, new: Statement) -> None:
    if new.extension is not None:
        said = [row for row in facts.extensions if row.source == IMPORT]
        if not any((row.sent_on, row.until) == (new.extension.sent_on, new.extension.until) for row in said):
            _retire(work, *said)
            with _within("extension"):
                record_extension(work, journey, new.extension.sent_on, new.extension.until, source=IMPORT)
    if new.decision is not None and _may_say(facts.decision, **vars(new.decision)):
        with _within("decision"):
            record_decision(
                work,
                journey,
                new.decision.sent_on,
                new.decision.outcome,
                decided_on=new.decision.decided_on,
                source=IMPORT,
            )
    if new.departure is not None and _may_say(facts.departure, **vars(new.departure)):
        with _within("departure"):
            record_departure(work, journey, new.departure.left_on, new.departure.reason, source=IMPORT)


def _retire(work: Work, *rows: Recorded) -> None:
    for row in rows:
        row.replaced = True
        work.session.add(row)
    work.session.flush()


@contextmanager
def _within(place: str) -> Iterator[None]:
    """Refusals inside name their field as it stands in the statement."""
    try:
        yield
    except Invalid as refusal:
        refusal.field = f"{place}.{refusal.field}" if refusal.field else place
        raise
