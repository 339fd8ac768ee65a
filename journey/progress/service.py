"""Records dated facts of a journey. Facts are appended; a correction replaces an earlier fact and keeps it.

What cannot be (a decision before the receipt) is refused in one sentence that names both dates. What merely looks odd
(a step skipped, repeated, in another order) is reality and is recorded.
"""

from dataclasses import dataclass
from datetime import date
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
from journey.progress.beside import (
    IMPORT,
    agree,
    follow_correction,
    give_way,
    is_beside,
    keep_only_word,
    stand_step,
    stand_suspension,
)
from journey.progress.checks import (
    check_day,
    check_decision,
    check_step,
    check_term,
    impossible,
)
from journey.progress.queries import get_facts
from journey.progress.reasons import told_why
from journey.progress.summary import mark_changed
from journey.route.queries import get_definition, opening_id
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.rules.recognisable import refuse_citizen_number
from journey.texts.questions import ask_about_step
from journey.work import Work

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
    precision: str = "day",
) -> Progress:
    """Record a step; the same step again is a repetition unless it corrects an earlier fact. `precision` week:
    `happened_on` is the middle of the week that was named; unknown: it was done, and nobody knows when.

    The step `aanvraag` gives the receipt date when none is known (rules, 15). An import of a step that we know
    otherwise is kept beside ours, and what comes back is the row that stands for it.
    """
    check_step(work, journey, step, happened_on, state, may_be_unknown=precision == "unknown")
    category, reason = told_why(state, reason, category)
    refuse_citizen_number(reason, "reason")
    new = Progress(
        journey_id=stored_id(journey),
        step=step,
        happened_on=happened_on,
        precision=precision,
        state=state,
        category=category,
        reason=reason,
        corrects_id=corrects,
        **_origin(work, source),
    )
    corrected = None if corrects is None else _get_corrected(work, journey, corrects, step)
    if source == IMPORT:
        known = stand_step(work, new, get_facts(work, journey).progress, corrected)
        if known is not None:
            return known
    return append_step(work, journey, new, corrected)


def append_step(
    work: Work, journey: Journey, new: Progress, corrected: Progress | None = None, *, ask: bool = True
) -> Progress:
    """Make it a fact that counts, in the place of `corrected`; `ask`: whoever it is of may be asked how it was."""
    if corrected is not None:
        corrected.replaced = True
        work.session.add(corrected)
    fact = _recorded(work, new)
    follow_correction(work, fact)
    definition = get_definition(work, journey.route_version_id)
    opens_term = fact.state == "done" and fact.step == opening_id(definition, "application")
    if opens_term and fact.happened_on is not None and fact.precision == "day":
        receipt = get_facts(work, journey).application
        if receipt is None or (corrected is not None and receipt.source == fact.source):
            record_application(work, journey, fact.happened_on, source=fact.source)
    step = definition.find_step(fact.step)
    if step is not None and ask and journey.reference is None:
        ask_about_step(work, fact, step.name, step.rates)
    return fact


def record_application(work: Work, journey: Journey, received_on: date, *, source: str) -> Application:
    """Receipt of the application: day 0 of the eight weeks (Awb 4:13)."""
    check_day(work, journey, received_on, "received_on")
    facts = get_facts(work, journey)
    new = Application(journey_id=stored_id(journey), received_on=received_on, **_origin(work, source))
    if facts.application is not None and is_beside(facts.application, new):
        return keep_only_word(work, new, facts.application)
    later = [fact for fact in (facts.decision, *facts.extensions) if fact and fact.sent_on < received_on]
    if any(_is_not_for(source, fact) for fact in later):
        return new
    decision = facts.decision
    if decision is not None and decision.sent_on < received_on:
        raise impossible(
            "Het besluit is verzonden op %(sent)s. De aanvraag kan dan niet pas op %(received)s zijn ontvangen.",
            "received_on",
            sent=decision.sent_on,
            received=received_on,
        )
    for notice in facts.extensions:
        if notice.sent_on < received_on:
            raise impossible(
                "Het uitstel is verzonden op %(sent)s. De aanvraag kan dan niet pas op %(received)s zijn ontvangen.",
                "received_on",
                sent=notice.sent_on,
                received=received_on,
            )
    return _only(work, journey, new)


def record_melding(work: Work, journey: Journey, reported_on: date, *, source: str) -> Melding:
    """The legal report at UWV (Pw 44)."""
    check_day(work, journey, reported_on, "reported_on")
    new = Melding(journey_id=stored_id(journey), reported_on=reported_on, **_origin(work, source))
    known = get_facts(work, journey).melding
    if known is not None and is_beside(known, new):
        return keep_only_word(work, new, known)
    return _only(work, journey, new)


def record_suspension(work: Work, journey: Journey, new: NewSuspension, *, source: str) -> Suspension:
    """Awb 4:15. The same ground with the same first day replaces what was known of it: it was supplied, or ended.

    An import that names other days than we know of the same suspension is kept beside ours.
    """
    check_suspension(work, journey, new)
    fact = Suspension(journey_id=stored_id(journey), **vars(new), **_origin(work, source))
    current = get_facts(work, journey).suspensions
    if source == IMPORT:
        known = stand_suspension(work, fact, current)
        if known is not None:
            return known
    give_way(work, fact, current)
    fact = _recorded(work, fact)
    agree(work, fact)
    return fact


