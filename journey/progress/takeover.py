"""Takes over what a case system says in the place of what we knew, which stays as history (rules, 15a)."""

from datetime import date
from typing import Any, TypeVar

from journey.models import Application, Decision, Departure, Journey, Melding, Progress, Suspension
from journey.models.base import Recorded
from journey.progress.beside import SUSPENSION_DAYS, drop_beside, find_rival
from journey.progress.queries import get_facts
from journey.progress.service import (
    NewSuspension,
    append_step,
    record_application,
    record_decision,
    record_departure,
    record_melding,
    record_suspension,
)
from journey.route.queries import get_definition, opening_id
from journey.rules.errors import NotFound
from journey.work import Work

Fact = TypeVar("Fact", bound=Recorded)


def take_over(work: Work, journey: Journey, table: type[Fact], fact_id: int) -> None:
    """NotFound when it does not stand beside a fact of this journey (any more); Invalid when the dates cannot be."""
    said: Any = work.session.get(table, fact_id)
    if said is None or said.journey_id != journey.id or not said.beside:
        raise NotFound("Deze datum staat er niet meer naast.")
    drop_beside(work, [said])
    if isinstance(said, Progress):
        _take_step(work, journey, said)
        return
    facts = get_facts(work, journey)
    rival = find_rival(said, facts.suspensions) if isinstance(said, Suspension) else None
    for known in (facts.application, facts.melding, facts.decision, facts.departure, rival):
        if isinstance(known, table):
            known.replaced = True
            work.session.add(known)
    work.session.flush()
    _record(work, journey, said)


def _record(work: Work, journey: Journey, said: Recorded) -> None:
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
    elif isinstance(said, Suspension):
        days = {name: getattr(said, name) for name in SUSPENSION_DAYS}
        record_suspension(work, journey, NewSuspension(said.ground, **days), source=said.source)


def _take_step(work: Work, journey: Journey, said: Progress) -> None:
    """The step on the day of the case system. A receipt that was only known through our day goes along with it."""
    ours = work.session.get(Progress, said.corrects_id) if said.corrects_id else None
    if ours is not None and ours.replaced:
        ours = None
    receipt = get_facts(work, journey).application
    definition = get_definition(work, journey.route_version_id)
    opens_term = said.state == "done" and said.step == opening_id(definition, "application")
    if ours and receipt and opens_term and _origin(receipt) == (ours.source, ours.happened_on):
        receipt.replaced = True
        work.session.add(receipt)
        work.session.flush()
    taken = Progress(
        **said.model_dump(
            include={"journey_id", "step", "happened_on", "state", "category", "reason", "source"}
        ),
        corrects_id=ours.id if ours else None,
        recorded_by=work.actor.label,
        recorded_at=work.now,
    )
    append_step(work, journey, taken, ours)


def _origin(receipt: Application) -> tuple[str, date]:
    return receipt.source, receipt.received_on
