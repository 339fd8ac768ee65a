"""The value of one cell, or a sentence that says what is wrong and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from journey.imports.reading import Cell
from journey.rules import signs
from journey.rules.dates import possible_day, read_date
from journey.rules.errors import DomainError
from journey.web.forms import said
from journey.web.i18n import gettext as _

# A number of more digits than a spreadsheet can hold (15), or written as a power of ten: its last digits are lost.
POWER_OF_TEN: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?e[+-]?[0-9]+", re.IGNORECASE)
ROUNDED: Final = (
    "Dit nummer is door een spreadsheet afgerond. Maak de kolom tekst en zet de nummers er opnieuw in."
)
EXCEL_EPOCH: Final = date(1899, 12, 30)
SERIALS: Final = range(20_000, 80_000)  # 1954 to 2119
YES: Final = frozenset(("ja", "j", "yes", "y", "1", "x", "true", "waar"))
NO: Final = frozenset(("nee", "n", "no", "0", "", "false", "onwaar"))


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell; `row` and `letter` as a spreadsheet shows them, empty for the whole row."""

    row: int
    letter: str
    column: str
    value: str
    sentence: str

    @property
    def place(self) -> str:
        if not self.letter:
            return _("rij %(row)s", row=self.row)
        return _(
            "rij %(row)s, kolom %(letter)s (%(name)s)", row=self.row, letter=self.letter, name=self.column
        )


@dataclass
class Row:
    """One row being read: `cells` by our name of the column, `letters` and `headers` as they stand in the file."""

    number: int
    cells: Mapping[str, Cell]
    letters: Mapping[str, str]
    headers: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self, name: str, sentence: str) -> None:
        known = name in self.letters
        fault = Fault(
            self.number,
            self.letters[name] if known else "",
            self.headers[name] if known else "",
            shown(self.cells.get(name, "")) if known else "",
            sentence,
        )
        if fault not in self.faults:  # a cell that is read twice is wrong once
            self.faults.append(fault)

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except DomainError as refusal:
            self.refuse(name, said(refusal))

    def text(self, name: str, most: int = 300) -> str:
        """What stands there as its reader sees it; empty for what a spreadsheet rounded, which is nobody's number."""
        cell = self.cells.get(name, "")
        if is_rounded(cell):
            self.refuse(name, _(ROUNDED))
            return ""
        value = signs.words(shown(cell))
        if len(value) > most:
            self.refuse(name, _("Dit is te lang: hoogstens %(most)s tekens.", most=most))
        if not value and shown(cell):
            self.refuse(name, _("Hier staan alleen tekens die niemand ziet. Maak de cel leeg of vul hem in."))
        return value[:most]

    def required(self, name: str, most: int = 300) -> str:
        value = self.text(name, most)
        if not value:
            self.refuse(name, _("Deze cel is leeg. Vul hier iets in."))
        return value

    def choice(self, name: str, words: Mapping[str, str]) -> str:
        """Our word for what is written; `words` has both ours and the Dutch ones."""
        value = self.text(name)
        if not value:
            return ""
        found = words.get(signs.key(value))
        if found is None:
            self.refuse(name, _("Dit kennen we niet. Kies uit: %(allowed)s.", allowed=", ".join(words)))
        return found or ""

    def yes(self, name: str) -> bool:
        value = signs.key(self.text(name))
        if value in YES:
            return True
        if value not in NO:
            self.refuse(name, _("Schrijf hier ja of nee."))
        return False

    def day(self, name: str) -> date | None:
        days = self.days(name)
        if len(days) > 1:
            self.refuse(name, _("Hier kan maar één datum staan."))
        return days[0] if days else None

    def days(self, name: str) -> tuple[date, ...]:
        """All dates in one cell, with `|` between them: a step that happened more than once."""
        cell = self.cells.get(name, "")
        parts: list[Cell] = list(re.split(r"\s*[|\n]\s*", cell)) if isinstance(cell, str) else [cell]
        found = []
        for part in parts:
            if part == "":
                continue
            with self.reading(name):
                day, is_serial = read_day(part)
                found.append(day)
                if is_serial:
                    self.notes.append(
                        _(
                            "%(value)s is gelezen als de Excel-datum %(day)s.",
                            value=shown(part),
                            day=dutch(day),
                        )
                    )
        return tuple(found)


def is_rounded(cell: Cell) -> bool:
    """Whether a spreadsheet wrote this number with fewer digits than it had: `2,02612E+11`, or over 15 digits."""
    if isinstance(cell, float):
        return abs(cell) >= 1e15
    return isinstance(cell, str) and POWER_OF_TEN.fullmatch(signs.figures(cell)) is not None


def read_day(cell: Cell) -> tuple[date, bool]:
    """The day, and whether it stood there as the number by which Excel counts days. Invalid says how to write it."""
    if isinstance(cell, date):
        return possible_day(cell), False
    text = shown(cell)
    if re.fullmatch(r"[0-9]{5}", text) and int(text) in SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(text)), True
    return read_date(text), False


def shown(cell: Cell) -> str:
    """The cell as text: whole numbers without decimals, days as we write them."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, date):
        return dutch(cell)
    return cell


def dutch(day: date) -> str:
    """`31-3-2026`."""
    return f"{day.day}-{day.month}-{day.year}"
