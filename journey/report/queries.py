"""What managers and researchers read. Researchers see live figures of their studies, managers the last published
batch with small groups hidden; lead times of all applications are of what the case system delivered, hold nothing that
a participant told and are live for everyone (rules, 33).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy.orm import defer
from sqlmodel import col, select

from journey.clock import local_day
from journey.db import reads_only
from journey.models import (
    Batch,
    Journey,
    Municipality,
    Participant,
    RouteVersion,
    Study,
    Withdrawal,
    stored_id,
)
from journey.progress.queries import delivered, list_facts
from journey.progress.summary import settle
from journey.progress.trips import Trip, trip_of
from journey.rating.queries import list_answers, list_closing_answers, list_set_aside
from journey.rating.statements import list_statements
from journey.report.figures import (
    NOTHING_PUBLISHED,
    Closing,
    CountedClosing,
    CountedRow,
    FigureRow,
    count_closing,
    count_rows,
    disclosed,
    hidden_closing,
    hidden_row,
    show_closing,
)
from journey.report.leadtimes import LeadTime, LeadTimes, measure, measure_tally
from journey.report.own_times import published_times
from journey.report.tally import Selection, Tally, read_tally, tally_of
from journey.route.definition import RouteDefinition
from journey.route.queries import get_definition, list_definitions
from journey.rules.errors import Forbidden, Invalid, NotFound
from journey.rules.roles import INTEGRATOR
from journey.web.i18n import gettext as _
from journey.work import SYSTEM, Work

Population = Literal["all", "participants"]

ALL_ROUTES = ""

# They grow with the study, and most pages need neither: each is read when it is asked for.
_BATCH: Final[Any] = Batch
LARGE_LATER: Final = (defer(_BATCH.counted), defer(_BATCH.lead_times))


@dataclass(frozen=True)
class Figures:
    """Rows in route order; `batch` is the number of the published batch, None when live."""

    as_of: date | None
    batch: int | None
    rows: tuple[FigureRow, ...]


def sees_live(work: Work) -> bool:
    """Whether the reader belongs to the research side; everybody else reads published batches."""
    return work.actor.is_researcher or work.actor.role == SYSTEM.role


def may_see_journeys(work: Work, population: Population) -> bool:
    """Whether the reader may see live counts of this population: who takes part is for the research side only."""
    return population == "all" or sees_live(work)


def as_of(work: Work, study: Study) -> date:
    """The day up to which a study counts: today, or the day it was closed."""
    return min(work.today, _last_day(work, study))


def _last_day(work: Work, study: Study) -> date:
    """The day for which the stored counts of a study hold; later than today only on a clock that was put back."""
    return work.today if study.closed_at is None else local_day(study.closed_at)


def find_batch(work: Work, study: Study) -> Batch | None:
    """The last published batch. The session holds it, because it is large; one that only reads asks once: a page of
    figures needs it a dozen times, and shows one batch from top to bottom.
    """
    held: dict[int, Batch | None] = work.session.info.setdefault("batches", {})
    number = stored_id(study)
    if number in held and reads_only(work.session):
        return held[number]
    newest = select(Batch.id).where(Batch.study_id == study.id).order_by(col(Batch.number).desc()).limit(1)
    key = work.session.exec(newest).first()
    held[number] = None if key is None else work.session.get_one(Batch, key, options=LARGE_LATER)
    return held[number]


def list_batches(work: Work, study: Study) -> list[Batch]:
    """All published batches, the oldest first."""
    statement = select(Batch).where(Batch.study_id == study.id).order_by(col(Batch.number))
    return list(work.session.exec(statement.options(*LARGE_LATER)).all())


def list_routes(work: Work, study: Study, route: str | None = None) -> list[RouteDefinition]:
    """The routes of a study, or the one asked for; Invalid at the field `route` when it is not of this study."""
    found = list_definitions(work, study)
    if route is None:
        return found
    one = [definition for definition in found if definition.id == route]
    if not one:
        raise Invalid("Deze route hoort niet bij dit onderzoek: %(route)s.", field="route", route=route)
    return one


def _refuse_survey(study: Study) -> None:
    if study.is_survey:
        raise NotFound("Dit onderzoek is een vragenlijst: er zijn geen reizen.")


def figures(work: Work, study: Study, route: str | None = None) -> Figures:
    """A row per (route, step, subject), also with nobody. Invalid for a route that is not of the study, NotFound for a
    survey, as in `closing` and `lead_times`.
    """
    _refuse_survey(study)
    routes = list_routes(work, study, route)
    wanted = {definition.id for definition in routes}
    if sees_live(work):
        rows = [row.shown() for row in count_figures(work, study) if row.route in wanted]
        return Figures(as_of(work, study), None, tuple(rows))
    batch = find_batch(work, study)
    if batch is None:
        return Figures(None, None, tuple(_nothing_published(routes)))
    counted = [CountedRow.from_json(row) for row in batch.figures]
    shown = [disclosed(row, study.minimum_group) for row in counted if row.route in wanted]
    return Figures(batch.as_of, batch.number, tuple(shown))


def count_figures(work: Work, study: Study) -> list[CountedRow]:
    """The live rows before hiding."""
    return count_rows(list_definitions(work, study), list_answers(work, study), list_set_aside(work, study))


def closing(work: Work, study: Study) -> Closing:
    """The closing interviews over all routes of the study; never per route, so no small route is a difference."""
    _refuse_survey(study)
    if sees_live(work):
        return show_closing(count_closings(work, study))
    batch = find_batch(work, study)
    if batch is None:
        return hidden_closing((one.id for one in list_statements()), _(NOTHING_PUBLISHED))
    return show_closing(CountedClosing.from_json(batch.closing), study.minimum_group)


def count_closings(work: Work, study: Study) -> CountedClosing:
    return count_closing(list_closing_answers(work, study), [one.id for one in list_statements()])


def lead_times(
    work: Work, study: Study, population: Population = "all", route: str | None = None
) -> LeadTimes:
    """The lead times of all applications, which is what the case system delivered, or of the participants.

    Those of participants are for managers as of the last batch and hidden in small groups; Forbidden for who
    delivers case data. Invalid for a route that is not of the study.
    """
    _refuse_survey(study)
    routes = list_routes(work, study, route)
    if may_see_journeys(work, population):
        return measure_tally(count_journeys(work, study, population, Selection(route)), routes)
    if work.actor.role == INTEGRATOR:
        raise Forbidden("Wie meedoet aan het onderzoek, is niet zichtbaar voor wie zaakgegevens levert.")
    batch = find_batch(work, study)
    if batch is None or "measures" not in batch.lead_times:
        return _hidden_times(measure([], routes, work.today), _(NOTHING_PUBLISHED))
    return published_times(batch, study, routes, route).times


def published_promises(
    work: Work, study: Study, route: str | None
) -> tuple[LeadTime | None, tuple[int, int] | None]:
    """Of participants, as managers see it: how long until the form was offered, and hand-overs (journeys, times)."""
    batch = find_batch(work, study)
    if batch is None or "measures" not in batch.lead_times:
        return None, None
    seen = published_times(batch, study, list_routes(work, study, route), route)
    return seen.form, seen.handovers


def count_journeys(work: Work, study: Study, population: Population, selection: Selection) -> Tally:
    """What is counted for who may see the journeys of this population."""
    day = as_of(work, study)
    if population == "all" and day == _last_day(work, study):
        settle(work.session)
        return read_tally(work, study, selection, day)
    trips = list_trips(work, study, population, selection.route)
    return tally_of((trip for trip in trips if selection.takes(trip)), day)


def list_trips(
    work: Work, study: Study, population: Population = "all", route: str | None = None
) -> list[Trip]:
    """The journeys of a study with the facts that lead times need: those that a case system delivered, or those of
    participants without what they set aside. No journey is in both.
    """
    statement = (
        select(Journey, RouteVersion.code)
        .join(RouteVersion, col(RouteVersion.id) == Journey.route_version_id)
        .where(Journey.study_id == study.id)
        .order_by(col(Journey.id))
    )
    if route is not None:
        statement = statement.where(RouteVersion.code == route)
    if population == "participants":
        statement = statement.join(Participant, col(Participant.journey_id) == Journey.id)
    else:
        statement = statement.where(delivered())
    followed = _people(work, study) if population == "participants" else {}
    journeys = [journey for journey, _code in work.session.exec(statement).all()]
    aside = (
        {person.participant_id: person.steps for person in list_set_aside(work, study)}
        if population == "participants"
        else {}
    )
    modes = {row.id: row.counting_mode for row in work.session.exec(select(Municipality)).all()}
    today = as_of(work, study)
    definitions = {row: get_definition(work, row) for row in {one.route_version_id for one in journeys}}
    trips = []
    for facts in list_facts(work, journeys):
        person, stopped_on = followed.get(facts.journey.id or 0, (0, None))
        trips.append(
            trip_of(
                facts,
                definitions[facts.journey.route_version_id],
                today,
                modes[facts.journey.municipality_id],
                stopped_on=stopped_on,
                aside=aside.get(person, frozenset()),
            )
        )
    return trips


def _people(work: Work, study: Study) -> dict[int, tuple[int, date | None]]:
    """By journey: the participant and the day on which that person stopped taking part."""
    rows = work.session.exec(
        select(Participant.journey_id, Participant.id, Withdrawal.withdrawn_at)
        .outerjoin(Withdrawal, col(Withdrawal.participant_id) == Participant.id)
        .where(Participant.study_id == study.id, col(Participant.journey_id).is_not(None))
        .order_by(col(Withdrawal.id).desc())
    ).all()
    return {
        journey: (person or 0, local_day(at) if at else None)
        for journey, person, at in rows
        if journey is not None
    }


def _nothing_published(routes: Sequence[RouteDefinition]) -> list[FigureRow]:
    return [
        hidden_row(route.id, step.id, subject, _(NOTHING_PUBLISHED))
        for route in routes
        for step in route.steps
        for subject in step.rates
    ]


def _hidden_times(times: LeadTimes, reason: str) -> LeadTimes:
    hidden = LeadTime(shown=False, reason=reason)
    pairs = tuple(replace(pair, time=hidden, within_norm=None) for pair in times.pairs)
    return LeadTimes(hidden, hidden, hidden, hidden, hidden, pairs)
