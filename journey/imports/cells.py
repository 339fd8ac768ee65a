"""The value of one cell, or a sentence that says what is wrong and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from journey.clock import AMSTERDAM
from journey.imports.reading import Cell
from journey.rules.errors import DomainError
from journey.web.forms import said
from journey.web.i18n import gettext as _

MONTHS: Final = {
    name: place
    for place, names in enumerate(
        (
            "januari jan",
            "februari feb",
            "maart mrt maa",
            "april apr",
            "mei",
            "juni jun",
            "juli jul",
            "augustus aug",
            "september sep sept",
            "oktober okt",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
EXCEL_EPOCH: Final = date(1899, 12, 30)
SERIALS: Final = range(20_000, 80_000)  # 1954 to 2119
EARLIEST: Final = date(1900, 1, 1)
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


class Unreadable(Exception):
    """A value that cannot be; the message is a sentence for the reader."""


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
        self.faults.append(
            Fault(
                self.number,
                self.letters[name] if known else "",
                self.headers[name] if known else "",
                shown(self.cells.get(name, "")) if known else "",
                sentence,
            )
        )

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except Unreadable as wrong:
            self.refuse(name, str(wrong))
        except DomainError as refusal:
            self.refuse(name, said(refusal))

    def text(self, name: str, most: int = 300) -> str:
        value = shown(self.cells.get(name, ""))
        if len(value) > most:
            self.refuse(name, _("Dit is te lang: hoogstens %(most)s tekens.", most=most))
        if "\0" in value:
            self.refuse(name, _("Hier staat een teken dat niet kan worden bewaard."))
        return value[:most].replace("\0", "")

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
        found = words.get(value.casefold())
        if found is None:
            self.refuse(name, _("Dit kennen we niet. Kies uit: %(allowed)s.", allowed=", ".join(words)))
        return found or ""

    def yes(self, name: str) -> bool:
        value = self.text(name).casefold()
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


def read_day(cell: Cell) -> tuple[date, bool]:
    """The day, and whether it stood there as the number by which Excel counts days. Unreadable says how to write it."""
    if isinstance(cell, date):
        return _possible(cell), False
    text = shown(cell)
    if re.fullmatch(r"[0-9]{5}", text) and int(text) in SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(text)), True
    if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ].*)?", text):
        return _possible(_iso(text)), False
    found = re.fullmatch(
        r"([0-9]{1,2})[-/. ]([0-9]{1,2}|[a-zé]+)\.?[-/. ]([0-9]{2,4})( [0-9:]+)?", text.lower()
    )
    if found is None:
        raise Unreadable(_("Dit is geen datum. Schrijf 31-3-2026 of 2026-03-31."))
    day, month, year, _time = found.groups()
    if len(year) != 4:
        raise Unreadable(_("Schrijf het jaar met vier cijfers, zoals 2026."))
    number = MONTHS.get(month) if month.isalpha() else int(month)
    if number is None:
        raise Unreadable(_("Deze maand kennen we niet. Schrijf 31-3-2026 of 31 maart 2026."))
    try:
        return _possible(date(int(year), number, int(day))), False
    except ValueError:
        raise Unreadable(_("Deze dag bestaat niet. Schrijf eerst de dag, dan de maand: 31-3-2026.")) from None


def _iso(text: str) -> date:
    """A moment with a zone is the day on which it was that in Amsterdam (rules, 5)."""
    try:
        if len(text) <= 10:
            year, month, day = map(int, text.split("-"))
            return date(year, month, day)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(_("Deze dag bestaat niet. Schrijf 2026-03-31 of 31-3-2026.")) from None
    return (moment.astimezone(AMSTERDAM) if moment.tzinfo else moment).date()


def _possible(day: date) -> date:
    if day < EARLIEST:
        raise Unreadable(_("Dit is van voor 1900. Klopt het jaar?"))
    return day


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
