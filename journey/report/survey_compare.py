"""A survey beside earlier ones and beside a journey study, where these ask the same.

Items are the same when kind, words and answers are; both n are known then, so a difference is tested, with Holm's
correction over the whole table. A journey study asks two grades and one statement that the very short questionnaire
asks too; its grades have a decimal and its statement three answers, so these stand beside and are not tested.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from journey.auth.scope import list_studies
from journey.models import Study
from journey.report.figures import Closing
from journey.report.frame import frame_of
from journey.report.pages import Frame
from journey.report.queries import closing
from journey.report.survey_words import NONE, printed, value_of
from journey.report.surveys import SurveyFigures, survey_figures
from journey.rules.inference import Test, two_proportion, verdicts, welch
from journey.rules.questionnaire import Item, Kind
from journey.rules.statistics import decimal_comma
from journey.survey.figures import ItemRow
from journey.survey.queries import ALL
from journey.web.i18n import gettext as _
from journey.work import Work

# Item of a survey and what a closing interview calls it.
GRADES: Final = {"desk_grade": "grade_desk", "case_manager_grade": "grade_case_manager"}
STATEMENTS: Final = {"helped": "kind_and_efficient"}


@dataclass(frozen=True)
class ComparedItem:
    """One item in both; `verdict` is how ours compares with the other, a dash where nothing may be tested."""

    label: str
    ours: str
    our_n: str
    theirs: str
    their_n: str
    verdict: str


@dataclass(frozen=True)
class SurveyComparePage:
    """`others` are (code, name); `lines` are of the chosen one, `different` how many items of it are not the same."""

    frame: Frame
    others: tuple[tuple[str, str], ...]
    chosen: Study | None
    lines: tuple[ComparedItem, ...]
    different: int


def compare_page(work: Work, study: Study, code: str) -> SurveyComparePage:
    """What the reader may not see chooses nothing."""
    others = [one for one in list_studies(work) if one.id != study.id]
    chosen = next((one for one in others if one.code == code), None)
    lines: list[ComparedItem] = []
    different = 0
    if chosen is not None and chosen.is_survey:
        lines, different = _with_survey(work, study, chosen)
    elif chosen is not None:
        lines = list(_with_journeys(survey_figures(work, study), closing(work, chosen)))
    return SurveyComparePage(
        frame_of(work, study, "compare"),
        tuple((one.code, one.name) for one in others),
        chosen,
        tuple(lines),
        different,
    )


def _with_survey(work: Work, study: Study, other: Study) -> tuple[list[ComparedItem], int]:
    ours, theirs = survey_figures(work, study), survey_figures(work, other)
    known = {row.item.id: row for row in theirs.of(ALL)}
    pairs: list[tuple[ItemRow, ItemRow]] = []
    different = 0
    for row in ours.of(ALL):
        beside = known.get(row.item.id)
        if beside is None or row.item.kind not in (Kind.grade10, Kind.agree4, Kind.yes_share):
            continue
        if same_question(row.item, beside.item):
            pairs.append((row, beside))
        else:
            different += 1
    tests = {place: test for place, pair in enumerate(pairs) if (test := _test(*pair)) is not None}
    said = dict(zip(tests, verdicts(list(tests.values())), strict=True))
    lines = [
        _line(row, beside, _(said[place]) if place in said else NONE)
        for place, (row, beside) in enumerate(pairs)
    ]
    return lines, different


def same_question(ours: Item, theirs: Item) -> bool:
    """Asked in the same words with the same answers; of whom may differ, n tells."""
    return (ours.kind, ours.text(), ours.values) == (theirs.kind, theirs.text(), theirs.values)


def _test(ours: ItemRow, theirs: ItemRow) -> Test | None:
    a, b = ours.figure, theirs.figure
    if a is None or b is None or a.value is None or b.value is None:
        return None
    if ours.item.kind is not Kind.grade10:
        return two_proportion(a.value / 100, a.n, b.value / 100, b.n)
    if a.deviation is None or b.deviation is None:
        return None
    return welch((a.value, a.deviation, a.n), (b.value, b.deviation, b.n))


def _line(ours: ItemRow, theirs: ItemRow, verdict: str) -> ComparedItem:
    def n_of(row: ItemRow) -> str:
        return str(row.figure.n) if row.figure else NONE

    return ComparedItem(ours.item.label, value_of(ours), n_of(ours), value_of(theirs), n_of(theirs), verdict)


def _with_journeys(figures: SurveyFigures, closed: Closing) -> Iterator[ComparedItem]:
    """A grade of a journey study may have a decimal; it stands beside."""
    for item, name in GRADES.items():
        row, mean = figures.find(item), getattr(closed, f"{name}_mean")
        if row is not None:
            spread = closed.spreads.get(name)
            theirs = NONE if mean is None else decimal_comma(mean, 1)
            yield ComparedItem(
                row.item.label, value_of(row), _n(row), theirs, str(spread.n) if spread else NONE, NONE
            )
    for item, name in STATEMENTS.items():
        row = figures.find(item)
        beside = next((one for one in closed.statements if one.id == name), None)
        if row is not None and beside is not None:
            share = 100 * beside.agree / beside.n if beside.n and beside.agree is not None else None
            theirs, n = printed(share, Kind.agree4), str(beside.n) if beside.n else NONE
            yield ComparedItem(row.item.label, value_of(row), _n(row), theirs, n, NONE)


def _n(row: ItemRow) -> str:
    return str(row.figure.n) if row.figure else NONE
