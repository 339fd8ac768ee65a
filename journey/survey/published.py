"""What reports printed of a questionnaire: earlier years, a reference group, and every number to check ours against.

Printed percentages have no n, so they stand beside and are never tested; a reference group may print how many there
were at most (rules, 50). What was not printed is not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from journey.models import Study
from journey.resources import folder
from journey.route.toml_file import TomlTable, read_toml
from journey.rules.errors import Invalid
from journey.survey.queries import SurveyOf

REFERENCE: Final = "reference"
INSUFFICIENT: Final = "insufficient"

# A mean or a share, or shares by option.
Printed = float | Mapping[str, float]


@dataclass(frozen=True)
class Spread:
    """A printed share of who gave one of these answers (`insufficient` is a grade of 1 to 5)."""

    item: str
    unit: str
    answers: tuple[str, ...]
    percent: int


@dataclass(frozen=True)
class Published:
    """`figures` goes from (item, unit, year) to what was printed; unit `all` is the units together, `reference` the
    group of others. `impossible` says of numbers (item, unit, option) why no whole numbers of people give them.
    """

    questionnaire: str
    year: int
    source: str
    units: tuple[str, ...]
    figures: Mapping[tuple[str, str, int], Printed]
    spreads: tuple[Spread, ...] = ()
    modes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    impossible: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    reference_name: str = ""
    reference_source: str = ""
    reference_n: int | None = None

    def earlier(self, item: str, unit: str, before: int) -> dict[int, Printed]:
        """What was printed of years before this one, the newest first."""
        found = {
            year: printed
            for (name, of, year), printed in self.figures.items()
            if (name, of) == (item, unit) and year < before
        }
        return dict(sorted(found.items(), reverse=True))

    def reference(self, item: str) -> Printed | None:
        return self.figures.get((item, REFERENCE, self.year))

    def printed(self) -> Iterator[tuple[str, str, str, float]]:
        """Every number of its own year about its own units: item, unit, option (empty for one number), number."""
        for (item, unit, year), printed in self.figures.items():
            if year != self.year or unit == REFERENCE:
                continue
            for option, number in printed.items() if isinstance(printed, Mapping) else [("", printed)]:
                yield item, unit, option, number


@cache
def list_published() -> tuple[Published, ...]:
    """All that came with the product."""
    found = sorted((folder("seeds") / "questionnaires" / "published").glob("*.toml"))
    return tuple(read_published(path) for path in found)


def find_published(questionnaire: str) -> Published | None:
    return next((one for one in list_published() if one.questionnaire == questionnaire), None)


def is_printed(study: Study, survey: SurveyOf) -> bool:
    """Whether a report of this very survey was printed: the same questionnaire, year and units."""
    published = find_published(survey.questionnaire.id)
    return (
        published is not None
        and published.year == study.starts_on.year
        and set(published.units) == set(survey.names)
    )


def read_published(path: Path) -> Published:
    """`Invalid` names file, line and field."""
    table = read_toml(path.read_text(encoding="utf-8"), path.name)
    units = table.choices("units")
    figures: dict[tuple[str, str, int], Printed] = {}
    for row in table.tables("items"):
        for unit in (*units, "all", REFERENCE):
            for year, printed in (row.optional(unit, dict) or {}).items():
                figures[row.text("id"), unit, int(year)] = _printed(row, unit, printed)
        row.done()
    reference = table.table(REFERENCE) if table.optional(REFERENCE, dict) else None
    published = Published(
        questionnaire=table.text("questionnaire"),
        year=table.whole("year"),
        source=table.text("source"),
        units=units,
        figures=figures,
        spreads=tuple(_spread(row) for row in table.tables("spread")),
        modes=dict(_modes(row) for row in table.tables("response")),
        impossible=dict(_impossible(row) for row in table.tables("impossible")),
        reference_name=reference.text("name") if reference else "",
        reference_source=reference.text("source") if reference else "",
        reference_n=reference.whole("n_at_most") if reference else None,
    )
    for part in (reference, table):
        if part is not None:
            part.done()
    return published


def _printed(row: TomlTable, unit: str, printed: Any) -> Printed:
    if isinstance(printed, dict):
        return {option: float(number) for option, number in printed.items()}
    if not isinstance(printed, int | float):
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: dit soort waarde past hier niet.", **row.at(unit)
        )
    return float(printed)


def _spread(row: TomlTable) -> Spread:
    spread = Spread(row.text("item"), row.text("unit"), row.choices("answers"), row.whole("percent", least=0))
    row.done()
    return spread


def _modes(row: TomlTable) -> tuple[str, dict[str, int]]:
    found = row.text("unit"), {mode: row.whole(mode, least=0) for mode in ("paper", "web")}
    row.done()
    return found


def _impossible(row: TomlTable) -> tuple[tuple[str, str, str], str]:
    found = (row.text("item"), row.text("unit"), row.text("answer")), row.text("why")
    row.done()
    return found
