"""Publishes batches: what managers see of ratings changes only when enough people changed since the last time, so that
the difference between two looks is never one person (rules, 33).
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from journey.audit.service import record_act
from journey.models import Batch, Consent, Participant, Study, Withdrawal, stored_id
from journey.rating.queries import answers_held, list_answers, list_closing_answers
from journey.report.batches import count_cohort, people_of
from journey.report.behind import (
    EVERYTHING,
    Behind,
    Everybody,
    Marker,
    keep_marks,
    list_everybody,
    whole_people,
)
from journey.report.breakdowns import cuts_of_actions
from journey.report.details import CountedStudy, Renewing, count_details, people_by_row, renew_study
from journey.report.own_counts import renew_closing, renew_method
from journey.report.own_times import count_times, renew_times, store_times
from journey.report.queries import (
    as_of,
    count_closings,
    count_figures,
    find_batch,
    list_batches,
    list_routes,
    list_trips,
)
from journey.report.surveys import survey_batch
from journey.report.voices import collect_voices, voices_due
from journey.rules.disclosure import batch_due, changed_people
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
    everybody: Everybody
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
    keep_marks(work, batch, ready.everybody)
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
        batch, everybody = _counted(work, study, force=force)
        return Ready(batch, everybody, seen)


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


@dataclass(frozen=True)
class _Counting:
    """What every part of a new batch is counted with: the batches before, oldest first, with who is behind them."""

    earlier: list[tuple[Batch, Everybody]]
    marker: Marker
    force: bool

    @property
    def last(self) -> tuple[Batch, Everybody] | None:
        return self.earlier[-1] if self.earlier else None


def _counted(work: Work, study: Study, *, force: bool) -> tuple[Batch | None, Everybody]:
    """The next batch as it would be stored and who is behind it, None when it is not due."""
    last, marker = find_batch(work, study), Marker(work, study)
    if study.is_survey:
        return survey_batch(work, study, last, force=force), {}
    people = people_of(work, study, marker)
    due = batch_due(changed_people(whole_people(work, last), people), study.batch_size)
    if not (force or due or voices_due(work, study, last)):
        return None, {}
    batches = list_batches(work, study)
    earlier = list(zip(batches, list_everybody(work, batches), strict=True))
    counting = _Counting(earlier, marker, force)
    counted = _renewed(work, study, counting)
    splitting = Splitting(study.minimum_group, study.batch_size)
    closed, closed_people = renew_closing(
        count_closings(work, study), list_closing_answers(work, study), marker, earlier, splitting
    )
    method, missed, took_part = renew_method(count_cohort(work, study), marker, earlier, splitting)
    heard, heard_from = collect_voices(work, study, earlier, force=force)
    times, travelled = _lead_times(work, study, counting)
    everybody = {EVERYTHING: Behind(people), **counted.everybody(), **heard_from}
    everybody |= {**closed_people, **took_part, **travelled}
    batch = Batch(
        study_id=stored_id(study),
        number=last.number + 1 if last else 1,
        as_of=as_of(work, study),
        published_at=work.now,
        published_by=work.actor.label,
        figures=[asdict(row) for row in counted.rows],
        breakdowns={
            "rows": counted.stored(),
            "missed": missed,
            "voices": heard,
        },
        closing=asdict(closed),
        method=method,
        lead_times=times,
    )
    return batch, everybody


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


def _renewed(work: Work, study: Study, counting: _Counting) -> CountedStudy:
    """Every bar with its details, as far as enough of its people changed."""
    rows, answers, routes = count_figures(work, study), list_answers(work, study), list_routes(work, study)
    rule = Renewing(
        Splitting(study.minimum_group, study.batch_size),
        day=counting.last[0].as_of if counting.last else as_of(work, study),
        cuts=cuts_of_actions(work, study, routes),
        force=counting.force,
    )
    people = people_by_row(answers, counting.marker)
    now = CountedStudy(rows, count_details(rows, answers))
    earlier = [CountedStudy.with_people(batch, everybody) for batch, everybody in counting.earlier]
    return renew_study(now, people, earlier, rule)


def _lead_times(work: Work, study: Study, counting: _Counting) -> tuple[dict[str, Any], Everybody]:
    """The lead times of participants, each measure of each route as far as enough of its own people changed: five new
    ratings, or five other dates, must not bring the one new date of somebody else with them.
    """
    journeys = select(Participant.journey_id, Participant.id).where(Participant.study_id == study.id)
    people = {journey: person or 0 for journey, person in work.session.exec(journeys).all() if journey}
    trips, day = list_trips(work, study, "participants"), as_of(work, study)
    now = count_times(trips, people, day, counting.marker)
    times, everybody = renew_times(now, counting.earlier, study.batch_size)
    return {"as_of": day.isoformat(), "measures": store_times(times)}, everybody
