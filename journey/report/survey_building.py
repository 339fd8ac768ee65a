"""Puts together what each page of a survey shows."""

from collections.abc import Iterator

from journey.models import Study
from journey.questionnaire.checks import Finding, check_questionnaire
from journey.questionnaire.queries import get_questionnaire
from journey.report.frame import frame_of
from journey.report.queries import as_of, find_batch, sees_live
from journey.report.survey_pages import (
    ModeLine,
    PrintedLine,
    QuestionnairePage,
    ResponsePage,
    SurveyFiguresPage,
    SurveyPublishedPage,
    section_figures,
)
from journey.report.survey_words import digits_of, option_text, printed, value_of
from journey.report.surveys import (
    SurveyFigures,
    questionnaires_of,
    survey_figures,
    survey_response,
    survey_standing,
)
from journey.rules.errors import NotFound
from journey.rules.inference import Test, two_proportion, verdicts, welch
from journey.rules.questionnaire import Kind
from journey.rules.statistics import decimal_comma
from journey.survey.figures import ItemRow, Look, build_rows
from journey.survey.published import Published, is_printed
from journey.survey.queries import ALL, SurveyOf, get_survey, read_counted
from journey.web.i18n import gettext as _
from journey.work import Work

PAPER, WEB = "paper", "web"


def figures_page(work: Work, study: Study, unit: str, *, weighted: bool, version: str) -> SurveyFiguresPage:
    """What cannot be chosen chooses nothing."""
    figures = survey_figures(work, study, weighted=weighted)
    survey = figures.survey
    unit = unit if unit in survey.names else ALL
    answered = list(dict.fromkeys(row.version for row in figures.rows)) or [survey.version_id]
    definitions = {one: get_questionnaire(work, one) for one in answered}
    numbered = {str(one.version): key for key, one in definitions.items()}
    chosen = numbered.get(version, answered[-1])
    live = sees_live(work)
    return SurveyFiguresPage(
        frame=frame_of(work, study, "figures"),
        figures=figures,
        sections=tuple(section_figures(figures, definitions[chosen], chosen, unit)),
        unit=unit,
        weighted=weighted,
        versions=tuple((one.version, one.name) for one in definitions.values()),
        version=definitions[chosen].version,
        standing=survey_standing(work, study) if live else None,
        modes=tuple(mode_effect(work, survey, chosen)) if live else (),
    )


def mode_effect(work: Work, survey: SurveyOf, version: int) -> Iterator[ModeLine]:
    """Paper beside screen, for the research side: a group by mode could be subtracted from what managers see. Holm's
    correction over all items of the questionnaire.
    """
    counted = read_counted(work, survey.study).of(version)
    questionnaires = questionnaires_of(work, survey, counted)
    sides = {
        mode: {
            row.item.id: row
            for row in build_rows(survey, questionnaires, counted.of(mode=mode), None, Look())
            if row.unit == ALL
        }
        for mode in (PAPER, WEB)
    }
    pairs = [
        (paper, web, test)
        for item, paper in sides[PAPER].items()
        if (web := sides[WEB].get(item)) is not None and (test := _mode_test(paper, web)) is not None
    ]
    for (paper, web, _test), verdict in zip(pairs, verdicts([one[2] for one in pairs]), strict=True):
        yield ModeLine(paper.item.label, value_of(paper), value_of(web), _(verdict))


def _mode_test(paper: ItemRow, web: ItemRow) -> Test | None:
    ours, theirs = paper.figure, web.figure
    if ours is None or theirs is None or ours.value is None or theirs.value is None:
        return None
    if paper.item.kind is Kind.grade10:
        if ours.deviation is None or theirs.deviation is None:
            return None
        return welch((ours.value, ours.deviation, ours.n), (theirs.value, theirs.deviation, theirs.n))
    return two_proportion(ours.value / 100, ours.n, theirs.value / 100, theirs.n)


def response_page(work: Work, study: Study) -> ResponsePage:
    batch = None if sees_live(work) else find_batch(work, study)
    return ResponsePage(
        frame_of(work, study, "response"),
        survey_response(work, study),
        (batch.as_of if batch else None) if not sees_live(work) else as_of(work, study),
        batch.number if batch else None,
    )


def questionnaire_page(work: Work, study: Study, language: str, look: str) -> QuestionnairePage:
    survey = get_survey(work, study)
    findings: list[Finding] = check_questionnaire(survey.questionnaire, tuple(survey.names))
    return QuestionnairePage(frame_of(work, study, "questionnaire"), survey, tuple(findings), language, look)


# --- published against computed -----------------------------------------------------------------------


def published_page(work: Work, study: Study) -> SurveyPublishedPage:
    """Every printed number beside ours; NotFound for a survey of which no report was printed."""
    figures = survey_figures(work, study)
    published = figures.published
    if published is None or not is_printed(study, figures.survey):
        raise NotFound("Van dit onderzoek is geen eerder rapport bekend.")
    lines = [
        *_printed_lines(figures, published),
        *_spread_lines(figures, published),
        *_mode_lines(work, study, published),
    ]
    return SurveyPublishedPage(frame_of(work, study, "published"), figures, published, tuple(lines))


def _unit(figures: SurveyFigures, unit: str) -> str:
    return _("Samen") if unit == ALL else figures.survey.unit_name(unit)


def _printed_lines(figures: SurveyFigures, published: Published) -> Iterator[PrintedLine]:
    for item, unit, option, number in published.printed():
        row = figures.find(item, unit)
        kind = row.item.kind if row else Kind.one_of
        ours = value_of(row, option) if row and row.figure else None
        text = printed(number, kind) if digits_of(kind) else f"{decimal_comma(number, 0)} %"
        label = row.item.label if row else item
        if row is not None and option:
            label = f"{label}: {option_text(row.item, option)}"
        yield PrintedLine(
            label,
            figures.survey.unit_name(unit),
            text,
            ours,
            published.impossible.get((item, unit, option), ""),
        )


def _spread_lines(figures: SurveyFigures, published: Published) -> Iterator[PrintedLine]:
    for spread in published.spreads:
        row = figures.find(spread.item, spread.unit)
        share = None
        if row is not None and row.figure is not None and row.figure.n:
            counts = row.figure.counts
            answers = map(str, range(1, 6)) if "insufficient" in spread.answers else spread.answers
            share = 100 * sum(counts.get(answer, 0) for answer in answers) / row.figure.n
        label = row.item.label if row else spread.item
        what = (
            _("onvoldoende")
            if "insufficient" in spread.answers
            else ", ".join(option_text(row.item, one) if row else one for one in spread.answers)
        )
        ours = None if share is None else printed(share, Kind.one_of)
        yield PrintedLine(f"{label}: {what}", _unit(figures, spread.unit), f"{spread.percent} %", ours, "")


def _mode_lines(work: Work, study: Study, published: Published) -> Iterator[PrintedLine]:
    units = {unit.unit: unit for unit in survey_response(work, study).units}
    names = {PAPER: _("Op papier"), WEB: _("Op het scherm")}
    for unit, modes in published.modes.items():
        found = units.get(unit)
        for mode, n in modes.items():
            ours = str(found.by_mode.get(mode, 0)) if found and found.shown else None
            yield PrintedLine(names[mode], found.name if found else unit, str(n), ours, "")
