"""What the pages of a survey show: figures of items that belong together, drawn as in a journey study and with the same
numbers in a table; the report takes the same groups.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from journey.questionnaire.checks import Finding
from journey.questionnaire.paper import jumps
from journey.report.batches import Standing
from journey.report.pages import Frame
from journey.report.survey_words import (
    NONE,
    STATEMENTS,
    between,
    compared_sentences,
    condition_text,
    earlier_of,
    extremes_sentence,
    grade_sentence,
    missing_note,
    option_text,
    printed,
    reference_note,
    reference_of,
    value_of,
    verdict_of,
)
from journey.report.surveys import SurveyFigures
from journey.rules.questionnaire import Item, Kind, Questionnaire
from journey.rules.statistics import decimal_comma
from journey.survey.figures import ItemRow
from journey.survey.published import Published
from journey.survey.queries import ALL, SurveyOf
from journey.survey.response import UNKNOWN_MODE, Response, UnitResponse
from journey.web.i18n import gettext as _

LONG_LABEL = 34


@dataclass(frozen=True)
class ItemBar:
    """One bar: grades as insufficient, 6 and 7, 8 and more; statements as who disagrees and who agrees, turned around
    for what is worded negatively. Counts are None when hidden; `value` is as printed.
    """

    id: str
    label: str
    value: str
    n: int | None
    negative: int | None
    neutral: int | None
    positive: int | None
    shown: bool
    reason: str | None
    sentence: str


@dataclass(frozen=True)
class SheetTable:
    """The first cell of a row heads it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def numeric(self) -> tuple[int, ...]:
        return tuple(range(1, len(self.head)))

    def narrowed_to_years(self, years: Sequence[int]) -> "SheetTable":
        """Only what was found now and in these years."""
        wanted = {*self.head[:3], *(str(year) for year in years)}
        kept = [place for place, name in enumerate(self.head) if name in wanted]
        return self._columns(kept)

    def narrowed(self, most: int) -> "SheetTable":
        """At most so many columns, without those of weights and years."""
        kept = [
            place
            for place, name in enumerate(self.head)
            if not re.fullmatch(r"[0-9]{4}", name) and name not in (_("Gewogen"), _("Onvoldoende"))
        ][:most]
        return self._columns(kept)

    def _columns(self, kept: Sequence[int]) -> "SheetTable":
        return SheetTable(
            self.title,
            tuple(self.head[place] for place in kept),
            tuple(tuple(row[place] for place in kept) for row in self.rows),
        )


@dataclass(frozen=True)
class Group:
    """Items that stand in one figure. `words` name the parts of a bar, empty when there are no bars."""

    id: str
    title: str
    words: tuple[str, ...]
    bars: tuple[ItemBar, ...]
    table: SheetTable | None
    units: SheetTable | None
    sentences: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def report(self) -> SheetTable:
        """The table as it fits on paper: without weights and earlier years, which stand in the appendices."""
        if self.table is None:
            raise ValueError("no table to print")
        return self.table.narrowed(7)


@dataclass(frozen=True)
class SectionFigures:
    id: str
    title: str
    groups: tuple[Group, ...]


def section_figures(
    figures: SurveyFigures, questionnaire: Questionnaire, version: int, unit: str = ALL
) -> list[SectionFigures]:
    """Sections of one version of the questionnaire in their order, for one unit."""
    rows = [row for row in figures.rows if row.version == version]
    sections = []
    for section in questionnaire.sections:
        own = [row for row in rows if row.item.section == section.id]
        groups = tuple(_groups(figures, section.id, own, unit))
        if groups:
            sections.append(SectionFigures(section.id, section.title(), groups))
    return sections


def _groups(figures: SurveyFigures, section: str, rows: Sequence[ItemRow], unit: str) -> Iterator[Group]:
    """Grades together, statements apart by how they are worded, each question with options by itself."""
    together = (
        ("grades", _("Cijfers"), lambda item: item.kind is Kind.grade10),
        ("positive", _("Positieve stellingen"), lambda item: _stands(item) and item.worded != "negative"),
        ("negative", _("Negatieve stellingen"), lambda item: _stands(item) and item.worded == "negative"),
    )
    for name, title, belongs in together:
        own = [row for row in rows if belongs(row.item)]
        if own:
            yield _bars_group(figures, f"{section}-{name}", title, own, unit)
    for item in dict.fromkeys(row.item.id for row in rows if row.item.kind in (Kind.one_of, Kind.some_of)):
        yield _options_group(figures, [row for row in rows if row.item.id == item], unit)


def _stands(item: Item) -> bool:
    return item.kind in STATEMENTS