def record_extension(work: Work, journey: Journey, sent_on: date, until: date, *, source: str) -> Extension:
    """Awb 4:14 lid 3; whether it has effect is for the clock to say."""
    check_day(work, journey, sent_on, "sent_on")
    check_term(work, journey, until, "until")
    new = Extension(journey_id=stored_id(journey), sent_on=sent_on, until=until, **_origin(work, source))
    application = get_facts(work, journey).application
    if application is not None and sent_on < application.received_on:
        if _is_not_for(source, application):
            return new
        raise impossible(
            "Het uitstel kan niet op %(sent)s zijn verzonden: de aanvraag is ontvangen op %(received)s.",
            "sent_on",
            sent=sent_on,
            received=application.received_on,
        )
    return _recorded(work, new)


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
    if facts.decision is not None and is_beside(facts.decision, new):
        check_decision(work, journey, sent_on, decided_on, None)
        return keep_only_word(work, new, facts.decision)
    if application is not None and sent_on < application.received_on and _is_not_for(source, application):
        check_decision(work, journey, sent_on, decided_on, None)
        return new
    check_decision(work, journey, sent_on, decided_on, application.received_on if application else None)
    return _only(work, journey, new)


def _is_not_for(source: str, known: Recorded) -> bool:
    """Whether a case system would hear of what a person told or a letter said, if its own word were refused because of
    it. Then it hears nothing and the impossible word is not kept: a refusal would tell who takes part (rules, 33)."""
    return source == IMPORT and known.source != IMPORT


def record_departure(work: Work, journey: Journey, left_on: date, reason: str, *, source: str) -> Departure:
    """Left without a decision; censored in the lead times on that day (rules, 24)."""
    check_day(work, journey, left_on, "left_on")
    new = Departure(journey_id=stored_id(journey), left_on=left_on, reason=reason, **_origin(work, source))
    known = get_facts(work, journey).departure
    if known is not None and is_beside(known, new):
        return keep_only_word(work, new, known)
    return _only(work, journey, new)


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
        raise impossible(
            "De brief kan niet op %(sent)s zijn verstuurd: de opschorting begon op %(start)s.",
            "happened_on",
            sent=happened_on,
            start=about_on,
        )
    application = get_facts(work, journey).application
    if kind == "advance" and application is not None and happened_on < application.received_on:
        raise impossible(
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


def restore_fact(work: Work, journey: Journey, fact: Recorded) -> None:
    """Take a fact back, and let what it replaced count again: it was a mistap."""
    table: Any = type(fact)
    retract_fact(work, journey, table, getattr(fact, "id", None) or 0)
    earlier: Any
    if isinstance(fact, Progress):
        earlier = work.session.get(Progress, fact.corrects_id) if fact.corrects_id else None
    else:
        statement = select(table).where(
            table.journey_id == journey.id,
            col(table.replaced),
            ~col(table.beside),
            table.recorded_at < fact.recorded_at,
        )
        earlier = work.session.exec(statement.order_by(col(table.id).desc()).limit(1)).first()
    if earlier is not None and not earlier.beside:
        earlier.replaced = False
        work.session.add(earlier)
        work.session.flush()


def check_suspension(work: Work, journey: Journey, new: NewSuspension) -> None:
    """Each ground has its own dates, the first of them is known, and no end lies before it (Awb 4:15)."""
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
            check_term(work, journey, day, shown.get(name, name))
    for end in ("term", "supplied_on", "received_on", "to_on"):
        value = getattr(new, end)
        if value is not None and value < new.start:
            raise impossible(
                "Het einde (%(end)s) ligt voor het begin (%(start)s).",
                shown.get(end, end),
                end=value,
                start=new.start,
            )


def _origin(work: Work, source: str) -> dict[str, Any]:
    return {"source": source, "recorded_by": work.actor.label, "recorded_at": work.now}


def _recorded(work: Work, fact: Fact) -> Fact:
    work.session.add(fact)
    work.session.flush()
    return fact


def _only(work: Work, journey: Journey, new: Fact) -> Fact:
    """Record what a journey has one of, in the place of what was known."""
    table: Any = type(new)
    known = select(table).where(table.journey_id == journey.id, ~col(table.replaced))
    for row in work.session.exec(known).all():
        row.replaced = True
        work.session.add(row)
    fact = _recorded(work, new)
    agree(work, fact)
    return fact


def _get_corrected(work: Work, journey: Journey, corrects: int, step: str) -> Progress:
    earlier = work.session.get(Progress, corrects)
    if earlier is None or earlier.journey_id != journey.id:
        raise NotFound("Wat u wilt verbeteren, staat niet bij deze deelnemer.", field="corrects")
    if earlier.step != step:
        raise Invalid("Wat u wilt verbeteren, is een andere stap.", field="corrects")
    if not earlier.beside:
        _refuse_if_replaced(earlier)
    return earlier


def _refuse_if_replaced(fact: Recorded) -> None:
    if fact.replaced:
        raise Conflict(
            "Dit is intussen al verbeterd of weggehaald. Kijk eerst wat er nu staat.", field="corrects"
        )
