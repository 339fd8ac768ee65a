"""Rows of a file of answers, each one respondent: `respondent`, the unit, perhaps the mode, and a column per item.

The number of a respondent only tells rows apart: it is not kept, so that nothing leads from an answer to a list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from journey.imports.cells import Fault, Row, shown
from journey.imports.columns import NUMBERS, PERSONAL, Table, plain
from journey.imports.plan import RESPONSES, Line, Plan, find_run
from journey.imports.reading import Cell, Sheet, letter_of
from journey.models import Study
from journey.rules.questionnaire import AnswerFault
from journey.survey.queries import SurveyOf, get_survey
from journey.survey.service import AnswersRefused, NewResponse, read_answers
from journey.web.i18n import gettext as _
from journey.work import Work

RESPONDENT: Final = "respondent"
UNIT: Final = "unit"
MODE: Final = "mode"
UNIT_NAMES: Final = frozenset({"stratum", "unit", "eenheid", "groep", "gemeente", "municipality"})
MODE_NAMES: Final = frozenset({"mode", "manier", "hoe"})
RESPONDENT_NAMES: Final = frozenset({"respondent", "nummer"})
MODES: Final = {
    **dict.fromkeys(("paper", "papier", "schriftelijk", "post"), "paper"),
    **dict.fromkeys(("web", "online", "internet", "digitaal"), "web"),
}


@dataclass(frozen=True)
class PlannedResponse:
    """One row that is in order; `given` is JSON, a tenth of the room of the values themselves."""

    unit: str
    mode: str
    given: str


def plan_responses(work: Work, study: Study, sheet: Sheet, sha256: str) -> tuple[Plan, list[PlannedResponse]]:
    plan = Plan(RESPONSES, sha256, earlier=find_run(work, study, RESPONSES, sha256))
    survey = get_survey(work, study)
    table, plan.faults = read_table(survey, sheet)
    plan.notes = [*sheet.notes, *(table.notes if table else ())]
    if study.closed_at is not None:
        plan.faults.append(Fault(0, "", "", "", _("Dit onderzoek is afgesloten. Er kan niets meer bij.")))
    if table is None or plan.faults:
        return plan, []
    planned: list[PlannedResponse] = []
    seen: dict[str, int] = {}
    units = _units(survey)
    for row in table.rows(sheet):
        one = _read(survey, row, units, seen)
        if row.faults:
            plan.lines.append(Line(row.number, "error", row.text(RESPONDENT), faults=tuple(row.faults)))
        elif one is not None:
            plan.lines.append(Line(row.number, "new", row.text(RESPONDENT)))
            planned.append(one)
    return plan, planned


def read_planned(survey: SurveyOf, one: PlannedResponse) -> NewResponse:
    """The same answers once more; they were in order when the plan was made."""
    return NewResponse(
        read_answers(survey.questionnaire, json.loads(one.given), one.unit), one.unit, one.mode
    )


def read_table(survey: SurveyOf, sheet: Sheet) -> tuple[Table | None, list[Fault]]:
    """Which column is what. Every column must be known: an item with a typing error would be an item that nobody
    answered.
    """
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for place, header in enumerate(sheet.headers):
        name = _meaning(survey, header, place)
        if name is None and UNIT not in places and _holds_units(survey, sheet, place):
            name = UNIT
        if name is None:
            faults.append(_unknown(sheet, place))
        elif name in places:
            sentence = _("Deze kolom staat er twee keer: ook in %(letter)s.", letter=letter_of(places[name]))
            faults.append(Fault(sheet.header_number, letter_of(place), header, "", sentence))
        else:
            places[name] = place
    items = [item.id for item in survey.questionnaire.items if item.id in places]
    if not items:
        faults.append(Fault(sheet.header_number, "", "", "", _("Er is geen kolom met antwoorden.")))
    missing = [item.id for item in survey.questionnaire.items if item.id not in places]
    notes = []
    if missing and items:
        notes.append(_("Deze vragen staan niet in het bestand: %(items)s.", items=", ".join(missing)))
    return (None if faults else Table(places, sheet.headers, tuple(notes))), faults


def _meaning(survey: SurveyOf, header: str, place: int) -> str | None:
    name = header.strip()
    if survey.questionnaire.find_item(name) is not None:
        return name
    word = plain(name)
    if word in RESPONDENT_NAMES:
        return RESPONDENT
    if word in MODE_NAMES:
        return MODE
    if word in UNIT_NAMES:
        return UNIT
    found = next((item.id for item in survey.questionnaire.items if plain(item.id) == word), None)
    if found is None and place == 1 and word and word not in PERSONAL | NUMBERS:
        return UNIT  # the column after the respondent, whatever a municipality calls its units
    return found


def _holds_units(survey: SurveyOf, sheet: Sheet, place: int) -> bool:
    """Whether every cell that is filled names a unit of this survey, whatever the column is called."""
    known, header = _units(survey), plain(sheet.headers[place])
    cells = {shown(row.cells[place]).strip().casefold() for row in sheet.rows} - {""}
    return bool(cells) and header not in PERSONAL | NUMBERS and cells <= known.keys()


def _unknown(sheet: Sheet, place: int) -> Fault:
    header = sheet.headers[place]
    sentence = (
        _("Deze kolom kan iemand aanwijzen. Haal de kolom uit het bestand.")
        if plain(header) in PERSONAL | NUMBERS
        else _("Deze kolom kennen we niet: het is geen vraag van deze vragenlijst.")
    )
    return Fault(sheet.header_number, letter_of(place), header, "", sentence)


def _units(survey: SurveyOf) -> dict[str, str]:
    return {word.casefold(): one.code for one in survey.strata for word in (one.name, one.code)}


def _read(
    survey: SurveyOf, row: Row, units: Mapping[str, str], seen: dict[str, int]
) -> PlannedResponse | None:
    respondent = row.text(RESPONDENT)
    if respondent in seen:
        row.refuse(RESPONDENT, _("Dit nummer staat ook in rij %(row)s.", row=seen[respondent]))
    elif respondent:
        seen[respondent] = row.number
    unit = row.choice(UNIT, dict(units))
    mode = row.choice(MODE, MODES)
    given = dict(_given(survey, row))
    try:
        read_answers(survey.questionnaire, given, unit)
    except AnswersRefused as refused:
        for fault in refused.faults:
            row.refuse(fault.item, sentence_of(fault))
    if row.faults:
        return None
    return PlannedResponse(unit, mode, json.dumps(given, ensure_ascii=False, separators=(",", ":")))


def _given(survey: SurveyOf, row: Row) -> Iterator[tuple[str, Any]]:
    """Only cells with something in them, as text or as the number a spreadsheet made of a grade."""
    for name, cell in row.cells.items():
        if name not in (RESPONDENT, UNIT, MODE) and (value := _value(cell)) != "":
            yield name, value


def _value(cell: Cell) -> str | float:
    return cell.strip() if isinstance(cell, str) else cell if isinstance(cell, float) else shown(cell)


def sentence_of(fault: AnswerFault) -> str:
    return _(fault.message, **fault.params) if fault.params else _(fault.message)
