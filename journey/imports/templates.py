"""Empty files to fill in: the columns that an import understands with one invented row, as CSV and as XLSX."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Final

from journey.imports.cells import dutch
from journey.imports.columns import JOURNEY_COLUMNS, LONG_COLUMNS, PEOPLE_COLUMNS, SUSPENSION_COLUMNS
from journey.models import Study
from journey.route.queries import list_definitions
from journey.study.queries import get_municipality
from journey.survey.queries import get_survey
from journey.web.i18n import gettext as _
from journey.work import Work

KINDS: Final = {
    "reizen": "journeys",
    "reizen-lang": "journeys",
    "deelnemers": "participants",
    "antwoorden": "responses",
}


def template_rows(work: Work, study: Study, kind: str) -> list[list[str]]:
    """Headers and an example."""
    if kind == "antwoorden":
        return _responses(work, study)
    if kind == "deelnemers":
        return _people(work, study)
    route = list_definitions(work, study)[0]
    day = study.starts_on
    first = ["Z-0001", route.id, get_municipality(work, study.municipality_id).name]
    if kind == "reizen-lang":
        headers = ["kenmerk", "gemeente", "route", "stap", "datum", "toestand"]
        return [
            headers,
            *(
                [first[0], first[2], route.id, step.id, dutch(day + timedelta(days=4 * place)), "gedaan"]
                for place, step in enumerate(route.steps[:3])
            ),
        ]
    steps = dict.fromkeys(step for one in list_definitions(work, study) for step in one.step_ids)
    columns = [names[0] for names in JOURNEY_COLUMNS.values()]
    suspension = [f"opschorting1 {SUSPENSION_COLUMNS[part][0]}" for part in ("ground", "invited_on", "term")]
    suspension.append(f"opschorting1 {SUSPENSION_COLUMNS['supplied_on'][0]}")
    example = {"kenmerk": first[0], "route": first[1], "gemeente": first[2], "aanvraag ontvangen": dutch(day)}
    headers = [*columns, *suspension, *steps]
    return [headers, [example.get(header, "") for header in headers]]


def _people(work: Work, study: Study) -> list[list[str]]:
    example = {
        "route": list_definitions(work, study)[0].id,
        "roepnaam": "Voorbeeld",
        "telefoon": "0612345678",
        "taal": "nl",
        "kanaal": "bellen",
        "doet mee": "ja",
        "citaten": "nee",
        "opname": "nee",
        "gevraagd via": "mondeling",
        "tekstversie": study.consent_version,
    }
    headers = [names[0] for names in PEOPLE_COLUMNS.values()]
    return [headers, [example.get(header, "") for header in headers]]


def _responses(work: Work, study: Study) -> list[list[str]]:
    survey = get_survey(work, study)
    items = survey.questionnaire.items
    first = [item.values[0] if item.values and not item.asked_of else "" for item in items]
    return [
        ["respondent", "groep", "manier", *(item.id for item in items)],
        ["1", survey.strata[0].code, "papier", *first],
    ]


def as_csv(rows: list[list[str]]) -> bytes:
    """With semicolons and a mark of UTF-8, as a Dutch spreadsheet opens it by itself."""
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows(rows)
    return ("\ufeff" + file.getvalue()).encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    """All cells are text, so that a number keeps its zero."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Inlezen")
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"bold": True, "num_format": "@"})
    sheet.set_column(0, len(rows[0]) - 1, 18, text)
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, cell, bold if place == 0 else text)
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def understood(work: Work, study: Study, kind: str) -> list[tuple[str, str]]:
    """Dutch name and the other names of each column, for the page."""
    if kind == "antwoorden":
        items = get_survey(work, study).questionnaire.items
        known = [("respondent", _("nummer")), ("groep", "gemeente, stratum, unit"), ("manier", "mode")]
        return known + [(item.id, ", ".join(item.values) or _("vrije tekst")) for item in items]
    columns = dict(PEOPLE_COLUMNS if kind == "deelnemers" else JOURNEY_COLUMNS)
    if kind == "reizen-lang":
        columns = {"reference": columns["reference"], "route": columns["route"], **LONG_COLUMNS}
    return [(names[0], ", ".join((*names[1:], name))) for name, names in columns.items()]
