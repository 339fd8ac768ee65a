"""XLSForm, the format of ODK, Kobo and Enketo: a questionnaire as a workbook, out and in. Every part of a definition
has a place in it, so that out and in again is the same questionnaire; of a foreign form what we do not know is refused
by row.

Sections are groups, filters are `relevant`, a grade is an integer, statements and yes/no are `select_one` from a list
of ours. What XLSForm has no column for stands in `instance::` columns, which other programs leave alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from journey.questionnaire.definition import questionnaire_from_data
from journey.rules.errors import Invalid
from journey.rules.questionnaire import AGREE4, UNIT, YES_NO, Condition, Item, Kind, Questionnaire

LANGUAGES: Final = {
    "nl": "Nederlands (nl)",
    "en": "English (en)",
    "ar": "العربية (ar)",
    "tr": "Türkçe (tr)",
    "ti": "ትግርኛ (ti)",
    "fa": "فارسی (fa)",
    "pl": "Polski (pl)",
}
AGREE_WORDS: Final = {
    "strongly_agree": {"nl": "Helemaal mee eens", "en": "Strongly agree"},
    "agree": {"nl": "Mee eens", "en": "Agree"},
    "disagree": {"nl": "Niet mee eens", "en": "Disagree"},
    "strongly_disagree": {"nl": "Helemaal niet mee eens", "en": "Strongly disagree"},
}
YES_WORDS: Final = {"yes": {"nl": "Ja", "en": "Yes"}, "no": {"nl": "Nee", "en": "No"}}
SHARED_LISTS: Final = {"agree4": (Kind.agree4, AGREE_WORDS), "yes_no": (Kind.yes_share, YES_WORDS)}
GRADE: Final = ". >= 1 and . <= 10"
NAME_NOTE, INTRO, SECTION = "questionnaire_name", "_intro", "section_"
MOST_ROWS: Final = 2000
Row = dict[str, str]


# --- out ----------------------------------------------------------------------------------------------


def write_xlsform(questionnaire: Questionnaire) -> bytes:
    """The workbook with the sheets survey, choices and settings."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in (
        ("survey", list(_survey(questionnaire))),
        ("choices", list(_choices(questionnaire))),
        ("settings", [_settings(questionnaire)]),
    ):
        sheet = book.add_worksheet(name)
        columns = list(dict.fromkeys(key for row in rows for key in row))
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column)
        for line, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                if row.get(column):
                    sheet.write_string(line, place, row[column])
    book.close()
    return file.getvalue()


def _settings(questionnaire: Questionnaire) -> Row:
    return {
        "form_title": questionnaire.name,
        "form_id": questionnaire.id,
        "version": str(questionnaire.version),
        "default_language": LANGUAGES["nl"],
    }


def _labels(texts: Mapping[str, str]) -> Row:
    return {f"label::{LANGUAGES[code]}": text for code, text in texts.items()}


def _survey(questionnaire: Questionnaire) -> Iterator[Row]:
    if any(condition.item == UNIT for item in questionnaire.items for condition in item.asked_of):
        yield {"type": "hidden", "name": UNIT}
    yield {"type": "note", "name": NAME_NOTE, **_labels(questionnaire.names)}
    if questionnaire.intros:
        yield {"type": "note", "name": f"questionnaire{INTRO}", **_labels(questionnaire.intros)}
    for section in questionnaire.sections:
        name = f"{SECTION}{section.id}"
        yield {"type": "begin_group", "name": name, **_labels(section.titles)}
        if section.intros:
            yield {"type": "note", "name": f"{name}{INTRO}", **_labels(section.intros)}
        for item in questionnaire.items_of(section.id):
            yield _item(questionnaire, item)
        yield {"type": "end_group"}


def _item(questionnaire: Questionnaire, item: Item) -> Row:
    row = {
        "type": _type(item),
        "name": item.id,
        **_labels(item.texts),
        "relevant": " and ".join(_relevant(questionnaire, one) for one in item.asked_of),
        "constraint": GRADE if item.kind is Kind.grade10 else "",
        "instance::short": item.label,
        "instance::worded": item.worded,
        "instance::place": str(questionnaire.items.index(item) + 1),
    }
    return row | {f"instance::spoken_{code}": text for code, text in item.spoken.items()}


