"""Reads a survey: its questionnaire, its units and the kept counts. Not one reads answers of single people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from journey.models import ResponseCount, Stratum, Study, Survey
from journey.questionnaire.queries import get_questionnaire
from journey.rules.errors import NotFound
from journey.rules.questionnaire import Questionnaire
from journey.rules.survey import add_counts
from journey.work import Reading, Work

WITHOUT_UNIT = ""
ALL = "all"


@dataclass(frozen=True)
class Cell:
    """The counts of one version, unit and mode; `unit` is empty for who has none."""

    version: int
    unit: str
    mode: str
    statuses: Mapping[str, int]
    items: Mapping[str, Mapping[str, int]]

    @property
    def valid(self) -> int:
        return self.statuses.get("complete", 0) + self.statuses.get("partial", 0)


@dataclass(frozen=True)
class Counted:
    """Everything that is counted of a survey, from which every figure follows; `cells` by version, unit and mode."""

    cells: tuple[Cell, ...]

    def of(self, version: int | None = None, mode: str | None = None) -> "Counted":
        return Counted(
            tuple(
                cell
                for cell in self.cells
                if version in (None, cell.version) and (mode is None or mode == cell.mode)
            )
        )

    @property
    def versions(self) -> tuple[int, ...]:
        """Versions of the questionnaire that somebody answered, the oldest first."""
        return tuple(sorted({cell.version for cell in self.cells if sum(cell.statuses.values())}))

    def respondents(self) -> dict[str, int]:
        """Valid returns per unit."""
        found: dict[str, int] = defaultdict(int)
        for cell in self.cells:
            found[cell.unit] += cell.valid
        return dict(found)

    def item(self, item: str) -> dict[str, dict[str, int]]:
        """The counts of one item per unit."""
        parts: dict[str, list[Mapping[str, int]]] = defaultdict(list)
        for cell in self.cells:
            parts[cell.unit].append(cell.items.get(item, {}))
        return {unit: add_counts(counts) for unit, counts in parts.items()}

    def to_json(self) -> list[dict[str, Any]]:
        return [vars(cell) for cell in self.cells]

    @classmethod
    def from_json(cls, data: Sequence[Mapping[str, Any]]) -> "Counted":
        return cls(tuple(Cell(**one) for one in data))


@dataclass(frozen=True)
class SurveyOf:
    """A survey with its units in order; `questionnaire` is what new answers are held against."""

    study: Study
    questionnaire: Questionnaire
    version_id: int
    strata: tuple[Stratum, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def year(self) -> int:
        return self.study.starts_on.year

    def unit_name(self, unit: str) -> str:
        return self.names.get(unit, unit)


def get_survey(work: Reading, study: Study) -> SurveyOf:
    """NotFound for a study of another kind."""
    survey = work.session.get(Survey, study.id)
    if survey is None:
        raise NotFound("Dit onderzoek heeft geen vragenlijst.")
    strata = tuple(list_strata(work, study))
    return SurveyOf(
        study,
        get_questionnaire(work, survey.questionnaire_id),
        survey.questionnaire_id,
        strata,
        {stratum.code: stratum.name for stratum in strata},
    )


def list_strata(work: Reading, study: Study) -> list[Stratum]:
    statement = select(Stratum).where(Stratum.study_id == study.id).order_by(col(Stratum.position))
    return list(work.session.exec(statement).all())


def read_counted(work: Work, study: Study) -> Counted:
    """What is counted now, from the kept counts."""
    codes = {stratum.id: stratum.code for stratum in list_strata(work, study)}
    rows = work.session.exec(
        select(ResponseCount).where(ResponseCount.study_id == study.id).order_by(col(ResponseCount.id))
    ).all()
    return Counted(
        tuple(
            Cell(
                row.questionnaire_id,
                codes.get(row.stratum_id, WITHOUT_UNIT),
                row.mode,
                row.statuses,
                row.items,
            )
            for row in rows
        )
    )
