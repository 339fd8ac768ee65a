"""Figures and response of a survey over the API: the same queries as the pages, with the same hiding."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from journey.auth.access import FiguresToken
from journey.auth.scope import get_study
from journey.report.surveys import survey_figures, survey_response
from journey.rules.errors import Invalid
from journey.rules.questionnaire import Kind
from journey.survey.figures import ItemRow
from journey.survey.response import UnitResponse
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork, tags=["surveys"])

DIGITS = 4
YES, NO = ("population", "stratum", "yes", "true", "1", "on"), ("", "none", "no", "false", "0")
Value = float | dict[str, float]


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ItemOut(Out):
    """Means, and percentages 0-100, with four decimals; `interval` is [low, high], per option for items with options.

    Asked for with weight: `value` and `options` are weighted, `unweighted` is beside them. `verdict` is hoger, lager or
    geen aantoonbaar verschil, against the reference group; per option for items with options.
    """

    item: str
    unit: str
    kind: Kind
    version: int
    n: int | None
    missing: int | None
    missing_by_reason: dict[str, int] | None = None
    value: float | None = None
    options: dict[str, float] | None = None
    counts: dict[str, int] | None = None
    insufficient: float | None = Field(default=None, description="percent of grades 1 to 5")
    insufficient_count: int | None = None
    deviation: float | None = None
    interval: list[float] | dict[str, list[float]] | None = None
    unweighted: Value | None = None
    weighted: Value | None = None
    reference: Value | None = None
    earlier: dict[str, Value] | None = None
    verdict: str | dict[str, str] | None = None
    shown: bool
    reason: str | None = None
    kept_from: str | None = None


class ItemsOut(Out):
    """`batch` is null for live figures; `as_of` only when nothing was published yet."""

    as_of: date | None
    batch: int | None
    rows: list[ItemOut]


class UnitOut(Out):
    """Percentages with two decimals; everything but who was asked is null when hidden."""

    unit: str
    name: str
    population: int
    approached: int
    valid: int | None
    late: int | None
    doubles: int | None
    blank: int | None
    complete: int | None
    partial: int | None
    by_mode: dict[str, int]
    response: float | None
    rr1: float | None
    rr2: float | None
    reliability: float | None
    margin_95: float | None
    indicative: bool | None
    shown: bool
    reason: str | None


class ResponseOut(UnitOut):
    without_unit: int | None
    units: list[UnitOut]


@router.get("/studies/{study}/items")
def items(visit: FiguresToken, study: str, unit: str = "", weight: str = "") -> ItemsOut:
    """Every item of the questionnaire, for all together (`all`) and per unit: live for researchers, the last published
    batch for managers. `weight=population` weighs all together by the population of each unit.
    """
    found = get_study(visit.work, study)
    if weight.casefold() not in (*YES, *NO):
        raise Invalid("Kies voor weight: population, of laat het weg.", field="weight")
    figures = survey_figures(visit.work, found, weighted=weight.casefold() in YES)
    if unit and unit not in ("all", *figures.survey.names):
        raise Invalid("Deze groep is er niet: %(unit)s.", field="unit", unit=unit)
    rows = [_item(row) for row in figures.rows if unit in ("", row.unit)]
    return ItemsOut(as_of=figures.as_of, batch=figures.batch, rows=rows)


@router.get("/studies/{study}/response")
def response(visit: FiguresToken, study: str) -> ResponseOut:
    """Who was asked and who answered, together and per unit."""
    found = survey_response(visit.work, get_study(visit.work, study))
    return ResponseOut(
        **_unit(found.total),
        without_unit=found.without_unit,
        units=[UnitOut(**_unit(one)) for one in found.units],
    )


def _unit(one: UnitResponse) -> dict[str, Any]:
    return asdict(one) | {"by_mode": dict(one.by_mode)}


def _item(row: ItemRow) -> ItemOut:
    figure, weighed = row.figure, row.weighed
    out = ItemOut(
        item=row.item.id,
        unit=row.unit,
        kind=row.item.kind,
        version=row.edition,
        n=figure.n if figure else None,
        missing=figure.missing if figure else None,
        shown=row.shown,
        reason=row.reason,
        kept_from=row.kept_from,
    )
    if figure is None:
        return out
    plain: Value | None = _rounded(figure.options) if figure.options else _round(figure.value)
    heavy: Value | None = None
    if weighed is not None:
        heavy = _rounded(weighed.options) if weighed.options else _round(weighed.value)
    shown = plain if heavy is None else heavy
    return out.model_copy(
        update={
            "missing_by_reason": dict(figure.reasons),
            "value": shown if isinstance(shown, float) else None,
            "options": shown if isinstance(shown, dict) else None,
            "counts": dict(figure.counts),
            "insufficient": _round(figure.insufficient_percent),
            "insufficient_count": figure.insufficient,
            "deviation": _round(figure.deviation),
            "interval": _interval(row),
            "unweighted": plain if heavy is not None else None,
            "weighted": heavy,
            "reference": _value(row.reference),
            "earlier": {str(year): _value(printed) for year, printed in row.earlier.items()} or None,
            "verdict": dict(row.verdicts) or row.verdict,
        }
    )


def _interval(row: ItemRow) -> list[float] | dict[str, list[float]] | None:
    figure, weighed = row.figure, row.weighed
    if figure is None:
        return None
    if figure.intervals:
        if weighed is not None:
            return None
        return {option: [round(edge, DIGITS) for edge in edges] for option, edges in figure.intervals.items()}
    edges = weighed.interval if weighed is not None else figure.interval
    return None if edges is None else [round(edge, DIGITS) for edge in edges]


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {option: round(value, DIGITS) for option, value in values.items()}


def _value(printed: float | Mapping[str, float] | None) -> Value | None:
    return dict(printed) if isinstance(printed, Mapping) else printed
