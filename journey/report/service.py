"""Publishes batches: what managers see of ratings changes only when enough people changed since the last time, so that
the difference between two looks is never one person (rules, 33).
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from journey.audit.service import record_act
from journey.models import Batch, Consent, Participant, Study, Withdrawal, stored_id
from journey.rating.queries import answers_held, list_answers
from journey.report.batches import closing_people, count_method, fingerprint, journeys_of, people_of
from journey.report.breakdowns import cuts_of_actions
from journey.report.details import CountedStudy, Renewing, count_details, people_by_row, renew_study
from journey.report.figures import CountedClosing
from journey.report.leadtimes import LeadTimes, measure
from journey.report.overview import count_missed
from journey.report.queries import (
    ALL_ROUTES,
    as_of,
    count_closings,
    count_figures,
    find_batch,
    list_batches,
    list_routes,
    list_trips,
)
from journey.report.voices import collect_voices, voices_due
from journey.rules.disclosure import Renewal, batch_due, changed_people, is_shown, renewal
from journey.rules.disclosure_parts import Splitting
from journey.work import Work

COUNTING_FAULTS = (SQLAlchemyError, ValueError, LookupError)

log = logging.getLogger("journey.report")


@dataclass(frozen=True)
class Ready:
    """A batch that was counted before anything is written, None when none was due; to be stored as long as nothing
    else became of the study than answers: `seen` tells.
    """

    batch: Batch | None
    seen: tuple[object, ...]


def publish_batch(
    work: Work, study: Study, force: bool = False, *, ready: Ready | None = None
) -> Batch | None:
    """The next batch of a study; None while fewer than `study.batch_size` people were added, changed or withdrew.

    `force` is for the closing of a study only: one last batch, however few changed. What is stored is counted, not
    yet hidden: hiding is decided when it is read. `report.batches.standing` says how many people are missing. What was
    made `ready` is counted again when somebody withdrew since.
    """
    # Two at once (the nightly job and the button) would both find the same last batch.
    work.session.exec(select(Study.id).where(Study.id == study.id).with_for_update())
    if ready is None or ready.seen != _seen(work, study):
        ready = make_ready(work, study, force=force)
    batch = ready.batch
    if batch is None:
        return None
    work.session.add(batch)
    work.session.flush()
    record_act(work, "figures.publish", f"{study.code} {batch.number}")
    return batch


def count_due(work: Work) -> dict[int, Ready]:
    """Per study what `publish_due` would store, counted without a lock: counting a large study takes minutes, and on
    SQLite nobody could rate or call meanwhile. A study that fails is left to `publish_due`.
    """
    ready = {}
    for study in work.session.exec(select(Study).order_by(Study.code)).all():
        if not _is_forgotten(work, study):
            with suppress(*COUNTING_FAULTS), work.session.begin_nested():
                ready[stored_id(study)] = make_ready(work, study, force=_closed_since(work, study))
    return ready


def make_ready(work: Work, study: Study, *, force: bool = False) -> Ready:
    """What `publish_batch` would store, counted without a lock."""
    seen = _seen(work, study)  # first: what comes in meanwhile must be noticed
    with answers_held(work, study):
        return Ready(_counted(work, study, force=force), seen)


def _seen(work: Work, study: Study) -> tuple[object, ...]:
    """What a count depends on beside answers and dates: earlier batches, choices of people, settings of the study."""
    last = find_batch(work, study)
    of_study = Participant.study_id == study.id
    choices = [
        work.session.exec(
            select(func.max(table.id))
            .join(Participant, col(Participant.id) == table.participant_id)
            .where(of_study)
        ).one()
        for table in (Withdrawal, Consent)
    ]
    return last.number if last else 0, *choices, study.closed_at, study.minimum_group, study.batch_size


def _counted(work: Work, study: Study, *, force: bool) -> Batch | None:
    """The next batch as it would be stored, None when it is not due."""
    last = find_batch(work, study)
    people = people_of(work, study)
    due = batch_due(changed_people(last.people if last else {}, people), study.batch_size)
    if not (force or due or voices_due(work, study, last)):
        return None
    counted = _renewed(work, study, force=force)
    closed, closed_people = _renewed_closing(work, study, last, force=force)
    heard, heard_from = collect_voices(work, study, last, force=force)
    return Batch(
        study_id=stored_id(study),
        number=last.number + 1 if last else 1,
        as_of=as_of(work, study),
        published_at=work.now,
        published_by=work.actor.label,
        people=people,
        figures=[asdict(row) for row in counted.rows],
        breakdowns={
            "rows": counted.stored(),
            "missed": count_missed(work, study),
            "voices": heard,
        },
        counted={"rows": counted.stored_people(), "closing": closed_people, "voices": heard_from},
        closing=asdict(closed),
        method=count_method(work, study),
        lead_times=_lead_times(work, study, last, force=force),
    )


def publish_due(work: Work, ready: Mapping[int, Ready] | None = None) -> list[Batch]:
    """Every study whose next batch is due, and the last one of studies that were closed since; for the nightly job,
    that has them `ready` by study.

    A study that fails is logged and stops no other.
    """
    published = []
    for study in work.session.exec(select(Study).order_by(Study.code)).all():
        if _is_forgotten(work, study):
            continue
        try:
            with work.session.begin_nested():
                batch = publish_batch(
                    work,
                    study,
                    force=_closed_since(work, study),
                    ready=(ready or {}).get(stored_id(study)),
                )
        except COUNTING_FAULTS as fault:
            # Not its text: the values of a statement can be answers (rules, 36).
            log.error("figures of study %s were not published: %s", study.code, type(fault).__name__)
        else:
            published += [batch] if batch else []
    return published


def _is_forgotten(work: Work, study: Study) -> bool:
    """The answers of its people served their time (gone, and nobody withdrew): what was published stays what it was."""
    gone = select(Participant.id).where(
        Participant.study_id == study.id,
        Participant.state == "erased",
        col(Participant.id).not_in(select(Withdrawal.participant_id)),
    )
    return work.session.exec(gone.limit(1)).first() is not None


def _closed_since(work: Work, study: Study) -> bool:
    if study.closed_at is None:
        return False
    last = find_batch(work, study)
    return last is None or last.published_at < study.closed_at


def _renewed(work: Work, study: Study, *, force: bool) -> CountedStudy:
    """Every bar with its details, as far as enough of its people changed."""
    rows, answers, routes = count_figures(work, study), list_answers(work, study), list_routes(work, study)
    earlier = list_batches(work, study)
    rule = Renewing(
        Splitting(study.minimum_group, study.batch_size),
        day=earlier[-1].as_of if earlier else as_of(work, study),
        cuts=cuts_of_actions(work, study, routes),
        force=force,
    )
    people = people_by_row(answers, partial(fingerprint, work))
    now = CountedStudy(rows, count_details(rows, answers))
    return renew_study(now, people, [CountedStudy.with_people(batch) for batch in earlier], rule)


def _renewed_closing(
    work: Work, study: Study, last: Batch | None, *, force: bool
) -> tuple[CountedClosing, dict[str, str] | None]:
    """The closing interviews, and the people in them when managers see them."""
    counted, people = count_closings(work, study), closing_people(work, study)
    looks = [seen for one in list_batches(work, study) if (seen := one.counted.get("closing"))]
    decided = Renewal.renew if force else renewal(looks, people, study.batch_size)
    if decided is Renewal.renew:
        return counted, people if is_shown(counted.n, study.minimum_group) else None
    if decided is Renewal.keep and last and last.counted.get("closing"):
        before = CountedClosing.from_json(last.closing)
        kept_from = before.kept_from or last.as_of.isoformat()
        return replace(before, kept_from=kept_from), last.counted["closing"]
    return replace(counted, withheld=True), None


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
