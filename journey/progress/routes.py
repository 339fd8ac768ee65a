"""The routes of one journey: the present one, and those it followed before somebody went on along another.

Facts and answers stay with the step they are about. A step counts on the present route when it is there, else on the
latest former route that has it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam
from sqlmodel import col, select

from journey.models import Journey, RouteChange, RouteVersion, Study, stored_id
from journey.route.definition import RouteDefinition, Step
from journey.route.queries import get_definition
from journey.rules.errors import Conflict
from journey.work import Reading, Work

_CHANGES = (
    select(RouteChange)
    .where(col(RouteChange.journey_id) == bindparam("journey"))
    .order_by(col(RouteChange.id))
)


def record_route_change(work: Work, journey: Journey, to: RouteVersion) -> RouteChange:
    """The journey goes on along another route; Conflict at `route` when it is the one it follows already."""
    former = work.session.get_one(RouteVersion, journey.route_version_id)
    if former.code == to.code:
        raise Conflict("Deze deelnemer volgt deze route al.", field="route")
    change = RouteChange(
        journey_id=stored_id(journey),
        from_version_id=stored_id(former),
        to_version_id=stored_id(to),
        changed_on=work.today,
        recorded_by=work.actor.label,
        recorded_at=work.now,
    )
    journey.route_version_id = stored_id(to)
    work.session.add(journey)
    work.session.add(change)
    work.session.flush()
    return change


def list_route_changes(work: Reading, journey: Journey) -> list[RouteChange]:
    """Oldest first."""
    return list(work.session.exec(_CHANGES, params={"journey": journey.id}).all())


def list_routes_of(work: Reading, journey: Journey) -> tuple[RouteDefinition, ...]:
    """The present route first, then the former ones, the latest first; each once."""
    former = [row.from_version_id for row in reversed(list_route_changes(work, journey))]
    return routes_of(work, journey.route_version_id, former)


def list_former_versions(work: Reading, study: Study) -> Mapping[int, Sequence[int]]:
    """Of every journey of a study that changed route: the versions it followed before, the latest first."""
    rows = work.session.exec(
        select(RouteChange)
        .join(Journey, col(Journey.id) == RouteChange.journey_id)
        .where(Journey.study_id == study.id)
        .order_by(col(RouteChange.id).desc())
    ).all()
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row.journey_id].append(row.from_version_id)
    return found


def routes_of(work: Reading, present: int, former: Iterable[int]) -> tuple[RouteDefinition, ...]:
    """The definitions of a present and former versions, the present first; of a route followed twice the latest."""
    found: dict[str, RouteDefinition] = {}
    for version in (present, *former):
        route = get_definition(work, version)
        found.setdefault(route.id, route)
    return tuple(found.values())


def find_route_of_step(routes: Sequence[RouteDefinition], step: str) -> RouteDefinition | None:
    """Under which of a journey's routes a step counts."""
    return next((route for route in routes if route.find_step(step)), None)


def find_step_of(routes: Sequence[RouteDefinition], step: str) -> Step | None:
    """The step as the route under which it counts describes it."""
    route = find_route_of_step(routes, step)
    return route.find_step(step) if route else None


def steps_from(routes: Sequence[RouteDefinition], start: str) -> frozenset[str]:
    """A step and what comes after it (rules, 32): in the order of the present route, and of a former route what is
    only there and came after the same step.
    """
    found: set[str] = set()
    for route in reversed(routes):
        if route.find_step(start):
            place = route.position(start)
            found = (found - set(route.step_ids[:place])) | set(route.step_ids[place:])
    return frozenset(found)
