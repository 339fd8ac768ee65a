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
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import and_, col, exists, or_, select

from journey.audit.service import record_act
from journey.auth.scope import scoped
from journey.call.rounds import BriefHistory, PastRound, list_histories
from journey.models import Attempt, Call, Decision, Departure, Participant, Study, stored_id
from journey.outbox.agreed import agreed
from journey.participant.service import other_channel
from journey.rules.cadence import (
    DEFAULTS,
    NOT_REACHED,
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

AT_ONCE = 250

log = logging.getLogger("journey.call")


@dataclass(frozen=True)
class Candidate:
    """Somebody who may get a prompt; `left` is the round that is open, `agrees` is to be called unasked."""

    participant: Participant
    history: BriefHistory
    left: Call | None
    ended: bool
    agrees: bool
    rhythm: CadenceSettings = DEFAULTS

    @property
    def last(self) -> PastRound | None:
        return self.history.calls[-1] if self.history.calls else None

    @property
    def kind(self) -> str:
        return "closing" if self.ended else "weekly"


def plan_calls(work: Work, people: Sequence[int] | None = None) -> int:
    """Close what is left of earlier weeks and make this week's prompts; the number made. `people` by number, as
    `list_unplanned` gives them; it is asked when they are not given.

    Idempotent, and safe beside another worker: whoever is second waits and finds nothing left to do. One person who
    fails stops nobody else.
    """
    ids = list_unplanned(work) if people is None else people
    return sum(_plan_part(work, ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))


def list_unplanned(work: Work) -> list[int]:
    """Numbers of the people for whom there may be a round to close, to change or to open. In most hours of a week the
    database finds hardly anybody, however many are followed.
    """
    week = round_of(work.today)
    statement: Any = (
        select(Participant.id)
        .join(Study, col(Study.id) == Participant.study_id)
        .where(
            Participant.state == "active",
            col(Study.closed_at).is_(None),
            Study.starts_on <= work.today,
            Participant.enrolled_on <= work.today,
            or_(
                _has_round(Call.state == "open", Call.week < week),
                and_(_ended(), _has_round(Call.state == "open", Call.kind != "closing")),
                and_(~_ended(), _has_round(Call.state == "open", Call.kind != "weekly")),
                and_(~_has_round(Call.week >= week), _may_be_due(work)),
            ),
        )
        .order_by(col(Participant.id))
    )
    return list(work.session.exec(scoped(work, statement, col(Participant.study_id))).all())


def _has_round(*which: Any) -> Any:
    return exists().where(col(Call.participant_id) == Participant.id, *which)


def _ended() -> Any:
    """The decision was sent, or the person left."""
    return or_(
        *(
            exists().where(col(fact.journey_id) == Participant.journey_id, ~col(fact.replaced))
            for fact in (Decision, Departure)
        )
    )


def _may_be_due(work: Work) -> Any:
    """What `_is_due` asks, as far as the database can tell."""
    promised = _has_round(or_(col(Call.appointment_at).is_not(None), col(Call.asked_back_at).is_not(None)))
    dialled = exists().where(col(Attempt.call_id) == Call.id)
    in_vain = _has_round(dialled, ~dialled.where(col(Attempt.outcome).not_in(NOT_REACHED)))
    return and_(
        ~col(Participant.calls_paused),
        or_(col(Participant.rest_until).is_(None), col(Participant.rest_until) <= work.today),
        or_(Participant.channel == "call", _ended(), promised, in_vain),
        or_(agreed("calls"), promised),
    )


def _plan_part(work: Work, ids: Sequence[int]) -> int:
    """All at once; when somebody fails, in halves, until who fails stands alone."""
    try:
        with work.session.begin_nested():
            return _plan_people(work, ids)
    except Exception as fault:
        if len(ids) > 1:
            half = len(ids) // 2
            return _plan_part(work, ids[:half]) + _plan_part(work, ids[half:])
        code = work.session.get_one(Participant, ids[0]).code
        log.error("no call planned for %s: %s", code, type(fault).__name__)
        return 0


def _plan_people(work: Work, ids: Sequence[int]) -> int:
    candidates = _hold(work, ids)
    for candidate in candidates:
        _finish_round(work, candidate)
    work.session.flush()  # nobody has two open rounds
    rounds = [_next_round(work, candidate) for candidate in candidates if _is_due(work, candidate)]
    if rounds:
        work.session.execute(insert(Call), rounds)
    return len(rounds)


def _hold(work: Work, ids: Sequence[int]) -> list[Candidate]:
    """The people with their rounds as they are once nobody else can change them: since the list was read somebody may
    have stopped, asked for a call or been dialled, or another worker may have been first.
    """
    statement = (
        select(Participant)
        .where(col(Participant.id).in_(ids), Participant.state == "active")
        .order_by(col(Participant.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    people = work.session.exec(statement).all()
    histories = list_histories(work, [stored_id(person) for person in people])
    open_calls = select(Call).where(col(Call.participant_id).in_(ids), Call.state == "open")
    left = {call.participant_id: call for call in work.session.exec(open_calls).all()}
    among = select(Participant.id).where(col(Participant.id).in_(ids))
    ended = set(work.session.exec(among.where(_ended())).all())
    agreeing = set(work.session.exec(among.where(agreed("calls"))).all())
    studies = work.session.exec(select(Study).where(col(Study.id).in_({one.study_id for one in people})))
    rhythms = {study.id: cadence_of(study) for study in studies.all()}
    return [
        Candidate(
            person,
            histories[stored_id(person)],
            left.get(stored_id(person)),
            person.id in ended,
            person.id in agreeing,
            rhythms[person.study_id],
        )
        for person in people
    ]


def _finish_round(work: Work, candidate: Candidate) -> None:
    """Close the round of an earlier week; that of this week follows what became of the journey."""
    call, week = candidate.left, round_of(work.today)
    if call is not None and call.week < week:
        _close(work, candidate, call)
    elif call is not None and call.week == week:
        call.kind = candidate.kind
        work.session.add(call)


def _is_due(work: Work, candidate: Candidate) -> bool:
    person, last = candidate.participant, candidate.last
    if round_to_open(last.week if last else None, work.today) is None:
        return False
    if person.calls_paused or (person.rest_until and work.today < person.rest_until):
        return False
    promised = any(_carried(candidate))
    if not candidate.agrees:
        return promised  # only what they asked for themselves
    return person.channel == "call" or promised or candidate.ended or _is_tried_once_more(candidate)


def _is_tried_once_more(candidate: Candidate) -> bool:
    last = candidate.last
    missed = candidate.history.missed(last) if last else 0
    return escalation(missed, candidate.rhythm) is Escalation.other_channel


def _next_round(work: Work, candidate: Candidate) -> dict[str, Any]:
    """The row of this week's prompt; who gets a first one is told that we will call."""
    person, last, week = candidate.participant, candidate.last, round_of(work.today)
    due_on = max(week, person.rest_until or week, person.enrolled_on if last is None else week)
    if last is None:
        announce_call(work, person, due_on)
    appointment, until, asked = _carried(candidate)
    return {
        "participant_id": stored_id(person),
        "week": week,
        "kind": candidate.kind,
        "state": "open",
        "due_on": due_on,
        "appointment_at": appointment,
        "appointment_until": until,
        "asked_back_at": asked,
        "note": "",
        "created_at": work.now,
    }


def _close(work: Work, candidate: Candidate, call: Call) -> None:
    """End the round of an earlier week. Nobody dialled: it was no round, and counts for nothing (rules, 38)."""
    attempts = candidate.history.of(call)
    reached = any(was_reached(one.outcome) for one in attempts)
    talked = any(one.outcome == Outcome.partial for one in attempts)
    call.state = "done" if talked else "missed" if attempts and not reached else "cancelled"
    call.closed_at = work.now
    work.session.add(call)
    if call.state == "missed":
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


def _carried(candidate: Candidate) -> tuple[datetime | None, datetime | None, datetime | None]:
    """What was promised in the last round and still stands: an appointment with the end of its window, a call back.

    An appointment that passed while nobody dialled goes along too: it was missed by us, and that has to be said.
    """
    last = candidate.last
    if last is None:
        return None, None, None
    return last.appointment_at, last.appointment_until, candidate.history.asked_back(last)
