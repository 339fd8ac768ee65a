"""The statements of the closing interview, as data in `seeds/statements.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache

from journey.resources import folder


@dataclass(frozen=True)
class Statement:
    """`text` is read aloud; `since_2016` tells whether the 2016 report asked it too."""

    id: str
    text: str
    since_2016: bool


@cache
def list_statements() -> tuple[Statement, ...]:
    data = tomllib.loads((folder("seeds") / "statements.toml").read_text(encoding="utf-8"))
    return tuple(
        Statement(row["id"], row["text"], row["source"] == "report-2016") for row in data["statements"]
    )
