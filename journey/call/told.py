"""What somebody tells in a call, saved tap by tap: when a step was, how it was, and in which words.

A tap says how it is, not what changed: the same tap twice, or two taps of which only the last is meant, give one
fact. What a tap corrects stays as history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from journey.audit.service import record_act
from journey.call.undo import take_back_rating
from journey.models import Application, Call, Decision, Journey, Participant, Progress, Rating
from journey.participant.queries import get_journey, refuse_if_gone
from journey.progress.queries import get_facts
from journey.progress.service import (
    record_application,
    record_decision,
    record_step,
    restore_fact,
    retract_fact,
)
from journey.rating.queries import current_ratings, find_words, list_ratings
from journey.rating.service import NewRating, record_rating
from journey.route.definition import RouteDefinition
from journey.route.queries import closing_id, get_definition, opening_id
from journey.rules.errors import Invalid, NotFound
from journey.work import Work

CHANNEL = "call"


@dataclass(frozen=True)
class When:
    """When a step was: on a day, in a week (`day` is a day of it), or nobody knows any more (None)."""

    day: date | None
    precision: str = "day"


def tell_step(
    work: Work, participant: Participant, step: str, state: str, when: When, *, again: bool = False
) -> Progress:
    """The step is now known as `state`; a day ahead is a plan. It takes the place of the latest fact about the step,
    or with `again` stands beside it as a repetition.
    """
    refuse_if_gone(participant)
    if state == "done" and when.day is not None and when.day > work.today and when.precision == "day":
        state = "planned"
    known = _facts(work, participant, step)
    told = (state, when.day, when.precision)
    same = next((fact for fact in known if (fact.state, fact.happened_on, fact.precision) == told), None)
    if same is not None:
        return same
    latest = known[-1] if known and not again else None
    return record_step(
        work,
        get_journey(work, participant),
        step,
        when.day,
        precision=when.precision,
        source=CHANNEL,
        state=state,
        corrects=latest.id if latest else None,
    )


def tell_application(work: Work, participant: Participant, day: date, *, from_letter: bool) -> None:
    """The day of receipt, as told or as read aloud from the letter (rules, 15); the step of the form was that day."""
    journey = get_journey(work, participant)
    record_application(work, journey, day, source="letter" if from_letter else CHANNEL)
    step = opening_id(_route(work, journey), "application")
    if step is not None:
        tell_step(work, participant, step, "done", When(day))


def tell_decision(
    work: Work, participant: Participant, sent_on: date, outcome: str, decided_on: date | None
) -> None:
    """The decision came: what it says, the day it was sent, and the day on the letter when that is another."""
    record_decision(
        work, get_journey(work, participant), sent_on, outcome, decided_on=decided_on, source=CHANNEL
    )


def take_back_step(work: Work, participant: Participant, step: str) -> None:
    """The step was no such thing: all that is known of it now goes, with the receipt or decision it stood for."""
    refuse_if_gone(participant)
    journey = get_journey(work, participant)
    known = _facts(work, participant, step)
    if known:
        retract_fact(work, journey, Progress, known[-1].id or 0)
    term = _of_the_term(work, journey, step)
    if term is not None and term.source == CHANNEL:
        retract_fact(work, journey, type(term), getattr(term, "id", None) or 0)


def undo_tap(work: Work, participant: Participant, step: str, call: Call) -> None:
    """Take back what was said last about this step in this round: a day, a decision or an answer. What stood before
    it stands again. NotFound when nothing was said.
    """
    refuse_if_gone(participant)
    last = find_last_tap(work, participant, step, call)
    if last is None:
        raise NotFound("Er is niets om terug te draaien.")
    if isinstance(last, Rating):
        take_back_rating(work, participant, last)
        return
    journey = get_journey(work, participant)
    if isinstance(last, Application | Decision):
        for fact in _facts(work, participant, step):
            if fact.recorded_at == last.recorded_at:
                restore_fact(work, journey, fact)
    restore_fact(work, journey, last)
    record_act(work, "step.undo", f"{participant.code} {step}")


def find_last_tap(
    work: Work, participant: Participant, step: str, call: Call
) -> Progress | Application | Decision | Rating | None:
    """The last thing that was said about a step in this round."""
    journey = get_journey(work, participant)
    said: list[Any] = [
        *_facts(work, participant, step),
        *(row for row in [_of_the_term(work, journey, step)] if row is not None),
        *(row for row in list_ratings(work, participant) if row.step == step),
    ]
    last: Progress | Application | Decision | Rating | None = choose_last_tap(said, call)
    return last


def choose_last_tap(said: Sequence[Any], call: Call) -> Any:
    """Of what was said about a step, the last that a caller told since the round began. A receipt comes before the
    step it was recorded with."""
    own = [row for row in said if _by_phone(row) and row.recorded_at >= call.created_at]
    return max(
        own, key=lambda row: (row.recorded_at, not isinstance(row, Progress), row.id or 0), default=None
    )


def tell_rating(
    work: Work, participant: Participant, step: str, subject: str, value: str, *, on: date | None = None
) -> Rating:
    """The answer about a step or its staff, given `on` a day (today when left out); words said earlier go along with
    it. Invalid for a step still to come."""
    refuse_if_gone(participant)
    _refuse_planned(work, participant, step)
    on = on or work.today
    known = current_ratings(work, participant).get((step, subject))
    if known is not None and known.value == value and known.answered_on == on:
        return known
    words = known.quote if known else find_words(work, participant, step, subject)
    return record_rating(work, participant, NewRating(step, subject, value, CHANNEL, words, on))


def tell_quote(
    work: Work, participant: Participant, step: str, subject: str, quote: str, *, on: date | None = None
) -> Rating | None:
    """The words that belong to an answer; the answer itself stays as it was. Without one they are kept as words."""
    refuse_if_gone(participant)
    known = current_ratings(work, participant).get((step, subject))
    before = known.quote if known else find_words(work, participant, step, subject)
    if before == quote.strip():
        return known
    value = known.value if known else None
    return record_rating(work, participant, NewRating(step, subject, value, CHANNEL, quote, on))


def _refuse_planned(work: Work, participant: Participant, step: str) -> None:
    known = _facts(work, participant, step)
    if known and all(
        fact.state == "planned" and (fact.happened_on or date.max) > work.today for fact in known
    ):
        raise Invalid("Deze stap is nog niet geweest: een oordeel kan pas daarna.", field="rating")


def _by_phone(row: Any) -> bool:
    channel = row.channel if isinstance(row, Rating) else row.source
    return channel == CHANNEL or (isinstance(row, Application) and channel == "letter")


def _of_the_term(work: Work, journey: Journey, step: str) -> Application | Decision | None:
    """The receipt or decision that this step stands for."""
    route, facts = _route(work, journey), get_facts(work, journey)
    if step == opening_id(route, "application"):
        return facts.application
    return facts.decision if step == closing_id(route, "application") else None


def _route(work: Work, journey: Journey) -> RouteDefinition:
    return get_definition(work, journey.route_version_id)


def _facts(work: Work, participant: Participant, step: str) -> list[Progress]:
    facts = get_facts(work, get_journey(work, participant)).progress
    return sorted((fact for fact in facts if fact.step == step), key=lambda fact: fact.id or 0)