# --- bars ---------------------------------------------------------------------------------------------


def _bars_group(figures: SurveyFigures, id_: str, title: str, rows: Sequence[ItemRow], unit: str) -> Group:
    own = [row for row in rows if row.unit == unit]
    grades = own[0].item.kind is Kind.grade10 if own else True
    words = (_("oneens"), "", _("eens"))
    if grades:
        words = (_("1 tot en met 5"), _("6 en 7"), _("8 tot en met 10"))
    elif own[0].item.worded == "negative":
        words = (_("eens"), "", _("oneens"))
    sentences = [grade_sentence(own[0])] if grades and len(own) == 1 else [extremes_sentence(own)]
    sentences += compared_sentences(own)
    notes = list(_notes(figures, own))
    if own and not grades and own[0].item.worded == "negative":
        notes.insert(0, _("Deze stellingen zijn negatief: hoe minder mensen het eens zijn, hoe beter."))
    return Group(
        id=id_,
        title=title,
        words=words,
        bars=tuple(item_bar(row) for row in own),
        table=_bars_table(figures, title, own),
        units=_units_table(figures, title, rows) if unit == ALL else None,
        sentences=tuple(one for one in sentences if one),
        notes=tuple(notes),
    )


def item_bar(row: ItemRow) -> ItemBar:
    figure = row.figure
    if figure is None:
        hidden = row.reason or ""
        return ItemBar(row.item.id, row.item.label, NONE, None, None, None, None, False, hidden, hidden)
    counts = figure.counts
    if row.item.kind is Kind.grade10:
        parts = [
            sum(counts.get(str(grade), 0) for grade in part) for part in ((1, 2, 3, 4, 5), (6, 7), (8, 9, 10))
        ]
    else:
        agree = sum(counts.get(value, 0) for value in ("strongly_agree", "agree", "yes"))
        parts = [figure.n - agree, 0, agree]
        if row.item.worded == "negative":
            parts.reverse()  # who agrees with something bad is drawn as something bad
    sentence = (
        _("%(value)s, n = %(n)s.", value=value_of(row), n=figure.n) if figure.n else _("Nog geen antwoorden.")
    )
    return ItemBar(
        row.item.id,
        row.item.label,
        value_of(row),
        figure.n,
        parts[0],
        parts[1],
        parts[2],
        True,
        None,
        sentence,
    )


def _notes(figures: SurveyFigures, rows: Sequence[ItemRow]) -> Iterator[str]:
    """Whom the questions were for, who gave no answer, and what stands as it was."""
    audiences: dict[str, list[str]] = {}
    for row in rows:
        who = condition_text(figures.items_of(row.version), row.item, figures.survey.names)
        audiences.setdefault(who, []).append(f"‘{row.item.label}’")
    for who, labels in audiences.items():
        if who and len(audiences) == 1:
            yield _("Alleen voor %(who)s.", who=who)
        elif who:
            yield _("%(items)s: alleen voor %(who)s.", items=", ".join(labels), who=who)
    missing = [
        f"‘{row.item.label}’ {missing_note(row.figure)}" for row in rows if row.figure and row.figure.missing
    ]
    if missing:
        yield _("Geen antwoord: %(items)s.", items="; ".join(missing))
    for row in rows:
        if row.kept_from and row.shown:
            yield _(
                "‘%(label)s’ staat zoals het was: sindsdien veranderde er iets van te weinig mensen.",
                label=row.item.label,
            )


def _years(rows: Sequence[ItemRow]) -> list[int]:
    return sorted({year for row in rows for year in row.earlier}, reverse=True)


def _head(rows: Sequence[ItemRow], first: str) -> tuple[list[str], bool, list[int]]:
    """Columns that somebody has something in."""
    beside, years = any(row.reference is not None for row in rows), _years(rows)
    head = [first, _("Uitkomst"), "n", _("Geen antwoord"), _("95 %-interval")]
    head += [_("Referentie"), _("Vergeleken")] if beside else []
    return head + [str(year) for year in years], beside, years


def _bars_table(figures: SurveyFigures, title: str, rows: Sequence[ItemRow]) -> SheetTable | None:
    shown = [row for row in rows if row.figure is not None]
    if not shown:
        return None
    head, beside, years = _head(shown, _("Vraag"))
    weighted = any(row.weighed for row in shown)
    if weighted:
        head.insert(2, _("Gewogen"))
    graded = shown[0].item.kind is Kind.grade10
    if graded:
        head.insert(5 + weighted, _("Onvoldoende"))
    lines = []
    for row in shown:
        figure = row.figure
        if figure is None:
            continue
        line = [
            row.item.label,
            value_of(row),
            str(figure.n),
            str(figure.missing),
            between(figure.interval, row.item.kind),
        ]
        if weighted:
            line.insert(2, printed(row.weighed.value if row.weighed else None, row.item.kind))
        if graded:
            line.append(printed(figure.insufficient_percent, Kind.one_of))
        line += [reference_of(row), verdict_of(row)] if beside else []
        lines.append(tuple(line + [earlier_of(row, year) for year in years]))
    return SheetTable(title, tuple(head), tuple(lines))


