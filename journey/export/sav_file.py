"""SPSS: numbers with value labels, declared missing values, real dates. One file holds one table."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from journey.export.cells import one_line
from journey.export.tables import About, Column, Kind, Table, Value
from journey.rules.errors import Invalid

# Bytes of UTF-8; longer texts SPSS does not take.
LONGEST_TEXT = 32_000
FORMATS = {Kind.choice: "F2.0", Kind.whole: "F8.0", Kind.decimal: "F8.1", Kind.day: "DATE11"}


def write_sav(tables: Sequence[Table], about: About, target: Path) -> list[Path]:
    """The first table in `target`, each other one beside it as `name-table.sav`. Invalid when the libraries for it are
    not installed.
    """
    try:
        import pandas
        import pyreadstat
    except ImportError:
        raise Invalid(
            "Voor SPSS-bestanden ontbreekt een onderdeel op deze server: installeer journey[spss].",
            field="format",
        ) from None
    written = []
    for place, table in enumerate(tables):
        path = target if place == 0 else target.with_name(f"{target.stem}-{table.name}{target.suffix}")
        columns = list(zip(*table.rows(), strict=True)) or [() for _column in table.columns]
        pyreadstat.write_sav(
            pandas.DataFrame(
                {
                    column.name: _series(pandas, column, values)
                    for column, values in zip(table.columns, columns, strict=True)
                }
            ),
            path,
            file_label=f"{about.code} {table.name}"[:64],
            column_labels={column.name: column.label for column in table.columns},
            note=[one_line(f"{name}: {value}")[:80] for name, value in about.lines()],
            row_compress=True,
            variable_value_labels=_value_labels(table),
            missing_ranges=_missing(table),
            variable_measure={column.name: _measure(column) for column in table.columns},
            variable_format={one.name: FORMATS[one.kind] for one in table.columns if one.kind in FORMATS},
        )
        written.append(path)
    return written


def _series(pandas: Any, column: Column, values: Sequence[Value]) -> Any:
    if column.kind is Kind.text:
        return pandas.Series([_text(value) for value in values], dtype=object)
    if column.kind is Kind.day:
        return pandas.Series(list(values), dtype=object if any(values) else "datetime64[ns]")
    if column.kind is Kind.choice:
        numbers = {one.value: one.number for one in column.choices}
        return pandas.Series([None if one is None else numbers[str(one)] for one in values], dtype="float64")
    return pandas.Series([_number(value) for value in values], dtype="float64")


def _number(value: Value) -> float | None:
    if isinstance(value, date | str):
        raise TypeError(f"{value!r} is no number")
    return float(value) if isinstance(value, Decimal) else value


def _text(value: Value) -> str:
    line = one_line(str(value)) if value is not None else ""
    return line.encode()[:LONGEST_TEXT].decode(errors="ignore")


def _value_labels(table: Table) -> dict[str, dict[int | float, str]]:
    return {
        column.name: {float(one.number): one.label for one in column.choices}
        for column in table.columns
        if column.choices
    }


def _missing(table: Table) -> dict[str, list[Any]]:
    """SPSS takes three numbers or one range."""
    found = {column.name: [one.number for one in column.choices if one.missing] for column in table.columns}
    return {
        name: numbers if len(numbers) <= 3 else [{"lo": min(numbers), "hi": max(numbers)}]
        for name, numbers in found.items()
        if numbers
    }


def _measure(column: Column) -> str:
    if column.kind in (Kind.whole, Kind.decimal, Kind.day):
        return "scale"
    return "ordinal" if column.ordered else "nominal"
