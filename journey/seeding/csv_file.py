"""Reads CSV rows strictly, and says in which file, row and column a value is wrong.

Rows are numbered as a spreadsheet shows them: the header is row 1.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from journey.rules.errors import Invalid


class Row:
    """One row being read; every value is checked where it is taken."""

    def __init__(self, cells: dict[str, str], file: str, number: int) -> None:
        self.cells = cells
        self.file = file
        self.number = number

    def at(self, column: str) -> dict[str, Any]:
        """Where a cell stands: what every refusal says first."""
        return {"field": column, "file": self.file, "row": self.number, "column": column}

    def text(self, column: str) -> str:
        """The cell without spaces around it; empty when nothing is there."""
        return self.cells[column]

    def required(self, column: str) -> str:
        value = self.text(column)
        if not value:
            raise Invalid(
                "%(file)s, rij %(row)s, kolom %(column)s: hier ontbreekt een waarde.", **self.at(column)
            )
        return value

    def choice(self, column: str, allowed: Iterable[str]) -> str:
        value, choices = self.required(column), tuple(allowed)
        if value not in choices:
            raise Invalid(
                "%(file)s, rij %(row)s, kolom %(column)s: %(value)s kan niet. Kies uit: %(allowed)s.",
                value=value,
                allowed=", ".join(choices),
                **self.at(column),
            )
        return value

    def optional_choice(self, column: str, allowed: Iterable[str]) -> str | None:
        return self.choice(column, allowed) if self.text(column) else None

    def yes(self, column: str) -> bool:
        return self.choice(column, ("yes", "no")) == "yes"

    def day(self, column: str) -> date:
        return self._day(column, self.required(column))

    def optional_day(self, column: str) -> date | None:
        return self.day(column) if self.text(column) else None

    def days(self, column: str) -> tuple[date, ...]:
        """All dates in one cell, in the order written: a repeated step has more than one."""
        return tuple(self._day(column, value) for value in self.text(column).split())

    def optional_grade(self, column: str) -> Decimal | None:
        """A grade from 1 to 10 with at most one decimal."""
        if not self.text(column):
            return None
        try:
            grade = Decimal(self.text(column))
        except InvalidOperation:
            grade = Decimal(0)
        if not 1 <= grade <= 10 or grade * 10 % 1:
            raise Invalid(
                "%(file)s, rij %(row)s, kolom %(column)s: een cijfer is 1 tot 10, met hooguit één decimaal.",
                **self.at(column),
            )
        return grade

    def _day(self, column: str, value: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Invalid(
                "%(file)s, rij %(row)s, kolom %(column)s: %(value)s is geen datum (jjjj-mm-dd).",
                value=value,
                **self.at(column),
            ) from None


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a CSV file with exactly these columns, in any order. `Invalid` names file, row, column."""
    if not path.is_file():
        raise Invalid("Het bestand %(file)s ontbreekt.", file=path.name)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle, strict=True)
        header = tuple(next(reader, []))
        _check_header(path.name, header, columns)
        for number, cells in enumerate(reader, 2):
            if len(cells) != len(header):
                raise Invalid(
                    "%(file)s, rij %(row)s: er zijn %(found)s kolommen, dat moeten er %(wanted)s zijn.",
                    file=path.name,
                    row=number,
                    found=len(cells),
                    wanted=len(header),
                )
            stripped = (cell.strip() for cell in cells)
            yield Row(dict(zip(header, stripped, strict=True)), path.name, number)


def _check_header(file: str, header: tuple[str, ...], columns: tuple[str, ...]) -> None:
    for column in (*columns, *header):
        if column not in header:
            raise Invalid("%(file)s, rij 1: de kolom %(column)s ontbreekt.", file=file, column=column)
        if column not in columns:
            raise Invalid("%(file)s, rij 1: de kolom %(column)s kennen we niet.", file=file, column=column)
        if header.count(column) > 1:
            raise Invalid(
                "%(file)s, rij 1: de kolom %(column)s staat er twee keer.", file=file, column=column
            )
