"""A term as lines that can be checked with a calendar and the law: which days count as what, and by which article.

The same lines fill the table and the drawing of the calculator.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from journey.rules.calendar import free_day_name, next_working_day, short_date, span_text
from journey.rules.decision import Clock, ClockState
from journey.rules.standing import Facts, Standing, standing
from journey.rules.suspension import DAY, TERM_DAYS, Ground, find_span
from journey.rules.wording import msgid
from journey.web.filters import day as long_day
from journey.web.filters import day_short
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext

ATW: Final = "Algemene termijnenwet, artikel 1"
GROUND_LAW: Final = {
    Ground.supplement: "Awb 4:15 lid 1 onder a",
    Ground.foreign_body: "Awb 4:15 lid 1 onder b",
    Ground.agreed: "Awb 4:15 lid 2 onder a",
    Ground.applicant: "Awb 4:15 lid 2 onder b",
    Ground.force_majeure: "Awb 4:15 lid 2 onder c",
}
GROUND_TEXT: Final = {
    Ground.supplement: msgid("gevraagd om aanvulling"),
    Ground.foreign_body: msgid("informatie uit het buitenland"),
    Ground.agreed: msgid("schriftelijk ingestemd met uitstel"),
    Ground.applicant: msgid("vertraging door de aanvrager"),
    Ground.force_majeure: msgid("overmacht"),
}

# What a day of the drawing is, in the order of the legend; the words are in `templates/progress/_calendar.html`.
KINDS: Final = ("used", "wait", "ahead", "still", "moved", "extended", "late", "due")
MARK: Final = "mark"
LAST: Final = "last"


@dataclass(frozen=True)
class Line:
    """Days `first` up to and including `last` and what they are, by which law.

    `kind` is one of KINDS, or for a single moment MARK, or LAST for the day it is all about.
    """

    first: date
    last: date
    kind: str
    text: str
    law: str

    @property
    def is_moment(self) -> bool:
        return self.kind in (MARK, LAST)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def when(self) -> str:
        """`dinsdag 14 april 2026` or `11 t/m 24 februari 2026`."""
        if self.first == self.last:
            return long_day(self.first)
        span = span_text(self.first, self.last)
        return f"{span} {self.last.year}" if self.first.year == self.last.year else span


def moment(day: date, text: str, law: str, *, last: bool = False) -> Line:
    return Line(day, day, LAST if last else MARK, text, law)


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """By the day they end; a moment comes after the days up to it."""
    return tuple(sorted(lines, key=lambda line: (line.last, line.is_moment, line.kind == LAST)))


def stretch(first: date, last: date, kind: str, text: str, law: str) -> list[Line]:
    """One line, or none when it would hold no day."""
    return [Line(first, last, kind, text, law)] if first <= last else []


def moved(raw: date, name: str) -> list[Line]:
    """The days that the ATW adds after `raw`, with the free days that are the reason; `name` is what ended there."""
    by_law = next_working_day(raw)
    free = [raw + offset * DAY for offset in range((by_law - raw).days)]
    named = ", ".join(f"{short_date(day)}: {free_day_name(day)}" for day in free)
    text = _("%(name)s valt op een vrije dag (%(days)s)", name=name, days=named)
    return stretch(raw + DAY, by_law, "moved", text, ATW)


# --- The decision clock -----------------------------------------------------------------------------


def decision_lines(facts: Facts, clock: Clock) -> tuple[Line, ...]:
    """Every day from receipt to the last day (while stopped: to today), and what was late."""
    decided = clock.clock is ClockState.decided
    as_of = facts.sent if decided and facts.sent else clock.today
    now = standing(facts, as_of, clock.mode, final=decided)
    lines = [moment(facts.received, _("aanvraag ontvangen, dag 0"), "Awb 4:13")]
    lines += _counted(facts, now, clock, decided=decided)
    if now.raw:
        lines += moved(now.raw, _("dag %(n)s", n=TERM_DAYS))
    if now.extension and now.by_law and now.last_day:
        text = _("uitstel, met de brief van %(day)s", day=short_date(now.extension.sent))
        lines += stretch(now.by_law + DAY, now.last_day, "extended", text, "Awb 4:14 lid 3")
    if now.last_day:
        lines += stretch(now.last_day + DAY, as_of, "late", _("na de laatste dag"), "Awb 4:13 en 4:17")
        lines.append(moment(now.last_day, _("laatste dag"), _law_of_end(now), last=True))
    if decided and facts.sent:
        lines.append(moment(facts.sent, _("besluit verstuurd"), "Awb 3:41"))
    return in_order(lines)


def _law_of_end(now: Standing) -> str:
    if now.extension:
        return "Awb 4:14 lid 3"
    return "Awb 4:13" if now.raw == now.by_law else f"Awb 4:13; {ATW}"


def _counted(facts: Facts, now: Standing, clock: Clock, *, decided: bool) -> Iterator[Line]:
    """Running and standing days in turn, with the numbers of the running ones."""
    day, number = facts.received + DAY, 1
    for first, last in now.periods:
        yield from _running(day, first - DAY, number, now.as_of, decided=decided)
        number += max(0, (first - day).days)
        yield _still(first, last, facts, now, clock)
        day = last + DAY
    yield from _running(day, now.raw or now.as_of, number, now.as_of, decided=decided)


def _running(first: date, last: date, number: int, as_of: date, *, decided: bool) -> Iterator[Line]:
    """Split at `as_of`, because days to come look different."""
    until = min(last, as_of)
    yield from stretch(first, until, "used", _numbers(number, (until - first).days), "Awb 4:13")
    begin = max(first, as_of + DAY)
    number += (begin - first).days
    text = _numbers(number, (last - begin).days)
    if decided:
        text = _("%(days)s, niet meer nodig", days=text)
    yield from stretch(begin, last, "ahead", text, "Awb 4:13")


def _numbers(number: int, more: int) -> str:
    if more <= 0:
        return _("dag %(n)s", n=number)
    return _("dag %(n)s t/m %(last)s", n=number, last=number + more)


def _still(first: date, last: date, facts: Facts, now: Standing, clock: Clock) -> Line:
    grounds = [
        one.ground
        for one in facts.suspensions
        if (span := find_span(one, clock.mode, now.as_of))
        and span.first <= last
        and (span.last is None or span.last >= first)
    ]
    found = [ground for ground in Ground if ground in grounds]
    why = ", ".join(_(GROUND_TEXT[ground]) for ground in found)
    text = _("de klok staat stil: %(why)s", why=why)
    return Line(first, last, "still", text, "; ".join(GROUND_LAW[ground] for ground in found))


# --- The drawing ------------------------------------------------------------------------------------

LONG: Final = 30
LEAST_LEFT_OUT: Final = 4
WEEK: Final = 7 * DAY


@dataclass(frozen=True)
class Cell:
    """One day; `kind` is empty outside the term, `mark` is "", MARK or LAST."""

    day: date
    kind: str
    mark: str
    is_today: bool


@dataclass(frozen=True)
class Week:
    """One row from Monday to Sunday, or `left_out` equal weeks as one row of `kind`; `label` is a month, or empty."""

    label: str
    cells: tuple[Cell, ...] = ()
    left_out: int = 0
    kind: str = ""


@dataclass(frozen=True)
class Calendar:
    """The weeks of a term; `kinds` are those that occur, in the order of the legend."""

    weeks: tuple[Week, ...]
    kinds: tuple[str, ...]

    @property
    def marks(self) -> frozenset[str]:
        """Which of MARK, LAST and `today` occur."""
        cells = [cell for week in self.weeks for cell in week.cells if cell.kind or cell.mark]
        today = {"today"} if any(cell.is_today for cell in cells) else set()
        return frozenset({cell.mark for cell in cells if cell.mark} | today)


def calendar(lines: Sequence[Line], today: date | None = None) -> Calendar | None:
    """The lines as weeks. When there are very many, equal weeks without a moment become one row."""
    if not lines:
        return None
    first, last = min(line.first for line in lines), max(line.last for line in lines)
    spans = [line for line in lines if not line.is_moment]
    marks = {line.first: line.kind for line in in_order(line for line in lines if line.is_moment)}
    stops = [*marks, *([today] if today else [])]
    is_long = (last - first).days // 7 > LONG
    monday = first - first.weekday() * DAY
    weeks: list[Week] = []
    before: date | None = None
    while monday <= last:
        same, kind = _equal_weeks(monday, spans, stops) if is_long else (0, "")
        if same < LEAST_LEFT_OUT:
            same, kind = 0, ""
        shown = max(monday, first)
        newest = min(monday + 6 * DAY, last).replace(day=1)
        month = max(newest, shown) if not same else monday
        label = _month(month, before)
        before = month
        if same:
            weeks.append(Week(label, (), same, kind))
        else:
            days = [monday + offset * DAY for offset in range(7)]
            weeks.append(Week(label, tuple(_cell(day, spans, marks, today) for day in days)))
        monday += max(same, 1) * WEEK
    return Calendar(tuple(weeks), tuple(kind for kind in KINDS if any(line.kind == kind for line in spans)))


def _month(day: date, before: date | None) -> str:
    """`apr` where a month begins, `jan ’27` where a year does, else nothing."""
    if before and (day.year, day.month) == (before.year, before.month):
        return ""
    name = day_short(day).split()[-1]
    return f"{name} ’{day:%y}" if before and day.year != before.year else name


def _equal_weeks(monday: date, spans: Iterable[Line], marks: Iterable[date]) -> tuple[int, str]:
    """How many whole weeks from `monday` on lie in one line, without a mark."""
    line = next((line for line in spans if line.first <= monday <= line.last), None)
    if line is None:
        return 0, ""
    end = min([line.last, *(day - DAY for day in marks if day >= monday)])
    return (end - monday + DAY) // WEEK, line.kind


def _cell(day: date, spans: Iterable[Line], marks: dict[date, str], today: date | None) -> Cell:
    kind = next((line.kind for line in spans if line.first <= day <= line.last), "")
    return Cell(day, kind, marks.get(day, ""), day == today)


def count_text(n: int) -> str:
    return ngettext("%(n)s dag", "%(n)s dagen", n)
