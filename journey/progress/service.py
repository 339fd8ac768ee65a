"""Records dated facts of a journey. Facts are appended; a correction replaces an earlier fact and keeps it.

What cannot be (a decision before the receipt) is refused in one sentence that names both dates. What merely looks odd
(a step skipped, repeated, in another order) is reality and is recorded.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlmodel import col, select

from journey.models import (
    Application,
    CaseEvent,
    Decision,
    Departure,
    Extension,
    Journey,
    Melding,
    Municipality,
    Progress,
    RouteVersion,
    Study,
    Suspension,
    stored_id,
)
from journey.models.base import Recorded
from journey.progress.queries import get_facts
from journey.progress.reasons import told_why
from journey.progress.summary import mark_changed
from journey.route.queries import get_definition, opening_id
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.work import Work

IMPORT = "import"
EARLIEST_BEFORE_STUDY = timedelta(days=366)

Fact = TypeVar("Fact", bound=Recorded)


@dataclass(frozen=True)
class NewSuspension:
    """The dates of one ground of Awb 4:15; which belong to which ground is checked."""

    ground: str
    invited_on: date | None = None
    term: date | None = None
    supplied_on: date | None = None
    told_on: date | None = None
    received_on: date | None = None
    from_on: date | None = None
    to_on: date | None = None

    @property
    def start(self) -> date | None:
        return {"1a": self.invited_on, "1b": self.told_on}.get(self.ground, self.from_on)


def create_journey(
    work: Work, study: Study, route: RouteVersion, municipality: Municipality, reference: str | None = None
) -> Journey:
    journey = Journey(
        study_id=stored_id(study),
        municipality_id=stored_id(municipality),
        route_version_id=stored_id(route),
        reference=reference,
        created_at=work.now,
    )
    work.session.add(journey)
    work.session.flush()
    mark_changed(work.session, journey.id)
    return journey


def record_step(
    work: Work,
    journey: Journey,
    step: str,
    happened_on: date | None,
    *,
    source: str,
    state: str = "done",
    reason: str = "",
    category: str = "",
    corrects: int | None = None,
) -> Progress:
    """Record a step; the same step again is a repetition unless it corrects an earlier fact.

    The step `aanvraag` gives the receipt date when none is known (rules, 15).
    """
    check_step(work, journey, step, happened_on, state)
    category, reason = told_why(state, reason, category)
    if corrects is not None:
        _replace_progress(work, journey, corrects, step)
    fact = _recorded(
        work,
        Progress(
            journey_id=stored_id(journey),
            step=step,
            happened_on=happened_on,
            state=state,
            category=category,
            reason=reason,
            corrects_id=corrects,
            **_origin(work, source),
        ),
    )
    definition = get_definition(work, journey.route_version_id)
    if state == "done" and step == opening_id(definition, "application") and happened_on is not None:
        facts = get_facts(work, journey)
        if facts.application is None or (corrects is not None and facts.application.source == source):
            record_application(work, journey, happened_on, source=source)
    return fact


def record_application(work: Work, journey: Journey, received_on: date, *, source: str) -> Application:
    """Receipt of the application: day 0 of the eight weeks (Awb 4:13)."""
    check_day(work, journey, received_on, "received_on")
    facts = get_facts(work, journey)
    new = Application(journey_id=stored_id(journey), received_on=received_on, **_origin(work, source))
    if _is_beside(facts.application, new):
        return _beside(work, new)
    decision = facts.decision
    if decision is not None and decision.sent_on < received_on:
        raise _impossible(
            "Het besluit is verzonden op %(sent)s. De aanvraag kan dan niet pas op %(received)s zijn ontvangen.",
            "received_on",
            sent=decision.sent_on,
            received=received_on,
        )
    for notice in facts.extensions:
        if notice.sent_on < received_on:
            raise _impossible(
                "Het uitstel is verzonden op %(sent)s. De aanvraag kan dan niet pas op %(received)s zijn ontvangen.",
                "received_on",
                sent=notice.sent_on,
                received=received_on,
            )
    _replace_all(work, Application, journey)
    return _recorded(work, new)


def record_melding(work: Work, journey: Journey, reported_on: date, *, source: str) -> Melding:
    """The legal report at UWV (Pw 44)."""
    check_day(work, journey, reported_on, "reported_on")
    new = Melding(journey_id=stored_id(journey), reported_on=reported_on, **_origin(work, source))
    if _is_beside(get_facts(work, journey).melding, new):
        return _beside(work, new)
    _replace_all(work, Melding, journey)
    return _recorded(work, new)


def record_suspension(work: Work, journey: Journey, new: NewSuspension, *, source: str) -> Suspension:
    """Awb 4:15. The same ground with the same first day replaces what was known of it: it was supplied, or ended."""
    _check_suspension(work, journey, new)
    for known in get_facts(work, journey).suspensions:
        same_start = {"1a": known.invited_on, "1b": known.told_on}.get(
            known.ground, known.from_on
        ) == new.start
        if known.ground == new.ground and same_start:
            known.replaced = True
            work.session.add(known)
    return _recorded(
        work,
        Suspension(journey_id=stored_id(journey), **vars(new), **_origin(work, source)),
    )


def record_extension(work: Work, journey: Journey, sent_on: date, until: date, *, source: str) -> Extension:
    """Awb 4:14 lid 3; whether it has effect is for the clock to say."""
    check_day(work, journey, sent_on, "sent_on")
    check_not_beyond(work, until, "until")
    application = get_facts(work, journey).application
    if application is not None and sent_on < application.received_on:
        raise _impossible(
            "Het uitstel kan niet op %(sent)s zijn verzonden: de aanvraag is ontvangen op %(received)s.",
            "sent_on",
            sent=sent_on,
            received=application.received_on,
        )
    return _recorded(
        work,
        Extension(journey_id=stored_id(journey), sent_on=sent_on, until=until, **_origin(work, source)),
    )


def record_decision(
    work: Work, journey: Journey, sent_on: date, outcome: str, *, decided_on: date | None = None, source: str
) -> Decision:
    """The clock ends on the day the decision was sent (rules, 6)."""
    facts = get_facts(work, journey)
    application = facts.application
    new = Decision(
        journey_id=stored_id(journey),
        decided_on=decided_on,
        sent_on=sent_on,
        outcome=outcome,
        **_origin(work, source),
    )
    if _is_beside(facts.decision, new):
        check_decision(work, journey, sent_on, decided_on, None)
        return _beside(work, new)
    check_decision(work, journey, sent_on, decided_on, application.received_on if application else None)
    _replace_all(work, Decision, journey)
    return _recorded(work, new)


def record_departure(work: Work, journey: Journey, left_on: date, reason: str, *, source: str) -> Departure:
    """Left without a decision; censored in the lead times on that day (rules, 24)."""
    check_day(work, journey, left_on, "left_on")
    new = Departure(journey_id=stored_id(journey), left_on=left_on, reason=reason, **_origin(work, source))
    if _is_beside(get_facts(work, journey).departure, new):
        return _beside(work, new)
    _replace_all(work, Departure, journey)
    return _recorded(work, new)


def record_event(
    work: Work,
    journey: Journey,
    kind: str,
    happened_on: date,
    *,
    source: str,
    detail: str = "",
    about_on: date | None = None,
) -> CaseEvent:
    """A notice that was sent, an advance, another contact person, or the form that was handed out, on a day."""
    check_day(work, journey, happened_on, "happened_on")
    if about_on is not None and happened_on < about_on:
        raise _impossible(
            "De brief kan niet op %(sent)s zijn verstuurd: de opschorting begon op %(start)s.",
            "happened_on",
            sent=happened_on,
            start=about_on,
        )
    application = get_facts(work, journey).application
    if kind == "advance" and application is not None and happened_on < application.received_on:
        raise _impossible(
            "Het voorschot kan niet van %(day)s zijn: de aanvraag is ontvangen op %(received)s.",
            "happened_on",
            day=happened_on,
            received=application.received_on,
        )
    return _recorded(
        work,
        CaseEvent(
            journey_id=stored_id(journey),
            kind=kind,
            happened_on=happened_on,
            detail=detail,
            about_on=about_on,
            **_origin(work, source),
        ),
    )


def take_over(work: Work, journey: Journey, table: type[Fact], fact_id: int) -> None:
    """What the case system says takes the place of what we knew, which stays as history (rules, 15a).

    NotFound when it does not stand beside a fact of this journey (any more); Invalid when the dates cannot be.
    """
    said: Any = work.session.get(table, fact_id)
    if said is None or said.journey_id != journey.id or not said.beside:
        raise NotFound("Deze datum staat er niet meer naast.")
    said.beside = False
    work.session.add(said)
    facts = get_facts(work, journey)
    for known in (facts.application, facts.melding, facts.decision, facts.departure):
        if isinstance(known, table):
            known.replaced = True
            work.session.add(known)
    work.session.flush()
    if isinstance(said, Application):
        record_application(work, journey, said.received_on, source=said.source)
    elif isinstance(said, Melding):
        record_melding(work, journey, said.reported_on, source=said.source)
    elif isinstance(said, Decision):
        record_decision(
            work, journey, said.sent_on, said.outcome, decided_on=said.decided_on, source=said.source
        )
    elif isinstance(said, Departure):
        record_departure(work, journey, said.left_on, said.reason, source=said.source)


def retract_fact(work: Work, journey: Journey, table: type[Fact], fact_id: int) -> None:
    """Take back what was never true, such as a fact of another person; the row stays, as history.

    NotFound when it is not of this journey; Conflict when a colleague replaced it first.
    """
    fact = work.session.get(table, fact_id)
    if fact is None or getattr(fact, "journey_id", None) != journey.id:
        raise NotFound("Wat u wilt weghalen, staat niet bij deze deelnemer.")
    _refuse_if_replaced(fact)
    fact.replaced = True
    work.session.add(fact)
    work.session.flush()


def check_step(work: Work, journey: Journey, step: str, happened_on: date | None, state: str) -> None:
    """The step is on the route, and its day can be: only what is planned lies ahead."""
    definition = get_definition(work, journey.route_version_id)
    if step not in {known.id for known in definition.steps}:
        raise Invalid("De stap %(step)s hoort niet bij deze route.", field="step", step=step)
    if happened_on is None and state in ("done", "planned"):
        raise Invalid("Vul de datum in.", field="happened_on")
    if happened_on is not None and state != "planned":
        check_day(work, journey, happened_on, "happened_on")
    elif happened_on is not None and happened_on > work.today + timedelta(days=366):
        raise Invalid("De datum %(day)s ligt te ver weg.", field="happened_on", day=happened_on)


def check_decision(
    work: Work, journey: Journey, sent_on: date, decided_on: date | None, received_on: date | None
) -> None:
    """Receipt, decision and sending are in that order (rules, 6)."""
    check_day(work, journey, sent_on, "sent_on")
    if decided_on is not None and decided_on > sent_on:
        raise _impossible(
            "Het besluit is van %(decided)s, dus het kan niet al op %(sent)s zijn verzonden.",
            "decided_on",
            decided=decided_on,
            sent=sent_on,
        )
    if received_on is not None and sent_on < received_on:
        raise _impossible(
            "Het besluit kan niet op %(sent)s zijn verzonden: de aanvraag is ontvangen op %(received)s.",
            "sent_on",
            sent=sent_on,
            received=received_on,
        )


def check_day(work: Work, journey: Journey, day: date, field: str) -> None:
    """A fact is not in the future and not from long before the study: that is a typing error."""
    if day > work.today:
        raise Invalid("De datum %(day)s ligt in de toekomst.", field=field, day=day)
    study = work.session.get_one(Study, journey.study_id)
    if day < study.starts_on - EARLIEST_BEFORE_STUDY:
        raise Invalid(
            "De datum %(day)s is van ruim voor het begin van het onderzoek (%(starts)s).",
            field=field,
            day=day,
            starts=study.starts_on,
        )


def check_not_beyond(work: Work, day: date, field: str) -> None:
    """A term or an agreed day may lie ahead, but not years."""
    if day > work.today + timedelta(days=2 * 366):
        raise Invalid("De datum %(day)s ligt te ver weg.", field=field, day=day)


def _check_suspension(work: Work, journey: Journey, new: NewSuspension) -> None:
    needed = {"1a": "invited_on", "1b": "told_on"}.get(new.ground, "from_on")
    shown = {"from_on": "from", "to_on": "to"}
    if new.start is None:
        raise Invalid("Vul de begindatum van de opschorting in.", field=shown.get(needed, needed))
    own = {
        "1a": {"invited_on", "term", "supplied_on"},
        "1b": {"told_on", "received_on"},
    }.get(new.ground, {"from_on", "to_on"})
    for name, value in vars(new).items():
        if name != "ground" and value is not None and name not in own:
            raise Invalid(
                "Deze datum hoort niet bij grond %(ground)s.", field=shown.get(name, name), ground=new.ground
            )
    for name in ("invited_on", "told_on", "supplied_on", "received_on"):
        if (day := getattr(new, name)) is not None:
            check_day(work, journey, day, name)
    for name in ("term", "from_on", "to_on"):
        if (day := getattr(new, name)) is not None:
            check_not_beyond(work, day, shown.get(name, name))
    for end in ("term", "supplied_on", "received_on", "to_on"):
        value = getattr(new, end)
        if value is not None and value < new.start:
            raise _impossible(
                "Het einde (%(end)s) ligt voor het begin (%(start)s).",
                shown.get(end, end),
                end=value,
                start=new.start,
            )


def _is_beside(known: Recorded | None, new: Recorded) -> bool:
    """Whether a case system says something about what a person told or a letter said: it never replaces that."""
    return new.source == IMPORT and known is not None and known.source != IMPORT


def _beside(work: Work, new: Fact) -> Fact:
    """Keep what the case system says beside what we know, once; when both agree, nothing stands beside any more."""
    apart = {"id", "source", "recorded_by", "recorded_at", "replaced", "beside"}
    table: Any = type(new)
    rows = work.session.exec(
        select(table).where(table.journey_id == new.journey_id, col(table.beside) | ~col(table.replaced))  # type: ignore[attr-defined]
    ).all()
    said = new.model_dump(exclude=apart)
    same = next((row for row in rows if row.model_dump(exclude=apart) == said), None)
    for row in rows:
        if row.beside and row is not same:
            row.beside = False
            work.session.add(row)
    if same is not None:
        work.session.flush()
        return same  # type: ignore[no-any-return]
    new.replaced = new.beside = True
    return _recorded(work, new)


def _origin(work: Work, source: str) -> dict[str, Any]:
    return {"source": source, "recorded_by": work.actor.label, "recorded_at": work.now}


def _recorded(work: Work, fact: Fact) -> Fact:
    work.session.add(fact)
    work.session.flush()
    return fact


def _replace_all(work: Work, table: type[Fact], journey: Journey) -> None:
    rows = work.session.exec(
        select(table).where(table.journey_id == journey.id, ~col(table.replaced))  # type: ignore[attr-defined]
    ).all()
    for row in rows:
        row.replaced = True
        work.session.add(row)


def _replace_progress(work: Work, journey: Journey, corrects: int, step: str) -> None:
    earlier = work.session.get(Progress, corrects)
    if earlier is None or earlier.journey_id != journey.id:
        raise NotFound("Wat u wilt verbeteren, staat niet bij deze deelnemer.", field="corrects")
    if earlier.step != step:
        raise Invalid("Wat u wilt verbeteren, is een andere stap.", field="corrects")
    _refuse_if_replaced(earlier)
    earlier.replaced = True
    work.session.add(earlier)


def _refuse_if_replaced(fact: Recorded) -> None:
    if fact.replaced:
        raise Conflict(
            "Dit is intussen al verbeterd of weggehaald. Kijk eerst wat er nu staat.", field="corrects"
        )


def _impossible(message: str, field: str, **days: date) -> Invalid:
    return Invalid(message, field=field, **days)
