"""Makes the prompt of the week: once and only once for everyone who is followed by phone, from enrolment until the
closing interview, also after the machine stood still.

Who gets one: people whose channel is the call; people whose call two weeks running found nobody (their channel was
changed, but the phone is tried once more before calls pause); people who asked to be called or have an appointment;
and, whatever the channel, people whose journey ended and who were not asked the closing questions yet. Nobody is
called who rests, whose calls pause (three rounds missed, or "not by phone") or who stopped; who said no to calls only
when they asked for it themselves. A study runs until it is closed: people who still wait for a decision after its last
day are followed on.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update

from journey.audit.service import record_act
from journey.auth.scope import scoped
from journey.call.rounds import History, list_histories
from journey.models import Call, Journey, Participant, Study, stored_id
from journey.outbox.agreed import agrees_to
from journey.participant.queries import hold
from journey.participant.service import other_channel
from journey.progress.queries import list_facts
from journey.rules.cadence import (
    DEFAULTS,
    CadenceSettings,
    Escalation,
    Outcome,
    escalation,
    round_of,
    round_to_open,
    was_reached,
)
from journey.study.cadence import cadence_of
from journey.texts.service import announce_call
from journey.work import Work

log = logging.getLogger("journey.call")


@dataclass(frozen=True)
class Candidate:
    participant: Participant
    history: History
    ended_on: date | None
    rhythm: CadenceSettings = DEFAULTS

    @property
    def last(self) -> Call | None:
        return self.history.calls[-1] if self.history.calls else None


def plan_calls(work: Work) -> int:
    """Close what is left of earlier weeks and make this week's prompts; the number made.

    Idempotent, and safe beside another worker: each prompt is an insert of its own that the database refuses when it
    exists. One person who fails stops nobody else.
    """
    made = 0
    for candidate in _list_candidates(work):
        try:
            with work.session.begin_nested():
                made += _plan(work, candidate)
        except IntegrityError:
            continue  # another worker was first
        except Exception as fault:
            log.error("no call planned for %s: %s", candidate.participant.code, type(fault).__name__)
    return made


def _list_candidates(work: Work) -> list[Candidate]:
    statement = (
        select(Participant)
        .join(Study, col(Study.id) == Participant.study_id)
        .where(
            Participant.state == "active",
            col(Study.closed_at).is_(None),
            Study.starts_on <= work.today,
            Participant.enrolled_on <= work.today,
        )
        .order_by(col(Participant.id))
    )
    people = work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    ids = [stored_id(person) for person in people]
    histories = list_histories(work, ids)
    ended = _ended(work, people)
    studies = work.session.exec(select(Study).where(col(Study.id).in_({one.study_id for one in people})))
    rhythms = {study.id: cadence_of(study) for study in studies.all()}
    return [
        Candidate(
            person,
            histories.get(stored_id(person), History()),
            ended.get(person.journey_id),
            rhythms[person.study_id],
        )
        for person in people
    ]


def _ended(work: Work, people: Sequence[Participant]) -> dict[int | None, date | None]:
    ids = [person.journey_id for person in people]
    journeys: list[Journey] = []
    for start in range(0, len(ids), 900):
        journeys += work.session.exec(
            select(Journey).where(col(Journey.id).in_(ids[start : start + 900]))
        ).all()
    return {facts.journey.id: facts.ended_on for facts in list_facts(work, journeys)}


def _plan(work: Work, candidate: Candidate) -> int:
    if not _has_work(work, candidate):
        return 0
    candidate = _read_anew(work, candidate)
    person, history, last = candidate.participant, candidate.history, candidate.last
    if person.state != "active":
        return 0
    week = round_of(work.today)
    if last and last.state == "open" and last.week < week:
        _close(work, candidate, last)
    kind = "closing" if candidate.ended_on else "weekly"
    if last and last.state == "open" and last.week == week and last.kind != kind:
        last.kind = kind
        work.session.add(last)
    if round_to_open(last.week if last else None, work.today) is None:
        return 0
    appointment, until, asked = _carried(history, last)
    if not _is_due(work, candidate, last, promised=appointment is not None or asked is not None):
        return 0
    due_on = max(week, person.rest_until or week, person.enrolled_on if last is None else week)
    work.session.add(
        Call(
            participant_id=stored_id(person),
            week=week,
            kind=kind,
            due_on=due_on,
            appointment_at=appointment,
            appointment_until=until,
            asked_back_at=asked,
            created_at=work.now,
        )
    )
    work.session.flush()
    if last is None:
        announce_call(work, person, due_on)
    return 1


def _has_work(work: Work, candidate: Candidate) -> bool:
    """Whether there may be anything to close, to change or to make."""
    last = candidate.last
    if last is None or last.week < round_of(work.today):
        return True
    return last.state == "open" and last.kind != ("closing" if candidate.ended_on else "weekly")


def _read_anew(work: Work, candidate: Candidate) -> Candidate:
    """The person with the rounds as they are once nobody else can change them: since the list was read somebody may
    have stopped, asked for a call or been dialled, or another worker may have been first.
    """
    hold(work, candidate.participant)
    if candidate.last is not None:
        work.session.refresh(candidate.last)
    person = stored_id(candidate.participant)
    return replace(candidate, history=list_histories(work, [person]).get(person, History()))


def _is_due(work: Work, candidate: Candidate, last: Call | None, *, promised: bool) -> bool:
    person = candidate.participant
    if person.calls_paused or (person.rest_until and work.today < person.rest_until):
        return False
    if not agrees_to(work, person, "calls"):
        return promised  # only what they asked for themselves
    by_phone = person.channel == "call"
    tried_once_more = (
        last is not None
        and escalation(candidate.history.missed(last), candidate.rhythm) is Escalation.other_channel
    )
    return by_phone or tried_once_more or promised or candidate.ended_on is not None


def _close(work: Work, candidate: Candidate, call: Call) -> None:
    """End the round of an earlier week. Nobody dialled: it was no round, and counts for nothing (rules, 38)."""
    attempts = candidate.history.of(call)
    reached = any(was_reached(one.outcome) for one in attempts)
    talked = any(one.outcome == Outcome.partial for one in attempts)
    state = "done" if talked else "missed" if attempts and not reached else "cancelled"
    closed = work.session.exec(
        update(Call)
        .where(col(Call.id) == call.id, col(Call.state) == "open")
        .values(state=state, closed_at=work.now)
        .execution_options(synchronize_session=False)  # it would compare every round that was read
    )
    work.session.refresh(call)
    if closed.rowcount == 1 and state == "missed":
        _escalate(work, candidate, call)


def _escalate(work: Work, candidate: Candidate, call: Call) -> None:
    """Two rounds missed: another channel. Three: calls pause until there is a reaction (rules, 38)."""
    person = candidate.participant
    step = escalation(candidate.history.missed(call), candidate.rhythm)
    if step is Escalation.other_channel and person.channel == "call":
        person.channel = other_channel(work, person)
        record_act(work, "participant.channel", person.code)
    elif step is Escalation.letter_and_pause and not person.calls_paused and not _reacted(candidate, call):
        person.calls_paused = True
        record_act(work, "participant.pause", person.code)
    work.session.add(person)


def _reacted(candidate: Candidate, call: Call) -> bool:
    """Whether they asked to be called after the last dial of this round: that promise has to be kept first."""
    asked = candidate.history.asked_back(call)
    return asked is not None and not candidate.history.dialled_since(call, asked)


def _carried(history: History, last: Call | None) -> tuple[datetime | None, datetime | None, datetime | None]:
    """What was promised in the last round and still stands: an appointment with the end of its window, a call back.

    An appointment that passed while nobody dialled goes along too: it was missed by us, and that has to be said.
    """
    if last is None:
        return None, None, None
    return last.appointment_at, last.appointment_until, history.asked_back(last)
