"""Why somebody stands where they stand in the list, said whole: what it is, and since when or before when."""

from dataclasses import dataclass
from datetime import date, datetime

from journey.call.rounds import AnyHistory, Prompt, past
from journey.clock import local_day
from journey.rules.appointments import Slot
from journey.rules.cadence import CadenceSettings, CallOrder, Rank
from journey.rules.calendar import WEEKDAYS
from journey.rules.calltimes import DayPart, callback_due, day_part
from journey.web.filters import clock_time, day_short, moment
from journey.web.i18n import gettext as _


@dataclass(frozen=True)
class Reasoned:
    """What a reason is about; `asked` is when they asked to be called back and still wait, `next_at` until when the
    rhythm lets them wait.
    """

    call: Prompt
    history: AnyHistory
    order: CallOrder
    asked: datetime | None
    now: datetime
    on: date
    settings: CadenceSettings
    next_at: datetime | None


def reason_for(why: Reasoned) -> str:
    """The sentence in the list and on the call screen."""
    rank = why.order.rank
    if rank in (Rank.appointment_now, Rank.later) and why.call.appointment_at is not None:
        return _appointment(why.call.appointment_at, why)
    if rank is Rank.asked_back and why.asked is not None:
        return _asked_back(why.asked, why)
    if rank is Rank.later and why.next_at is not None:
        return _later(why.next_at, why)
    if why.call.kind == "closing" and rank in (Rank.longest_silent, Rank.late_in_term, Rank.not_reached):
        return _("Slotgesprek: het traject is afgelopen")
    params = {name: _since(value, why.on) for name, value in why.order.params.items()}
    return _(why.order.reason, **params)


def _appointment(at: datetime, why: Reasoned) -> str:
    slot = Slot(at, why.call.appointment_until)
    if local_day(at) < why.on == local_day(why.now):
        return _("Afspraak van %(moment)s gemist: bied excuses aan", moment=moment(at))
    time = _time(at, why.on)
    if slot.until is not None:
        time = _("%(start)s tot %(end)s", start=time, end=clock_time(slot.until))
    late = slot.late_from < why.now and local_day(why.now) == why.on
    return _("Afspraak %(time)s, nu te laat", time=time) if late else _("Afspraak %(time)s", time=time)


def _asked_back(asked: datetime, why: Reasoned) -> str:
    at = _("om %(hour)s", hour=_hour(asked, why.on)) if local_day(asked) == why.on else moment(asked)
    if why.history.dialled_since(why.call, asked):
        return _("Vroeg %(at)s om teruggebeld te worden, nog niet gesproken", at=at)
    due = callback_due(asked)
    if due < why.now:
        return _("Vroeg %(at)s om teruggebeld te worden, dat is nu te laat", at=at)
    return _("Vroeg %(at)s om teruggebeld te worden, vóór %(due)s", at=at, due=_hour(due, why.on))


def _later(at: datetime, why: Reasoned) -> str:
    """With the part of the day when the rhythm spreads: another part was tried, this one was not."""
    time = _time(at, why.on)
    tried = {day_part(one.at, why.settings) for one in past(why.history.of(why.call))}
    part = day_part(at, why.settings)
    if not tried or part in tried:
        return _(why.order.reason, time=time)
    return _(why.order.reason, time=time) + ", " + _not_tried(part)


def _not_tried(part: DayPart) -> str:
    words = {
        DayPart.morning: _("'s ochtends nog niet geprobeerd"),
        DayPart.afternoon: _("'s middags nog niet geprobeerd"),
        DayPart.evening: _("'s avonds nog niet geprobeerd"),
    }
    return words[part]


def _hour(at: datetime, on: date) -> str:
    return _("%(time)s uur", time=clock_time(at)) if local_day(at) == on else moment(at)


def _time(at: datetime, on: date) -> str:
    return clock_time(at) if local_day(at) == on else moment(at)


def _since(value: object, on: date) -> object:
    """A day of the last week by its name, an earlier one by its date."""
    if not isinstance(value, date):
        return value
    return WEEKDAYS[value.weekday()] if 0 <= (on - value).days < 7 else day_short(value)
