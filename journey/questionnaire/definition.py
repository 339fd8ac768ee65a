"""Reads a questionnaire from its TOML file, and refuses one that is wrong as a whole: half a filter would ask people
what is not for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from journey.route.toml_file import TRANSLATIONS, TomlTable, read_toml, table_from_data
from journey.rules.errors import Invalid
from journey.rules.questionnaire import (
    ANSWERS_ITSELF,
    Condition,
    Item,
    Kind,
    Option,
    Questionnaire,
    Section,
    filter_faults,
    parse_condition,
)

WORDED: Final = ("positive", "negative")
_ITEM_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


def load_questionnaire(path: Path) -> Questionnaire:
    """Read one file; `Invalid` names file, line and field."""
    return parse_questionnaire(path.read_text(encoding="utf-8"), path.name)


@lru_cache(maxsize=32)
def parse_questionnaire(text: str, source: str) -> Questionnaire:
    """Read a questionnaire from TOML text; `source` is the file name for messages."""
    return _questionnaire(read_toml(text, source))


def questionnaire_from_data(data: Mapping[str, Any], source: str) -> Questionnaire:
    """Rebuild one from the `data` of an earlier read, as kept in a database."""
    return _questionnaire(table_from_data(dict(data), source))


def _questionnaire(table: TomlTable) -> Questionnaire:
    sections: list[Section] = []
    for row in table.tables("sections"):
        sections.append(_section(row, [one.id for one in sections]))
    items: list[Item] = []
    for row in table.tables("items"):
        items.append(_item(row, items, [one.id for one in sections]))
    for key, found in (("sections", sections), ("items", items)):
        if not found:
            table.required(key, list)
    made = Questionnaire(
        id=table.name_id("id"),
        version=table.whole("version"),
        names=_words(table, "name"),
        sections=tuple(sections),
        items=tuple(items),
        intros=_optional_words(table, "intro"),
        data=table.data,
    )
    _translations_done(table, ("name", "intro"))
    table.done()
    return made


def _section(table: TomlTable, taken: list[str]) -> Section:
    section = Section(_name(table, taken), _words(table, "title"), _optional_words(table, "intro"))
    _translations_done(table, ("title", "intro"))
    table.done()
    return section


def _item(table: TomlTable, earlier: list[Item], sections: list[str]) -> Item:
    kind = Kind(table.one_of("kind", table.text("kind"), tuple(Kind)))
    item = Item(
        id=_name(table, [one.id for one in earlier]),
        section=table.one_of("section", table.text("section"), sections),
        kind=kind,
        label=table.text("label"),
        texts=_words(table, "text"),
        options=_options(table, kind),
        asked_of=_conditions(table),
        worded=_worded(table),
        spoken=_optional_words(table, "spoken"),
    )
    if broken := filter_faults([*earlier, item], item):
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: de voorwaarde %(filter)s past niet bij een eerdere vraag.",
            filter=broken,
            **table.at("asked_of"),
        )
    _translations_done(table, ("text", "spoken"))
    table.done()
    return item


def _options(table: TomlTable, kind: Kind) -> tuple[Option, ...]:
    """Kinds with answers of their own take none; the others at least two (one for `some_of`)."""
    options: list[Option] = []
    for row in table.tables("options"):
        texts = {"nl": row.text("text")}
        texts |= {code: str(said) for code in TRANSLATIONS if (said := row.optional(code, str))}
        options.append(Option(_name(row, [one.id for one in options]), texts))
        row.done()
    least = 0 if kind in ANSWERS_ITSELF else 1 if kind is Kind.some_of else 2
    if len(options) < least or (options and not least):
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: bij dit soort vraag passen %(least)s of meer antwoorden."
            if least
            else "%(file)s, regel %(line)s, veld %(key)s: dit soort vraag heeft zijn eigen antwoorden.",
            least=least,
            **table.at("options"),
        )
    return tuple(options)


def _conditions(table: TomlTable) -> tuple[Condition, ...]:
    try:
        return tuple(parse_condition(text) for text in table.choices("asked_of"))
    except ValueError:
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: schrijf een voorwaarde als vraag=antwoord.",
            **table.at("asked_of"),
        ) from None


def _worded(table: TomlTable) -> str:
    if table.optional("worded", str) is None:
        return ""
    return table.one_of("worded", table.text("worded"), WORDED)


def _name(table: TomlTable, taken: list[str]) -> str:
    """Lower case, digits and underscores: it must be a name of a column in every format."""
    value = table.text("id")
    if not _ITEM_ID.fullmatch(value):
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: gebruik kleine letters, cijfers en lage streepjes.",
            **table.at("id"),
        )
    if value in taken:
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: %(value)s komt twee keer voor.",
            value=value,
            **table.at("id"),
        )
    return value


def _words(table: TomlTable, key: str) -> dict[str, str]:
    return {"nl": table.text(key), **_translated(table, key)}


def _optional_words(table: TomlTable, key: str) -> dict[str, str]:
    dutch = table.optional(key, str)
    return {"nl": dutch.strip(), **_translated(table, key)} if dutch else {}


def _translated(table: TomlTable, key: str) -> dict[str, str]:
    found = {code: words.optional(key, str) for code, words in table.translations().items()}
    return {code: str(text).strip() for code, text in found.items() if text}


def _translations_done(table: TomlTable, keys: tuple[str, ...]) -> None:
    for words in table.translations().values():
        words.known.update(keys)
        words.done()
