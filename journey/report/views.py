"""Lead times, figures and the report on screen. Who reads figures never meets a person here, but a researcher does: the
cases of their own participants that are near the limit.
"""

import re
from dataclasses import replace

from fastapi import APIRouter, Response

from journey.auth.access import FiguresReader, Researcher
from journey.auth.scope import get_study
from journey.models import Study
from journey.rating.queries import count_incentives
from journey.rating.statements import list_statements
from journey.report.batches import read_method, standing
from journey.report.breakdowns import compare_improvements, row_details
from journey.report.comparison import compare, find_published, list_references
from journey.report.frame import frame_of
from journey.report.last_days import last_day_warnings
from journey.report.overview import missed_groups, phase_figures
from journey.report.pages import (
    FiguresPage,
    Frame,
    Improvement,
    PublishedPage,
    ThroughputPage,
    group_rows,
    statement_figures,
)
from journey.report.queries import Population, closing, figures, lead_times
from journey.report.service import make_ready, publish_batch
from journey.report.survey_building import figures_page, published_page
from journey.report.tally import Selection, list_choices
from journey.report.throughput import throughput
from journey.report.voices import voices
from journey.rules.errors import NotFound
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import LongRead, UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
counting = APIRouter(route_class=LongRead, include_in_schema=False)


@router.get("/studies/{study}/throughput")
def show_throughput(
    visit: FiguresReader,
    study: str,
    population: Population = "all",
    route: str = "",
    municipality: str = "",
    month: str = "",
    bypass: str = "",
) -> Response:
    """Lead times; `bypass` is yes or no. What cannot be chosen chooses nothing."""
    found = get_study(visit.work, study)
    if found.is_survey:
        return redirect(f"/studies/{found.code}/figures")
    frame = frame_of(visit.work, found, "throughput", route)
    chosen = _selection(municipality, month, bypass)
    return render(visit, "report/throughput.html", _throughput_page(visit, frame, population, chosen))


@router.get("/studies/{study}/throughput/sheet")
def show_sheet(visit: FiguresReader, study: str, route: str = "") -> Response:
    """One sheet of paper for a meeting: all applications, or those of one route."""
    frame = frame_of(visit.work, get_study(visit.work, study), "throughput", route)
    return render(visit, "report/sheet.html", _throughput_page(visit, frame, "all", Selection()))


@router.get("/studies/{study}/figures")
def show_figures(
    visit: FiguresReader, study: str, route: str = "", unit: str = "", weight: str = "", version: str = ""
) -> Response:
    """`unit`, `weight` and `version` are of a survey."""
    found = get_study(visit.work, study)
    if found.is_survey:
        page = figures_page(visit.work, found, unit, weighted=weight == "population", version=version)
        return render(visit, "report/survey_figures.html", page)
    return _journey_figures(visit, found, route)


def _journey_figures(visit: Visit, found: Study, route: str) -> Response:
    frame = frame_of(visit.work, found, "figures", route)
    counted, closed = figures(visit.work, found, frame.route), closing(visit.work, found)
    page = FiguresPage(
        frame,
        counted,
        group_rows(frame, counted.rows),
        closed,
        statement_figures(closed, list_statements()),
        standing(visit.work, found) if _is_researcher(visit) else None,
        count_incentives(visit.work, found) if _is_researcher(visit) else None,
        row_details(visit.work, found),
        phase_figures(frame.routes, counted.rows),
        read_method(visit.work, found),
        missed_groups(visit.work, found),
        voices(visit.work, found),
        _improvements(visit, frame),
    )
    return render(visit, "report/figures.html", page)


def _improvements(visit: Visit, frame: Frame) -> tuple[Improvement, ...]:
    return tuple(
        Improvement(frame.step_name(action.step), action.words["nl"]["done"], action.since, sides)
        for action, sides in compare_improvements(visit.work, frame.study)
        if frame.route is None or action.route in ("", frame.route)
    )


@counting.post("/studies/{study}/figures/publish")
def publish(visit: Researcher, study: str) -> Response:
    """The button of researchers. Too few people changed: the page says so, and nothing happens."""
    work = visit.work
    found = get_study(work, study)
    ready = make_ready(work, found)
    with visit.house.work(work.actor, now=work.now, origin=work.origin, long=True) as writing:
        publish_batch(writing, get_study(writing, study), ready=ready)
    return redirect(f"/studies/{found.code}/figures")


@router.get("/studies/{study}/published")
def show_published(visit: FiguresReader, study: str) -> Response:
    """Published against computed; NotFound for a study of which nothing was published elsewhere."""
    found = get_study(visit.work, study)
    if found.is_survey:
        return render(visit, "report/survey_published.html", published_page(visit.work, found))
    published = find_published(found)
    if published is None:
        raise NotFound("Van dit onderzoek is geen eerder rapport bekend.")
    counted = figures(visit.work, found)
    comparison = compare(published, counted, closing(visit.work, found), lead_times(visit.work, found))
    page = PublishedPage(frame_of(visit.work, found, "published"), published, comparison, counted)
    return render(visit, "report/published.html", page)


def _selection(municipality: str, month: str, bypass: str) -> Selection:
    return Selection(
        municipality=int(municipality) if re.fullmatch(r"[1-9][0-9]{0,8}", municipality) else None,
        month=month if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) else "",
        bypassed={"yes": True, "no": False}.get(bypass),
    )


def _throughput_page(visit: Visit, frame: Frame, population: Population, chosen: Selection) -> ThroughputPage:
    data = throughput(visit.work, frame.study, population, frame.route, chosen)
    kinds = {"mean": _("gemiddelde"), "maximum": _("langste")}
    references = list_references(visit.work, frame.study, kinds)
    choices = list_choices(visit.work, frame.study, [route.id for route in frame.routes])
    warnings = last_day_warnings(visit.work, frame.study, population, replace(chosen, route=frame.route))
    return ThroughputPage.build(frame, population, data, references, chosen, choices, warnings)


def _is_researcher(visit: Visit) -> bool:
    return visit.actor is not None and visit.actor.is_researcher


router.routes.extend(counting.routes)
