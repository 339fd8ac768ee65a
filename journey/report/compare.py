"""Several studies side by side, each as its reader may see it, with published figures of others beside them.

Like is laid beside like: the same step of the same route. Where the question was another one, the page says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journey.clock import local_day
from journey.models import Municipality, ReferenceGroup, Study
from journey.report.figures import Closing, FigureRow
from journey.report.leadtimes import LeadTime, lead_time
from journey.report.queries import closing, count_journeys, figures, list_routes
from journey.report.reference_groups import ReferenceRow, list_reference_groups, rows_of
from journey.report.tally import Selection, Spells, Tally, list_choices
from journey.route.definition import RouteDefinition, Step
from journey.rules.statistics import wilson
from journey.web.i18n import gettext as _
from journey.work import Work

SPLITS = ("", "municipality", "year")
Place = tuple[str, str, str]


@dataclass(frozen=True)
class Source:
    """A study, or a published table when `group` is there."""

    name: str
    place: str
    period: str
    group: ReferenceGroup | None = None


@dataclass(frozen=True)
class Bar:
    """One answer bar of a source. `row` is None when this source did not ask it; `share` is (positive, low, high)."""

    source: Source
    row: FigureRow | ReferenceRow | None
    share: tuple[float, float, float] | None

    @property
    def drawn(self) -> bool:
        """Whether this is a bar, or a line with what was published of it."""
        return isinstance(self.row, FigureRow)

    @property
    def says_something(self) -> bool:
        return self.row is not None and (not isinstance(self.row, FigureRow) or bool(self.row.n))


@dataclass(frozen=True)
class Question:
    """One step or its staff contact over all sources; `warnings` say where the question was another one."""

    route: str
    step: str
    name: str
    subject: str
    bars: tuple[Bar, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class RouteQuestions:
    """What is laid beside each other of one route; `hidden` counts the questions of which no source may be shown."""

    route: str
    questions: tuple[Question, ...]
    hidden: int
    reason: str


@dataclass(frozen=True)
class Grade:
    source: Source
    closing: Closing | None
    mean: float | None
    n: int | None


@dataclass(frozen=True)
class Times:
    """Lead times of a study, or of the part of it that `part` names; what a table printed has a kind."""

    source: Source
    part: str
    gate: LeadTime | None
    application: LeadTime | None
    total: LeadTime | None
    share_within_limit: float | None
    printed: Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class SideBySide:
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]
    grades: tuple[Grade, ...]
    times: tuple[Times, ...]

    @property
    def routes(self) -> tuple[RouteQuestions, ...]:
        names = dict.fromkeys(question.route for question in self.questions)
        return tuple(_of_route(name, [one for one in self.questions if one.route == name]) for name in names)


def side_by_side(work: Work, own: Study, others: Sequence[Study], split: str = "") -> SideBySide:
    """The study, those chosen, and the reference groups of the study. `split` cuts lead times by municipality or by
    the year of the application; ratings are never cut, what managers see of them is published whole (rules, 33).
    """
    studies = [own, *others]
    sources = {study.code: _source(work, study) for study in studies}
    groups = list_reference_groups(work, own)
    tables = [Source(group.name, "", group.source, group) for group in groups]
    grades = [_grade(sources[study.code], closing(work, study)) for study in studies]
    grades += [
        Grade(one, None, one.group.figures["grade"], one.group.figures["grade_n"])
        for one in tables
        if one.group and one.group.figures["grade"] is not None
    ]
    times = [row for study in studies for row in _times(work, study, sources[study.code], split)]
    times += [
        Times(one, "", None, None, None, None, one.group.figures["times"])
        for one in tables
        if one.group and one.group.figures["times"]
    ]
    return SideBySide(
        (*sources.values(), *tables),
        tuple(_questions(work, studies, sources, tables)),
        tuple(grades),
        tuple(times),
    )


def _of_route(route: str, questions: Sequence[Question]) -> RouteQuestions:
    shown = tuple(one for one in questions if any(bar.says_something for bar in one.bars))
    reasons = [
        bar.row.reason
        for one in questions
        for bar in one.bars
        if isinstance(bar.row, FigureRow) and bar.row.reason
    ]
    return RouteQuestions(route, shown, len(questions) - len(shown), next(iter(reasons), ""))


def _source(work: Work, study: Study) -> Source:
    place = work.session.get_one(Municipality, study.municipality_id).name
    last = study.ends_on or (local_day(study.closed_at) if study.closed_at else None)
    period = str(study.starts_on.year)
    if last is None:
        period = _("vanaf %(year)s", year=period)
    elif last.year != study.starts_on.year:
        period = f"{period}-{last.year}"
    return Source(study.name, place, period)


def _questions(
    work: Work, studies: Sequence[Study], sources: Mapping[str, Source], tables: Sequence[Source]
) -> list[Question]:
    routes = {study.code: {one.id: one for one in list_routes(work, study)} for study in studies}
    rows: dict[str, dict[Place, FigureRow]] = {
        study.code: {(row.route, row.step, row.subject): row for row in figures(work, study).rows}
        for study in studies
    }
    printed = [(one, rows_of(one.group)) for one in tables if one.group]
    questions = []
    for place in dict.fromkeys(place for known in rows.values() for place in known):
        bars = [_bar(sources[code], known.get(place)) for code, known in rows.items()]
        bars += [_bar(one, _whole(place, known[place])) for one, known in printed if place in known]
        if sum(bar.row is not None for bar in bars) < 2:
            continue
        steps = {code: _step(routes[code].get(place[0]), place[1]) for code in rows}
        name = next((step.name for step in steps.values() if step), place[1])
        questions.append(Question(*place[:2], name, place[2], tuple(bars), _warn(steps, sources, bars)))
    return questions


def _step(route: RouteDefinition | None, step: str) -> Step | None:
    return route.find_step(step) if route else None


def _whole(place: Place, row: ReferenceRow) -> FigureRow | ReferenceRow:
    """A published row of which every number is known is a bar like another."""
    if None in (row.n, row.negative, row.neutral, row.positive):
        return row
    return FigureRow(*place, row.n, row.n, row.negative, row.neutral, row.positive, 0, 0)


def _bar(source: Source, row: FigureRow | ReferenceRow | None) -> Bar:
    if row is None or not row.n or row.positive is None:
        return Bar(source, row, None)
    return Bar(source, row, (row.positive / row.n, *wilson(row.positive, row.n)))


def _warn(
    steps: Mapping[str, Step | None], sources: Mapping[str, Source], bars: Sequence[Bar]
) -> tuple[str, ...]:
    """Where this step was something else: another name or explanation, or a table that asked it in its own way."""
    first = next((step for step in steps.values() if step), None)
    warnings: list[str] = []
    for code, step in steps.items():
        if step is None or first is None or step is first:
            continue
        if step.name != first.name:
            warnings.append(
                _("Bij %(study)s heet deze stap “%(name)s”.", study=sources[code].name, name=step.name)
            )
        elif step.explain != first.explain:
            warnings.append(_("Bij %(study)s ging deze stap anders.", study=sources[code].name))
    for bar in bars:
        if bar.source.group and bar.source.group.figures["differs"]:
            warnings.append(f"{bar.source.name}: {bar.source.group.figures['differs']}")
    return tuple(warnings)


def _grade(source: Source, closed: Closing) -> Grade:
    return Grade(source, closed, closed.grade_mean, closed.n)


def _times(work: Work, study: Study, source: Source, split: str) -> list[Times]:
    places, months = list_choices(work, study, [route.id for route in list_routes(work, study)])
    if split == "municipality":
        parts = [(name, [Selection(municipality=place)]) for place, name in places]
    elif split == "year":
        years = sorted({month[:4] for month in months})
        parts = [(year, [Selection(month=one) for one in months if one[:4] == year]) for year in years]
    else:
        parts = [("", [Selection()])]
    return [_counted(work, study, source, part, selections) for part, selections in parts]


def _counted(work: Work, study: Study, source: Source, part: str, selections: Sequence[Selection]) -> Times:
    tallies = [count_journeys(work, study, "all", one) for one in selections]
    kept = sum(one.number("limit", "kept") for one in tallies)
    late = sum(one.number("limit", "late") for one in tallies)
    measures = {name: _added(tallies, name) for name in ("gate", "application", "total")}
    share = kept / (kept + late) if kept + late else None
    return Times(source, part, **measures, share_within_limit=share, printed={})


def _added(tallies: Sequence[Tally], measure: str) -> LeadTime:
    spells = Spells()
    for tally in tallies:
        spells.add(tally.spells(measure))
    return lead_time(spells)