def _type(item: Item) -> str:
    if item.kind is Kind.grade10:
        return "integer"
    if item.kind is Kind.open:
        return "text"
    shared = next((name for name, (kind, _words) in SHARED_LISTS.items() if kind is item.kind), "")
    return f"{'select_multiple' if item.kind is Kind.some_of else 'select_one'} {shared or item.id}"


def _relevant(questionnaire: Questionnaire, condition: Condition) -> str:
    parent = questionnaire.find_item(condition.item)
    several = parent is not None and parent.kind is Kind.some_of
    pattern = "selected(${%s}, '%s')" if several else "${%s} = '%s'"
    parts = [pattern % (condition.item, value) for value in condition.values]
    return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"


def _choices(questionnaire: Questionnaire) -> Iterator[Row]:
    kinds = {item.kind for item in questionnaire.items}
    for name, (kind, words) in SHARED_LISTS.items():
        if kind in kinds:
            for value, texts in words.items():
                yield {"list_name": name, "name": value, **_labels(texts)}
    for item in questionnaire.items:
        for option in item.options:
            yield {"list_name": item.id, "name": option.id, **_labels(option.texts)}


# --- in -----------------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """What was read so far, as the values of a TOML file."""

    lists: Mapping[str, list[Row]]
    data: dict[str, Any]
    section: str = ""
    sections: list[dict[str, Any]] = field(default_factory=list)
    items: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)


def read_xlsform(content: bytes) -> Questionnaire:
    """A workbook as a questionnaire; Invalid names sheet and row of what we cannot take over."""
    survey, choices, settings = (_sheet(content, name) for name in ("survey", "choices", "settings"))
    about = settings[0] if settings else {}
    lists: dict[str, list[Row]] = {}
    for row in choices:
        lists.setdefault(row.get("list_name") or row.get("list name", ""), []).append(row)
    reading = _Reading(
        lists,
        {
            "id": re.sub(r"[^a-z0-9]+", "-", about.get("form_id", "").casefold()).strip("-") or "vragenlijst",
            "version": _whole(about.get("version", "1")),
            "name": about.get("form_title", "") or about.get("form_id", "") or "Vragenlijst",
        },
    )
    for number, row in enumerate(survey, start=2):
        _take(reading, row, number)
    ordered = [item for _place, item in sorted(reading.items, key=lambda one: one[0])]
    data = {**reading.data, "sections": reading.sections, "items": ordered}
    return questionnaire_from_data(data, "XLSForm")


def _sheet(content: bytes, name: str) -> list[Row]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if name not in book.sheet_names:
            if name == "survey":
                raise Invalid("Dit is geen XLSForm: het blad ‘survey’ ontbreekt.", field="file")
            return []
        sheet = book.get_sheet_by_name(name)
        if sheet.height > MOST_ROWS:
            raise Invalid("Het blad ‘%(name)s’ heeft te veel rijen.", field="file", name=name)
        rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except CalamineError:
        raise Invalid("Dit XLSX-bestand is stuk, of het is geen werkmap.", field="file") from None
    if not rows:
        return []
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _whole(text: str) -> int:
    digits = re.sub(r"\D", "", text)[:9]
    return max(1, int(digits)) if digits else 1


def _take(reading: _Reading, row: Row, number: int) -> None:
    kind, _, list_name = " ".join(row.get("type", "").split()).partition(" ")
    name = row.get("name", "")
    if not kind or name == UNIT:
        return
    if kind in ("begin_group", "begin") and list_name in ("", "group"):
        reading.section = name.removeprefix(SECTION).casefold()
        reading.sections.append({"id": reading.section, **_words(row, "title", reading.section)})
    elif kind in ("end_group", "end"):
        reading.section = ""
    elif kind == "note":
        _take_note(reading, row, name)
    else:
        _take_item(reading, row, number, (kind, list_name))


def _take_note(reading: _Reading, row: Row, name: str) -> None:
    if name == NAME_NOTE:
        reading.data |= _words(row, "name", reading.data["name"])
    elif name.endswith(INTRO):
        place = reading.sections[-1] if reading.section else reading.data
        words = _words(row, "intro", "")
        place["intro"] = words["intro"]
        for code, texts in words.items():
            if code != "intro":
                place[code] = {**place.get(code, {}), **texts}


