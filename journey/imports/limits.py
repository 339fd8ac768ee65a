"""How large a file of data may be; asked before anything is held in memory."""

from typing import Final

from journey.rules.errors import Invalid
from journey.web.filters import number

LARGEST_FILE: Final = 20_000_000
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 10_000


def check_size(rows: int, columns: int) -> None:
    """Invalid for more rows or columns than are read; the headers are a row too."""
    if rows > MOST_ROWS + 1:
        raise Invalid("Meer dan %(most)s rijen. Deel het bestand op.", field="file", most=number(MOST_ROWS))
    if columns > MOST_COLUMNS:
        raise Invalid(
            "Meer dan %(most)s kolommen. Haal weg wat niet nodig is.", field="file", most=MOST_COLUMNS
        )
