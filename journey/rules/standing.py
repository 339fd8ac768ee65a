"""How the eight weeks stand on one day (Awb 4:13-4:15): what is used, whether the clock stops, and the last
day.

It looks only at what had happened on that day, so the same facts give the same answer in whatever order they
come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from journey.rules.calendar import next_working_day
from journey.rules.suspension import (
    DAY,
    TERM_DAYS,
    Extension,
    Mode,
    Span,
    Suspension,
    effective,
    find_span,
    merge,
)


@dataclass(frozen=True)
class Facts:
    """The dated facts of one application that the decision clock looks at."""

    received: date
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[Extension, ...] = ()
    sent: date | None = None


class Refusal(StrEnum):
    """Why a notice of delay has no effect."""

    not_yet = "not_yet"
    too_late = "too_late"
    earlier_date = "earlier_date"


@dataclass(frozen=True)
class Standing:
    """The clock on `as_of`.

    `periods`: the days that stand still, disjoint and in order (so far, while stopped). `raw`: day 56.
    `by_law`: day 56 moved by the ATW. `last_day`: the later of `by_law` and a valid notice of delay. These
    three are None while stopped. `if_unused`: the last day when every open term passes unused, None when
    nothing is open or no end is in sight.
    """

    as_of: date
    stopped: bool
    used: int
    periods: tuple[tuple[date, date], ...]
    raw: date | None
    by_law: date | None
    last_day: date | None
    if_unused: date | None
    extension: Extension | None
    refused: tuple[tuple[Extension, Refusal], ...]

    @property
    def suspended_days(self) -> int:
        return count_days(self.periods)


def count_days(periods: Iterable[tuple[date, date]], until: date = date.max) -> int:
    """Days in disjoint periods, up to and including `until`."""
    return sum(max(0, (min(last, until) - first).days + 1) for first, last in periods)


def standing(facts: Facts, as_of: date, mode: Mode, *, final: bool = False) -> Standing:
    """The clock on `as_of`; `final` when the decision was sent that day: an open suspension then ends that
    day.
    """
    clock = _suspended(facts, as_of, mode, final=final)
    untils, refused = _extensions(facts, as_of, mode, clock.by_law)
    by_law = [clock.by_law] if clock.by_law else []
    named = max(untils, key=lambda extension: extension.until, default=None)
    last_day = max([*by_law, *(extension.until for extension in untils)]) if by_law else None
    if_unused = max([clock.if_unused, *(e.until for e in untils)]) if clock.if_unused else None
    return Standing(
        as_of=as_of,
        stopped=clock.stopped,
        used=clock.used,
        periods=clock.periods,
        raw=clock.raw,
        by_law=clock.by_law,
        last_day=last_day,
        if_unused=if_unused if if_unused != last_day else None,
        extension=named if named and last_day and named.until == last_day != clock.by_law else None,
        refused=tuple(refused),
    )


def _suspended(facts: Facts, as_of: date, mode: Mode, *, final: bool) -> Standing:
    """The standing by the suspensions alone."""
    spans = [span for one in facts.suspensions if (span := find_span(one, mode, as_of))]
    tomorrow = facts.received + DAY
    begun = [span for span in spans if not (span.open and span.first > as_of)]
    periods, raw = effective(facts.received, merge(begun, tomorrow, as_of if final else date.max))
    stopped = not final and (raw is None or _stands_still(as_of, spans, periods))
    anything_open = any(span.open for span in spans)
    unused = effective(facts.received, merge(spans, tomorrow))[1] if anything_open else None
    if stopped:
        periods, raw = effective(facts.received, merge(begun, tomorrow, as_of))[0], None
    running = max(0, (as_of - facts.received).days) - count_days(periods, as_of)
    by_law = next_working_day(raw) if raw else None
    return Standing(
        as_of=as_of,
        stopped=stopped,
        used=min(running, TERM_DAYS),
        periods=tuple(periods),
        raw=raw,
        by_law=by_law,
        last_day=by_law,
        if_unused=next_working_day(unused) if unused and not final else None,
        extension=None,
        refused=(),
    )


def _stands_still(day: date, spans: Iterable[Span], periods: Iterable[tuple[date, date]]) -> bool:
    """Whether an open span covers the day and the term still had that day to lose."""
    return any(span.open and span.first <= day <= (span.last or day) for span in spans) and any(
        first <= day <= last for first, last in periods
    )


def _extensions(
    facts: Facts, as_of: date, mode: Mode, by_law: date | None
) -> tuple[list[Extension], list[tuple[Extension, Refusal]]]:
    """Which notices of delay hold on `as_of`: sent on or before the then last day, naming a date not before
    it.

    Sent while the clock stands still: there is no last day then, so it cannot be too late.
    """
    valid: list[Extension] = []
    refused: list[tuple[Extension, Refusal]] = []
    for one in sorted(facts.extensions, key=lambda extension: (extension.sent, extension.until)):
        if one.sent > as_of:
            refused.append((one, Refusal.not_yet))
            continue
        then = _suspended(facts, one.sent, mode, final=False).by_law
        last_day = max([then, *(earlier.until for earlier in valid)]) if then else None
        if last_day and one.sent > last_day:
            refused.append((one, Refusal.too_late))
        elif (last_day and one.until < last_day) or (by_law and one.until < by_law):
            refused.append((one, Refusal.earlier_date))
        else:
            valid.append(one)
    return valid, refused


def raw_last_day_before(facts: Facts, day: date, as_of: date, mode: Mode) -> date | None:
    """Day 56 as it stood at the beginning of `day`: suspended days from `day` on are left out."""
    spans = [span for one in facts.suspensions if (span := find_span(one, mode, as_of))]
    return effective(facts.received, merge(spans, facts.received + DAY, day - DAY))[1]


def announced(facts: Facts, as_of: date, mode: Mode) -> Sequence[Suspension]:
    """Suspensions sent on `as_of` that stop the clock from the day after."""
    return [
        one
        for one in facts.suspensions
        if (span := find_span(one, mode, as_of)) and span.open and span.first > as_of
    ]
