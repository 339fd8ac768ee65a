"""From numbers to places in a drawing: everything the chart macros cannot count themselves.

Pure functions. Horizontal places are per cent of the width, so that a chart fits a phone and a sheet of paper
and its text is never scaled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

VALUES = ("negative", "neutral", "positive")
WEEK = 7
MOST_TICKS = 7


class Counts(Protocol):
    """A row of figures; the counts are None when the row is hidden or the number was never published."""

    @property
    def negative(self) -> int | None: ...
    @property
    def neutral(self) -> int | None: ...
    @property
    def positive(self) -> int | None: ...


class CurvePoint(Protocol):
    """Shares (0-1) still waiting from this day on, with the bounds of the interval."""

    @property
    def day(self) -> int: ...
    @property
    def waiting(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


class Bucket(Protocol):
    """Cases that took `start` up to, not including, `end` days."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def count(self) -> int: ...


@dataclass(frozen=True)
class Part:
    """One answer's part of a stacked bar; `start`, `width` and `middle` in per cent of the bar."""

    value: str
    count: int
    start: float
    width: float

    @property
    def middle(self) -> float:
        return _places(self.start + self.width / 2)


@dataclass(frozen=True)
class Axis:
    """Days from 0 to `end`, with the days that get a number."""

    end: int
    ticks: tuple[int, ...]

    def at(self, day: float) -> float:
        """Place of a day, in per cent of the width."""
        return _places(100 * min(max(day, 0), self.end) / self.end)

    def anchor(self, day: float) -> str:
        """On which side of its place a text fits: `start`, `middle` or `end`."""
        place = self.at(day)
        return "start" if place < 12 else "end" if place > 80 else "middle"


@dataclass(frozen=True)
class Curve:
    """Paths in a square of 100 by 100, y downwards, and the numbers of each week for the table."""

    axis: Axis
    line: str
    band: str
    weeks: tuple[CurvePoint, ...]


@dataclass(frozen=True)
class Column:
    """One bucket as a column; `x` and `width` in per cent, `height` a share (0-1) of the highest."""

    start: int
    end: int
    count: int
    x: float
    width: float
    height: float
    late: bool

    @property
    def middle(self) -> float:
        return _places(self.x + self.width / 2)


@dataclass(frozen=True)
class Histogram:
    axis: Axis
    columns: tuple[Column, ...]


def parts(row: Counts) -> tuple[Part, ...]:
    """The parts of a 100 % bar from negative to positive; answers nobody gave have no part.

    Empty when a count is unknown or nobody answered.
    """
    counts = [(value, getattr(row, value)) for value in VALUES]
    if any(count is None for _, count in counts):
        return ()
    total = sum(count for _, count in counts)
    found: list[Part] = []
    before = 0
    for value, count in counts:
        if count:
            found.append(Part(value, count, _places(100 * before / total), _places(100 * count / total)))
        before += count
    return tuple(found)


def day_axis(longest: float, *others: float | None) -> Axis:
    """An axis in whole weeks that holds the longest time and every other day given (a limit, a reference)."""
    most = max([longest, *(day for day in others if day is not None), 2 * WEEK]) * 1.04
    step = WEEK
    while most / step > MOST_TICKS:
        step *= 2
    end = -int(-most // step) * step
    return Axis(end, tuple(range(0, end + 1, step)))


def curve(points: Sequence[CurvePoint], limit: int | None = None) -> Curve:
    """A step curve with its band. Points in order of day; at least one."""
    axis = day_axis(points[-1].day, limit)
    line = _path(_corners([(axis.at(point.day), point.waiting) for point in points]))
    upper = _corners([(axis.at(point.day), point.high) for point in points])
    lower = _corners([(axis.at(point.day), point.low) for point in points])
    band = _path([*upper, *reversed(lower)]) + "Z"
    days = range(0, points[-1].day + WEEK, WEEK)
    weeks = tuple(_OnDay(day, *_at(points, day)) for day in days)
    return Curve(axis, line, band, weeks)


def histogram(buckets: Sequence[Bucket], limit: int | None = None) -> Histogram:
    """Columns on a day axis; a column that begins after the limit is late. At least one bucket, in order."""
    axis = day_axis(buckets[-1].end, limit)
    highest = max(bucket.count for bucket in buckets) or 1
    columns = tuple(
        Column(
            bucket.start,
            bucket.end,
            bucket.count,
            x=axis.at(bucket.start),
            width=_places(axis.at(bucket.end) - axis.at(bucket.start)),
            height=bucket.count / highest,
            late=limit is not None and bucket.start > limit,
        )
        for bucket in buckets
    )
    return Histogram(axis, columns)


@dataclass(frozen=True)
class _OnDay:
    day: int
    waiting: float
    low: float
    high: float


def _at(points: Sequence[CurvePoint], day: int) -> tuple[float, float, float]:
    """The curve's value on a day: that of the last point on or before it; everyone waits before the first."""
    waiting = (1.0, 1.0, 1.0)
    for point in points:
        if point.day > day:
            break
        waiting = (point.waiting, point.low, point.high)
    return waiting


def _corners(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of a step line through (x, share): level until the next x, then down."""
    corners = [(places[0][0], _down(places[0][1]))]
    for (_, share), (x, following) in pairwise(places):
        corners += [(x, _down(share)), (x, _down(following))]
    return corners


def _path(corners: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners)


def _down(share: float) -> float:
    return _places(100 * (1 - share))


def _places(number: float) -> float:
    return round(number, 2)
