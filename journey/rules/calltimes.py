"""When a participant may be dialled again, and what each outcome leads to (rules, 37-38 and 41).

All clock times are local (Europe/Amsterdam); every moment that goes in or comes out is aware.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from journey.rules.cadence import DEFAULTS, CadenceSettings, Outcome, was_reached
from journey.rules.calendar import AMSTERDAM, is_holiday, next_working_day
from journey.rules.wording import msgid

GRID: Final = timedelta(minutes=15)
CALLBACK_UNTIL: Final = time(17)


class DayPart(StrEnum):
    """Part of the day in which an attempt falls."""

    morning = "morning"
    afternoon = "afternoon"
    evening = "evening"


@dataclass(frozen=True)
class PastAttempt:
    """A dial in the present round; an attempt at an agreed time (`by_appointment`) counts for no limit."""

    at: datetime
    outcome: Outcome
    by_appointment: bool = False


@dataclass(frozen=True)
class GoodTime:
    """A time the participant named: weekday (0 = Monday) and local hours; these go first."""

    weekday: int
    start: time
    end: time


class Next(StrEnum):
    """What follows an attempt."""

    round_done = "round_done"
    call = "call"
    rest = "rest"
    other_channel = "other_channel"
    other_language = "other_language"
    check_number = "check_number"
    round_over = "round_over"
    stop = "stop"
    close = "close"


@dataclass(frozen=True)
class NextStep:
    """What follows and, for `call` and `rest`, from which moment."""

    action: Next
    at: datetime | None = None


_WITHOUT_MOMENT: Final = {
    Outcome.interview: Next.round_done,
    Outcome.partial: Next.round_done,
    Outcome.not_by_phone: Next.other_channel,
    Outcome.language: Next.other_language,
    Outcome.wrong_number: Next.check_number,
    Outcome.stop: Next.stop,
    Outcome.deceased: Next.close,
}


def next_attempt_after(
    outcome: Outcome | str,
    at: datetime,
    earlier: Sequence[PastAttempt] = (),
    *,
    by_appointment: bool = False,
    appointment_at: datetime | None = None,
    good_times: Sequence[GoodTime] = (),
    settings: CadenceSettings = DEFAULTS,
) -> NextStep:
    """What follows an attempt that ended with `outcome` at `at`; `earlier` are the attempts before it in this
    round.

    An agreed time always wins, also outside calling hours. "Not now" and "temporarily unable" rest for
    `settings.rest_days`. Not reached: the next allowed moment of this round, or `round_over` when there is
    none.
    """
    outcome = Outcome(outcome)
    if outcome in (Outcome.appointment, Outcome.partial, Outcome.missed_appointment) and appointment_at:
        return NextStep(Next.call, appointment_at)
    if outcome in _WITHOUT_MOMENT:
        return NextStep(_WITHOUT_MOMENT[outcome])
    if outcome in (Outcome.not_now, Outcome.temporarily_unable):
        rested = _local(at).date() + timedelta(days=settings.rest_days)
        return NextStep(Next.rest, datetime.combine(rested, time(0), AMSTERDAM))
    attempts = [*earlier, PastAttempt(at, outcome, by_appointment)]
    moment = find_next_moment(at, attempts, good_times, settings)
    return NextStep(Next.call, moment) if moment else NextStep(Next.round_over)


def find_next_moment(
    after: datetime,
    attempts: Sequence[PastAttempt],
    good_times: Sequence[GoodTime] = (),
    settings: CadenceSettings = DEFAULTS,
) -> datetime | None:
    """The moment for the next attempt in the round (week) of `after`, on the quarter hour; None when none is
    left.

    The participant's own good times go first, then a part of the day that was not tried yet, then the
    earliest.
    """
    tried = {day_part(one.at, settings) for one in attempts if not one.by_appointment}

    def preference(moment: datetime) -> tuple[bool, bool, datetime]:
        unasked = not any(_within(moment, good) for good in good_times)
        return unasked, day_part(moment, settings) in tried, moment

    moments = sorted(_rest_of_week(after, settings), key=preference)
    return next((one for one in moments if not find_objection(one, attempts, settings)), None)


def find_first_moment(
    after: datetime, attempts: Sequence[PastAttempt], settings: CadenceSettings = DEFAULTS
) -> datetime | None:
    """The first quarter hour of the week of `after` at which one may be dialled; None when none is left."""
    moments = _rest_of_week(after, settings)
    return next((one for one in moments if not find_objection(one, attempts, settings)), None)


def find_objection(
    moment: datetime, attempts: Sequence[PastAttempt] = (), settings: CadenceSettings = DEFAULTS
) -> str | None:
    """Why nobody may be dialled at that moment, as a Dutch msgid; None when it is allowed (rules, 37)."""
    local = _local(moment)
    if not is_calling_time(moment, settings):
        return msgid("Buiten de beltijden.")
    counted = [one for one in attempts if not one.by_appointment]
    if len(counted) >= settings.attempts_a_round:
        return msgid("Deze week is het hoogste aantal pogingen bereikt.")
    if sum(_local(one.at).date() == local.date() for one in counted) >= settings.attempts_a_day:
        return msgid("Vandaag is het hoogste aantal pogingen bereikt.")
    if any(_apart(moment, one.at) < timedelta(hours=settings.hours_between) for one in counted):
        return msgid("De vorige poging is te kort geleden.")
    failed = max((one.at for one in counted if not was_reached(one.outcome)), default=None)
    if failed and _minutes_apart(local, _local(failed)) < settings.hours_from_failed_time * 60:
        return msgid("Op dit tijdstip lukte het de vorige keer niet.")
    if day_part(moment, settings) not in _parts_open(counted, settings):
        return msgid("De laatste pogingen zijn voor een ander deel van de dag.")
    return None


def _parts_open(counted: Sequence[PastAttempt], settings: CadenceSettings) -> set[DayPart]:
    """The parts of the day that may still be tried: when only as many attempts are left as parts have to be tried,
    these, and with one left the evening. Without it a round could use all its attempts in the mornings.
    """
    tried = {day_part(one.at, settings) for one in counted}
    left = settings.attempts_a_round - len(counted)
    evening_open = settings.evening_needed and DayPart.evening not in tried
    if left > max(settings.day_parts - len(tried), int(evening_open)):
        return set(DayPart)
    return {DayPart.evening} if evening_open and left <= 1 else set(DayPart) - tried


def is_calling_time(moment: datetime, settings: CadenceSettings = DEFAULTS) -> bool:
    """Within the hours of that weekday and not on a recognised holiday; the closing time itself is too late."""
    local = _local(moment)
    hours = settings.hours.get(local.weekday())
    return hours is not None and not is_holiday(local.date()) and hours[0] <= local.time() < hours[1]


def day_part(moment: datetime, settings: CadenceSettings = DEFAULTS) -> DayPart:
    """Morning, afternoon, or evening (from 17:00)."""
    clock = _local(moment).time()
    if clock >= settings.evening_from:
        return DayPart.evening
    return DayPart.afternoon if clock >= settings.afternoon_from else DayPart.morning


def callback_due(promised_at: datetime) -> datetime:
    """Until when a promised call back is in time: 17:00 the same working day (rules, 41).

    Promised after 17:00 or on a free day: 17:00 on the next working day.
    """
    local = _local(promised_at)
    day = local.date() if local.time() < CALLBACK_UNTIL else local.date() + timedelta(days=1)
    return datetime.combine(next_working_day(day), CALLBACK_UNTIL, AMSTERDAM)


def _rest_of_week(after: datetime, settings: CadenceSettings) -> Iterator[datetime]:
    """The quarter hours after that moment, within the hours of each day."""
    start = _local(after)
    for ahead in range(7 - start.weekday()):
        day = start.date() + timedelta(days=ahead)
        opens, closes = settings.hours.get(day.weekday(), (time.max, time.min))
        wall = datetime.combine(day, time(opens.hour), AMSTERDAM)
        while wall.date() == day and wall.time() < closes:
            if wall > start:
                yield wall
            wall += GRID  # within one zone this is wall-clock arithmetic: summer time does not shift the grid


def _within(moment: datetime, good: GoodTime) -> bool:
    local = _local(moment)
    return local.weekday() == good.weekday and good.start <= local.time() < good.end


def _apart(one: datetime, other: datetime) -> timedelta:
    """Real time between two moments: within one zone Python would count by the clock on the wall."""
    return abs(one.astimezone(UTC) - other.astimezone(UTC))


def _minutes_apart(one: datetime, other: datetime) -> float:
    return abs((one.hour * 60 + one.minute) - (other.hour * 60 + other.minute))


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no local time")
    return moment.astimezone(AMSTERDAM)
