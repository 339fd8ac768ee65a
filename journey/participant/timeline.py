"""One person's route as a line of steps: what happened, where they are now, what comes next.

Reality is messier than the route: steps are skipped, repeated, done in another order. What was not reported stays "not
yet", even when a later step is done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from journey.models import Progress
from journey.participant.reasons import why_not
from journey.progress.queries import Facts
from journey.route.definition import RouteDefinition, Step
from journey.route.queries import closing_id, opening_id
from journey.rules.calendar import short_date
from journey.web.filters import day_short
from journey.web.i18n import gettext as _

Answers = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class TimelineStep:
    """`state` is done, now, next, skipped or bypassed; ratings are stored values or None."""

    id: str
    name: str
    state: str
    happened_on: date | None
    note: str
    step_rating: str | None
    staff_rating: str | None
    href: str


@dataclass(frozen=True)
class Timeline:
    """`live` says whether something new may still come in."""

    code: str
    steps: tuple[TimelineStep, ...]
    live: bool


def list_steps(
    definition: RouteDefinition, facts: Facts, answers: Answers, *, following: bool, address: str = ""
) -> tuple[TimelineStep, ...]:
    """The steps in the order of the route; `answers` maps (step, subject) to the value that counts.

    With `following` the first open step after the furthest one that is done is "now". A step links to
    `address`/its id.
    """
    implied = _implied_days(definition, facts)
    states = [_state(step, facts, implied) for step in definition.steps]
    now = _place_of_now(states) if following and facts.ended_on is None else None
    return tuple(
        TimelineStep(
            id=step.id,
            name=step.name,
            state="now" if place == now else states[place],
            happened_on=_day(step, states[place], facts, implied),
            note=_note(_of(step, facts)),
            step_rating=answers.get((step.id, "step")),
            staff_rating=answers.get((step.id, "staff")),
            href=f"{address}/{step.id}" if address else "",
        )
        for place, step in enumerate(definition.steps)
    )


def list_former_steps(
    routes: Sequence[RouteDefinition], facts: Facts, answers: Answers, *, address: str = ""
) -> tuple[TimelineStep, ...]:
    """What is known of steps that are only on a former route; `routes` are those of the journey, the present first."""
    known = {fact.step for fact in facts.progress} | {step for step, _subject in answers}
    steps = {step.id: step for route in routes[1:] for step in route.steps if step.id in known}
    return tuple(
        TimelineStep(
            id=step.id,
            name=step.name,
            state=_state(step, facts, {}),
            happened_on=facts.first_day(step.id),
            note=" · ".join(filter(None, (_("op de vorige route"), _note(_of(step, facts))))),
            step_rating=answers.get((step.id, "step")),
            staff_rating=answers.get((step.id, "staff")),
            href=f"{address}/{step.id}" if address else "",
        )
        for step in steps.values()
        if routes[0].find_step(step.id) is None
    )


def _implied_days(definition: RouteDefinition, facts: Facts) -> dict[str, date]:
    """A known receipt or decision tells that its step happened, also when nobody recorded the step itself."""
    known = {}
    if facts.application and (step := opening_id(definition, "application")):
        known[step] = facts.application.received_on
    if facts.decision and (step := closing_id(definition, "application")):
        known[step] = facts.decision.sent_on
    return known


def _of(step: Step, facts: Facts) -> list[Progress]:
    return [fact for fact in facts.progress if fact.step == step.id]


def _state(step: Step, facts: Facts, implied: Mapping[str, date]) -> str:
    own = _of(step, facts)
    if step.id in implied or any(fact.state == "done" for fact in own):
        return "done"
    away = [fact.state for fact in own if fact.state in ("skipped", "bypassed")]
    return away[-1] if away else "next"


def _place_of_now(states: list[str]) -> int | None:
    furthest = max((place for place, state in enumerate(states) if state == "done"), default=-1)
    ahead = [place for place, state in enumerate(states) if state == "next" and place > furthest]
    return ahead[0] if ahead else None


def _day(step: Step, state: str, facts: Facts, implied: Mapping[str, date]) -> date | None:
    if state == "done":
        return facts.first_day(step.id) or implied.get(step.id)
    return next((fact.happened_on for fact in _of(step, facts) if fact.state == state), None)


def _note(facts: list[Progress]) -> str:
    """What the date alone does not say: repetitions, plans, the reason for not doing it."""
    done = [fact.happened_on for fact in facts if fact.state == "done" and fact.happened_on]
    parts = []
    if len(done) > 1:
        parts.append(_("opnieuw op %(days)s", days=", ".join(short_date(day) for day in sorted(done)[1:])))
    for fact in facts:
        if fact.state == "planned" and not (done and fact.happened_on and fact.happened_on <= max(done)):
            parts.append(_("gepland op %(day)s", day=day_short(fact.happened_on)))
        elif fact.state in ("skipped", "bypassed"):
            parts += [why] if (why := why_not(fact)) else []
    return " · ".join(parts)
