"""The place of one call in the list, from the facts about its person, and the reason for it as a sentence.

The order itself is a rule (`journey.rules.cadence`, rules 37); here its facts are gathered. The reasons are worded in
`journey.call.reasons`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from journey.call.reasons import Reasoned, reason_for
from journey.call.rounds import AnyHistory, Dial, Prompt, past
from journey.call.times import fit_of
from journey.clock import local_day
from journey.progress.days import StepDay
from journey.rules.cadence import (
    DEFAULTS,
    CadenceSettings,
    CallFacts,
    CallOrder,
    Outcome,
    Rank,
    call_order_key,
    was_reached,
)
from journey.rules.calltimes import find_first_moment, find_objection, is_calling_time
from journey.rules.wording import msgid
from journey.web.i18n import gettext as _


@dataclass(frozen=True)
class Place:
    """Where a call stands; `now` when it may be dialled at that moment. `fit` is 0 when it is one of the person's own
    good times, 1 when none were named, 2 at another time. `late_in_term` from the legal day the study chose.
    """

    key: CallOrder
    reason: str
    now: bool
    later_today: bool
    legal_day: int | None
    late_in_term: bool
    fit: int

    @property
    def order(self) -> tuple[int, int, CallOrder]:
        """By reason; within a reason whom it suits now (rules, 37), except where a moment was promised."""
        promised = self.key.rank in (Rank.appointment_now, Rank.asked_back, Rank.later)
        return int(self.key.rank), 0 if promised else self.fit, self.key


def rank_call(
    call: Prompt,
    history: AnyHistory,
    steps: Iterable[StepDay],
    legal_day: int | None,
    now: datetime,
    on: date,
    settings: CadenceSettings = DEFAULTS,
    good_times: Mapping[str, Any] | None = None,
    *,
    wrong_number: bool = False,
) -> Place:
    """`on` is the local day the list is about, `now` the moment; `legal_day` how many days of the term are used on that
    day, None without an application and once it was decided.
    """
    asked, last = history.asked_back(call), history.last_reached()
    order = call_order_key(
        CallFacts(
            appointment_at=call.appointment_at,
            appointment_until=call.appointment_until,
            asked_back_at=asked,
            new_step_on=new_step_on(steps, last, on),
            reached_last_round=history.reached_last_round(call),
            last_round=history.last_dialled(call),
            not_reached_since=history.not_reached_since(last),
            legal_day=legal_day,
            last_contact_on=local_day(last.at) if last else None,
            wrong_number=wrong_number,
        ),
        now,
        on,
        settings,
    )
    blocked = _is_blocked(call, history, now, settings)
    next_at = _next_moment(call, history, blocked, now, settings)
    order = _wait_for_the_next_moment(call, history, order, asked, next_at, blocked, settings)
    later = order.rank is Rank.later
    waits_until = call.appointment_at if later and call.appointment_at else next_at
    place = Place(
        key=order,
        reason=reason_for(Reasoned(call, history, order, asked, now, on, settings, next_at)),
        now=not later,
        later_today=later and waits_until is not None and local_day(waits_until) == on and waits_until > now,
        legal_day=legal_day,
        late_in_term=legal_day is not None and legal_day >= settings.late_legal_day,
        fit=fit_of(good_times or {}, now, on, settings),
    )
    return replace(place, reason=_(order.reason), later_today=False) if wrong_number else place


def new_step_on(steps: Iterable[StepDay], last: Dial | None, on: date) -> date | None:
    """The day of the latest step nobody spoke about yet: recorded after the `last` talk (by letter, import or the
    participant), or planned for a day that has come since.
    """
    days = [
        row.happened_on
        for row in steps
        if row.happened_on is not None
        and row.happened_on <= on
        and (
            (row.state == "done" and (last is None or row.recorded_at > last.recorded_at))
            or (row.state == "planned" and (last is None or row.happened_on > local_day(last.at)))
        )
    ]
    return max(days, default=None)


def _is_blocked(call: Prompt, history: AnyHistory, now: datetime, settings: CadenceSettings) -> bool:
    """Whether the dials of this round forbid one now (rules, 37). What was proposed after the last dial is only a first
    moment: a day later the clock may stand again where it failed. The hours themselves are told above the list.
    """
    dialled = past(history.of(call))
    return bool(dialled) and is_calling_time(now, settings) and bool(find_objection(now, dialled, settings))


def _next_moment(
    call: Prompt, history: AnyHistory, blocked: bool, now: datetime, settings: CadenceSettings
) -> datetime | None:
    """Until when this person waits; None when they need not, or when this week has no such moment."""
    if call.next_at is not None and call.next_at > now:
        return call.next_at
    return find_first_moment(now, past(history.of(call)), settings) if blocked else None


def _wait_for_the_next_moment(
    call: Prompt,
    history: AnyHistory,
    order: CallOrder,
    asked: datetime | None,
    next_at: datetime | None,
    blocked: bool,
    settings: CadenceSettings,
) -> CallOrder:
    """Who was tried in vain waits until the next moment of the rhythm. Not when something was promised: an
    appointment, or a call back until somebody dialled.
    """
    kept = asked is not None and history.dialled_since(call, asked)
    promised = order.rank is Rank.appointment_now or (order.rank is Rank.asked_back and not kept)
    if promised or order.rank is Rank.later:
        return order
    if next_at is not None:
        return CallOrder(Rank.later, next_at.timestamp(), msgid("Weer bellen vanaf %(time)s"))
    counted = [one for one in past(history.of(call)) if not one.by_appointment]
    if len(counted) >= settings.attempts_a_round:
        return CallOrder(Rank.later, float("inf"), msgid("Deze week is het hoogste aantal pogingen bereikt"))
    if blocked or (counted and not was_reached(counted[-1].outcome) and call.next_at is None):
        return CallOrder(Rank.later, float("inf"), msgid("Deze week is er geen goed moment meer"))
    return order


def needs_language(history: AnyHistory, call: Prompt) -> bool:
    """Whether the last attempt found no common language: somebody has to mend that before the next."""
    attempts = history.of(call)
    return bool(attempts) and attempts[-1].outcome == Outcome.language
