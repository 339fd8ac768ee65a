"""The cells of a text file with separators, whatever program saved it."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from journey.imports.limits import LARGEST_FILE, check_size
from journey.rules.errors import Invalid
from journey.web.i18n import gettext as _

SEPARATORS: Final = {";": "puntkomma", ",": "komma", "\t": "tab", "|": "rechte streep"}
TOLD: Final = re.compile(r"\A\s*\"?sep=(.)\"?[^\r\n]*(\r\n|\r|\n)", re.IGNORECASE)  # Excel's own first line
# What else is text, by how it begins, and how to make a table of it.
OTHER_TEXTS: Final = (
    (re.compile(r"<\?xml[^>]*\?>\s*<\?mso-application|<workbook\b", re.IGNORECASE), "een oud XML-rekenblad"),
    (re.compile(r"<!doctype html|<html\b|<table\b|<head\b|<meta\b", re.IGNORECASE), "een webpagina"),
    (re.compile(r"<\?xml|<log\b", re.IGNORECASE), "een XML-bestand"),
    (re.compile(r"[\[{]\s*[\[{\"]"), "een JSON-bestand"),
    (re.compile(r"%PDF"), "een PDF"),
    (re.compile(r"\{\\rtf"), "een tekstdocument (RTF)"),
)


def read_text(content: bytes, separator: str = "") -> tuple[list[tuple[str, ...]], list[str]]:
    """Lines of cells and what was assumed: encoding and separator."""
    text, notes = _decode(content)
    _refuse_other_texts(text)
    if separator not in ("", *SEPARATORS):
        raise Invalid("Kies als scheidingsteken een komma, een puntkomma of een tab.", field="separator")
    told = TOLD.match(text)
    if told:
        text = "\n" + text[told.end() :]  # its line still counts in the numbers of rows
    chosen = separator or (told[1] if told and told[1] in SEPARATORS else "") or _guess_separator(text)
    if not separator and chosen != ",":
        notes.append(_("Scheidingsteken: %(name)s.", name=_(SEPARATORS[chosen])))
    lines = _parsed(text, chosen)
    if inner := _packed(lines):
        notes.append(_("Elke regel stond als geheel tussen aanhalingstekens; we lezen wat erin staat."))
        lines = _parsed(inner, separator or _guess_separator(inner))
    return lines, notes


def _parsed(text: str, separator: str) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    csv.field_size_limit(LARGEST_FILE)  # a cell that is too long is refused by name, with its row and column
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            # A cell over several lines keeps the numbers of a spreadsheet: one row, one number.
            lines.append(tuple(row))
            check_size(len(lines), len(row))
    except csv.Error:
        raise Invalid(
            "Rij %(row)s is niet te lezen: een aanhalingsteken staat verkeerd.",
            field="file",
            row=len(lines) + 1,
        ) from None
    return lines


def _packed(lines: list[tuple[str, ...]]) -> str:
    """The text inside, when each line is one cell that holds a whole line: a table that was pasted into one column."""
    filled = [line for line in lines if any(line)]
    if len(filled) < 2 or any(len(line) != 1 for line in filled):
        return ""
    if not all(any(sign in line[0] for sign in SEPARATORS) for line in filled):
        return ""
    return "\n".join(line[0] if line else "" for line in lines)


def _decode(content: bytes) -> tuple[str, list[str]]:
    """UTF-8 is silent; any other encoding is told, because letters could come out wrong."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16").lstrip("\ufeff"), [_("Tekencodering: UTF-16.")]
        except UnicodeDecodeError:
            raise Invalid("Dit bestand is geen tekst.", field="file") from None
    if b"\x00" in content:
        raise Invalid(
            "Dit is geen rekenblad en geen tekst. Sla het bestand op als XLSX of CSV.", field="file"
        )
    try:
        return content.decode("utf-8").lstrip("\ufeff"), []
    except UnicodeDecodeError:
        told = _("Tekencodering: Windows-1252, geen UTF-8. Kijk of letters als é en ö kloppen.")
        return content.decode("cp1252", errors="replace"), [told]


def _refuse_other_texts(text: str) -> None:
    begin = text[:2000].lstrip()
    for pattern, kind in OTHER_TEXTS:
        if pattern.match(begin):
            raise Invalid(
                "Dit is %(kind)s, ook al heet het anders. Open het in uw rekenprogramma en sla het op als XLSX of CSV.",
                field="file",
                kind=kind,
            )


def _guess_separator(text: str) -> str:
    """The one that the first line with any of them has most of, outside quotes; titles have none."""
    for line in text.splitlines():
        plain = "".join(part for place, part in enumerate(line.split('"')) if place % 2 == 0)
        if any(sign in plain for sign in SEPARATORS):
            return max((",", ";", "\t", "|"), key=plain.count)
    return ","
