"""JSON: the same tables, with what they mean and where they come from, written row by row."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from journey.export.cells import one_line
from journey.export.tables import About, Table, Value


def write_json(tables: Sequence[Table], about: About, target: Path) -> list[Path]:
    """`{about, variables: {table: […]}, tables: {table: [{variable: value}]}}`; days are ISO, empty is null."""
    with target.open("w", encoding="utf-8") as file:
        said = {
            "study": about.code,
            "content": about.content,
            "purpose": one_line(about.purpose),
            "made_by": about.made_by,
            "made_at": about.made_at.isoformat(),
            "as_of": about.as_of.isoformat() if about.as_of else None,
            "batch": about.batch,
            "notes": list(about.notes),
        }
        variables = {table.name: [_described(column) for column in table.columns] for table in tables}
        file.write(f'{{"about": {_text(said)},\n"variables": {_text(variables)},\n"tables": {{')
        for place, table in enumerate(tables):
            file.write(f"{',' if place else ''}\n{_text(table.name)}: [")
            names = [column.name for column in table.columns]
            for number, row in enumerate(table.rows()):
                cells = dict(zip(names, map(_plain, row), strict=True))
                file.write(f"{',' if number else ''}\n{_text(cells)}")
            file.write("]")
        file.write("}}\n")
    return [target]


def _described(column: Any) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": column.label,
        "type": column.kind.value,
        "values": {one.value: one.label for one in column.choices},
        "missing": [one.value for one in column.choices if one.missing],
    }


def _plain(value: Value) -> str | int | float | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return one_line(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
