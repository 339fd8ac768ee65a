"""Which figures rest on a last day in a year of which the equated holidays are not loaded (rules, 4)."""

from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select as select_columns
from sqlmodel import col

from journey.models import Application, Extension, Journey, RouteVersion, Study
from journey.progress.queries import delivered
from journey.report.queries import Population, as_of, find_batch, may_see_journeys
from journey.report.tally import Selection
from journey.rules.calendar import decree_warnings, next_working_day
from journey.rules.suspension import TERM_DAYS
from journey.work import Work

_MONTH_TEXT: Final = 7  # 2026-02


def last_day_warnings(
    work: Work, study: Study, population: Population, selection: Selection
) -> tuple[str, ...]:
    """A sentence per such year. The last days are those without suspension: eight weeks, or the notice of delay.

    Who may not see the journeys of participants gets the years in which the study ran: not one of those years tells
    of a person (rules, 33).
    """
    if may_see_journeys(work, population):
        return decree_warnings(_last_days(work, study, population, selection))
    batch = find_batch(work, study)
    return decree_warnings(_years_of_study(study, batch.as_of)) if batch else ()


def _last_days(work: Work, study: Study, population: Population, selection: Selection) -> set[date]:
    table: Any = Application
    conditions: list[Any] = [
        col(Journey.study_id) == study.id,
        ~col(table.replaced),
        col(table.received_on) <= as_of(work, study),
    ]
    if selection.route is not None:
        conditions.append(col(RouteVersion.code) == selection.route)
    if selection.municipality is not None:
        conditions.append(col(Journey.municipality_id) == selection.municipality)
    conditions.append(delivered() if population == "all" else ~delivered())
    statement = (
        select_columns(col(table.received_on), col(Extension.until))
        .join(Journey, col(Journey.id) == col(table.journey_id))
        .join(RouteVersion, col(RouteVersion.id) == col(Journey.route_version_id))
        .outerjoin(Extension, (col(Extension.journey_id) == col(Journey.id)) & ~col(Extension.replaced))
        .where(*conditions)
        .distinct()
    )
    return {
        until or next_working_day(received + timedelta(days=TERM_DAYS))
        for received, until in work.session.execute(statement).all()
        if not selection.month or received.isoformat()[:_MONTH_TEXT] == selection.month
    }


def _years_of_study(study: Study, until: date) -> set[date]:
    term = timedelta(days=TERM_DAYS)
    first, last = (study.starts_on + term).year, (until + term).year
    return {date(year, 12, 31) for year in range(first, last + 1)}
