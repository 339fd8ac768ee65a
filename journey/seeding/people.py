"""Lets one person of a study in files live their time again: each fact on the day it became known to the research."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from sqlmodel import select

from journey.clock import at_local
from journey.consent.service import withdraw_participant
from journey.models import Attempt, Call, Participant, Study, stored_id
from journey.participant.queries import get_journey
from journey.participant.service import NewConsent, NewParticipant, enrol
from journey.progress.queries import get_facts
from journey.progress.service import record_application, record_decision, record_departure, record_step
from journey.rating.service import NewClosing, NewRating, record_closing_interview, record_rating
from journey.rating.themes import record_theme
from journey.rules.cadence import Outcome, round_of
from journey.seeding.cohort import (
    Cohort,
    CohortApplication,
    CohortClosing,
    CohortFact,
    CohortParticipant,
    CohortRating,
)
from journey.work import Work

Act = tuple[datetime, Callable[[Work], object]]


def load_person(work: Work, study: Study, cohort: Cohort, person: CohortParticipant) -> Participant:
    """Enrol under the person's own code and record all that is known of them, in the order of their days."""
    participant = _enrol(replace(work, now=at_local(person.enrolled_on, 11)), study, person)
    journey = get_journey(work, participant)  # held, or every fact would read it anew
    for moment, act in sorted(_acts(participant, cohort, person), key=lambda act: act[0]):
        act(replace(work, now=moment))
    del journey
    return participant


def record_held_call(participant: Participant, kind: str, work: Work, note: str = "") -> Call:
    """A round of the past in which the person was reached at once."""
    week, person = round_of(work.today), stored_id(participant)
    call = work.session.exec(select(Call).where(Call.participant_id == person, Call.week == week)).first()
    if call is None:
        call = Call(participant_id=person, week=week, due_on=week, created_at=work.now)
    call.kind, call.state, call.closed_at, call.note = kind, "done", work.now, note
    work.session.add(call)
    work.session.flush()
    work.session.add(
        Attempt(
            call_id=stored_id(call),
            outcome=Outcome.interview,
            at=work.now,
            note=note,
            recorded_by=work.actor.label,
            recorded_at=work.now,
        )
    )
    return call


def _enrol(work: Work, study: Study, person: CohortParticipant) -> Participant:
    consent = NewConsent(
        participate=True,
        quotes=person.quotes,
        recording=person.recording,
        given_via=person.consent_via,
        text_version=study.consent_version,
    )
    new = NewParticipant(
        code=person.code,
        from_files=True,
        route=person.route,
        channel=person.channel,
        language=person.language,
        age_band=person.age_band,
        reported_on=person.reported_on,
        consent=consent,
    )
    return enrol(work, study, new)


def _acts(participant: Participant, cohort: Cohort, person: CohortParticipant) -> list[Act]:
    ratings, closing = cohort.ratings.get(person.code, ()), cohort.closing.get(person.code)
    calls = sorted({rating.answered_on for rating in ratings})
    acts: list[Act] = [(at_local(day, 13), partial(record_held_call, participant, "weekly")) for day in calls]
    for fact in cohort.progress.get(person.code, ()):
        acts.append((_known_at(fact.happened_on, person, calls), partial(_step, participant, fact)))
    if application := cohort.applications.get(person.code):
        known = _known_at(application.received_on, person, calls)
        acts.append((known, partial(_received, participant, application)))
        if application.sent_on is not None:
            acts.append(
                (_known_at(application.sent_on, person, calls), partial(_decided, participant, application))
            )
    acts += [(at_local(row.answered_on, 14), partial(_rating, participant, row)) for row in ratings]
    if person.left_on is not None:
        acts.append((_known_at(person.left_on, person, calls), partial(_left, participant, person)))
    if closing is not None:
        acts.append((at_local(closing.held_on, 15), partial(record_held_call, participant, "closing")))
        acts.append((at_local(closing.held_on, 16), partial(_closing, participant, closing)))
    if person.withdrawn_on is not None:
        acts.append((at_local(person.withdrawn_on, 16), partial(_withdrawn, participant, person)))
    return acts


def _known_at(day: date, person: CohortParticipant, calls: list[date]) -> datetime:
    """In the first call after it, or else on its own day."""
    earliest = max(day, person.enrolled_on)
    return at_local(next((call for call in calls if call >= earliest), earliest), 13, 30)


def _step(participant: Participant, fact: CohortFact, work: Work) -> None:
    record_step(
        work,
        get_journey(work, participant),
        fact.step,
        fact.happened_on,
        source=fact.source,
        state=fact.state,
        reason=fact.reason,
    )


def _received(participant: Participant, application: CohortApplication, work: Work) -> None:
    journey = get_journey(work, participant)
    known = get_facts(work, journey).application
    if known is None or known.received_on != application.received_on:
        record_application(work, journey, application.received_on, source="call")


def _decided(participant: Participant, application: CohortApplication, work: Work) -> None:
    if application.sent_on is not None and application.outcome is not None:
        journey = get_journey(work, participant)
        record_decision(work, journey, application.sent_on, application.outcome, source="letter")


def _rating(participant: Participant, row: CohortRating, work: Work) -> None:
    record_rating(work, participant, NewRating(row.step, row.subject, row.value, row.channel, row.quote))
    for theme in row.themes:
        record_theme(work, participant, row.step, row.subject, theme)


def _left(participant: Participant, person: CohortParticipant, work: Work) -> None:
    if person.left_on is not None and person.left_reason is not None:
        journey = get_journey(work, participant)
        record_departure(work, journey, person.left_on, person.left_reason, source="call")


def _closing(participant: Participant, closing: CohortClosing, work: Work) -> None:
    new = NewClosing(
        grade=closing.grade,
        grade_desk=closing.grade_desk,
        grade_case_manager=closing.grade_case_manager,
        statements=dict(closing.statements),
        open_answer=closing.open,
    )
    record_closing_interview(work, participant, new)


def _withdrawn(participant: Participant, person: CohortParticipant, work: Work) -> None:
    if person.withdrawal_level is not None:
        withdraw_participant(work, participant, person.withdrawal_level, person.withdrawal_from)
