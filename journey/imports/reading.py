"""A file as rows of cells, whatever program saved it; what was assumed on the way is said in `notes`.

Sizes are limited before anything is unpacked.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from journey.rules.errors import Invalid
from journey.web.filters import number
from journey.web.i18n import gettext as _

LARGEST_FILE: Final = 20_000_000
LARGEST_UNPACKED: Final = 400_000_000
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 10_000
SEPARATORS: Final = {";": "puntkomma", ",": "komma", "\t": "tab"}

Cell = str | float | date


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


def read_sheet(content: bytes, separator: str = "") -> Sheet:
    """CSV or XLSX by its first bytes. Invalid for a file that is empty, too large or no table."""
    if not content.strip():
        raise Invalid("Dit bestand is leeg.", field="file")
    if len(content) > LARGEST_FILE:
        raise Invalid("Dit bestand is groter dan 20 MB. Deel het op.", field="file")
    if content.startswith(b"PK\x03\x04"):
        return _sheet(*_read_workbook(content))
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")):
        raise Invalid("Dit is geen CSV en geen XLSX. Sla het bestand op als XLSX of CSV.", field="file")
    return _sheet(*_read_text(content, separator))


def _read_workbook(content: bytes) -> tuple[list[tuple[Cell, ...]], list[str]]:
    """The first sheet; of a formula its last value. Macros are not looked at."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > LARGEST_UNPACKED:
            raise Invalid("Dit bestand is uitgepakt te groot. Deel het op.", field="file")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        _check_size(sheet.height, sheet.width)
        raw = sheet.to_python(skip_empty_area=False)
    except PasswordError:
        raise Invalid("Op dit bestand zit een wachtwoord. Haal dat er eerst af.", field="file") from None
    except (CalamineError, zipfile.BadZipFile, IndexError):
        raise Invalid("Dit XLSX-bestand is stuk, of het is geen werkmap.", field="file") from None
    notes = []
    if len(book.sheet_names) > 1:
        notes.append(_("Alleen het eerste blad (%(name)s) wordt gelezen.", name=book.sheet_names[0]))
    return [tuple(_cell(value) for value in row) for row in raw], notes


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date | str):
        return value
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, int | float):
        return float(value)
    return str(value)


def _read_text(content: bytes, separator: str) -> tuple[list[tuple[Cell, ...]], list[str]]:
    text, notes = _decode(content)
    if separator not in ("", *SEPARATORS):
        raise Invalid("Kies als scheidingsteken een komma, een puntkomma of een tab.", field="separator")
    chosen = separator or _guess_separator(text)
    if not separator and chosen != ",":
        notes.append(_("Scheidingsteken: %(name)s.", name=_(SEPARATORS[chosen])))
    lines: list[tuple[Cell, ...]] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=chosen, strict=True)
        for row in reader:
            # A cell over several lines keeps the numbers of a spreadsheet: one row, one number.
            lines.append(tuple(row))
            _check_size(len(lines), len(row))
    except csv.Error:
        raise Invalid(
            "Rij %(row)s is niet te lezen: een aanhalingsteken staat verkeerd.",
            field="file",
            row=len(lines) + 1,
        ) from None
    return lines, notes


def _decode(content: bytes) -> tuple[str, list[str]]:
    """UTF-8 is silent; any other encoding is told, because letters could come out wrong."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), [_("Tekencodering: UTF-16.")]
        except UnicodeDecodeError:
            raise Invalid("Dit bestand is geen tekst.", field="file") from None
    if b"\x00" in content:
        raise Invalid("Dit bestand is geen tekst.", field="file")
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        told = _("Tekencodering: Windows-1252, geen UTF-8. Kijk of letters als é en ö kloppen.")
        return content.decode("cp1252", errors="replace"), [told]


def _guess_separator(text: str) -> str:
    """The one that the first line has most of, outside quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    plain = "".join(part for place, part in enumerate(first.split('"')) if place % 2 == 0)
    return max((",", ";", "\t"), key=plain.count)


def _check_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS + 1:
        raise Invalid("Meer dan %(most)s rijen. Deel het bestand op.", field="file", most=number(MOST_ROWS))
    if columns > MOST_COLUMNS:
        raise Invalid("Meer dan %(most)s kolommen.", field="file", most=MOST_COLUMNS)


def _sheet(lines: list[tuple[Cell, ...]], notes: list[str]) -> Sheet:
    """The first line that is not empty holds the headers."""
    filled = [SheetRow(place, row) for place, row in enumerate(lines, 1) if any(_is_filled(c) for c in row)]
    if not filled:
        raise Invalid("Dit bestand is leeg.", field="file")
    headers = [str(cell).strip() for cell in filled[0].cells]
    while headers and not headers[-1]:
        headers.pop()
    rows = []
    for row in filled[1:]:
        if any(_is_filled(cell) for cell in row.cells[len(headers) :]):
            raise Invalid("Rij %(row)s heeft meer cellen dan er kolommen zijn.", field="file", row=row.number)
        missing = ("",) * (len(headers) - len(row.cells))
        rows.append(SheetRow(row.number, tuple(map(_cut, row.cells[: len(headers)])) + missing))
    if not rows:
        raise Invalid("Onder de kolomnamen staan geen rijen.", field="file")
    return Sheet(filled[0].number, tuple(headers), tuple(rows), tuple(notes))


def _cut(cell: Cell) -> Cell:
    return cell.strip()[:LONGEST_CELL] if isinstance(cell, str) else cell


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())