def _units_table(figures: SurveyFigures, title: str, rows: Sequence[ItemRow]) -> SheetTable | None:
    """Units side by side; a hidden one has a dash."""
    strata = figures.survey.strata
    if len(strata) < 2 or not rows:
        return None
    at = {(row.item.id, row.unit): row for row in rows}
    items = dict.fromkeys(row.item.id for row in rows)
    lines = []
    for item in items:
        cells = [_value_n(at.get((item, unit))) for unit in (ALL, *(stratum.code for stratum in strata))]
        lines.append((at[item, ALL].item.label, *cells))
    head = (_("Vraag"), _("Samen"), *(stratum.name for stratum in strata))
    return SheetTable(_("%(title)s per groep", title=title), head, tuple(lines))


def _value_n(row: ItemRow | None, option: str = "") -> str:
    if row is None or row.figure is None or not row.figure.n:
        return NONE
    return f"{value_of(row, option)} ({row.figure.n})" if not option else value_of(row, option)


# --- options ------------------------------------------------------------------------------------------


def _options_group(figures: SurveyFigures, rows: Sequence[ItemRow], unit: str) -> Group:
    item = rows[0].item
    row = next((one for one in rows if one.unit == unit), None)
    notes = list(_notes(figures, [row])) if row else []
    if item.kind is Kind.some_of:
        notes.append(_("Mensen mochten meer antwoorden kiezen: samen kan het meer dan 100 % zijn."))
    hidden = () if row is None or row.figure is not None else (row.reason or "",)
    return Group(
        id=item.id,
        title=item.label,
        words=(),
        bars=(),
        table=_options_table(row) if row is not None and row.figure is not None else None,
        units=_options_units(figures, rows) if unit == ALL else None,
        sentences=hidden,
        notes=tuple(notes),
    )


def _options_table(row: ItemRow) -> SheetTable:
    figure, item = row.figure, row.item
    head = [_("Antwoord"), _("Aandeel"), _("95 %-interval")]
    years = sorted(row.earlier, reverse=True)
    head += [_("Gewogen")] if row.weighed else []
    head += [_("Referentie"), _("Vergeleken")] if row.reference is not None else []
    lines = []
    for option in item.values:
        line = [option_text(item, option), value_of(row, option)]
        line.append(between(figure.intervals.get(option) if figure else None, item.kind))
        line += [printed(row.weighed.options.get(option), item.kind)] if row.weighed else []
        line += [reference_of(row, option), verdict_of(row, option)] if row.reference is not None else []
        lines.append(tuple(line + [earlier_of(row, year, option) for year in years]))
    title = _("%(label)s, n = %(n)s", label=item.label, n=figure.n if figure else 0)
    return SheetTable(title, tuple(head + [str(year) for year in years]), tuple(lines))


def _options_units(figures: SurveyFigures, rows: Sequence[ItemRow]) -> SheetTable | None:
    strata, at, item = figures.survey.strata, {row.unit: row for row in rows}, rows[0].item
    if len(strata) < 2:
        return None
    units = (ALL, *(stratum.code for stratum in strata))
    lines = [
        (option_text(item, option), *(_value_n(at.get(unit), option) for unit in units))
        for option in item.values
    ]
    sizes = [str(at[unit].figure.n) if unit in at and at[unit].figure else NONE for unit in units]  # type: ignore[union-attr]
    head = (_("Antwoord"), _("Samen"), *(stratum.name for stratum in strata))
    return SheetTable(_("%(label)s per groep", label=item.label), head, (*lines, ("n", *sizes)))


def unit_table(rows: Sequence[ItemRow]) -> list[SheetTable]:
    """One unit with its earlier years, as reports have it in their appendices: grades, then shares, then options."""
    years = _years(rows)[:5]
    head = (_("Vraag"), _("Uitkomst"), "n", _("95 %-interval"), *(str(year) for year in years))
    tables = []
    for title, kinds in ((_("Cijfers"), (Kind.grade10,)), (_("Stellingen"), STATEMENTS)):
        lines = tuple(
            (
                row.item.label,
                value_of(row),
                str(row.figure.n),
                between(row.figure.interval, row.item.kind),
                *(earlier_of(row, year) for year in years),
            )
            for row in rows
            if row.item.kind in kinds and row.figure is not None and row.figure.n
        )
        tables += [SheetTable(title, head, lines)] if lines else []
    return tables + [
        _options_table(row).narrowed_to_years(years)
        for row in rows
        if row.item.kind in (Kind.one_of, Kind.some_of) and row.figure is not None and row.figure.n
    ]


