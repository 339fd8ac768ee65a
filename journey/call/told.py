"""What somebody tells in a call, saved tap by tap: when a step was, how it was, and in which words.

A tap says how it is, not what changed: the same tap twice, or two taps of which only the last is meant, give one
fact. What a tap corrects stays as history.
"""

from datetime import date

from journey.models import Application, Participant, Progress, Rating
from journey.participant.queries import get_journey, refuse_if_gone
from journey.progress.queries import get_facts
from journey.progress.service import record_step, retract_fact
from journey.rating.queries import current_ratings
from journey.rating.service import NewRating, record_rating
from journey.route.queries import get_definition, opening_id
from journey.work import Work

CHANNEL = "call"


def tell_step(
    work: Work, participant: Participant, step: str, state: str, day: date | None, *, again: bool = False
) -> Progress:
    """The step is now known as `state` on `day`; a day ahead is a plan. It takes the place of the latest fact about
    the step, or with `again` stands beside it as a repetition.
    """
    refuse_if_gone(participant)
    if state == "done" and day is not None and day > work.today:
        state = "planned"
    known = _facts(work, participant, step)
    same = next((fact for fact in known if (fact.state, fact.happened_on) == (state, day)), None)
    if same is not None:
        return same
    latest = known[-1] if known and not again else None
    return record_step(
        work,
        get_journey(work, participant),
        step,
        day,
        source="call",
        state=state,
        corrects=latest.id if latest else None,
    )


def take_back_step(work: Work, participant: Participant, step: str) -> None:
    """The latest fact about the step was a mistake; nothing happens when there is none.

    A receipt that was only known through it goes with it.
    """
    refuse_if_gone(participant)
    known = _facts(work, participant, step)
    if not known:
        return
    journey = get_journey(work, participant)
    retract_fact(work, journey, Progress, known[-1].id or 0)
    receipt = get_facts(work, journey).application
    opens_term = step == opening_id(get_definition(work, journey.route_version_id), "application")
    if receipt and opens_term and (receipt.source, receipt.received_on) == ("call", known[-1].happened_on):
        retract_fact(work, journey, Application, receipt.id or 0)


def tell_rating(
    work: Work, participant: Participant, step: str, subject: str, value: str, *, on: date | None = None
) -> Rating:
    """The answer about a step or its staff, given `on` a day (today when left out); words said earlier go along."""
    known, on = current_ratings(work, participant).get((step, subject)), on or work.today
    if known is not None and known.value == value and known.answered_on == on:
        refuse_if_gone(participant)
        return known
    quote = known.quote if known else ""
    return record_rating(work, participant, NewRating(step, subject, value, CHANNEL, quote, on))


def tell_quote(
    work: Work, participant: Participant, step: str, subject: str, quote: str, *, on: date | None = None
) -> Rating | None:
    """The words that belong to an answer; the answer itself stays as it was, "no answer" when none was given."""
    known = current_ratings(work, participant).get((step, subject))
    if (known.quote if known else "") == quote.strip():
        refuse_if_gone(participant)
        return known
    value = known.value if known else "no_answer"
    return record_rating(work, participant, NewRating(step, subject, value, CHANNEL, quote, on))


def _facts(work: Work, participant: Participant, step: str) -> list[Progress]:
    facts = get_facts(work, get_journey(work, participant)).progress
    return sorted((fact for fact in facts if fact.step == step), key=lambda fact: fact.id or 0)
