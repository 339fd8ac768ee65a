"""The response of a survey: who was asked, who answered and how, and how reliable that is (rules, 29 and 49)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from journey.rules.statistics import reliability
from journey.survey.figures import Look, judge, said
from journey.survey.queries import ALL, WITHOUT_UNIT, Counted, SurveyOf

UNKNOWN_MODE = "unknown"


@dataclass(frozen=True)
class UnitResponse:
    """Percentages with two decimals. `rr1` counts complete returns only (AAPOR RR1), `rr2` partial ones too; both over
    all who were asked, because nobody of these is known not to belong to the group. Hidden: only who and why.
    """

    unit: str
    name: str
    population: int
    approached: int
    valid: int | None = None
    complete: int | None = None
    partial: int | None = None
    blank: int | None = None
    late: int | None = None
    doubles: int | None = None
    by_mode: Mapping[str, int] = field(default_factory=dict)
    response: float | None = None
    rr1: float | None = None
    rr2: float | None = None
    reliability: float | None = None
    margin_95: float | None = None
    indicative: bool | None = None
    shown: bool = True
    reason: str | None = None


@dataclass(frozen=True)
class Response:
    """`without_unit` are valid returns of whom the unit is not known; None when hidden."""

    total: UnitResponse
    units: tuple[UnitResponse, ...]
    without_unit: int | None


def build_response(survey: SurveyOf, counted: Counted, look: Look) -> Response:
    have = counted.respondents()
    sizes = {stratum.code: have.get(stratum.code, 0) for stratum in survey.strata}
    apart = have.get(WITHOUT_UNIT, 0)
    judged = judge(sizes, apart, look)
    units = tuple(
        _unit(stratum.code, stratum.name, (stratum.population, stratum.approached), counted, stratum.code)
        if judged.parts[stratum.code].shown
        else UnitResponse(
            stratum.code,
            stratum.name,
            stratum.population,
            stratum.approached,
            shown=False,
            reason=said(judged.parts[stratum.code]),
        )
        for stratum in survey.strata
    )
    asked = (sum(one.population for one in survey.strata), sum(one.approached for one in survey.strata))
    if judged.total.shown:
        total = _unit(ALL, survey.study.name, asked, counted, None)
    else:
        total = UnitResponse(ALL, survey.study.name, *asked, shown=False, reason=said(judged.total))
    return Response(total, units, apart if judged.total.shown else None)


def _unit(code: str, name: str, asked: tuple[int, int], counted: Counted, unit: str | None) -> UnitResponse:
    cells = [cell for cell in counted.cells if unit is None or cell.unit == unit]

    def total(status: str) -> int:
        return sum(cell.statuses.get(status, 0) for cell in cells)

    by_mode: dict[str, int] = {}
    for cell in cells:
        if cell.valid:
            mode = cell.mode or UNKNOWN_MODE
            by_mode[mode] = by_mode.get(mode, 0) + cell.valid
    population, approached = asked
    complete, partial = total("complete"), total("partial")
    valid = complete + partial
    sure = reliability(valid, population) if 0 < valid <= population else None
    return UnitResponse(
        unit=code,
        name=name,
        population=population,
        approached=approached,
        valid=valid,
        complete=complete,
        partial=partial,
        blank=total("blank"),
        late=total("late"),
        doubles=total("double"),
        by_mode=by_mode,
        response=round(100 * valid / approached, 2),
        rr1=round(100 * complete / approached, 2),
        rr2=round(100 * valid / approached, 2),
        reliability=sure.reliability if sure else None,
        margin_95=sure.margin_95 if sure else None,
        indicative=sure.indicative if sure else None,
    )