# --- pages --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ModeLine:
    """One item on paper and on screen; `verdict` in words."""

    label: str
    paper: str
    web: str
    verdict: str


@dataclass(frozen=True)
class SurveyFiguresPage:
    frame: Frame
    figures: SurveyFigures
    sections: tuple[SectionFigures, ...]
    unit: str
    weighted: bool
    versions: tuple[tuple[int, str], ...]
    version: int
    standing: Standing | None
    modes: tuple[ModeLine, ...]

    @property
    def unit_choices(self) -> list[tuple[str, str]]:
        return [(ALL, _("Samen")), *((one.code, one.name) for one in self.figures.survey.strata)]

    @property
    def reference(self) -> str:
        return reference_note(self.figures.published) if self.has_reference else ""

    @property
    def has_reference(self) -> bool:
        return any(row.reference is not None for row in self.figures.rows)


@dataclass(frozen=True)
class ResponsePage:
    frame: Frame
    response: Response
    as_of: date | None
    batch: int | None

    @property
    def table(self) -> SheetTable:
        return response_table(self.response)


def response_table(response: Response) -> SheetTable:
    head = (
        _("Groep"),
        _("Gevraagd"),
        _("Antwoorden"),
        _("Papier"),
        _("Scherm"),
        _("Respons"),
        _("Betrouwbaarheid"),
        _("Marge"),
    )
    lines = [_response_line(one) for one in (response.total, *response.units)]
    return SheetTable(_("Respons per groep"), head, tuple(lines))


def _modes(one: UnitResponse) -> tuple[str, str]:
    """On paper and on a screen; dashes where nobody wrote down how the answers came."""
    if UNKNOWN_MODE in one.by_mode:
        return NONE, NONE
    return str(one.by_mode.get("paper", 0)), str(one.by_mode.get("web", 0))


def _response_line(one: UnitResponse) -> tuple[str, ...]:
    name = _("Samen") if one.unit == ALL else one.name
    if not one.shown or one.valid is None:
        return (name, str(one.approached), *[NONE] * 6)
    sure = NONE if one.reliability is None else f"{decimal_comma(one.reliability, 1)} %"
    if one.indicative:
        sure += " " + _("(indicatief)")
    return (
        name,
        str(one.approached),
        str(one.valid),
        *_modes(one),
        f"{decimal_comma(one.response or 0, 1)} %",
        sure,
        NONE if one.margin_95 is None else f"± {decimal_comma(one.margin_95, 1)}",
    )


@dataclass(frozen=True)
class QuestionnairePage:
    """`look` is read, phone or paper; `findings` is what a check of the definition said."""

    frame: Frame
    survey: SurveyOf
    findings: tuple[Finding, ...]
    language: str
    look: str

    @property
    def languages(self) -> list[str]:
        found = {code for item in self.survey.questionnaire.items for code in item.texts}
        return sorted(found, key=lambda code: (code != "nl", code))

    def audience(self, item: Item) -> str:
        return condition_text(self.survey.questionnaire.items, item, self.survey.names)

    def option(self, item: Item, value: str) -> str:
        return option_text(item, value, self.language)

    def go_to(self, item: Item) -> list[tuple[str, str]]:
        """On paper: answer and the number of the question to go on with, where that is not the next one."""
        return jumps(self.survey.questionnaire, item)

    def number(self, item: Item) -> int:
        return self.survey.questionnaire.items.index(item) + 1


@dataclass(frozen=True)
class PrintedLine:
    """One printed number beside ours; `ours` is None when it may not be shown, `why` says why it can never be ours."""

    label: str
    unit: str
    printed: str
    ours: str | None
    why: str

    @property
    def same(self) -> bool | None:
        return None if self.ours is None else self.ours == self.printed


@dataclass(frozen=True)
class SurveyPublishedPage:
    frame: Frame
    figures: SurveyFigures
    published: Published
    lines: tuple[PrintedLine, ...]

    @property
    def same(self) -> int:
        return sum(line.same is True for line in self.lines)

    @property
    def different(self) -> tuple[PrintedLine, ...]:
        return tuple(line for line in self.lines if line.same is False)

    @property
    def hidden(self) -> int:
        return sum(line.same is None for line in self.lines)
