"""Each bar in detail: shares with their intervals, how long ago people had to remember, by channel, by period, and
before and after an improvement. Managers read it as published, with what is small hidden (rules, 33).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from journey.action.queries import list_actions
from journey.models import Action, Study
from journey.rating.queries import list_answers
from journey.report.details import SCALE, CountedDetail, CountedStudy, count_details, month_starts
from journey.report.figures import CountedRow, Key, one_decimal, verdict, why_hidden
from journey.report.queries import count_figures, find_batch, list_routes, sees_live
from journey.route.definition import RouteDefinition
from journey.rules.disclosure_parts import CROSSED, UNSPLIT, Span, may_cross, spans
from journey.rules.ratings import Channel, Subject
from journey.rules.statistics import wilson
from journey.web.filters import day as day_words
from journey.web.i18n import gettext as _
from journey.work import Work

NO_CUT = "Te weinig antwoorden vóór of na deze dag: niet getoond, zodat niemand herkenbaar is."
NOT_YET = "Deze vergelijking komt met de volgende cijfers."


@dataclass(frozen=True)
class Interval:
    """A share (0-1) of N with the bounds of its 95 % Wilson interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Part:
    """The opinions of one channel or period; `key` is the channel(s) or the first day (ISO, "" at the start);
    `note` says what was improved on that day.
    """

    key: str
    label: str
    negative: int
    neutral: int
    positive: int
    note: str = ""

    @property
    def n(self) -> int:
        return self.negative + self.neutral + self.positive

    @property
    def start(self) -> date | None:
        """The first day of a period that does not begin at the beginning."""
        return date.fromisoformat(self.key) if self.key[:1].isdigit() else None

    @property
    def intervals(self) -> Mapping[str, Interval]:
        return intervals_of((self.negative, self.neutral, self.positive))


@dataclass(frozen=True)
class Breakdown:
    """Parts that together are the bar, each answer in one; without parts when hidden, with the reason."""

    parts: tuple[Part, ...] = ()
    reason: str | None = None

    @property
    def shown(self) -> bool:
        return self.reason is None

    @property
    def differs(self) -> bool:
        """Whether a share differs between two parts by more than chance: their intervals do not touch."""
        shares = [part.intervals for part in self.parts if part.n]
        return any(one[value].low > other[value].high for one in shares for other in shares for value in one)


@dataclass(frozen=True)
class RowDetails:
    """One bar; `intervals` per value and `mean_recall_lag` in days, one decimal. `reason` when the bar is hidden."""

    intervals: Mapping[str, Interval]
    mean_recall_lag: float | None
    by_channel: Breakdown
    by_period: Breakdown
    reason: str | None = None

    @property
    def shown(self) -> bool:
        return self.reason is None


@dataclass(frozen=True)
class BeforeAfter:
    """Opinions about a step before an improvement and from that day on, over the routes of which it may be shown;
    None with a reason when of none.
    """

    since: date
    before: Part | None = None
    after: Part | None = None
    reason: str | None = None

    @property
    def shown(self) -> bool:
        return self.reason is None


def row_details(work: Work, study: Study) -> dict[Key, RowDetails]:
    """Per (route, step, subject), for every row that `queries.figures` gives; empty before the first batch."""
    counted, minimum = _read(work, study)
    done = {
        (action.route, action.step, action.since.isoformat()): action.words["nl"]["done"]
        for action in list_actions(work, study, "approved")
    }
    return {
        row.key: _with_notes(disclosed_detail(row, counted.detail(row.key), minimum), row.key, done)
        for row in counted.rows
    }


def _with_notes(details: RowDetails, key: Key, done: Mapping[tuple[str, str, str], str]) -> RowDetails:
    parts = tuple(
        replace(part, note=done.get(("", key[1], part.key)) or done.get((key[0], key[1], part.key), ""))
        for part in details.by_period.parts
    )
    return replace(details, by_period=replace(details.by_period, parts=parts))


def compare_improvements(work: Work, study: Study) -> list[tuple[Action, dict[str, BeforeAfter]]]:
    """What people said about the step of each approved improvement before it and since, per subject, the newest
    improvement first; without those of which nothing is known.

    The two parts come from the same periods as `by_period`, so that the two cannot be subtracted.
    """
    counted, minimum = _read(work, study)
    found = []
    for action in list_actions(work, study, "approved"):
        sides = {subject: _before_after(counted, minimum, action, subject) for subject in Subject}
        known = {str(subject): both for subject, both in sides.items() if both is not None}
        if known:
            found.append((action, known))
    return found


def _before_after(counted: CountedStudy, minimum: int, action: Action, subject: str) -> BeforeAfter | None:
    """None when nothing is known of the step."""
    keys = [
        row.key
        for row in counted.rows
        if row.step == action.step and row.subject == subject and action.route in ("", row.route)
    ]
    if not any(counted.detail(key).days for key in keys):
        return None
    found: list[tuple[Part, Part]] = []
    reasons = []
    for row in counted.rows:
        if row.key not in keys:
            continue
        detail = counted.detail(row.key)
        judged = disclosed_detail(row, detail, minimum)
        cuts = detail.cuts if minimum else [*detail.cuts, action.since.isoformat()]
        sides = [_sum_span(detail, span) for span in spans([action.since])]
        if not judged.shown or not judged.by_period.shown:
            reasons.append(judged.reason or judged.by_period.reason)
        elif action.since.isoformat() not in cuts:
            reasons.append(_(NO_CUT if all(part.n for part in sides) else NOT_YET))
        else:
            found.append((sides[0], sides[1]))
    if not found:
        return BeforeAfter(action.since, reason=next((one for one in reasons if one), _(NOT_YET)))
    before, after = zip(*found, strict=True)
    return BeforeAfter(action.since, _total(before), _total(after))


