"""The steps as cards of the call screen: what is known of each, what to ask, and what was said last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from journey.call.told import choose_last_tap
from journey.models import Application, Attempt, Call, Decision, Progress, Rating
from journey.progress.queries import Facts
from journey.route.definition import RouteDefinition, Step
from journey.route.queries import closing_id, opening_id
from journey.rules.recognisable import Seen, find_recognisable
from journey.web.filters import day_short
from journey.web.i18n import gettext as _


@dataclass(frozen=True)
class StepCard:
    """One step on the call screen. `state` is open, done, planned, skipped or bypassed; `days` the exact days it
    happened, `when` all of them in words.

    `is_next` marks the first open step; `is_changed` what was recorded since the last talk; `told_via` how an answer
    came in when it was not by phone. The step of the form asks for the receipt (`starts_term`), that of the decision
    for what was decided (`ends_term`). `quote` are the words about `quote_subject`; `undo` what was said last.
    """

    id: str
    name: str
    state: str
    days: tuple[date, ...]
    weeks: tuple[date, ...]
    when: tuple[str, ...]
    planned_on: date | None
    is_ahead: bool
    rates: tuple[str, ...]
    step_value: str | None
    staff_value: str | None
    quote: str
    quote_subject: str
    told_via: str
    is_changed: bool
    is_next: bool
    starts_term: bool
    ends_term: bool
    application: Application | None
    decision: Decision | None
    undo: str

    @property
    def can_rate(self) -> bool:
        """Whether it can have been experienced: not when it lies ahead or was left out."""
        return bool(self.rates) and not self.is_ahead and self.state not in ("skipped", "bypassed")

    @property
    def values(self) -> list[tuple[str, str]]:
        """Subject and value of what was answered."""
        given = {"step": self.step_value, "staff": self.staff_value}
        return [(subject, value) for subject in self.rates if (value := given[subject])]

    @property
    def is_rated(self) -> bool:
        return len(self.values) == len(self.rates)

    @property
    def is_current(self) -> bool:
        """Whether there is something to ask about it now."""
        if self.state in ("skipped", "bypassed"):
            return self.is_changed
        return self.is_changed or self.state in ("open", "planned") or not self.is_rated

    @property
    def recognisable(self) -> tuple[Seen, ...]:
        """What in the words could tell who said them."""
        return find_recognisable(self.quote)


def build_cards(
    definition: RouteDefinition,
    facts: Facts,
    ratings: Sequence[Rating],
    last: Attempt | None,
    call: Call,
    today: date,
) -> tuple[StepCard, ...]:
    """`ratings` is every answer of the person, oldest first; `last` the last talk before this round."""
    latest = {(row.step, row.subject): row for row in ratings}
    ends: dict[str | None, Any] = {opening_id(definition, "application"): facts.application}
    ends |= {closing_id(definition, "application"): facts.decision}
    cards: list[StepCard] = []
    for step in definition.steps:
        own = [fact for fact in facts.progress if fact.step == step.id]
        said = [row for row in ratings if row.step == step.id]
        cards.append(
            _card(
                step,
                own,
                [latest[key] for subject in step.rates if (key := (step.id, subject)) in latest],
                ends.get(step.id),
                choose_last_tap([*own, *said, *filter(None, [ends.get(step.id)])], call),
                since=last.recorded_at if last else None,
                nothing_open=not any(card.state in ("open", "planned") for card in cards),
                starts_term=step.id == opening_id(definition, "application"),
                ends_term=step.id == closing_id(definition, "application"),
                today=today,
            )
        )
    return tuple(cards)


def _card(
    step: Step,
    own: Sequence[Progress],
    answers: Sequence[Rating],
    end: Application | Decision | None,
    last_tap: Any,
    *,
    since: Any,
    nothing_open: bool,
    starts_term: bool,
    ends_term: bool,
    today: date,
) -> StepCard:
    recorded = [fact.recorded_at for fact in own] + [answer.recorded_at for answer in answers]
    worded = next((one for one in answers if one.quote), None)
    implied = _implied_day(end)
    state = _state(own, implied)
    planned = next((fact.happened_on for fact in own if fact.state == "planned"), None)
    done = [fact for fact in own if fact.state == "done"]
    days = tuple(fact.happened_on for fact in done if fact.happened_on and fact.precision == "day")
    return StepCard(
        id=step.id,
        name=step.name,
        state=state,
        days=days or ((implied,) if implied else ()),
        weeks=tuple(
            _monday(fact.happened_on) for fact in done if fact.happened_on and fact.precision == "week"
        ),
        when=tuple(_when(fact) for fact in done) or ((day_short(implied),) if implied else ()),
        planned_on=planned,
        is_ahead=state == "planned" and planned is not None and planned > today,
        rates=step.rates,
        step_value=_value(answers, "step"),
        staff_value=_value(answers, "staff"),
        quote=worded.quote if worded else "",
        quote_subject=worded.subject if worded else (*step.rates, "step")[0],
        told_via=next((one.channel for one in answers if one.channel != "call"), ""),
        is_changed=any(since is None or moment > since for moment in recorded),
        is_next=state in ("open", "planned") and nothing_open,
        starts_term=starts_term,
        ends_term=ends_term,
        application=end if isinstance(end, Application) else None,
        decision=end if isinstance(end, Decision) else None,
        undo=_tapped(last_tap),
    )


def recent_weeks(today: date, most: int = 2) -> list[date]:
    """The Mondays of the weeks before those days that have a chip of their own, the latest first."""
    first = _monday(today - timedelta(days=3))
    return [first - timedelta(days=7 * back) for back in range(most)]


def _implied_day(end: Application | Decision | None) -> date | None:
    """A known receipt or decision tells that its step happened, also when nobody recorded the step itself."""
    if isinstance(end, Application):
        return end.received_on
    return end.sent_on if end is not None else None


def _state(own: Sequence[Progress], implied: date | None) -> str:
    if implied or any(fact.state == "done" for fact in own):
        return "done"
    return own[-1].state if own else "open"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _when(fact: Progress) -> str:
    if fact.happened_on is None:
        return _("datum onbekend")
    if fact.precision == "week":
        return week_words(_monday(fact.happened_on))
    return day_short(fact.happened_on)


def week_words(monday: date) -> str:
    """`week van 9 mrt`."""
    return _("week van %(day)s", day=day_short(monday).partition(" ")[2])


def _value(answers: Sequence[Rating], subject: str) -> str | None:
    return next((one.value for one in answers if one.subject == subject and not one.words_only), None)


def _tapped(last: Any) -> str:
    """What was said last, in a word or two; empty when nothing was."""
    if last is None:
        return ""
    if isinstance(last, Rating):
        return _("woorden") if last.words_only else _values()[last.value]
    if isinstance(last, Decision):
        return _("besluit")
    if isinstance(last, Application):
        return _("ontvangst")
    return _when(last) if last.state in ("done", "planned") else _("overgeslagen")


def _values() -> dict[str, str]:
    return {
        "negative": _("negatief"),
        "neutral": _("neutraal"),
        "positive": _("positief"),
        "not_applicable": _("n.v.t."),
        "no_answer": _("geen antwoord"),
    }
