"""Lays what a report published beside what the product computes from the same answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sqlmodel import select

from journey.models import Study
from journey.report.figures import Closing, FigureRow
from journey.report.leadtimes import LeadTimes
from journey.report.published import (
    Published,
    PublishedFigure,
    PublishedLeadTime,
    PublishedStatement,
    read_published,
)
from journey.report.queries import Figures
from journey.resources import folder
from journey.work import Work

# What was printed in words, as a share; a computed share within `WORDS_MARGIN` of it is the same.
WORDS = {"ongeveer een derde": 1 / 3}
WORDS_MARGIN = 0.05

ROUTE_2016 = "27plus"


@dataclass(frozen=True)
class Number:
    """One number twice. `published` is None when it was not printed, `computed` when it may not be shown.

    `words` is what was printed instead of a number; `same` is None when there is nothing to compare.
    """

    published: float | int | None
    computed: float | int | None
    words: str = ""
    of: int | None = None

    @property
    def same(self) -> bool | None:
        if self.computed is None:
            return None
        if self.words:
            share = WORDS.get(self.words)
            return (
                None if share is None or not self.of else abs(self.computed / self.of - share) < WORDS_MARGIN
            )
        return None if self.published is None else self.published == self.computed

    @property
    def difference(self) -> float | int | None:
        if self.published is None or self.computed is None:
            return None
        return round(self.computed - self.published, 1)


@dataclass(frozen=True)
class ComparedFigure:
    figure: int
    step: str
    subject: str
    asked: Number
    negative: Number
    neutral: Number
    positive: Number
    not_applicable: Number | None
    note: str


@dataclass(frozen=True)
class ComparedStatement:
    id: str
    n: Number
    agree: Number
    neutral: Number
    disagree: Number


@dataclass(frozen=True)
class ComparedTime:
    id: str
    kind: str
    days: Number


@dataclass(frozen=True)
class Comparison:
    figures: tuple[ComparedFigure, ...]
    closing_n: Number
    grade: Number
    positive_people: Number
    positive_note: str
    statements: tuple[ComparedStatement, ...]
    times: tuple[ComparedTime, ...]

    def numbers(self) -> Iterator[Number]:
        """Every number on the page."""
        for row in self.figures:
            yield from (row.asked, row.negative, row.neutral, row.positive)
            yield from [row.not_applicable] if row.not_applicable else []
        yield from (self.closing_n, self.grade, self.positive_people)
        for statement in self.statements:
            yield from (statement.n, statement.agree, statement.neutral, statement.disagree)
        yield from (time.days for time in self.times)


@dataclass(frozen=True)
class Reference:
    """A published lead time to draw beside the present one; the label says what it is (rules, 25)."""

    label: str
    days: int


@cache
def list_published() -> tuple[Published, ...]:
    """What is published, from every folder of seeds that has it."""
    return tuple(read_published(path) for path in sorted(folder("seeds").glob("*/published.toml")))


def find_published(study: Study) -> Published | None:
    return next((one for one in list_published() if one.study == study.code), None)


def list_references(work: Work, study: Study, kinds: dict[str, str]) -> dict[str, Reference]:
    """Published lead times of this municipality by their id; `kinds` names a mean and a maximum for the reader."""
    for published in list_published():
        other = work.session.exec(select(Study).where(Study.code == published.study)).first()
        if other is not None and other.municipality_id == study.municipality_id:
            return {
                one.id: Reference(f"{other.name}, {kinds[one.kind]}", one.days)
                for one in published.lead_times
                if one.population == "all"
            }
    return {}


def compare(published: Published, figures: Figures, closing: Closing, times: LeadTimes) -> Comparison:
    """The published figures are of the route of adults; lead times of all applicants."""
    rows = {(row.step, row.subject): row for row in figures.rows if row.route == ROUTE_2016}
    statements = {row.id: row for row in closing.statements}
    return Comparison(
        figures=tuple(_figure(one, rows.get((one.step, one.subject))) for one in published.figures),
        closing_n=Number(published.closing_n, closing.n),
        grade=Number(float(published.grade_mean), closing.grade_mean),
        positive_people=Number(published.positive_people, closing.positive),
        positive_note=published.positive_note,
        statements=tuple(_statement(one, statements.get(one.id)) for one in published.statements),
        times=tuple(_time(one, times) for one in published.lead_times),
    )


def _figure(one: PublishedFigure, row: FigureRow | None) -> ComparedFigure:
    asked = row.asked if row else None

    def number(name: str) -> Number:
        return Number(
            getattr(one, name), getattr(row, name) if row else None, one.in_words.get(name, ""), asked
        )

    # Where nobody was said to be exempt, there is nothing to compare.
    mentioned = one.not_applicable is not None or "not_applicable" in one.unknown
    return ComparedFigure(
        one.figure,
        one.step,
        one.subject,
        Number(one.n, asked),
        number("negative"),
        number("neutral"),
        number("positive"),
        number("not_applicable") if mentioned else None,
        one.note,
    )


def _statement(one: PublishedStatement, row: object) -> ComparedStatement:
    counts = {
        name: Number(getattr(one, name), getattr(row, name, None))
        for name in ("agree", "neutral", "disagree")
    }
    return ComparedStatement(one.id, Number(one.n, getattr(row, "n", None)), **counts)


def _time(one: PublishedLeadTime, times: LeadTimes) -> ComparedTime:
    time = getattr(times, one.id)
    return ComparedTime(one.id, one.kind, Number(one.days, time.mean if one.kind == "mean" else time.max))
