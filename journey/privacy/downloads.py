"""Files of the privacy officer: made at the moment they are asked for and kept nowhere, by a browser neither."""

import csv
import io

from fastapi import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(name: str, rows: list[tuple[object, ...]]) -> Response:
    """As Dutch spreadsheets open it; a cell that begins like a formula is text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return download(text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", name)


def download(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


def _cell(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
