"""Figures and lead times over the API: the same queries as the pages, with the same hiding."""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from journey.auth.access import FiguresToken, LeadTimesToken
from journey.auth.scope import get_study
from journey.report import queries
from journey.report.breakdowns import RowDetails, row_details
from journey.report.figures import FigureRow
from journey.report.leadtimes import LeadTime
from journey.report.queries import Population
from journey.rules.ratings import Subject
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork, tags=["figures"])


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True, serialize_by_alias=True)


class IntervalOut(Out):
    """A share (0-1) of N with the bounds of its 95 % Wilson interval."""

    share: float
    low: float
    high: float


class PartOut(Out):
    """Opinions by one or more channels (`call+web`) or of one period; `key` is the channels, or the first day."""

    key: str
    label: str
    n: int
    negative: int
    neutral: int
    positive: int


class BreakdownOut(Out):
    """Every opinion is in one part; without parts when it may not be split, with the reason in Dutch."""

    parts: Sequence[PartOut]
    shown: bool
    reason: str | None


class FigureOut(Out):
    """Counts are null in a hidden row; `reason` says why in Dutch. Recall lag: days between the step and the answer."""

    route: str
    step: str
    subject: Subject
    asked: int | None
    n: int | None
    negative: int | None
    neutral: int | None
    positive: int | None
    not_applicable: int | None
    no_answer: int | None
    shown: bool
    reason: str | None
    footnotes: Sequence[str]
    mean_recall_lag: float | None = None
    intervals: dict[str, IntervalOut] | None = None
    by_channel: BreakdownOut | None = None
    by_period: BreakdownOut | None = None


class FiguresOut(Out):
    """`batch` is null for live figures, `as_of` only when nothing was published yet."""

    as_of: date | None
    batch: int | None
    rows: Sequence[FigureOut]


class StatementOut(Out):
    id: str
    n: int | None
    agree: int | None
    neutral: int | None
    disagree: int | None


class SpreadOut(Out):
    """How one grade is spread; `groups` pairs the lowest grade of each half point (5.5: 5.5 to 5.9)
    with how many gave one in it."""

    n: int
    mean: float
    deviation: float | None
    groups: Sequence[tuple[float, int]]


class ClosingOut(Out):
    """Means of grades 1-10 with one decimal; `spreads` per grade, without hidden ones."""

    n: int | None
    grade_mean: float | None
    grade_desk_mean: float | None
    grade_case_manager_mean: float | None
    statements: Sequence[StatementOut]
    shown: bool
    reason: str | None
    spreads: dict[str, SpreadOut]
    note: str | None


class CurvePointOut(Out):
    """Share (0-1) still waiting from this day on, with a 95 % interval."""

    day: int
    waiting: float
    low: float
    high: float


class LeadTimeOut(Out):
    """Calendar days; mean with one decimal, 90th percentile by nearest rank."""

    n: int | None
    open: int | None
    mean: float | None
    median: int | float | None
    p90: int | None
    max: int | None
    shown: bool
    reason: str | None
    curve: Sequence[CurvePointOut]


class ApplicationOut(LeadTimeOut):
    """`within_limit` cases were decided on or before their own last day; the share is 0-1."""

    within_limit: int | None
    share_within_limit: float | None


class PairOut(LeadTimeOut):
    """From one step to the next; `norm_days` is what was promised, null when nothing was."""

    from_step: str = Field(alias="from")
    to_step: str = Field(alias="to")
    norm_days: int | None


class LeadTimesOut(Out):
    gate: LeadTimeOut
    application: ApplicationOut
    application_net: LeadTimeOut
    total: LeadTimeOut
    pairs: Sequence[PairOut]


@router.get("/studies/{study}/figures")
def figures(visit: FiguresToken, study: str, route: str = "") -> FiguresOut:
    """Ratings per step and subject: live for researchers, the last published batch for managers."""
    found = get_study(visit.work, study)
    shown = queries.figures(visit.work, found, route or None)
    details = row_details(visit.work, found)
    return FiguresOut(
        as_of=shown.as_of, batch=shown.batch, rows=[_figure(row, details.get(row.key)) for row in shown.rows]
    )


@router.get("/studies/{study}/closing")
def closing(visit: FiguresToken, study: str) -> ClosingOut:
    """The closing interviews over all routes of the study."""
    return ClosingOut.model_validate(queries.closing(visit.work, get_study(visit.work, study)))


@router.get("/studies/{study}/lead-times")
def lead_times(
    visit: LeadTimesToken, study: str, population: Population = "all", route: str = ""
) -> LeadTimesOut:
    """Three lead times that are never one, and every pair of consecutive steps."""
    found = get_study(visit.work, study)
    times = queries.lead_times(visit.work, found, population, route or None)
    return LeadTimesOut(
        gate=_time(times.gate),
        application=ApplicationOut.model_validate(times.application),
        application_net=_time(times.application_net),
        total=_time(times.total),
        pairs=[
            PairOut.model_validate(
                {
                    "from": pair.from_step,
                    "to": pair.to_step,
                    "norm_days": pair.norm_days,
                    **_time(pair.time).model_dump(),
                }
            )
            for pair in times.pairs
        ],
    )


def _figure(row: FigureRow, details: RowDetails | None) -> FigureOut:
    figure = FigureOut.model_validate(row)
    if details is None or not row.shown:
        return figure
    return figure.model_copy(
        update={
            "mean_recall_lag": details.mean_recall_lag,
            "intervals": {value: IntervalOut.model_validate(one) for value, one in details.intervals.items()},
            "by_channel": BreakdownOut.model_validate(details.by_channel),
            "by_period": BreakdownOut.model_validate(details.by_period),
        }
    )


def _time(time: LeadTime) -> LeadTimeOut:
    return LeadTimeOut.model_validate(time)
