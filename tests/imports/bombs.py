"""Files that are small on the way and enormous when they are read, or that are made to confuse who reads them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

SHEET: Final = "xl/worksheets/sheet1.xml"
SPACE: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS: Final = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
KINDS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{KINDS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {SPACE} {RELATIONS}><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets>'
    "</workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{KINDS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
    f'Type="{KINDS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
TEN_MILLION: Final = 10_000_000


def book(changed: Mapping[str, str | bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, part in {**PARTS, **changed}.items():
            archive.writestr(name, part)
    return out.getvalue()


def sheet(cells: str, before: str = "", rows: str = "") -> bytes:
    return book(
        {
            SHEET: f"<worksheet {SPACE}>{before}<sheetData>{rows or f'<row>{cells}</row>'}</sheetData></worksheet>"
        }
    )


def cell(place: str, value: str = "1") -> str:
    return f'<c r="{place}"><v>{value}</v></c>'


def corners(last: str) -> bytes:
    number = last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return sheet("", rows=f'<row r="1">{cell("A1")}</row><row r="{number}">{cell(last)}</row>')


def shared(size: int, times: int) -> bytes:
    """One long text that stands in many cells."""
    cells = "".join(f'<c r="A{row}" t="s"><v>0</v></c>' for row in range(1, times + 1))
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, times + 1))
    return book(
        {
            "xl/sharedStrings.xml": f"<sst {SPACE}><si><t>{'x' * size}</t></si></sst>",
            SHEET: f"<worksheet {SPACE}><sheetData>{rows if cells else ''}</sheetData></worksheet>",
        }
    )


def entities(depth: int = 12) -> str:
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE x [<!ENTITY e0 "lol">{declared}]>'


def zeros(size: int, name: str = SHEET) -> bytes:
    return book({name: b"0" * size})


def overlapping() -> bytes:
    """The directory names the same content again and again."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in PARTS.items():
            archive.writestr(name, part)
        archive.writestr(SHEET, "0" * TEN_MILLION)
        first = archive.getinfo(SHEET)
        for number in range(60):
            again = zipfile.ZipInfo(f"xl/media/{number}")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(again, name, getattr(first, name))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
    return out.getvalue()


def lying() -> bytes:
    """Says that it unpacks to ten bytes."""
    content = bytearray(zeros(TEN_MILLION * 30))
    size = (TEN_MILLION * 30).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (10).to_bytes(4, "little")
    return bytes(content)


def nested(depth: int) -> str:
    return "<x>" * depth + "</x>" * depth


BOMBS: Final[Mapping[str, Callable[[], bytes]]] = {
    "two corners of a sheet": lambda: corners("XFD1048576"),
    "two hundred columns and one row too many": lambda: corners("GR100001"),
    "two hundred columns and all rows": lambda: corners("GR100000"),
    "all rows": lambda: corners("A1048576"),
    "all columns": lambda: corners("XFD1"),
    "a column that is none": lambda: corners("ZZZZ9"),
    "a row that is none": lambda: corners("A99999999"),
    "a row of four milliards": lambda: corners("A4294967295"),
    "a dimension that lies": lambda: sheet(cell("A1"), before='<dimension ref="A1:XFD1048576"/>'),
    "a dimension that says less": lambda: sheet(
        "", '<dimension ref="A1:B2"/>', f'<row r="1">{cell("A1")}</row><row r="9">{cell("XFD1048576")}</row>'
    ),
    "corners in utf-16": lambda: book(
        {
            SHEET: (
                f'<?xml version="1.0" encoding="UTF-16"?><worksheet {SPACE}><sheetData><row r="1">{cell("A1")}</row>'
                f'<row r="1048576">{cell("XFD1048576")}</row></sheetData></worksheet>'
            ).encode("utf-16")
        }
    ),
    "corners with space in the reference": lambda: sheet(
        "", rows=f'<row>{cell("A1")}<c  r = "XFD1048576" ><v>1</v></c></row>'
    ),
    "corners as references of signs": lambda: sheet(
        "", rows=f"<row>{cell('A1')}{cell('&#88;FD1048576')}</row>"
    ),
    "a hundred megabytes of nothing": lambda: zeros(TEN_MILLION * 10),
    "half a gigabyte of nothing": lambda: zeros(TEN_MILLION * 50),
    "the same content sixty times": overlapping,
    "a size that lies": lying,
    "thousands of parts": lambda: book({f"xl/media/{number}": "x" for number in range(3000)}),
    "a long text in every cell": lambda: shared(30_000, 60_000),
    "a text of a hundred megabytes": lambda: shared(TEN_MILLION * 10, 2),
    "entities in the sheet": lambda: book(
        {
            SHEET: f"{entities()}<worksheet {SPACE}><sheetData><row><c><v>&e11;</v></c></row></sheetData></worksheet>"
        }
    ),
    "entities in the book": lambda: book(
        {"xl/workbook.xml": f"{entities()}<workbook {SPACE}><sheets>&e11;</sheets></workbook>", SHEET: "<x/>"}
    ),
    "a file from outside": lambda: book(
        {
            SHEET: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData>&e;</sheetData></worksheet>'
        }
    ),
    "elements a million deep": lambda: book({SHEET: nested(1_000_000)}),
    "a book a million deep": lambda: book({"xl/workbook.xml": nested(1_000_000), SHEET: "<x/>"}),
    "an attribute of fifty megabytes": lambda: book({SHEET: f'<worksheet a="{"x" * TEN_MILLION * 5}"/>'}),
    "a sheet that is not there": lambda: book({}),
    "a sheet outside the archive": lambda: book(
        {
            "xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace(
                "worksheets/sheet1.xml", "../../../../etc/passwd"
            )
        }
    ),
    "an archive in an archive": lambda: book({SHEET: zeros(TEN_MILLION)}),
    "an archive cut short": lambda: corners("B2")[:-40],
    "separators alone": lambda: (b"," * 199 + b"\n") * 60_000,
    "one line of separators": lambda: b";" * 15_000_000,
    "one cell of fifteen megabytes": lambda: b'a,b\n"' + b"x" * 15_000_000 + b'",1\n',
    "a quote that never ends": lambda: b'a,b\n"' + b"1,2\n" * 3_000_000,
    "line ends alone": lambda: b"a,b\n1,2\n" + b"\n" * 15_000_000,
    "utf-16 of nothing": lambda: b"\xff\xfe" + b",\x00" * 7_000_000,
}
