"""CSV as Dutch spreadsheets open it: semicolons, decimal comma, a byte order mark. Every cell is in quotes, so that who
splits at another character finds no formula in the middle of a text.
"""

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from journey.export.cells import guarded
from journey.export.tables import Table, Value

SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t"}


def write_csv(tables: Sequence[Table], target: Path, separator: str = "semicolon") -> list[Path]:
    """The first table in `target`, each other one beside it as `name-table.csv`. Grades have a decimal comma with
    semicolons, a point with other separators.
    """
    mark = SEPARATORS[separator]
    written = []
    for place, table in enumerate(tables):
        path = target if place == 0 else target.with_name(f"{target.stem}-{table.name}{target.suffix}")
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=mark, quoting=csv.QUOTE_ALL)
            writer.writerow([column.name for column in table.columns])
            writer.writerows([_cell(value, mark) for value in row] for row in table.rows())
        written.append(path)
    return written


def _cell(value: Value, mark: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, Decimal):
        return str(value).replace(".", ",") if mark == ";" else str(value)
    return str(value)
