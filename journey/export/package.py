"""`datapackage.json`: what stands in the CSV files of an export, for programs (Frictionless Data Package)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from journey.export.csv_file import SEPARATORS
from journey.export.tables import About, Column, Kind, Table

NAME = "datapackage.json"
TYPES = {Kind.whole: "integer", Kind.decimal: "number", Kind.day: "date"}


def write_package(
    tables: Sequence[Table], paths: Sequence[Path], about: About, separator: str, folder: Path
) -> Path:
    """Beside the files it describes; a resource per table, in their order."""
    described = {
        "name": about.code.casefold(),
        "title": about.study,
        "description": " ".join(about.notes),
        "created": about.made_at.isoformat(timespec="seconds"),
        "resources": [_resource(table, path, separator) for table, path in zip(tables, paths, strict=True)],
    }
    target = folder / NAME
    target.write_text(json.dumps(described, ensure_ascii=False, indent=2), encoding="utf-8")
    return target


def _resource(table: Table, path: Path, separator: str) -> dict[str, Any]:
    return {
        "name": table.name.replace("_", "-"),
        "title": table.title,
        "path": path.name,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"delimiter": SEPARATORS[separator], "quoteChar": '"', "doubleQuote": True},
        "schema": {
            "fields": [_field(column, separator) for column in table.columns],
            "missingValues": [""],
        },
    }


def _field(column: Column, separator: str) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "title": column.label,
        "type": TYPES.get(column.kind, "string"),
    }
    if column.kind is Kind.decimal and separator == "semicolon":
        field["decimalChar"] = ","
    if column.choices:
        field["constraints"] = {"enum": [choice.value for choice in column.choices]}
        field["description"] = "; ".join(f"{one.value}: {one.label}" for one in column.choices)
    return field
