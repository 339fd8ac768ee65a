"""A survey as data: a row per respondent for the research side, and the figures as the reader sees them on the pages.

Of every answer that is missing the reason stands in its place. Rows have no number and their order says nothing.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial

from sqlmodel import col, select

from journey.export.tables import Choice, Column, Content, Kind, Row, Table, Value, choices_of, say, yes_no
from journey.models import OpenAnswer, Study, SurveyResponse
from journey.questionnaire.queries import get_questionnaire
from journey.report.survey_words import option_text
from journey.report.surveys import survey_figures
from journey.rules.questionnaire import Item, Questionnaire, Reason
from journey.rules.questionnaire import Kind as Asked
from journey.survey.figures import ItemRow
from journey.survey.queries import get_survey, list_strata
from journey.web.i18n import gettext as _
from journey.work import Work

CHUNK = 500
MISSING = {
    Reason.not_asked: 96,
    Reason.not_applicable: 97,
    Reason.unreadable: 98,
    Reason.no_answer: 99,
}


def responses_of(work: Work, study: Study) -> Content:
    """One table per version of the questionnaire that somebody answered: versions are never mixed."""
    survey = get_survey(work, study)
    versions = select(SurveyResponse.questionnaire_id).where(SurveyResponse.study_id == study.id).distinct()
    found = sorted(work.session.exec(versions).all()) or [survey.version_id]
    tables = []
    for version in reversed(found):
        questionnaire = get_questionnaire(work, version)
        name = "responses" if version == found[-1] else f"responses_v{questionnaire.version}"
        tables.append(
            Table(
                name,
                _("Antwoorden, versie %(n)s", n=questionnaire.version),
                _columns(work, study, questionnaire),
                partial(_rows, work, study, version, questionnaire),
            )
        )
    return Content("answers", tuple(tables), described=True)


def _columns(work: Work, study: Study, questionnaire: Questionnaire) -> tuple[Column, ...]:
    units = choices_of({one.code: one.name for one in list_strata(work, study)})
    return (
        Column("unit", _("Groep"), Kind.choice, units),
        Column("mode", _("Manier"), Kind.choice, choices_of({"paper": _("papier"), "web": _("scherm")})),
        Column(
            "status",
            _("Hoe heel"),
            Kind.choice,
            choices_of({"complete": _("heel"), "partial": _("half"), "blank": _("leeg")}),
        ),
        Column(
            "state",
            _("Telt mee"),
            Kind.choice,
            choices_of({"valid": _("ja"), "late": _("te laat"), "double": _("dubbel")}),
        ),
        *(column for item in questionnaire.items for column in _item_columns(item)),
    )


def _item_columns(item: Item) -> Iterator[Column]:
    text = item.text()
    if item.kind is Asked.open:
        yield Column(item.id, text)
    elif item.kind is Asked.some_of:
        for option in item.options:
            ticked = (*yes_no(), *_reasons())
            yield Column(f"{item.id}__{option.id}", f"{text} {option.texts['nl']}", Kind.choice, ticked)
    else:
        ordered = item.kind in (Asked.grade10, Asked.agree4)
        yield Column(item.id, text, Kind.choice, (*_values(item), *_reasons()), ordered)


def _values(item: Item) -> tuple[Choice, ...]:
    if item.kind is Asked.grade10:
        return tuple(Choice(value, value, int(value)) for value in item.values)
    return choices_of({value: option_text(item, value) for value in item.values})


def _reasons() -> tuple[Choice, ...]:
    words = {
        Reason.not_asked: _("niet gevraagd"),
        Reason.not_applicable: _("niet van toepassing"),
        Reason.unreadable: _("niet te lezen"),
        Reason.no_answer: _("geen antwoord"),
    }
    return tuple(Choice(str(reason), words[reason], number, True) for reason, number in MISSING.items())


def _rows(work: Work, study: Study, version: int, questionnaire: Questionnaire) -> Iterator[Row]:
    codes = {one.id: one.code for one in list_strata(work, study)}
    last = ""
    statement = (
        select(SurveyResponse)
        .where(SurveyResponse.study_id == study.id, SurveyResponse.questionnaire_id == version)
        .order_by(SurveyResponse.id)
        .limit(CHUNK)
    )
    while rows := work.session.exec(statement.where(col(SurveyResponse.id) > last)).all():
        last = rows[-1].id
        opened = _opened(work, [row.id for row in rows])
        for row in rows:
            unit = codes.get(row.stratum_id) if row.stratum_id else None
            cells = (cell for item in questionnaire.items for cell in _cells(item, row, opened))
            yield (unit, row.mode or None, row.status, row.state, *cells)
        work.session.expunge_all()


def _opened(work: Work, keys: list[str]) -> Mapping[tuple[str, str], str]:
    rows = work.session.exec(select(OpenAnswer).where(col(OpenAnswer.response_id).in_(keys))).all()
    return {(row.response_id, row.item): work.vault.open(row.body, f"open_answer:{row.id}") for row in rows}


def _cells(item: Item, row: SurveyResponse, opened: Mapping[tuple[str, str], str]) -> Iterator[Value]:
    if item.kind is Asked.open:
        yield opened.get((row.id, item.id))
        return
    answer = row.answers.get(item.id)
    reason = row.missing.get(item.id, str(Reason.not_asked))
    if item.kind is Asked.some_of:
        for option in item.options:
            yield reason if answer is None else say(option.id in answer)
    else:
        yield reason if answer is None else str(answer)


# --- figures ------------------------------------------------------------------------------------------


def survey_figures_of(work: Work, study: Study) -> Content:
    """A row per item, unit and answer, as the pages show them: hidden rows say why and nothing else."""
    columns = (
        Column("item", _("Vraag")),
        Column("label", _("Kort")),
        Column("unit", _("Groep; all is samen")),
        Column("kind", _("Soort vraag")),
        Column("option", _("Antwoord; leeg bij een gemiddelde of een aandeel eens")),
        Column("n", _("n: hoeveel mensen antwoordden"), Kind.whole),
        Column("missing", _("Hoeveel mensen geen antwoord gaven"), Kind.whole),
        Column("value", _("Gemiddelde of percentage"), Kind.decimal),
        Column("low", _("Onderkant van het 95 %-interval"), Kind.decimal),
        Column("high", _("Bovenkant van het 95 %-interval"), Kind.decimal),
        Column("reference", _("Referentie"), Kind.decimal),
        Column("verdict", _("Vergeleken met de referentie")),
        Column("shown", _("Getoond"), Kind.choice, yes_no()),
        Column("reason", _("Waarom niet getoond")),
    )
    rows = partial(_figure_rows, work, study)
    return Content("figures", (Table("figures", _("Uitkomsten"), columns, rows),), described=True)


def _figure_rows(work: Work, study: Study) -> Iterator[Row]:
    for row in survey_figures(work, study).rows:
        head = (row.item.id, row.item.label, row.unit, str(row.item.kind))
        figure = row.figure
        if figure is None:
            yield (*head, None, *[None] * 7, "no", row.reason)
            continue
        for option in figure.options or ("",):
            value = figure.options[option] if option else figure.value
            low, high = (figure.intervals.get(option) if option else figure.interval) or (None, None)
            numbers = (_decimal(one) for one in (value, low, high, _reference(row, option)))
            verdict = row.verdicts.get(option) if option else row.verdict
            said = _(verdict) if verdict else None
            yield (*head, option or None, figure.n, figure.missing, *numbers, said, "yes", None)


def _reference(row: ItemRow, option: str) -> float | None:
    if isinstance(row.reference, Mapping):
        return row.reference.get(option)
    return None if option else row.reference


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 4)))
