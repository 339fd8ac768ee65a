"""Publishes batches: what managers see of ratings changes only when enough people changed since the last time, so that
the difference between two looks is never one person (rules, 33).
"""

import logging
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from journey.audit.service import record_act
from journey.models import Batch, Study, stored_id
from journey.report.batches import count_method, journeys_of, people_of
from journey.report.leadtimes import LeadTimes, measure
from journey.report.queries import (
    ALL_ROUTES,
    as_of,
    count_closings,
    count_figures,
    find_batch,
    list_routes,
    list_trips,
)
from journey.rules.disclosure import batch_due, changed_people
from journey.work import Work

log = logging.getLogger("journey.report")


def publish_batch(work: Work, study: Study, force: bool = False) -> Batch | None:
    """The next batch of a study; None while fewer than `study.batch_size` people were added, changed or withdrew.

    `force` is for the closing of a study only: one last batch, however few changed. What is stored is counted, not
    yet hidden: hiding is decided when it is read. `report.batches.standing` says how many people are missing.
    """
    # Two at once (the nightly job and the button) would both find the same last batch.
    work.session.exec(select(Study.id).where(Study.id == study.id).with_for_update())
    last = find_batch(work, study)
    people = people_of(work, study)
    if not force and not batch_due(changed_people(last.people if last else {}, people), study.batch_size):
        return None
    batch = Batch(
        study_id=stored_id(study),
        number=last.number + 1 if last else 1,
        as_of=as_of(work, study),
        published_at=work.now,
        published_by=work.actor.label,
        people=people,
        figures=[asdict(row) for row in count_figures(work, study)],
        closing=asdict(count_closings(work, study)),
        method=count_method(work, study),
        lead_times=_lead_times(work, study, last, force=force),
    )
    work.session.add(batch)
    work.session.flush()
    record_act(work, "figures.publish", f"{study.code} {batch.number}")
    return batch


def publish_due(work: Work) -> list[Batch]:
    """Every study whose next batch is due, and the last one of studies that were closed since; for the nightly job.

    A study that fails is logged and stops no other.
    """
    published = []
    for study in work.session.exec(select(Study).order_by(Study.code)).all():
        try:
            with work.session.begin_nested():
                batch = publish_batch(work, study, force=_closed_since(work, study))
        except (SQLAlchemyError, ValueError, LookupError) as fault:
            # Not its text: the values of a statement can be answers (rules, 36).
            log.error("figures of study %s were not published: %s", study.code, type(fault).__name__)
        else:
            published += [batch] if batch else []
    return published


def _closed_since(work: Work, study: Study) -> bool:
    if study.closed_at is None:
        return False
    last = find_batch(work, study)
    return last is None or last.published_at < study.closed_at


def _lead_times(work: Work, study: Study, last: Batch | None, *, force: bool) -> dict[str, Any]:
    """The lead times of participants, per route and over all of them, renewed when the dates of enough people changed:
    five new ratings must not bring the one new date of somebody else with them.
    """
    trips = list_trips(work, study, "participants")
    people = journeys_of(work, trips)
    before = last.lead_times if last else {}
    if before and not force and not batch_due(changed_people(before["people"], people), study.batch_size):
        return before
    routes, day = list_routes(work, study), as_of(work, study)
    by_route = {ALL_ROUTES: measure(trips, routes, day)}
    for route in routes:
        own = [trip for trip in trips if trip.route.id == route.id]
        by_route[route.id] = measure(own, [route], day)
    return {
        "as_of": day.isoformat(),
        "people": people,
        "routes": {name: _stored(times) for name, times in by_route.items()},
    }


def _stored(times: LeadTimes) -> dict[str, Any]:
    data = asdict(times)
    return {name: value for name, value in data.items() if not isinstance(getattr(times, name), date | None)}
