"""An Excel workbook with a sheet per table, real dates and numbers, and text that stays text also when it is edited."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from journey.export.cells import looks_like_formula, one_line
from journey.export.tables import Kind, Table, Value
from journey.rules.errors import Invalid

LAST_ROW = 1_048_576
LONGEST_CELL = 32_767
WIDTHS = {Kind.text: 24, Kind.choice: 18, Kind.whole: 12, Kind.decimal: 12, Kind.day: 13}


def write_xlsx(tables: Sequence[Table], target: Path) -> list[Path]:
    """Invalid when a table has more rows than a sheet takes. Rows go to disk one by one: memory does not grow."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    import xlsxwriter

    with xlsxwriter.Workbook(str(target), options) as book:
        head = book.add_format({"bold": True})
        # The mark that Excel itself sets for a cell typed with an apostrophe: it stays text after editing.
        text = book.add_format({"quote_prefix": True, "num_format": "@"})
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        grade = book.add_format({"num_format": "0.0"})
        for table in tables:
            sheet = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(table.columns):
                sheet.set_column(place, place, max(WIDTHS[column.kind], len(column.name) + 2))
                sheet.write_string(0, place, column.name, head)
            _write_rows(sheet, table, text, day, grade)
    return [target]


def _write_rows(sheet: Any, table: Table, text: Any, day: Any, grade: Any) -> None:
    number = 0
    for number, row in enumerate(table.rows(), 1):
        if number >= LAST_ROW:
            raise Invalid("Dit zijn te veel rijen voor Excel. Kies CSV.", field="format")
        for place, value in enumerate(row):
            if value is not None:
                _writer(sheet, value, text, day, grade)(number, place)
    sheet.autofilter(0, 0, number, len(table.columns) - 1)


def _writer(sheet: Any, value: Value, text: Any, day: Any, grade: Any) -> Callable[[int, int], None]:
    def write(row: int, place: int) -> None:
        if isinstance(value, str):
            line = one_line(value)[:LONGEST_CELL]
            sheet.write_string(row, place, line, text if looks_like_formula(line) else None)
        elif isinstance(value, Decimal):
            sheet.write_number(row, place, float(value), grade)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, day)
        else:
            sheet.write_number(row, place, value)

    return write
