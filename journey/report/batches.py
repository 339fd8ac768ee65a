"""Who changed since the last batch, by marks: a batch keeps no answer of a person (rules, 33)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select

from journey.models import Attempt, Batch, Call, Journey, Participant, RouteVersion, Study, Withdrawal
from journey.rating.queries import list_answers, list_closing_answers, list_set_aside
from journey.recruitment.queries import recruitment_counts
from journey.report.behind import Marker, whole_people
from journey.report.figures import FEW_PEOPLE, NOTHING_PUBLISHED
from journey.report.overview import count_missed
from journey.report.own_counts import Cohort, seen_method
from journey.report.queries import closing, find_batch, sees_live
from journey.report.voices import voices_due
from journey.rules.disclosure import batch_due, changed_people
from journey.web.i18n import gettext as _
from journey.work import Work

REACHED = ("interview", "partial")


@dataclass(frozen=True)
class Standing:
    """The last batch and how many people changed since; `missing` more must change before the next."""

    last: Batch | None
    changed: int
    missing: int

    @property
    def due(self) -> bool:
        return self.missing == 0


def standing(work: Work, study: Study) -> Standing:
    last = find_batch(work, study)
    changed = changed_people(whole_people(work, last), people_of(work, study, Marker(work, study)))
    due = batch_due(changed, study.batch_size) or voices_due(work, study, last)
    return Standing(last, changed, 0 if due else study.batch_size - changed)


def people_of(work: Work, study: Study, marker: Marker) -> dict[str, str]:
    """Person -> mark of every answer that counts, of the closing interview and of what was set aside."""
    counts: dict[int, list[Any]] = defaultdict(list)
    for answer in list_answers(work, study):
        counts[answer.participant_id].append([answer.step, answer.subject, answer.value])
    for interview in list_closing_answers(work, study):
        grades = [interview.grade, interview.grade_desk, interview.grade_case_manager]
        counts[interview.participant_id].append(["closing", grades, sorted(interview.statements.items())])
    for person in list_set_aside(work, study):
        counts[person.participant_id].append(["aside", sorted(person.steps)])
    return {str(person): marker(person, sorted(what, key=repr)) for person, what in counts.items()}


@dataclass(frozen=True)
class Method:
    """How the study was done, see `count_method`; no counts for managers while so few take part that these would be
    about single people. `partial`: a route of a few people is in none of them.
    """

    counts: Mapping[str, int] | None
    reason: str | None = None
    partial: bool = False


def read_method(work: Work, study: Study) -> Method:
    """Live for the research side, as of the last batch for managers."""
    if sees_live(work):
        return Method(count_method(work, study))
    batch = find_batch(work, study)
    if batch is None:
        return Method(None, _(NOTHING_PUBLISHED))
    closed = closing(work, study)
    seen = seen_method(batch, closed.n if closed.shown else None, study.minimum_group)
    if seen is None:
        return Method(None, _(FEW_PEOPLE, minimum=study.minimum_group))
    population = recruitment_counts(work, study).population or 0
    return Method({**seen.counts, "population": population}, partial=seen.partial)


def count_cohort(work: Work, study: Study) -> Cohort:
    """Who takes part now, for the next batch."""
    rows = work.session.exec(
        select(Participant.id, RouteVersion.code)
        .join(Journey, col(Journey.id) == Participant.journey_id)
        .join(RouteVersion, col(RouteVersion.id) == Journey.route_version_id)
        .where(Participant.study_id == study.id, Participant.state != "erased")
    ).all()
    dialled = work.session.exec(
        select(Call.participant_id, Attempt.outcome, func.count())
        .join(Call, col(Call.id) == Attempt.call_id)
        .join(Participant, col(Participant.id) == Call.participant_id)
        .where(Participant.study_id == study.id, Participant.state != "erased")
        .group_by(col(Call.participant_id), Attempt.outcome)
    ).all()
    calls: dict[int, tuple[int, int]] = {}
    for person, outcome, often in dialled:
        attempts, interviews = calls.get(person, (0, 0))
        calls[person] = (attempts + often, interviews + often * (outcome in REACHED))
    asked = recruitment_counts(work, study)
    return Cohort(
        routes={person or 0: route for person, route in rows},
        answered={answer.participant_id for answer in list_answers(work, study)},
        calls=calls,
        refused=max(0, asked.approached - asked.enrolled) if asked.meetings else 0,
        groups=count_missed(work, study),
    )


def count_method(work: Work, study: Study) -> dict[str, int]:
    """How many were approached, took part, withdrew, answered and were called: the section on method of the report.

    `approached` is 0 when no meeting was recorded: then nobody knows how many were asked; `population` (applications)
    is 0 when the case system delivered none.
    """
    people = select(Participant.id).where(Participant.study_id == study.id)
    states = dict(
        work.session.exec(
            select(Participant.state, func.count())
            .where(Participant.study_id == study.id)
            .group_by(Participant.state)
        ).all()
    )
    calls = dict(
        work.session.exec(
            select(Attempt.outcome, func.count())
            .join(Call, col(Call.id) == Attempt.call_id)
            .where(col(Call.participant_id).in_(people))
            .group_by(Attempt.outcome)
        ).all()
    )
    by_level = dict(
        work.session.exec(
            select(Withdrawal.level, func.count(func.distinct(Withdrawal.participant_id)))
            .where(col(Withdrawal.participant_id).in_(people))
            .group_by(Withdrawal.level)
        ).all()
    )
    withdrew = work.session.exec(
        select(func.count(func.distinct(Withdrawal.participant_id))).where(
            col(Withdrawal.participant_id).in_(people)
        )
    ).one()
    asked = recruitment_counts(work, study)
    return {
        "approached": asked.approached if asked.meetings else 0,
        "population": asked.population or 0,
        "took_part": sum(states.values()),
        "withdrew": withdrew,
        "erased": by_level.get("erase", 0),
        "answered": len({answer.participant_id for answer in list_answers(work, study)}),
        "closing": len(list_closing_answers(work, study)),
        "attempts": sum(calls.values()),
        "interviews": sum(count for outcome, count in calls.items() if outcome in REACHED),
    }
