"""Reads TOML tables strictly, and says in which file, line and field a value is wrong.

Data files are edited by people who do not program: a typing error must be named, never silently ignored.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from typing import Any

from journey.rules.errors import Invalid

TRANSLATIONS = ("en", "ar", "tr", "ti", "fa", "pl")

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_toml(text: str, source: str) -> TomlTable:
    """The top table of a TOML text; `source` is the file name for messages. `Invalid` when it is no TOML."""
    try:
        return TomlTable(tomllib.loads(text), (), _Lines(text, source))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        lines = text.splitlines() or [""]
        line = int(found.group(1)) if found else len(lines)
        key = lines[line - 1].partition("=")[0].strip() or "?"
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: dit is geen geldige TOML (%(detail)s).",
            field=key,
            file=source,
            line=line,
            key=key,
            detail=str(error),
        ) from error


def table_from_data(data: dict[str, Any], source: str) -> TomlTable:
    """The same table from values that were read before; lines are unknown then."""
    return TomlTable(data, (), _Lines("", source))


class TomlTable:
    """One TOML table being read: hands out checked values and refuses what nobody asked for."""

    def __init__(self, data: dict[str, Any], place: tuple[str | int, ...], lines: _Lines) -> None:
        self.data = data
        self.place = place
        self.lines = lines
        self.known: set[str] = set()

    def at(self, key: str) -> dict[str, Any]:
        """Where a field stands: what every refusal says first."""
        line = self.lines.find(self.place, key)
        return {"field": key, "file": self.lines.source, "line": line, "key": key}

    def optional(self, key: str, kind: type) -> Any:
        self.known.add(key)
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Invalid(
                "%(file)s, regel %(line)s, veld %(key)s: dit soort waarde past hier niet.",
                **self.at(key),
            )
        if value == [] or (isinstance(value, str) and not value.strip()):
            raise Invalid("%(file)s, regel %(line)s, veld %(key)s: dit mag niet leeg zijn.", **self.at(key))
        return value

    def required(self, key: str, kind: type) -> Any:
        value = self.optional(key, kind)
        if value is None:
            raise Invalid("%(file)s, regel %(line)s, veld %(key)s: dit veld ontbreekt.", **self.at(key))
        return value

    def text(self, key: str) -> str:
        return str(self.required(key, str)).strip()

    def whole(self, key: str, least: int = 1) -> int:
        value = int(self.required(key, int))
        if value < least:
            raise Invalid(
                "%(file)s, regel %(line)s, veld %(key)s: dit moet %(least)s of meer zijn.",
                least=least,
                **self.at(key),
            )
        return value

    def flag(self, key: str) -> bool:
        return bool(self.required(key, bool))

    def table(self, key: str) -> TomlTable:
        return TomlTable(self.required(key, dict), (*self.place, key), self.lines)

    def name_id(self, key: str, taken: Iterable[str] = ()) -> str:
        value = self.text(key)
        if not _ID.fullmatch(value):
            raise Invalid(
                "%(file)s, regel %(line)s, veld %(key)s: gebruik kleine letters, cijfers en streepjes.",
                **self.at(key),
            )
        if value in taken:
            raise Invalid(
                "%(file)s, regel %(line)s, veld %(key)s: %(value)s komt twee keer voor.",
                value=value,
                **self.at(key),
            )
        return value

    def one_of(self, key: str, value: str, allowed: Iterable[str]) -> str:
        choices = tuple(allowed)
        if value not in choices:
            raise Invalid(
                "%(file)s, regel %(line)s, veld %(key)s: %(value)s kan niet. Kies uit: %(allowed)s.",
                value=value,
                allowed=", ".join(choices),
                **self.at(key),
            )
        return value

    def choices(self, key: str, allowed: Iterable[str] | None = None) -> tuple[str, ...]:
        values = self.optional(key, list) or []
        for position, value in enumerate(values):
            if not isinstance(value, str) or not value or value in values[:position]:
                raise Invalid(
                    "%(file)s, regel %(line)s, veld %(key)s: dit moet een rij verschillende woorden zijn.",
                    **self.at(key),
                )
            if allowed is not None:
                self.one_of(key, value, allowed)
        return tuple(values)

    def tables(self, key: str) -> list[TomlTable]:
        rows = self.optional(key, list) or []
        if not all(isinstance(row, dict) for row in rows):
            raise Invalid(
                "%(file)s, regel %(line)s, veld %(key)s: dit soort waarde past hier niet.",
                **self.at(key),
            )
        return [TomlTable(row, (*self.place, key, number), self.lines) for number, row in enumerate(rows)]

    def translations(self) -> dict[str, TomlTable]:
        tables = {code: self.optional(code, dict) for code in TRANSLATIONS}
        return {
            code: TomlTable(data, (*self.place, code), self.lines) for code, data in tables.items() if data
        }

    def done(self) -> None:
        """Refuse every key that was not asked for: a typing error must not be silently ignored."""
        for key in self.data:
            if key not in self.known:
                raise Invalid(
                    "%(file)s, regel %(line)s, veld %(key)s: dit veld kennen we niet.",
                    **self.at(key),
                )


class _Lines:
    """Finds the line of a field by counting headers, because tomllib forgets where a value stood."""

    def __init__(self, text: str, source: str) -> None:
        self.lines = [line.strip() for line in text.splitlines()]
        self.source = source

    def find(self, place: tuple[str | int, ...], key: str) -> int:
        """The line (from 1) of `key` in a table such as ("steps", 2, "en"); of its header when missing."""
        start = 0
        if len(place) > 1 and isinstance(place[1], int):
            start = self._header(f"[[{place[0]}]]", 0, place[1])
        if place and isinstance(place[-1], str):
            start = self._header(f"[{'.'.join(part for part in place if isinstance(part, str))}]", start, 0)
        own = True
        for number, line in enumerate(self.lines[start:], start + 1):
            if re.match(rf"\[+([\w-]+\.)*{re.escape(key)}\]", line):
                return number
            if own and re.match(rf"\"?{re.escape(key)}\"?\s*=", line):
                return number
            if place and line.startswith("[["):
                break
            own = own and not line.startswith("[")
        return max(start, 1)

    def _header(self, header: str, start: int, nth: int) -> int:
        """The line (from 1) of the nth such header after line `start`; `start` itself when there is none."""
        hits = [n for n, line in enumerate(self.lines[start:], start + 1) if line.startswith(header)]
        return hits[nth] if nth < len(hits) else start
