"""The cells of a workbook (XLSX, XLS, ODS): the first sheet that is shown and holds anything.

What is inside is unpacked and read by a library; the limits of size come before that.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from journey.imports.limits import check_size
from journey.rules.errors import Invalid
from journey.web.i18n import gettext as _

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

Cell = str | float | date
Line = tuple[Cell, ...]

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0"  # the container of old Office files, and of encrypted new ones
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
LARGEST_UNPACKED: Final = 400_000_000
OTHER_DOCUMENTS: Final = {"word/": "Word-document", "ppt/": "PowerPoint-bestand"}


def is_workbook(content: bytes) -> bool:
    return content.startswith((ZIP, OLE))


def read_workbook(content: bytes) -> tuple[list[Line], list[str]]:
    """Lines of the chosen sheet and what was assumed; of a formula its last value. Macros are not looked at."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if content.startswith(OLE) and ENCRYPTED in content:
        raise _locked()
    if content.startswith(ZIP):
        _check_archive(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return _first_filled(book)
    except PasswordError:
        raise _locked() from None
    except CalamineError:
        raise Invalid(
            "Deze werkmap is stuk. Open hem in uw rekenprogramma en sla hem opnieuw op als XLSX.",
            field="file",
        ) from None


def _locked() -> Invalid:
    return Invalid("Op dit bestand zit een wachtwoord. Haal dat er eerst af.", field="file")


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise Invalid("Dit bestand is niet heel aangekomen. Stuur het nog eens.", field="file") from None
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise Invalid("Dit bestand is uitgepakt te groot. Deel het op.", field="file")
    names = [entry.filename for entry in entries]
    for folder, kind in OTHER_DOCUMENTS.items():
        if any(name.startswith(folder) for name in names):
            raise Invalid(
                "Dit is een %(kind)s. Zet de tabel in een rekenblad en sla dat op als XLSX.",
                field="file",
                kind=kind,
            )
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        raise Invalid("Dit is een zip-bestand. Pak het uit en kies het bestand dat erin zit.", field="file")


def _first_filled(book: CalamineWorkbook) -> tuple[list[Line], list[str]]:
    shown = list(_shown_sheets(book))
    for name in shown:
        sheet = book.get_sheet_by_name(name)
        check_size(sheet.height, sheet.width)
        lines = _lines(sheet)
        if any(any(cell != "" for cell in line) for line in lines):
            more = len(shown) > 1 or len(book.sheet_names) > len(shown)
            return lines, [_("Alleen het blad %(name)s wordt gelezen.", name=name)] if more else []
    if len(shown) < len(book.sheet_names):
        raise Invalid(
            "Er staat niets op een blad dat te zien is. Maak het verborgen blad zichtbaar.", field="file"
        )
    raise Invalid("Dit bestand is leeg.", field="file")


def _shown_sheets(book: CalamineWorkbook) -> Iterator[str]:
    """Work sheets in the order of their tabs; no charts and nothing that was hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            yield sheet.name


def _lines(sheet: CalamineSheet) -> list[Line]:
    return [tuple(map(_cell, row)) for row in sheet.to_python(skip_empty_area=False)]


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