def _take_item(reading: _Reading, row: Row, number: int, typed: tuple[str, str]) -> None:
    if not reading.section:
        reading.section = "vragen"
        reading.sections.append({"id": "vragen", "title": "Vragen"})
    kind, options = _kind(reading, typed, number)
    name = row.get("name", "")
    words = _words(row, "text", name)
    item: dict[str, Any] = {
        "id": name,
        "section": reading.section,
        "kind": str(kind),
        "label": row.get("instance::short") or words["text"][:60],
        **words,
    }
    item |= {"options": options} if options else {}
    item |= {"worded": row["instance::worded"]} if row.get("instance::worded") else {}
    if relevant := row.get("relevant") or row.get("relevance"):
        item["asked_of"] = [str(one) for one in _conditions(relevant, number)]
    spoken = {code: text for code in LANGUAGES if (text := row.get(f"instance::spoken_{code}"))}
    if "nl" in spoken:
        item["spoken"] = spoken.pop("nl")
        for code, text in spoken.items():
            item[code] = {**item.get(code, {}), "spoken": text}
    reading.kinds[name] = kind
    reading.items.append((_whole(row.get("instance::place") or str(number)), item))


def _kind(reading: _Reading, typed: tuple[str, str], number: int) -> tuple[Kind, list[dict[str, str]]]:
    kind, list_name = typed
    if kind == "integer":
        return Kind.grade10, []
    if kind == "text":
        return Kind.open, []
    if kind not in ("select_one", "select_multiple"):
        raise Invalid(
            "Rij %(row)s: het soort vraag ‘%(kind)s’ kennen we niet.", field="file", row=number, kind=kind
        )
    rows = reading.lists.get(list_name, [])
    if not rows:
        raise Invalid(
            "Rij %(row)s: de lijst ‘%(name)s’ staat niet op het blad choices.",
            field="file",
            row=number,
            name=list_name,
        )
    names = tuple(row.get("name", "") for row in rows)
    if kind == "select_one" and list_name == "agree4" and names == AGREE4:
        return Kind.agree4, []
    if kind == "select_one" and list_name == "yes_no" and names == YES_NO:
        return Kind.yes_share, []
    options = []
    for row in rows:
        words = _words(row, "text", row.get("name", ""))
        texts = {code: said["text"] for code, said in words.items() if isinstance(said, dict)}
        options.append({"id": row.get("name", ""), "text": words["text"], **texts})
    return Kind.one_of if kind == "select_one" else Kind.some_of, options


def _words(row: Row, key: str, otherwise: str) -> dict[str, Any]:
    """The Dutch label under `key` (or the one without a language), others under their language."""
    found: dict[str, str] = {}
    for column, text in row.items():
        if text and column.startswith("label"):
            code = re.search(r"\(([a-z]{2})\)\s*$", column)
            found.setdefault(code[1] if code else "nl", text)
    dutch = found.pop("nl", "") or next(iter(found.values()), "") or otherwise
    return {key: dutch, **{code: {key: text} for code, text in found.items() if code in LANGUAGES}}


_EQUAL: Final = re.compile(
    r"\$\{(\w+)\}\s*=\s*['\"]([^'\"]+)['\"]|selected\(\s*\$\{(\w+)\}\s*,\s*['\"]([^'\"]+)['\"]\s*\)"
)


def _conditions(relevant: str, number: int) -> list[Condition]:
    """`a and (b or c)`, where every `or` is about one question. Invalid for anything else: half a filter is none."""
    found = []
    for part in re.split(r"\s+and\s+", relevant.strip()):
        pieces = re.split(
            r"\s+or\s+", part.strip().removeprefix("(").removesuffix(")") if part.startswith("(") else part
        )
        hits = [_EQUAL.fullmatch(piece.strip()) for piece in pieces]
        names = {(hit[1] or hit[3]) for hit in hits if hit}
        if None in hits or len(names) != 1:
            raise Invalid(
                "Rij %(row)s: de voorwaarde ‘%(text)s’ kunnen we niet overnemen.",
                field="file",
                row=number,
                text=relevant[:80],
            )
        found.append(Condition(names.pop(), tuple(hit[2] or hit[4] for hit in hits if hit)))
    return found
