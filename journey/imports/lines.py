"""Lines of cells out of a file of a stranger, read in a process of its own: `python -m journey.imports.lines`.

The file comes in on standard input, what was read goes out as JSON. The process may use only so much memory and time
and makes no file, so one that unpacks to gigabytes ends it and nobody else.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import IO, Any, Final
from xml.etree import ElementTree

from journey.imports.limits import check_size
from journey.imports.text_file import read_text
from journey.imports.workbook import ZIP, Line, is_workbook, read_workbook
from journey.rules.errors import Invalid

MEMORY: Final = 1_500_000_000  # bytes of address space, of which Python and its libraries take a quarter
CPU_SECONDS: Final = 30
MOST_PARTS: Final = 2_000
MOST_CELLS: Final = 2_500_000
MOST_TEXT: Final = 80_000_000  # signs of all cells together: one shared text may stand in every cell
CHUNK: Final = 1 << 20
OVERLAP: Final = 400
# Cells that hold something; what is only coloured takes no room.
FILLED: Final = re.compile(
    rb"""<(?:\w+:)?c\s[^>]{0,200}?\br\s*=\s*["']([A-Za-z]{1,4})(\d{1,8})["'][^>]{0,100}(?<!/)>"""
)
RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_lines(content: bytes, separator: str = "") -> tuple[Sequence[Line], list[str]]:
    """Lines and what was assumed. Invalid when the file is neither text nor workbook, or too much."""
    if content.startswith(ZIP):
        _look_through(content)
    lines, notes = read_workbook(content) if is_workbook(content) else read_text(content, separator)
    text = sum(len(cell) for line in lines for cell in line if isinstance(cell, str))
    if sum(map(len, lines)) > MOST_CELLS or text > MOST_TEXT:
        raise Invalid("Er staat te veel in dit bestand. Deel het op.", field="file")
    return lines, notes


# --- Sizes before cells ------------------------------------------------------------------------------


def _look_through(content: bytes) -> None:
    """The reader of workbooks makes room at once for all cells between the first and the last one, so the first sheet
    is looked through for the last. What cannot be found out that way meets the limits of this process."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_PARTS:
                raise Invalid("Dit bestand is uitgepakt te groot. Deel het op.", field="file")
            name = _first_sheet(archive)
            if name is None:
                return
            with archive.open(name) as sheet:
                rows, columns = _extent(sheet)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError):
        return  # who reads it says what is wrong
    check_size(rows, columns)
    if rows * columns > MOST_CELLS:
        raise Invalid("Er staat te veel in dit bestand. Deel het op.", field="file")


def _first_sheet(archive: zipfile.ZipFile) -> str | None:
    try:
        wanted = next(_elements(archive, "xl/workbook.xml", "sheet")).get(RELATION)
        relations = _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
        target = next(one.get("Target", "") for one in relations if one.get("Id") == wanted)
    except (KeyError, StopIteration, ElementTree.ParseError):
        return None
    name = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return name if name in archive.namelist() else None


def _elements(archive: zipfile.ZipFile, name: str, tag: str) -> Iterator[Any]:
    with archive.open(name) as part:
        for _event, element in ElementTree.iterparse(part):  # noqa: S314 - within the limits of this process
            if element.tag.rpartition("}")[2] == tag:
                yield element


def _extent(sheet: IO[bytes]) -> tuple[int, int]:
    """The last row and column in which something stands."""
    rows = columns = 0
    before = b""
    while chunk := sheet.read(CHUNK):
        piece = before + chunk
        for letters, digits in FILLED.findall(piece):
            rows, columns = max(rows, int(digits)), max(columns, _column(letters))
        before = piece[-OVERLAP:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


# --- The process -------------------------------------------------------------------------------------


def _limit() -> None:
    """Memory, time, and no file of its own. Where a system knows none of these, the one who waits ends it."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _as_json(lines: Sequence[Line], notes: list[str]) -> str:
    rows = [[{"d": cell.isoformat()} if isinstance(cell, date) else cell for cell in line] for line in lines]
    return json.dumps({"rows": rows, "notes": notes})


def main() -> None:
    _limit()
    try:
        answer = _as_json(*read_lines(sys.stdin.buffer.read(), sys.argv[1] if len(sys.argv) > 1 else ""))
    except Invalid as refusal:
        answer = json.dumps({"message": refusal.message, "field": refusal.field, "params": refusal.params})
    sys.stdout.write(answer)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
