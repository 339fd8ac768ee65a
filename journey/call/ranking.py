"""The place of one call in the list, from the facts about its person, and the reason for it as a sentence.

The order itself is a rule (`journey.rules.cadence`, rules 37); here its facts are gathered and its reasons worded.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from journey.call.rounds import History, past
from journey.clock import local_day
from journey.models import Call
from journey.progress.queries import Facts
from journey.rules.cadence import DEFAULTS, CallFacts, CallOrder, Outcome, Rank, call_order_key, was_reached
from journey.rules.calltimes import callback_due
from journey.rules.decision import Clock, ClockState
from journey.web.filters import clock_time, moment
from journey.web.i18n import gettext as _

LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Place:
    """Where a call stands; `now` when it may be dialled at that moment."""

    key: CallOrder
    reason: str
    now: bool
    later_today: bool
    legal_day: int | None


def rank_call(
    call: Call, history: History, facts: Facts, clock: Clock | None, now: datetime, on: date
) -> Place:
    """`on` is the local day the list is about, `now` the moment; `clock` the decision clock on that day."""
    legal_day = clock.days_used if clock and clock.clock is not ClockState.decided else None
    asked = history.asked_back(call)
    order = call_order_key(
        CallFacts(
            appointment_at=call.appointment_at,
            asked_back_at=asked,
            new_step_on=new_step_on(facts, history, on),
            reached_last_round=history.reached_last_round(call),
            legal_day=legal_day,
            last_contact_on=history.last_spoken_on(),
        ),
        now,
        on,
    )
    promised = order.rank in (Rank.appointment_now, Rank.asked_back)
    if not promised and order.rank is not Rank.later:
        if call.next_at is not None and call.next_at > now:
            order = CallOrder(Rank.later, call.next_at.timestamp(), "Weer bellen vanaf %(time)s")
        elif _round_is_full(call, history):
            order = CallOrder(Rank.later, float("inf"), "Deze week is het hoogste aantal pogingen bereikt")
    waits_until = call.appointment_at if order.rank is Rank.later and call.appointment_at else call.next_at
    later = order.rank is Rank.later
    return Place(
        key=order,
        reason=_reason(call, order, asked, now, on),
        now=not later,
        later_today=later and waits_until is not None and local_day(waits_until) == on and waits_until > now,
        legal_day=legal_day,
    )


def new_step_on(facts: Facts, history: History, on: date) -> date | None:
    """The day of the latest step nobody spoke about yet: recorded after the last talk (by letter, import or the
    participant), or planned for a day that has come since.
    """
    last = history.last_reached()
    days = [
        row.happened_on
        for row in facts.progress
        if row.happened_on is not None
        and row.happened_on <= on
        and (
            (row.state == "done" and (last is None or row.recorded_at > last.recorded_at))
            or (row.state == "planned" and (last is None or row.happened_on > local_day(last.at)))
        )
    ]
    return max(days, default=None)


def _round_is_full(call: Call, history: History) -> bool:
    counted = [one for one in past(history.of(call)) if not one.by_appointment]
    tried_all = len(counted) >= DEFAULTS.attempts_a_round
    last = counted[-1] if counted else None
    over = last is not None and not was_reached(last.outcome) and call.next_at is None
    return call.appointment_at is None and (tried_all or over)


def _reason(call: Call, order: CallOrder, asked: datetime | None, now: datetime, on: date) -> str:
    if order.rank in (Rank.appointment_now, Rank.later) and call.appointment_at is not None:
        same_day = local_day(call.appointment_at) == on
        time = clock_time(call.appointment_at) if same_day else moment(call.appointment_at)
        late = call.appointment_at + LATE_AFTER < now and local_day(now) == on
        return _("Afspraak %(time)s, nu te laat", time=time) if late else _("Afspraak %(time)s", time=time)
    if order.rank is Rank.asked_back and asked is not None and callback_due(asked) < now:
        return _("Vroeg om teruggebeld te worden, dat is nu te laat")
    if order.rank is Rank.later and call.next_at is not None and call.next_at > now:
        same_day = local_day(call.next_at) == on
        return _(order.reason, time=clock_time(call.next_at) if same_day else moment(call.next_at))
    if call.kind == "closing" and order.rank in (Rank.longest_silent, Rank.late_in_term, Rank.not_reached):
        return _("Slotgesprek: het traject is afgelopen")
    last = order.params
    return _(order.reason, **last)


def needs_mending(history: History, call: Call) -> str | None:
    """The outcome of the last attempt when somebody has to mend something before the next: language or number."""
    attempts = history.of(call)
    last = attempts[-1].outcome if attempts else None
    return last if last in (Outcome.language, Outcome.wrong_number) else None
