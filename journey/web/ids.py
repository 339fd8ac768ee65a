"""The number of a row in an address: what no row can have is no page, and never reaches the database."""

from typing import Annotated, Final

from fastapi import Path

LARGEST: Final = 2**31 - 1

RowId = Annotated[int, Path(le=LARGEST)]