def cuts_of_actions(work: Work, study: Study, routes: Sequence[RouteDefinition]) -> dict[Key, list[date]]:
    """Per bar the days from which an approved improvement holds."""
    found: dict[Key, list[date]] = {}
    for action in list_actions(work, study, "approved"):
        for route in routes:
            step = route.find_step(action.step)
            if step is None or action.route not in ("", route.id):
                continue
            for subject in step.rates:
                found.setdefault((route.id, step.id, subject), []).append(action.since)
    return found


def intervals_of(cells: Sequence[int]) -> dict[str, Interval]:
    """Per value, from counts in the order negative, neutral, positive; empty when there are no answers."""
    n = sum(cells)
    return {
        str(value): Interval(count / n, *wilson(count, n))
        for value, count in zip(SCALE, cells, strict=True)
        if n
    }


def _read(work: Work, study: Study) -> tuple[CountedStudy, int]:
    """What the reader may count on, and the minimum below which a group is hidden: 0 on the research side."""
    if sees_live(work):
        rows, answers = count_figures(work, study), list_answers(work, study)
        cuts = cuts_of_actions(work, study, list_routes(work, study))
        details = {
            key: replace(detail, cuts=[day.isoformat() for day in cuts.get(key, ())])
            for key, detail in count_details(rows, answers).items()
        }
        return CountedStudy(rows, details), 0
    batch = find_batch(work, study)
    return (CountedStudy.of_batch(batch) if batch else CountedStudy([], {})), study.minimum_group


def disclosed_detail(row: CountedRow, detail: CountedDetail, minimum: int) -> RowDetails:
    """The details of a bar as someone reads them for whom groups below `minimum` are hidden."""
    judged = verdict(row.n, minimum, row.withheld)
    if not judged.shown:
        reason = why_hidden(judged)
        hidden = Breakdown(reason=reason)
        return RowDetails({}, None, hidden, hidden, reason)
    periods, channels = _by_period(detail, minimum), _by_channel(detail, minimum)
    if not may_cross(_cells(channels), _cells(periods), minimum):
        channels = Breakdown(reason=_(CROSSED, minimum=minimum))
    total, known = detail.lag
    return RowDetails(
        intervals_of((row.negative, row.neutral, row.positive)),
        one_decimal(Decimal(total) / known) if known and verdict(known, minimum).shown else None,
        channels,
        periods,
    )


def _cells(breakdown: Breakdown) -> list[tuple[int, int, int]]:
    return [(part.negative, part.neutral, part.positive) for part in breakdown.parts]


def _by_channel(detail: CountedDetail, minimum: int) -> Breakdown:
    """The published parts; the research side, which nothing is hidden from, sees every channel."""
    groups = detail.groups if minimum else [[one.value] for one in Channel if one in detail.channels]
    words = {"call": _("Telefoon"), "sms": _("Sms"), "web": _("Website"), "paper": _("Papier")}
    parts = tuple(
        _part(
            "+".join(group), ", ".join(words[one] for one in group), (detail.channels[one] for one in group)
        )
        for group in groups or ()
    )
    if groups is None or any(not verdict(part.n, minimum).shown for part in parts):
        return Breakdown(reason=_(UNSPLIT, minimum=minimum))
    return Breakdown(parts)


def _by_period(detail: CountedDetail, minimum: int) -> Breakdown:
    """The published periods; the research side, which nothing is hidden from, sees every month."""
    cuts = [date.fromisoformat(cut) for cut in detail.cuts]
    if not minimum:
        cuts = sorted({*cuts, *month_starts(detail.by_day())})
    parts = tuple(_sum_span(detail, span) for span in spans(cuts)) if detail.days else ()
    if minimum and (len(parts) == 1 or not all(verdict(part.n, minimum).shown for part in parts)):
        return Breakdown(reason=_(UNSPLIT, minimum=minimum))
    return Breakdown(tuple(part for part in parts if part.n))


def _sum_span(detail: CountedDetail, span: Span) -> Part:
    cells = (cells for day, cells in detail.days.items() if span.holds(date.fromisoformat(day)))
    return _part(span.start.isoformat() if span.start else "", _span_words(span), cells)


def _span_words(span: Span) -> str:
    last = span.end - timedelta(days=1) if span.end else None
    if span.start and last:
        return _("%(start)s tot en met %(end)s", start=day_words(span.start), end=day_words(last))
    if span.start:
        return _("Vanaf %(day)s", day=day_words(span.start))
    return _("Tot en met %(day)s", day=day_words(last)) if last else _("Hele periode")


def _part(key: str, label: str, cells: Iterable[Sequence[int]]) -> Part:
    columns = [sum(column) for column in zip(*cells, strict=True)] or [0, 0, 0]
    return Part(key, label, *columns)


def _total(parts: Sequence[Part]) -> Part:
    return _part(parts[0].key, parts[0].label, ((one.negative, one.neutral, one.positive) for one in parts))
