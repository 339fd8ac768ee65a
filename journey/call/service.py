"""The weekly call: what each attempt leads to, what is agreed, and the closing interview.

A clear "stop" stops everything at once; not reached is never a refusal; nothing closes a person by a timer.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.call.appointments import record_in_calendar
from journey.call.closing import forget_answers_so_far
from journey.call.dial import (
    NewAttempt,
    agree,
    check_appointment,
    check_moments,
    is_by_appointment,
    next_step,
    read_note,
    read_outcome,
    rhythm_of,
)
from journey.call.notes import add_note
from journey.call.planning import plan_calls
from journey.call.promises import record_promise
from journey.call.rounds import FullHistory, get_history
from journey.call.undo import state_before
from journey.clock import local_day
from journey.consent.service import withdraw_participant
from journey.models import Attempt, Call, Participant, stored_id
from journey.participant.person import names_of
from journey.participant.queries import get_journey, hold, refuse_if_gone
from journey.participant.service import other_channel
from journey.participant.wrong_number import mark_wrong
from journey.progress.queries import get_facts
from journey.progress.service import record_departure
from journey.rating.service import NewClosing, record_closing_interview
from journey.rules.cadence import (
    Escalation,
    Outcome,
    escalation,
    round_of,
    was_reached,
)
from journey.rules.calltimes import Next, NextStep
from journey.rules.errors import Conflict
from journey.texts.service import cancel_texts, remind_appointment, say_missed
from journey.web.filters import moment as moment_words
from journey.work import Work

__all__ = [
    "NewAttempt",
    "close_with_interview",
    "plan_appointment",
    "plan_calls",
    "record_attempt",
    "record_call_back",
    "record_reaction",
    "reopen_call",
]

SAME_TAP = timedelta(seconds=60)


def record_attempt(work: Work, call: Call, new: NewAttempt) -> Attempt:
    """Record how one attempt ended, with everything that follows from it (rules, 37-39).

    The same once more by the same person within a minute is the same attempt: it comes back as it was recorded, also
    when it ended the round. Invalid names the field; Conflict for people who stopped and for rounds that are closed.
    """
    outcome = read_outcome(new.outcome)
    at = new.at or work.now
    participant = work.session.get_one(Participant, call.participant_id)
    hold(work, participant)
    work.session.refresh(call, with_for_update=True)
    history = get_history(work, call.participant_id)
    if (same := _find_same(work, history.of(call), outcome, at, new)) is not None:
        return same
    _refuse_if_over(work, call, participant, history, at)
    check_moments(work, outcome, at, new)
    over = call.state != "open"
    step = next_step(work, call, history, outcome, at, new)
    attempt = Attempt(
        call_id=stored_id(call),
        outcome=outcome,
        at=at,
        by_appointment=is_by_appointment(call, at),
        appointment_at=new.appointment_at,
        note=read_note(new.note),
        before=state_before(work, call, participant),
        recorded_by=work.actor.label,
        recorded_at=work.now,
    )
    work.session.add(attempt)
    agree(call, at, new)
    record_in_calendar(work, call)
    if new.note.strip():
        add_note(work, call, new.note)
    call.next_at = step.at.astimezone(UTC) if step.at and step.action is Next.call else None
    if outcome is Outcome.wrong_number:
        mark_wrong(work, participant)
    if was_reached(outcome):
        _phone_again(work, participant, call, history)
    record_act(work, "call.attempt", participant.code, "later" if work.now - at > SAME_TAP else "ok")
    _follow(work, call, participant, step, at)
    if over:
        _settle_late(work, call, outcome, at)
    work.session.add(call)
    work.session.flush()
    _text(work, call, participant, [*history.of(call), attempt])
    return attempt


def plan_appointment(
    work: Work,
    call: Call,
    at: datetime | None,
    until: datetime | None = None,
    *,
    told_at: datetime | None = None,
) -> None:
    """Agree when to call next, `until` being the end of the window if one was named; or take it back with None. On a
    closed round it goes along to the next one. Whoever agrees to a moment ends rest and pause for it. `told_at` is when
    it was agreed, when that was not now.
    """
    participant = _get_person(work, call)
    if at is not None:
        check_appointment(work, at, until, told_at)
        participant.calls_paused = False
        if participant.rest_until is not None:
            participant.rest_until = _rest_until(participant.rest_until, at)
        work.session.add(participant)
    call.appointment_at, call.appointment_until = at, until if at is not None else None
    if call.state != "open" and at is not None and round_of(local_day(at)) == call.week:
        _reopen(work, call)
    work.session.add(call)
    record_in_calendar(work, call)
    work.session.flush()
    remind_appointment(work, participant, call.appointment_at, call.appointment_until)
    record_act(work, "call.appointment", participant.code)


def record_call_back(
    work: Work, participant: Participant, asked_at: datetime | None = None, *, via: str = "phone"
) -> Call:
    """Someone asks to be called: a reaction, so rest and pause end. Their round of this week is open afterwards,
    made when there was none; due the same working day (rules, 41). Asking again before anybody dialled is the same
    promise. `via` is page, sms or phone.
    """
    hold(work, participant)
    refuse_if_gone(participant)
    if participant.state != "active":
        raise Conflict("%(code)s wordt niet meer gevolgd.", code=participant.code)
    participant.calls_paused, participant.rest_until = False, None
    work.session.add(participant)
    call = _find_latest(work, participant)
    if call is None or (call.state != "open" and call.week != round_of(work.today)):
        call = Call(
            participant_id=stored_id(participant),
            week=round_of(work.today),
            due_on=work.today,
            created_at=work.now,
        )
    call.state, call.closed_at = "open", None
    call.asked_back_at = record_promise(work, participant, via, asked_at or work.now).asked_at
    call.due_on = min(call.due_on, work.today)
    work.session.add(call)
    work.session.flush()
    record_act(work, "call.asked", participant.code)
    return call


def record_reaction(work: Work, participant: Participant) -> None:
    """Someone let hear of themselves without asking for a call: the pause after three missed rounds ends (rules, 38).
    That of who does not want to be phoned stays.
    """
    if not participant.calls_paused:
        return
    history = get_history(work, stored_id(participant))
    last = history.last_dialled_outcome()
    if last != Outcome.not_by_phone:
        participant.calls_paused = False
        work.session.add(participant)
        record_act(work, "participant.reaction", participant.code)


def reopen_call(work: Work, call: Call) -> None:
    """Take back that a round was done: only of this week, and only while the person takes part."""
    participant = _get_person(work, call)
    if participant.state != "active" or call.week != round_of(work.today):
        raise Conflict("Deze belronde is al afgesloten.")
    if call.state != "open":
        _reopen(work, call)
        record_act(work, "call.reopen", participant.code)
        work.session.flush()


def close_with_interview(work: Work, call: Call, new: NewClosing) -> None:
    """The closing interview by phone: the round is done, the participant is followed no further and the contact
    store is emptied (rules, 35). Given again, it corrects the earlier answers.
    """
    participant = _get_person(work, call)
    if participant.state == "active" and call.state == "open":
        record_attempt(work, call, NewAttempt(Outcome.interview, done=True))
    record_closing_interview(work, participant, new)
    forget_answers_so_far(work, participant)


def _text(work: Work, call: Call, participant: Participant, attempts: list[Attempt]) -> None:
    """What this dial makes untrue is not sent any more; what it asks for is."""
    outcome = Outcome(attempts[-1].outcome)
    untrue = ["call_announced"] + (["missed_call"] if was_reached(outcome) else [])
    cancel_texts(work, participant, untrue)
    if participant.state == "active":
        say_missed(work, participant, call, attempts)
        remind_appointment(work, participant, call.appointment_at, call.appointment_until)


def _find_same(
    work: Work, attempts: Sequence[Attempt], outcome: Outcome, at: datetime, new: NewAttempt
) -> Attempt | None:
    """The attempt that a tap sent twice has recorded already. Only of people: a machine that tries again says so with
    its key.
    """
    if work.actor.kind != "user":
        return None
    for one in reversed(attempts):
        same = (one.outcome, one.recorded_by) == (outcome, work.actor.label)
        moments = abs(one.at - at.astimezone(UTC)), abs(one.recorded_at - work.now)
        agreed = new.appointment_at is None or one.appointment_at == new.appointment_at
        if same and agreed and max(moments) < SAME_TAP and one.note == read_note(new.note):
            return one
    return None


def _refuse_if_over(
    work: Work, call: Call, participant: Participant, history: FullHistory, at: datetime
) -> None:
    """The row is locked: of two researchers who both end a round, the second is told who was first, and when. A round
    that the week closed takes a dial of before that moment, which was still on its way.
    """
    refuse_if_gone(participant)
    if call.state == "open" or _closed_by_the_week(call, at):
        return
    attempts = history.of(call)
    last = max(attempts, key=lambda one: one.id or 0, default=None)
    if last is None or call.closed_at is None:
        raise Conflict("Deze belronde is al afgesloten.")
    raise Conflict(
        "Deze belronde is al afgesloten, %(moment)s door %(name)s.",
        moment=moment_words(call.closed_at),
        name=names_of(work, [last.recorded_by])[last.recorded_by],
    )


def _closed_by_the_week(call: Call, at: datetime) -> bool:
    return call.state in ("missed", "cancelled") and call.closed_at is not None and at < call.closed_at


def _settle_late(work: Work, call: Call, outcome: Outcome, at: datetime) -> None:
    """A dial of a week that is over changes what became of its round, and plans nothing in it any more."""
    call.state = "done" if was_reached(outcome) else "missed"
    call.closed_at, call.next_at = at, None
    work.session.add(call)


def _get_person(work: Work, call: Call) -> Participant:
    participant = work.session.get_one(Participant, call.participant_id)
    hold(work, participant)
    refuse_if_gone(participant)
    return participant


def _find_latest(work: Work, participant: Participant) -> Call | None:
    statement = select(Call).where(Call.participant_id == participant.id).order_by(col(Call.week).desc())
    return work.session.exec(statement).first()


def _phone_again(work: Work, participant: Participant, call: Call, history: FullHistory) -> None:
    """Someone whose channel was changed because two rounds were missed was reached by phone after all."""
    earlier = history.before(call)
    if (
        participant.channel != "call"
        and earlier
        and escalation(history.missed(earlier[-1]), rhythm_of(work, call)) is not Escalation.none
    ):
        participant.channel = "call"
        work.session.add(participant)
        record_act(work, "participant.channel", participant.code)


def _follow(work: Work, call: Call, participant: Participant, step: NextStep, at: datetime) -> None:
    match step.action:
        case Next.round_done:
            if not _meets_again(call, at):
                _done(work, call, at)
        case Next.rest:
            assert step.at is not None  # noqa: S101 - the cadence rests until a moment
            participant.rest_until = _rest_until(local_day(step.at), call.appointment_at)
            if not _meets_again(call, at):
                _done(work, call, at)
        case Next.other_channel:
            participant.channel, participant.calls_paused = other_channel(work, participant), True
            record_act(work, "participant.channel", participant.code)
            _done(work, call, at)
        case Next.stop:
            _stop(work, call, participant, at)
        case Next.close:
            _leave_quietly(work, call, participant, at)
        case _:
            pass
    work.session.add(participant)


def _meets_again(call: Call, at: datetime) -> bool:
    """Whether another talk was agreed in the same week: the round stays open for it."""
    agreed = call.appointment_at
    return agreed is not None and agreed > at and round_of(local_day(agreed)) == call.week


def _rest_until(day: date, appointment: datetime | None) -> date:
    return min(day, local_day(appointment)) if appointment else day


def _done(work: Work, call: Call, at: datetime) -> None:
    call.state, call.closed_at, call.next_at = "done", at, None
    work.session.add(call)
    work.session.flush()


def _reopen(work: Work, call: Call) -> None:
    call.state, call.closed_at = "open", None
    work.session.add(call)


def _stop(work: Work, call: Call, participant: Participant, at: datetime) -> None:
    _done(work, call, at)
    withdraw_participant(work, participant, "stop")


def _leave_quietly(work: Work, call: Call, participant: Participant, at: datetime) -> None:
    """Someone died: everything stops and nobody gets a message. The journey ends that day in the lead times."""
    journey = get_journey(work, participant)
    if get_facts(work, journey).ended_on is None:
        record_departure(work, journey, work.today, "other", source="call")
    _stop(work, call, participant, at)
