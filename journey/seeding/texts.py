"""Reads the words that studies share: statements, themes, consent texts and the live demo's ingredients.

Dutch is binding; a translation stands beside it and is never the only text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from journey.route.toml_file import TRANSLATIONS, TomlTable, read_toml
from journey.rules.ratings import Channel, Subject, Value

LANGUAGES = ("nl", *TRANSLATIONS)
STORIES = (
    "without-cv",
    "planned",
    "late",
    "letter",
    "supplied",
    "suspended",
    "ww",
    "bypass",
    "repeated",
    "appointment",
    "asked-back",
    "not-reached",
    "rest",
    "link",
    "closed",
    "withdrawn",
)
PARTS = ("morning", "afternoon", "evening")


@dataclass(frozen=True)
class Statement:
    """A sentence of the closing interview. `source` is report-2016, own or council-advice."""

    id: str
    text: str
    source: str
    translations: Mapping[str, str]


@dataclass(frozen=True)
class Theme:
    """A code for quotes; `tone` is good or bad."""

    id: str
    name: str
    tone: str
    source: str
    translations: Mapping[str, str]


@dataclass(frozen=True)
class ConsentText:
    """One version in one language: points of (heading, text) and the separate choices. The last two are asked since
    2026-2 and are "" before it."""

    version: str
    language: str
    title: str
    points: tuple[tuple[str, str], ...]
    participate: str
    quotes: str
    recording: str
    photos: str
    file_dates: str


@dataclass(frozen=True)
class DemoPerson:
    """`days` are weekdays (0 is Monday) and `parts` parts of the day that suit; `note` was made last week.

    `reached` is the last step that happened, about `days_ago`; `story` what is special (seeds/demo/README.md).
    """

    call_name: str
    phone: str
    postal_address: str | None
    language: str
    route: str
    age_band: str
    channel: str
    days: tuple[int, ...]
    parts: tuple[str, ...]
    quotes: bool
    note: str
    reached: str
    days_ago: int
    story: str | None
    municipality: str | None


@dataclass(frozen=True)
class DemoQuote:
    step: str
    subject: str
    value: str
    theme: str
    text: str


@dataclass(frozen=True)
class Demo:
    people: tuple[DemoPerson, ...]
    quotes: tuple[DemoQuote, ...]


def read_statements(path: Path) -> tuple[Statement, ...]:
    """The statements of the closing interview, in the order of asking."""
    return tuple(
        Statement(
            id=row.text("id"),
            text=row.text("text"),
            source=row.text("source"),
            translations=_other(row, "text"),
        )
        for row in _rows(path, "statements")
    )


def read_themes(path: Path) -> tuple[Theme, ...]:
    """The codebook to start with."""
    return tuple(
        Theme(
            id=row.name_id("id"),
            name=row.text("name"),
            tone=row.one_of("tone", row.text("tone"), ("good", "bad")),
            source=row.text("source"),
            translations=_other(row, "name"),
        )
        for row in _rows(path, "themes")
    )


def read_consent(path: Path) -> ConsentText:
    """One consent text; `Invalid` names file, line and field."""
    return _parse_consent(path.read_text(encoding="utf-8"), path.name)


@lru_cache(maxsize=64)
def _parse_consent(text: str, source: str) -> ConsentText:
    table = read_toml(text, source)
    choices = table.table("choices")
    consent = ConsentText(
        version=table.text("version"),
        language=table.one_of("language", table.text("language"), LANGUAGES),
        title=table.text("title"),
        points=tuple((row.text("heading"), row.text("text")) for row in table.tables("points")),
        participate=choices.text("participate"),
        quotes=choices.text("quotes"),
        recording=choices.text("recording"),
        photos=choices.optional("photos", str) or "",
        file_dates=choices.optional("file_dates", str) or "",
    )
    choices.done()
    table.done()
    return consent


def read_demo(path: Path) -> Demo:
    """The ingredients of the live demo, without dates."""
    table = read_toml(path.read_text(encoding="utf-8"), path.name)
    demo = Demo(
        people=tuple(_person(row) for row in table.tables("people")),
        quotes=tuple(_quote(row) for row in table.tables("quotes")),
    )
    table.done()
    return demo


def _person(row: TomlTable) -> DemoPerson:
    person = DemoPerson(
        call_name=row.text("call_name"),
        phone=row.text("phone"),
        postal_address=row.optional("postal_address", str),
        language=row.one_of("language", row.text("language"), LANGUAGES),
        route=row.text("route"),
        age_band=row.text("age_band"),
        channel=row.one_of("channel", row.text("channel"), tuple(Channel)),
        days=tuple(row.required("days", list)),
        parts=row.choices("parts", PARTS),
        quotes=row.flag("quotes"),
        note=row.text("note"),
        reached=row.text("reached"),
        days_ago=row.whole("days_ago"),
        story=row.one_of("story", story, STORIES) if (story := row.optional("story", str)) else None,
        municipality=row.optional("municipality", str),
    )
    row.done()
    return person


def _quote(row: TomlTable) -> DemoQuote:
    quote = DemoQuote(
        step=row.text("step"),
        subject=row.one_of("subject", row.text("subject"), tuple(Subject)),
        value=row.one_of("value", row.text("value"), tuple(Value)),
        theme=row.text("theme"),
        text=row.text("text"),
    )
    row.done()
    return quote


def _rows(path: Path, key: str) -> list[TomlTable]:
    table = read_toml(path.read_text(encoding="utf-8"), path.name)
    rows = table.tables(key)
    table.done()
    return rows


def _other(row: TomlTable, key: str) -> dict[str, str]:
    """The translations of one text; the row is then read to its end."""
    found = {language: words.text(key) for language, words in row.translations().items()}
    row.done()
    return found
