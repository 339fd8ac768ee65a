"""What an export is before it is a file: tables with described columns. Every format is written from these, so that all
of them hold the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from journey.clock import AMSTERDAM
from journey.web.i18n import gettext as _

Value = str | int | Decimal | date | None
Row = tuple[Value, ...]


class Kind(StrEnum):
    """What a column holds. `choice` is one of a few words, `decimal` a number with one decimal."""

    text = "text"
    choice = "choice"
    whole = "whole"
    decimal = "decimal"
    day = "day"


@dataclass(frozen=True)
class Choice:
    """`value` is what stands in the file, `number` its code in SPSS; `missing` marks what is no opinion."""

    value: str
    label: str
    number: int
    missing: bool = False


@dataclass(frozen=True)
class Column:
    """`name` is the variable, `label` what it means in Dutch. `ordered` choices go from low to high."""

    name: str
    label: str
    kind: Kind = Kind.text
    choices: tuple[Choice, ...] = ()
    ordered: bool = False


@dataclass(frozen=True)
class Table:
    """`rows` reads the data anew each time it is called, so that nothing large is held."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterable[Row]]


@dataclass(frozen=True)
class Event:
    """Something in a journey on a day; `transition` is a word of the lifecycle extension of XES."""

    name: str
    day: date
    transition: str
    attributes: Mapping[str, str | date | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Trace:
    """One journey for an event log: what is known of the whole, and its events in the order of happening."""

    name: str
    attributes: Mapping[str, str | date | int | bool]
    events: Sequence[Event]


@dataclass(frozen=True)
class Content:
    """Everything of one export. The first table is the data; `traces` is for what can be an event log, `described` for
    what comes with a `datapackage.json` beside its CSV.
    """

    name: str
    tables: tuple[Table, ...]
    traces: Callable[[], Iterator[Trace]] | None = None
    described: bool = False


@dataclass(frozen=True)
class About:
    """What is said about a file in the file: which study, for what, by whom, when, and up to which day it counts."""

    study: str
    code: str
    content: str
    purpose: str
    made_by: str
    made_at: datetime
    as_of: date | None
    batch: int | None
    notes: tuple[str, ...] = ()

    def lines(self) -> list[tuple[str, str]]:
        """Name and value, for people."""
        return [
            (_("Onderzoek"), f"{self.study} ({self.code})"),
            (_("Inhoud"), self.content),
            (_("Gemaakt op"), f"{self.made_at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"),
            (_("Gemaakt door"), self.made_by),
            (_("Doel"), self.purpose),
            (_("Stand van"), self.as_of.isoformat() if self.as_of else _("nog niets vrijgegeven")),
            (_("Vrijgegeven cijfers nummer"), str(self.batch) if self.batch else _("geen: live")),
            (_("Let op"), " ".join(self.notes)),
        ]

    def table(self) -> Table:
        columns = (Column("item", _("Onderwerp")), Column("value", _("Waarde")))
        return Table("about", _("Over dit bestand"), columns, self.lines)


def choices_of(labels: Mapping[str, str], missing: Iterable[str] = ()) -> tuple[Choice, ...]:
    """Numbered from 1 in the order given; what is missing gets 98 and 99, as survey files do."""
    apart = dict(zip(missing, (98, 99), strict=False))
    return tuple(
        Choice(value, label, apart.get(value, place), value in apart)
        for place, (value, label) in enumerate(labels.items(), 1)
    )


def yes_no() -> tuple[Choice, ...]:
    return (Choice("no", _("nee"), 0), Choice("yes", _("ja"), 1))


def say(answer: bool | None) -> str | None:
    """A yes or no as it stands in a file."""
    return None if answer is None else "yes" if answer else "no"


def dictionary(tables: Sequence[Table]) -> Table:
    """The data dictionary: a row per variable, with what each value means."""
    kinds = {
        Kind.text: _("tekst"),
        Kind.choice: _("keuze"),
        Kind.whole: _("geheel getal"),
        Kind.decimal: _("getal met één decimaal"),
        Kind.day: _("datum (jaar-maand-dag)"),
    }
    columns = (
        Column("table", _("Tabel")),
        Column("variable", _("Variabele")),
        Column("label", _("Betekenis")),
        Column("type", _("Soort")),
        Column("values", _("Waarden")),
        Column("missing", _("Telt als ontbrekend")),
    )
    rows = [
        (table.name, column.name, column.label, kinds[column.kind], *_spelled(column.choices))
        for table in tables
        for column in table.columns
    ]
    return Table("dictionary", _("Variabelen"), columns, lambda: rows)


def _spelled(choices: Sequence[Choice]) -> tuple[str, str]:
    values = "; ".join(f"{one.value} = {one.label} ({one.number})" for one in choices)
    return values, ", ".join(one.value for one in choices if one.missing)
