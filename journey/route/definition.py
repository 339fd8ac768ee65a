"""Reads a route from its TOML file into frozen dataclasses.

A wrong file is refused as a whole: a route that is half right would lose steps or lead times in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from journey.route.toml_file import TomlTable, read_toml, table_from_data
from journey.rules.errors import Invalid
from journey.rules.ratings import Subject
from journey.web.i18n import find_translation

PHASES = ("first_contact", "deciding", "after_grant")
CLOCKS = ("gate", "application", "total")


@dataclass(frozen=True)
class Words:
    """What a participant reads about a step, and in which language; `bring` and `next` may be missing."""

    name: str
    explain: str
    bring: str | None = None
    next: str | None = None
    language: str = "nl"


@dataclass(frozen=True)
class Step:
    """One box of the route. `starts` and `ends` name lead times, `rates` holds subjects ("step", "staff")."""

    id: str
    name: str
    explain: str
    bring: str | None
    next: str | None
    rates: tuple[str, ...]
    phase: str
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    given_by: tuple[str, ...] = ()
    translations: Mapping[str, Words] = field(default_factory=dict)

    def words(self, language: str) -> Words:
        """The words of the route in this language, else those of our catalogue, else the Dutch ones, which are binding.

        Half a translation is none: it would hide what to bring.
        """
        if found := self.translations.get(language):
            return found
        dutch = (self.name, self.explain, self.bring, self.next)
        said = [find_translation(language, text) if text else text for text in dutch]
        if language == "nl" or any(text and not other for text, other in zip(dutch, said, strict=True)):
            return Words(*dutch)
        return Words(said[0] or "", said[1] or "", said[2], said[3], language)


@dataclass(frozen=True)
class Norm:
    """What was promised between two steps; `within_days` are calendar days, None where no document gives a number."""

    from_step: str
    to_step: str
    within_days: int | None
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Promise:
    """What was promised at a step and cannot be counted in days between two steps."""

    step: str
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RouteDefinition:
    """A whole route. `data` is the file as plain JSON values: what a database keeps of a version."""

    id: str
    version: int
    name: str
    audience: str
    steps: tuple[Step, ...]
    norms: tuple[Norm, ...] = ()
    promises: tuple[Promise, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def step_ids(self) -> tuple[str, ...]:
        return tuple(step.id for step in self.steps)

    def find_step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)

    def position(self, step_id: str) -> int:
        """The place of a step in the order of the route, from 0; ValueError when it is not on the route."""
        return self.step_ids.index(step_id)


def load_route(path: Path) -> RouteDefinition:
    """Read one route file; `Invalid` names file, line and field."""
    return parse_route(path.read_text(encoding="utf-8"), path.name)


@lru_cache(maxsize=64)
def parse_route(text: str, source: str) -> RouteDefinition:
    """Read a route from TOML text; `source` is the file name for messages."""
    return _route(read_toml(text, source))


def route_from_data(data: Mapping[str, Any], source: str) -> RouteDefinition:
    """Rebuild a route from the `data` of an earlier read, as kept in a database."""
    return _route(table_from_data(dict(data), source))


def _route(table: TomlTable) -> RouteDefinition:
    steps: list[Step] = []
    if not table.tables("steps"):
        table.required("steps", list)
    for row in table.tables("steps"):
        steps.append(_step(row, [step.id for step in steps]))
    ids = [step.id for step in steps]
    _check_clocks(table, steps)
    route = RouteDefinition(
        id=table.name_id("id"),
        version=table.whole("version"),
        name=table.text("name"),
        audience=table.text("audience"),
        steps=tuple(steps),
        norms=tuple(_norm(row, ids) for row in table.tables("norms")),
        promises=tuple(_promise(row, ids) for row in table.tables("promises")),
        translations=_texts(table, ("name", "audience")),
        data=table.data,
    )
    table.done()
    return route


def _step(table: TomlTable, taken: list[str]) -> Step:
    dutch = _words(table)
    step = Step(
        id=table.name_id("id", taken),
        name=dutch.name,
        explain=dutch.explain,
        bring=dutch.bring,
        next=dutch.next,
        rates=table.choices("rates", tuple(Subject)),
        phase=table.one_of("phase", table.text("phase"), PHASES),
        starts=table.choices("starts", CLOCKS),
        ends=table.choices("ends", CLOCKS),
        given_by=table.choices("given_by"),
        translations={
            code: replace(_translated(words, dutch), language=code)
            for code, words in table.translations().items()
        },
    )
    table.done()
    return step


def _words(table: TomlTable) -> Words:
    return Words(
        table.text("name"), table.text("explain"), table.optional("bring", str), table.optional("next", str)
    )


def _translated(table: TomlTable, dutch: Words) -> Words:
    """A translation says everything the Dutch says: half a translation would hide what to bring."""
    for key in ("bring", "next"):
        if getattr(dutch, key) is not None:
            table.text(key)
    words = _words(table)
    table.done()
    return words


def _texts(table: TomlTable, keys: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for code, words in table.translations().items():
        found[code] = {key: words.text(key) for key in keys}
        words.done()
    return found


def _one_text(table: TomlTable) -> dict[str, str]:
    return {code: texts["text"] for code, texts in _texts(table, ("text",)).items()}


def _norm(table: TomlTable, ids: list[str]) -> Norm:
    norm = Norm(
        from_step=table.one_of("from", table.text("from"), ids),
        to_step=table.one_of("to", table.text("to"), ids),
        within_days=table.whole("within_days") if "within_days" in table.data else None,
        text=table.text("text"),
        translations=_one_text(table),
    )
    table.done()
    return norm


def _promise(table: TomlTable, ids: list[str]) -> Promise:
    promise = Promise(
        step=table.one_of("step", table.text("step"), ids),
        text=table.text("text"),
        translations=_one_text(table),
    )
    table.done()
    return promise


def _check_clocks(table: TomlTable, steps: list[Step]) -> None:
    """Every lead time that a step starts is ended by exactly one later step, and the other way round."""
    for clock in CLOCKS:
        starts = [number for number, step in enumerate(steps) if clock in step.starts]
        ends = [number for number, step in enumerate(steps) if clock in step.ends]
        if not starts and not ends:
            continue
        if len(starts) == len(ends) == 1 and starts[0] < ends[0]:
            continue
        row, key = (starts[-1], "starts") if starts else (ends[-1], "ends")
        place = TomlTable({}, ("steps", row), table.lines)
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: %(clock)s moet één begin en één later einde hebben.",
            clock=clock,
            **place.at(key),
        )
