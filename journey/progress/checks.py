"""Refuses dates that cannot be, in one sentence that names them; what merely looks odd is reality and passes."""

from datetime import date, timedelta

from journey.models import Journey, Study
from journey.progress.routes import find_step_of, list_routes_of
from journey.rules.errors import Invalid
from journey.work import Work

EARLIEST_BEFORE_STUDY = timedelta(days=366)


def check_step(
    work: Work,
    journey: Journey,
    step: str,
    happened_on: date | None,
    state: str,
    *,
    may_be_unknown: bool = False,
) -> None:
    """The step is on a route of this journey, and its day can be: only what is planned lies ahead. Who was there may
    have forgotten when it was."""
    if find_step_of(list_routes_of(work, journey), step) is None:
        raise Invalid("De stap %(step)s hoort niet bij deze route.", field="step", step=step)
    if not (may_be_unknown and state == "done" and happened_on is None):
        check_step_day(work, journey, happened_on, state)


def check_step_day(work: Work, journey: Journey, happened_on: date | None, state: str) -> None:
    """What was done or is planned has a day, and only what is planned lies ahead."""
    if happened_on is None and state in ("done", "planned"):
        raise Invalid("Vul de datum in.", field="happened_on")
    if happened_on is not None and state != "planned":
        check_day(work, journey, happened_on, "happened_on")
    elif happened_on is not None:
        check_term(work, journey, happened_on, "happened_on", furthest=timedelta(days=366))


def check_decision(
    work: Work, journey: Journey, sent_on: date, decided_on: date | None, received_on: date | None
) -> None:
    """Receipt, decision and sending are in that order (rules, 6)."""
    check_day(work, journey, sent_on, "sent_on")
    if decided_on is not None and decided_on > sent_on:
        raise impossible(
            "Het besluit is van %(decided)s, dus het kan niet al op %(sent)s zijn verzonden.",
            "decided_on",
            decided=decided_on,
            sent=sent_on,
        )
    if received_on is not None and sent_on < received_on:
        raise impossible(
            "Het besluit kan niet op %(sent)s zijn verzonden: de aanvraag is ontvangen op %(received)s.",
            "sent_on",
            sent=sent_on,
            received=received_on,
        )


def check_day(work: Work, journey: Journey, day: date, field: str) -> None:
    """A fact is not in the future and not from long before the study: that is a typing error."""
    if day > work.today:
        raise Invalid("De datum %(day)s ligt in de toekomst.", field=field, day=day)
    _check_not_long_ago(work, journey, day, field)


def check_term(
    work: Work, journey: Journey, day: date, field: str, furthest: timedelta = timedelta(days=2 * 366)
) -> None:
    """A term or an agreed day may lie ahead, but not years, and not long before the study either: the clock refuses
    years that cannot be, and a stored one would shut every page of the person.
    """
    if day > work.today + furthest:
        raise Invalid("De datum %(day)s ligt te ver weg.", field=field, day=day)
    _check_not_long_ago(work, journey, day, field)


def _check_not_long_ago(work: Work, journey: Journey, day: date, field: str) -> None:
    study = work.session.get_one(Study, journey.study_id)
    if day < study.starts_on - EARLIEST_BEFORE_STUDY:
        raise Invalid(
            "De datum %(day)s is van ruim voor het begin van het onderzoek (%(starts)s).",
            field=field,
            day=day,
            starts=study.starts_on,
        )


def impossible(message: str, field: str, **days: date) -> Invalid:
    """Dates that contradict each other; the sentence names both."""
    return Invalid(message, field=field, **days)
