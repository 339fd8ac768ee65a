"""What a part of the bench measures: one `Figure` per number, with every value of every run, never one best.

A part is a module of this folder with `parts(options) -> Iterator[Figure]`; modules named `size*` join by themselves,
others are named in `__main__`. A figure that says something about the machine as much as about the product
brings its limit along: the same thing done as barely as possible, measured by turns in the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal


@dataclass(frozen=True)
class Options:
    """`quick`: as small as still runs everything, for the suite; its times mean nothing. `runs`: interleaved rounds."""

    quick: bool = False
    databases: tuple[str, ...] = ("sqlite", "postgresql")
    runs: int = 5


@dataclass(frozen=True)
class Figure:
    """`values`: one per run, in `unit`. `limits`: of the same runs, in the same order; then `aim` is about the ratio.

    Without `aim` the figure is for information. `better`: whether the aim is the least or the most that is asked.
    """

    name: str
    unit: str
    values: list[float]
    limits: list[float] = field(default_factory=list)
    limit_name: str = ""
    aim: float | None = None
    better: Literal["less", "more"] = "less"
    database: str = ""
    note: str = ""

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def ratios(self) -> list[float]:
        """Of each run with the limit of that same run; a limit of nothing gives no ratio."""
        return [
            value / limit for value, limit in zip(self.values, self.limits, strict=bool(self.limits)) if limit
        ]

    @property
    def ratio(self) -> float | None:
        return median(self.ratios) if self.ratios else None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met by the median (of the ratios, where there is a limit); None without an aim."""
        measured = self.ratio if self.limits else self.median
        if self.aim is None or measured is None:
            return None
        return measured <= self.aim if self.better == "less" else measured >= self.aim

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "database": self.database,
            "unit": self.unit,
            "median": self.median,
            "least": min(self.values),
            "most": max(self.values),
            "values": self.values,
            "limit": self.limit_name,
            "limits": self.limits,
            "ratio": self.ratio,
            "ratios": self.ratios,
            "aim": self.aim,
            "better": self.better,
            "met": self.met,
            "note": self.note,
        }


Part = Callable[[Options], Iterator[Figure]]
