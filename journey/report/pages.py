"""What the pages of this room show, each one frozen dataclass; how rows of figures are grouped by route and step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from journey.models import Study
from journey.rating.statements import Statement, list_statements
from journey.report.batches import Method, Standing
from journey.report.breakdowns import BeforeAfter, RowDetails
from journey.report.comparison import Comparison, Reference
from journey.report.figures import Closing, FigureRow, Key
from journey.report.leadtimes import LIMIT_DAYS, PairTime
from journey.report.missed import MissedSplit
from journey.report.overview import PhaseFigures, reliability_of
from journey.report.published import Published
from journey.report.queries import Figures, Population
from journey.report.tally import Selection
from journey.report.throughput import Throughput
from journey.report.time_words import (
    application_sentences,
    kept_words,
    longest_sentence,
    norm_words,
    waiting_sentences,
)
from journey.report.voices import StepVoices
from journey.route.definition import RouteDefinition
from journey.rules.statistics import Reliability
from journey.web.i18n import gettext as _


@dataclass(frozen=True)
class Tab:
    href: str
    label: str
    current: bool


@dataclass(frozen=True)
class Frame:
    """What every page of a study has: the study, its routes to choose from, and the way to the other pages."""

    study: Study
    municipality: str
    routes: tuple[RouteDefinition, ...]
    route: str | None
    tabs: tuple[Tab, ...]

    def step_name(self, step_id: str) -> str:
        """The name of a step on the newest version of a route; its id when no route has it any more."""
        found = (route.find_step(step_id) for route in self.routes)
        return next((step.name for step in found if step), step_id)

    def route_name(self, route_id: str) -> str:
        return next((route.name for route in self.routes if route.id == route_id), route_id)

    @property
    def route_choices(self) -> list[tuple[str, str]]:
        return [("", _("Alle routes")), *((route.id, route.name) for route in self.routes)]


@dataclass(frozen=True)
class StepFigures:
    """The bars of one step: about the step itself and about the staff; None when not asked."""

    step: str
    name: str
    about_step: FigureRow | None
    about_staff: FigureRow | None

    @property
    def rows(self) -> tuple[FigureRow, ...]:
        return tuple(row for row in (self.about_step, self.about_staff) if row)

    @property
    def footnotes(self) -> tuple[str, ...]:
        """Each sentence once; what holds for one of two bars only says for which."""
        if len(self.rows) < 2:
            return self.rows[0].footnotes
        both = [note for note in self.rows[0].footnotes if note in self.rows[1].footnotes]
        labels = (_("De stap"), _("De medewerker"))
        own = [
            f"{label}: {note}"
            for label, row in zip(labels, self.rows, strict=True)
            for note in row.footnotes
            if note not in both
        ]
        return (*both, *own)


@dataclass(frozen=True)
class RouteFigures:
    """The steps of one route; `hidden` is the reason when not one row of it may be shown."""

    route: str
    name: str
    steps: tuple[StepFigures, ...]
    hidden: str | None


def group_rows(frame: Frame, rows: Sequence[FigureRow]) -> tuple[RouteFigures, ...]:
    """Rows in route order to routes, steps and their one or two bars."""
    found = []
    for route in dict.fromkeys(row.route for row in rows):
        own = [row for row in rows if row.route == route]
        by_subject = {(row.step, row.subject): row for row in own}
        steps = tuple(
            StepFigures(
                step, frame.step_name(step), by_subject.get((step, "step")), by_subject.get((step, "staff"))
            )
            for step in dict.fromkeys(row.step for row in own)
        )
        reasons = {row.reason for row in own}
        hidden = own[0].reason if len(reasons) == 1 and not any(row.shown for row in own) else None
        found.append(RouteFigures(route, frame.route_name(route), steps, hidden))
    return tuple(found)


@dataclass(frozen=True)
class StatementFigure:
    """One statement as the bar macro wants it: disagree is its negative, agree its positive end."""

    id: str
    text: str
    since_2016: bool
    n: int | None
    negative: int | None
    neutral: int | None
    positive: int | None


def statement_figures(closing: Closing, statements: Sequence[Statement]) -> tuple[StatementFigure, ...]:
    texts = {one.id: one for one in statements}
    return tuple(
        StatementFigure(
            row.id,
            texts[row.id].text if row.id in texts else row.id,
            row.id in texts and texts[row.id].since_2016,
            row.n,
            row.disagree,
            row.neutral,
            row.agree,
        )
        for row in closing.statements
    )


@dataclass(frozen=True)
class Improvement:
    """An approved improvement with what people said before it and since, per subject that is asked."""

    step: str
    done: str
    since: date
    sides: dict[str, BeforeAfter]


@dataclass(frozen=True)
class FiguresPage:
    frame: Frame
    figures: Figures
    routes: tuple[RouteFigures, ...]
    closing: Closing
    statements: tuple[StatementFigure, ...]
    standing: Standing | None
    incentives: dict[str, int] | None
    details: Mapping[Key, RowDetails]
    phases: tuple[PhaseFigures, ...]
    method: Method
    missed: tuple[MissedSplit, ...]
    voices: Mapping[tuple[str, str], StepVoices]
    improvements: tuple[Improvement, ...]

    @property
    def reliability(self) -> Reliability | None:
        return reliability_of(self.method.counts)

    @property
    def route_names(self) -> dict[str, str]:
        return {route.id: route.name for route in self.frame.routes}


@dataclass(frozen=True)
class ThroughputPage:
    """`warnings` are about years of which not every holiday is loaded."""

    frame: Frame
    population: Population
    data: Throughput
    references: dict[str, Reference]
    as_of: date | None
    chosen: Selection
    municipalities: tuple[tuple[int, str], ...]
    months: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    limit: int = LIMIT_DAYS
    norm_words = staticmethod(norm_words)
    kept_words = staticmethod(kept_words)
    waiting_sentences = staticmethod(waiting_sentences)

    @classmethod
    def build(
        cls,
        frame: Frame,
        population: Population,
        data: Throughput,
        references: dict[str, Reference],
        chosen: Selection,
        choices: tuple[list[tuple[int, str]], list[str]],
        warnings: tuple[str, ...],
    ) -> Self:
        """References are of all applicants over all routes: beside anything else they would compare unlike things."""
        alike = population == "all" and frame.route is None and not chosen.narrowed
        places, months = choices
        return cls(
            frame,
            population,
            data,
            references if alike else {},
            data.times.as_of,
            chosen,
            tuple(places),
            tuple(months),
            warnings,
        )

    @property
    def municipality_name(self) -> str:
        return next((name for key, name in self.municipalities if key == self.chosen.municipality), "")

    @property
    def chosen_month(self) -> date:
        return date.fromisoformat(f"{self.chosen.month}-01")

    @property
    def month_choices(self) -> list[tuple[str, date]]:
        return [(month, date.fromisoformat(f"{month}-01")) for month in self.months]

    @property
    def may_narrow(self) -> bool:
        """Whether the choices beyond the route hold: not for the published lead times of participants."""
        return self.data.limit is not None

    @property
    def longest_sentence(self) -> str:
        return longest_sentence(self.frame.step_name, self.data.times) or _(
            "Nog geen enkele reis is ver genoeg voor een doorlooptijd."
        )

    @property
    def limit_sentences(self) -> list[str]:
        """How long deciding took and who kept to the own last day; nothing for who may not see the journeys."""
        if self.data.limit is None:
            return []
        return list(application_sentences(self.data.times.application, self.data.limit))

    @property
    def slowest_pairs(self) -> list[PairTime]:
        """The three pairs of steps with the highest mean."""
        known = [pair for pair in self.data.times.pairs if pair.time.mean is not None]
        return sorted(known, key=lambda pair: -(pair.time.mean or 0))[:3]

    @property
    def has_wait(self) -> bool:
        """Whether the young people's four weeks are in the total: then it is shown without them too."""
        return self.data.times.total != self.data.times.total_without_wait


@dataclass(frozen=True)
class PublishedPage:
    frame: Frame
    published: Published
    comparison: Comparison
    figures: Figures

    def statement_text(self, statement_id: str) -> str:
        return next((one.text for one in list_statements() if one.id == statement_id), statement_id)

    @property
    def same(self) -> int:
        return sum(number.same is True for number in self.comparison.numbers())

    @property
    def different(self) -> int:
        return sum(number.same is False for number in self.comparison.numbers())
