"""A file as rows of cells, whatever program saved it; what was assumed on the way is said in `notes`.

The cells come from a process of its own (`journey.imports.apart`); sizes are limited before anything is unpacked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from journey.imports.apart import read_apart
from journey.imports.limits import LARGEST_FILE, LONGEST_CELL
from journey.imports.text_file import SEPARATORS
from journey.imports.workbook import Cell, Line
from journey.rules.errors import Invalid
from journey.rules.signs import line as one_line
from journey.web.i18n import gettext as _

__all__ = ["LARGEST_FILE", "SEPARATORS", "Cell", "Sheet", "SheetRow", "letter_of", "read_sheet"]

TITLE_ROWS: Final = 15  # this far down the names of the columns are looked for


@dataclass(frozen=True)
class SheetRow:
    """`number` as a spreadsheet counts: the first line of the file is 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """Headers as they stand and on which line, rows without the empty ones."""

    header_number: int
    headers: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...]


def read_sheet(
    content: bytes, separator: str = "", knows: Callable[[str], bool] = lambda header: False
) -> Sheet:
    """Text or workbook by its first bytes. `knows` tells which names of columns are ours, so that titles above them
    are left alone. Invalid for a file that is empty, too large or no table.
    """
    if not content.strip(b" \t\r\n\xef\xbb\xbf"):
        raise Invalid("Dit bestand is leeg.", field="file")
    if len(content) > LARGEST_FILE:
        raise Invalid("Dit bestand is groter dan 20 MB. Deel het op.", field="file")
    lines, notes = read_apart(content, separator)
    return _sheet(lines, notes, knows)


def letter_of(place: int) -> str:
    """A, B … Z, AA: as a spreadsheet names its columns."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sheet(lines: Sequence[Line], notes: list[str], knows: Callable[[str], bool]) -> Sheet:
    filled = [SheetRow(place, row) for place, row in enumerate(lines, 1) if any(_is_filled(c) for c in row)]
    if not filled:
        raise Invalid("Dit bestand is leeg.", field="file")
    top = _find_headers(filled, knows)
    if top:
        notes = [
            *notes,
            _(
                "De kolomnamen staan in rij %(row)s; wat erboven staat, slaan we over.",
                row=filled[top].number,
            ),
        ]
    headers = [one_line(str(cell)) for cell in filled[top].cells]
    while headers and not headers[-1]:
        headers.pop()
    rows = [_row(row, len(headers)) for row in filled[top + 1 :]]
    if not rows:
        raise Invalid("Onder de kolomnamen staan geen rijen.", field="file")
    return Sheet(filled[top].number, tuple(headers), tuple(rows), tuple(notes))


def _find_headers(filled: list[SheetRow], knows: Callable[[str], bool]) -> int:
    """The place of the row with most names that we know: titles, dates and merged groups may stand above it."""
    known = [sum(isinstance(cell, str) and knows(cell) for cell in row.cells) for row in filled[:TITLE_ROWS]]
    return known.index(max(known)) if max(known) > 1 else 0


def _row(row: SheetRow, width: int) -> SheetRow:
    if any(_is_filled(cell) for cell in row.cells[width:]):
        raise Invalid("Rij %(row)s heeft meer cellen dan er kolommen zijn.", field="file", row=row.number)
    cells = tuple(cell.strip() if isinstance(cell, str) else cell for cell in row.cells[:width])
    for place, cell in enumerate(cells):
        if isinstance(cell, str) and len(cell) > LONGEST_CELL:
            raise Invalid(
                "Rij %(row)s, kolom %(letter)s: deze cel is langer dan %(most)s tekens. "
                "Maak hem korter, of kijk of er een aanhalingsteken te veel staat.",
                field="file",
                row=row.number,
                letter=letter_of(place),
                most=LONGEST_CELL,
            )
    return SheetRow(row.number, cells + ("",) * (width - len(cells)))


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(one_line(cell))
