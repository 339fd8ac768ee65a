"""Reads what a report published, to lay it beside what the product computes.

What was not printed stays unknown (None, and named in `unknown`): a guess would prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from journey.route.toml_file import TomlTable, read_toml
from journey.rules.errors import Invalid
from journey.rules.ratings import Subject

COUNTS = ("negative", "neutral", "positive", "not_applicable")
AGREEMENT = ("agree", "neutral", "disagree")


@dataclass(frozen=True)
class PublishedFigure:
    """One bar of the report. `n` is as printed: people asked, so "did not apply" is inside it.

    A count is None when it was not printed; `in_words` holds what was printed as words ("about a third").
    """

    figure: int
    step: str
    subject: str
    n: int
    negative: int | None
    neutral: int | None
    positive: int | None
    not_applicable: int | None
    unknown: tuple[str, ...]
    in_words: Mapping[str, str]
    note: str


@dataclass(frozen=True)
class PublishedStatement:
    """One statement of the closing interview; None is not printed."""

    figure: int
    id: str
    n: int
    agree: int | None
    neutral: int | None
    disagree: int | None
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class PublishedLeadTime:
    """A lead time in calendar days; `kind` is mean or maximum, `population` all or participants."""

    id: str
    from_step: str
    to_step: str
    kind: str
    days: int
    population: str


@dataclass(frozen=True)
class Published:
    study: str
    adults: int
    youth: int
    total: int
    recruited_at: str
    granted: str
    figures: tuple[PublishedFigure, ...]
    closing_n: int
    closing_adults: int
    closing_youth: int
    grade_mean: Decimal
    positive_people: int
    positive_note: str
    statements: tuple[PublishedStatement, ...]
    lead_times: tuple[PublishedLeadTime, ...]


def read_published(path: Path) -> Published:
    """Read `published.toml`; `Invalid` names file, line and field."""
    table = read_toml(path.read_text(encoding="utf-8"), path.name)
    people, closing = table.table("people"), table.table("closing")
    published = Published(
        study=table.text("study"),
        adults=people.whole("adults"),
        youth=people.whole("youth"),
        total=people.whole("total"),
        recruited_at=people.text("recruited_at"),
        granted=people.text("granted"),
        figures=tuple(_figure(row) for row in table.tables("figures")),
        closing_n=closing.whole("n"),
        closing_adults=closing.whole("adults"),
        closing_youth=closing.whole("youth"),
        grade_mean=Decimal(str(closing.required("grade_mean", float))),
        positive_people=closing.whole("positive_people"),
        positive_note=closing.text("positive_note"),
        statements=tuple(_statement(row) for row in table.tables("statements")),
        lead_times=tuple(_lead_time(row) for row in table.tables("lead_times")),
    )
    for part in (people, closing, table):
        part.done()
    return published


def _figure(table: TomlTable) -> PublishedFigure:
    unknown = table.choices("unknown", COUNTS)
    in_words = dict(table.optional("in_words", dict) or {})
    counts = {name: _count(table, name, {*unknown, *in_words, "not_applicable"}) for name in COUNTS}
    figure = PublishedFigure(
        figure=table.whole("figure"),
        step=table.text("step"),
        subject=table.one_of("subject", table.text("subject"), tuple(Subject)),
        n=table.whole("n"),
        negative=counts["negative"],
        neutral=counts["neutral"],
        positive=counts["positive"],
        not_applicable=counts["not_applicable"],
        unknown=unknown,
        in_words=in_words,
        note=table.optional("note", str) or "",
    )
    table.done()
    return figure


def _count(table: TomlTable, name: str, may_miss: set[str]) -> int | None:
    """A printed count, 0 or more; a count that may not miss has to be there."""
    if name in may_miss and table.optional(name, int) is None:
        return None
    if name in table.choices("unknown"):
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: staat er, en ook bij onbekend.", **table.at(name)
        )
    return table.whole(name, least=0)


def _statement(table: TomlTable) -> PublishedStatement:
    unknown = table.choices("unknown", AGREEMENT)
    statement = PublishedStatement(
        figure=table.whole("figure"),
        id=table.text("id"),
        n=table.whole("n"),
        agree=_count(table, "agree", set(unknown)),
        neutral=_count(table, "neutral", set(unknown)),
        disagree=_count(table, "disagree", set(unknown)),
        unknown=unknown,
    )
    table.done()
    return statement


def _lead_time(table: TomlTable) -> PublishedLeadTime:
    lead_time = PublishedLeadTime(
        id=table.one_of("id", table.text("id"), ("gate", "application", "total")),
        from_step=table.text("from"),
        to_step=table.text("to"),
        kind=table.one_of("kind", table.text("kind"), ("mean", "maximum")),
        days=table.whole("days"),
        population=table.one_of("population", table.text("population"), ("all", "participants")),
    )
    table.done()
    return lead_time
