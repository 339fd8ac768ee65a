"""Lead times in calendar days: gate, application and total are three figures and never one (rules, 23-25).

Cases that have no end yet are kept: as open in the counts and as censored in the curve. Only the application
is compared with the limit, each case with its own last day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import exp, log, sqrt

from journey.rules.statistics import Z95

YOUTH_WAIT_DAYS = 28


def first_occurrences(steps: Iterable[tuple[str, date]]) -> dict[str, date]:
    """The first day of every step; of a repeated step the first occurrence counts."""
    first: dict[str, date] = {}
    for step, day in steps:
        first[step] = min(day, first.get(step, day))
    return first


@dataclass(frozen=True)
class Spell:
    """Calendar days from a start to its end, or so far.

    `ended`: the end was reached. `left`: it will never come (withdrew, moved, found work, or the step was
    passed by). Neither: still open.
    """

    days: int
    ended: bool
    left: bool = False

    @property
    def open(self) -> bool:
        return not self.ended and not self.left


def spell(start: date | None, end: date | None, today: date, left_on: date | None = None) -> Spell | None:
    """The lead time from start to end as known on `today`; `left_on` is the day after which the end cannot
    come.

    None when it has not started, and when the end lies before the start: those steps were taken in another
    order, and a negative number is no lead time.
    """
    if start is None or start > today:
        return None
    if end is not None and end <= today:
        return Spell((end - start).days, ended=True) if end >= start else None
    if left_on is not None and left_on <= today:
        return Spell(max(0, (left_on - start).days), ended=False, left=True)
    return Spell((today - start).days, ended=False)


@dataclass(frozen=True)
class Case:
    """The dated facts of one application that lead times need.

    `suspended_days` and `last_day` come from the decision clock; `left_on`: gone without a decision;
    `reported`: the legal report of a young applicant who had to wait.
    """

    desk_visit: date | None = None
    workshop: date | None = None
    received: date | None = None
    sent: date | None = None
    suspended_days: int = 0
    last_day: date | None = None
    left_on: date | None = None
    reported: date | None = None


def gate(case: Case, today: date) -> Spell | None:
    """Desk visit to workshop; a decision without a workshop ends the wait for one."""
    return spell(case.desk_visit, case.workshop, today, _earliest(case.left_on, case.sent))


def application(case: Case, today: date) -> Spell | None:
    """Receipt of the application to sending of the decision, gross: the only one the limit is about."""
    return spell(case.received, case.sent, today, case.left_on)


def application_net(case: Case, today: date) -> Spell | None:
    """The same without the days the clock stood still (Awb 4:15)."""
    gross = application(case, today)
    return gross and Spell(max(0, gross.days - case.suspended_days), gross.ended, gross.left)


def total(case: Case, today: date) -> Spell | None:
    """Desk visit to sending of the decision; never to be compared with the 56 days."""
    return spell(case.desk_visit, case.sent, today, case.left_on)


def total_without_wait(case: Case, today: date) -> Spell | None:
    """`total` less the days of the youth wait (28 days from the day after the legal report) that fall within
    it.
    """
    whole = total(case, today)
    if whole is None or case.reported is None or case.desk_visit is None:
        return whole
    end = case.desk_visit + timedelta(days=whole.days)
    wait_end = min(end, case.reported + timedelta(days=YOUTH_WAIT_DAYS))
    waited = max(0, (wait_end - max(case.desk_visit, case.reported)).days)
    return Spell(whole.days - waited, whole.ended, whole.left)


def pairs(
    route: Sequence[str], first: Mapping[str, date], today: date, left_on: date | None = None
) -> dict[tuple[str, str], Spell]:
    """Lead time of every pair of consecutive steps of the route that has one, from the first occurrences.

    A first step whose next one was skipped while a later one happened is not open: it has left.
    """
    found: dict[tuple[str, str], Spell] = {}
    for index, (step, following) in enumerate(pairwise(route)):
        later = [first[name] for name in route[index + 2 :] if name in first]
        gone = _earliest(left_on, min(later, default=None))
        one = spell(first.get(step), first.get(following), today, gone)
        if one is not None:
            found[step, following] = one
    return found


@dataclass(frozen=True)
class Summary:
    """`n` ended cases and how many are still open; mean, median, nearest-rank 90th percentile and maximum in
    days.
    """

    n: int
    open: int
    mean: float | None
    median: float | None
    p90: int | None
    max: int | None


def summary(spells: Iterable[Spell | None]) -> Summary:
    """Sums up ended spells; None (not started) is left out, so are those who left; figures are None without
    cases.
    """
    known = [one for one in spells if one is not None]
    return summary_of(Counter(one.days for one in known if one.ended), sum(one.open for one in known))


def summary_of(ended: Mapping[int, int], still_open: int) -> Summary:
    """The same from a histogram: how many cases ended after so many days."""
    days = sorted((day, cases) for day, cases in ended.items() if cases)
    n = sum(cases for _day, cases in days)
    if not n:
        return Summary(0, still_open, None, None, None, None)
    middle = (_ranked(days, (n + 1) // 2) + _ranked(days, n // 2 + 1)) / 2
    total = sum(day * cases for day, cases in days)
    return Summary(n, still_open, total / n, middle, _ranked(days, -(-n * 9 // 10)), days[-1][0])


def _ranked(days: Sequence[tuple[int, int]], rank: int) -> int:
    """The value of that rank, from 1, in a sorted histogram."""
    for day, cases in days:
        rank -= cases
        if rank <= 0:
            return day
    raise ValueError("the rank lies beyond the last case")


def within_limit(case: Case, today: date) -> bool | None:
    """Whether the decision was sent on or before the case's own last day; an open case past that day counts
    against.

    None when it does not count: no application, or not decided and the last day has not passed or does not
    exist while the clock stands still. Who left is judged by the day of leaving.
    """
    if case.received is None or case.last_day is None:
        return None
    if case.sent is not None and case.sent <= today:
        return case.sent <= case.last_day
    gone = case.left_on if case.left_on is not None and case.left_on <= today else today
    return False if gone > case.last_day else None


@dataclass(frozen=True)
class WithinLimit:
    """`within` of the `n` cases that count; `share` 0-1, None without cases."""

    n: int
    within: int
    share: float | None


def count_within_limit(cases: Iterable[Case], today: date) -> WithinLimit:
    """How many cases kept to their own last day (rules, 24)."""
    judged = [verdict for case in cases if (verdict := within_limit(case, today)) is not None]
    return WithinLimit(len(judged), sum(judged), sum(judged) / len(judged) if judged else None)


@dataclass(frozen=True)
class CurvePoint:
    """Share still waiting after `day` days, with its 95 % interval; all 0-1."""

    day: int
    waiting: float
    low: float
    high: float


def survival_curve(durations: Sequence[int], observed: Sequence[bool]) -> list[CurvePoint]:
    """Kaplan-Meier estimate with a 95 % log-log interval (Greenwood), a point per day on which something
    ended and one for the last day on which anybody was followed.

    `observed[i]` is False for who is still open or left. Who is censored on a day still counted that day.
    Starts at day 0 with everyone waiting. Where the share reaches 0 the interval is not defined: 0 up to the
    limit before it.
    """
    if len(durations) != len(observed):
        raise ValueError("every duration needs to say whether its end was observed")
    if not durations:
        return []
    ends = Counter(days for days, seen in zip(durations, observed, strict=True) if seen)
    return curve_of_counts(ends, Counter(durations) - ends)


def curve_of_counts(ends: Mapping[int, int], censored: Mapping[int, int]) -> list[CurvePoint]:
    """The same curve from histograms of days: those that ended, and those that are open or left."""
    leaving = Counter(ends) + Counter(censored)
    if not leaving:
        return []
    points = [CurvePoint(0, 1.0, 1.0, 1.0)]
    waiting, variance, at_risk = 1.0, 0.0, leaving.total()
    for day in sorted(leaving):
        ended = ends.get(day, 0)
        if ended:
            waiting *= 1 - ended / at_risk
            if ended == at_risk:
                points.append(CurvePoint(day, 0.0, 0.0, points[-1].high))
                break
            variance += ended / (at_risk * (at_risk - ended))
            points.append(CurvePoint(day, waiting, *_log_log(waiting, variance)))
        at_risk -= leaving[day]
    last = max(leaving)
    if points[-1].day < last:
        points.append(replace(points[-1], day=last))
    return points[1:] if len(points) > 1 and points[1].day == 0 else points


def waiting_median(ends: Mapping[int, int], censored: Mapping[int, int]) -> int | None:
    """The first day on which no more than half still wait (Kaplan-Meier); None while more than half do.

    Of a month of which many cases are open, the median of those that ended would be of the quick ones only (rules, 24).
    """
    return next((point.day for point in curve_of_counts(ends, censored) if point.waiting <= 0.5), None)


def curve_of(spells: Iterable[Spell | None]) -> list[CurvePoint]:
    """The survival curve of spells: open ones and those who left are censored."""
    known = [one for one in spells if one is not None]
    return survival_curve([one.days for one in known], [one.ended for one in known])


def _log_log(waiting: float, variance: float) -> tuple[float, float]:
    spread = Z95 * sqrt(variance) / log(waiting)
    return waiting ** exp(-spread), waiting ** exp(spread)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
