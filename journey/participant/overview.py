"""One person as the API shows them: facts and clock for who may see the person, answers only for researchers.

What a withdrawal set aside is left out, also here (rules, 32).
"""

from dataclasses import dataclass

from sqlmodel import col, select

from journey.models import Call, Participant, Progress, Rating, RouteVersion, Study, Withdrawal
from journey.participant.queries import find_journey, set_aside_steps
from journey.progress.queries import Facts, find_clock, get_facts
from journey.route.definition import RouteDefinition
from journey.route.queries import get_definition
from journey.rules.decision import Clock
from journey.work import Work


@dataclass(frozen=True)
class Overview:
    """`ratings` is None for a reader who may not see answers; `facts` is None once everything was removed."""

    participant: Participant
    study: str
    route: str | None
    steps: list[Progress]
    to_come: list[str]
    ratings: list[Rating] | None
    next_call: Call | None
    clock: Clock | None
    withdrawal: Withdrawal | None


def get_overview(work: Work, participant: Participant) -> Overview:
    journey = find_journey(work, participant)
    facts = get_facts(work, journey) if journey else None
    definition = get_definition(work, journey.route_version_id) if journey else None
    withdrawals = _list_withdrawals(work, participant)
    aside = set_aside_steps(work, participant, journey) if journey else frozenset()
    steps = [row for row in facts.progress if row.step not in aside] if facts else []
    reached = {row.step for row in steps if row.state != "planned"}
    return Overview(
        participant=participant,
        study=work.session.get_one(Study, participant.study_id).code,
        route=work.session.get_one(RouteVersion, journey.route_version_id).code if journey else None,
        steps=steps,
        to_come=[step for step in definition.step_ids if step not in reached | aside] if definition else [],
        ratings=_ratings(work, participant, aside) if work.actor.is_researcher else None,
        next_call=_next_call(work, participant),
        clock=_clock(work, facts, definition, aside),
        withdrawal=withdrawals[-1] if withdrawals else None,
    )


def _list_withdrawals(work: Work, participant: Participant) -> list[Withdrawal]:
    statement = select(Withdrawal).where(Withdrawal.participant_id == participant.id)
    return list(work.session.exec(statement.order_by(col(Withdrawal.id))).all())


def _ratings(work: Work, participant: Participant, aside: frozenset[str]) -> list[Rating]:
    """The latest answer per step and subject."""
    statement = select(Rating).where(Rating.participant_id == participant.id, ~col(Rating.words_only))
    statement = statement.order_by(col(Rating.id))
    latest = {(row.step, row.subject): row for row in work.session.exec(statement).all()}
    return [row for row in latest.values() if row.step not in aside]


def _next_call(work: Work, participant: Participant) -> Call | None:
    statement = select(Call).where(Call.participant_id == participant.id, Call.state == "open")
    return work.session.exec(statement.order_by(col(Call.week).desc())).first()


def _clock(
    work: Work, facts: Facts | None, definition: RouteDefinition | None, aside: frozenset[str]
) -> Clock | None:
    if facts is None or definition is None:
        return None
    opening = [step.id for step in definition.steps if "application" in step.starts]
    return None if aside.intersection(opening) else find_clock(work, facts)
