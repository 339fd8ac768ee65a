"""The steps and routes that can stand in an export of a study: those of today and those of versions people followed."""

from sqlmodel import col, select

from journey.export.tables import Choice, choices_of
from journey.models import Journey, RouteChange, Study
from journey.route.definition import RouteDefinition, Step
from journey.route.queries import get_definition, list_definitions
from journey.work import Work


def list_steps(work: Work, study: Study) -> dict[str, Step]:
    """By id, in the order of the routes; a step on several routes once, as the newest version describes it."""
    found: dict[str, Step] = {}
    for route in _every_version(work, study):
        for step in route.steps:
            found.setdefault(step.id, step)
    return found


def step_choices(work: Work, study: Study) -> tuple[Choice, ...]:
    return choices_of({step.id: step.name for step in list_steps(work, study).values()})


def route_choices(work: Work, study: Study) -> tuple[Choice, ...]:
    names: dict[str, str] = {}
    for route in _every_version(work, study):
        names.setdefault(route.id, route.name)
    return choices_of(names)


def _every_version(work: Work, study: Study) -> list[RouteDefinition]:
    followed = set(
        work.session.exec(
            select(Journey.route_version_id).where(Journey.study_id == study.id).distinct()
        ).all()
    )
    former = work.session.exec(
        select(RouteChange.from_version_id)
        .join(Journey, col(Journey.id) == RouteChange.journey_id)
        .where(Journey.study_id == study.id)
        .distinct()
    ).all()
    older = [get_definition(work, version) for version in sorted({*followed, *former}, reverse=True)]
    return [*list_definitions(work, study), *older]
