"""Reads route versions as definitions."""

import json
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from journey.db import reads_only
from journey.models import RouteVersion, Study, StudyRoute
from journey.route.definition import RouteDefinition, route_from_data
from journey.rules.errors import Invalid, NotFound
from journey.work import Reading, Work

_later = aliased(RouteVersion)
NEWEST: Any = (
    select(RouteVersion.code, RouteVersion.id)
    .join(StudyRoute, col(StudyRoute.route_code) == RouteVersion.code)
    .outerjoin(
        _later, and_(col(_later.code) == RouteVersion.code, col(_later.version) > RouteVersion.version)
    )
    .where(col(StudyRoute.study_id) == bindparam("study"), col(_later.id).is_(None))
    .order_by(col(StudyRoute.position))
)

# Per pool of connections, which is per database of one process.
_stored: WeakKeyDictionary[Any, dict[int, RouteDefinition]] = WeakKeyDictionary()


def get_definition(work: Reading, route_version_id: int) -> RouteDefinition:
    """The definition of a version, parsed once per content: a version never changes.

    It is looked up once per process, or once per session in one that writes: a version that it made may still be
    taken back, and another one get its number.
    """
    stored = _stored.setdefault(work.session.get_bind().engine.pool, {})
    if route_version_id in stored:
        return stored[route_version_id]
    known: dict[int, RouteDefinition] = work.session.info.setdefault("route_definitions", {})
    if route_version_id not in known:
        row = work.session.get(RouteVersion, route_version_id)
        if row is None:
            raise NotFound("Deze route is er niet.")
        known[route_version_id] = read_version(row)
        if reads_only(work.session):
            stored[route_version_id] = known[route_version_id]
    return known[route_version_id]


def get_version(work: Work, route_version_id: int) -> RouteVersion:
    row = work.session.get(RouteVersion, route_version_id) if route_version_id < 2**31 else None
    if row is None:
        raise NotFound("Deze route is er niet.")
    return row


def read_version(row: RouteVersion) -> RouteDefinition:
    return _parsed(json.dumps(row.definition), row.code)


def list_versions(work: Work) -> list[RouteVersion]:
    """Every version that was read, the newest of each route first."""
    statement = select(RouteVersion).order_by(RouteVersion.code, col(RouteVersion.version).desc())
    return list(work.session.exec(statement).all())


def get_study_route(work: Work, study: Study, code: str) -> RouteVersion:
    """The newest version of a route that the study follows; Invalid at the field `route` for any other."""
    newest = newest_versions(work, study).get(code)
    if newest is None:
        raise Invalid("Deze route hoort niet bij dit onderzoek: %(route)s.", field="route", route=code)
    return work.session.get_one(RouteVersion, newest)


def newest_versions(work: Work, study: Study) -> dict[str, int]:
    """By code, in the study's order, the number of the newest version of each route it follows."""
    return dict(work.session.execute(NEWEST, {"study": study.id}).all())


def list_definitions(work: Work, study: Study) -> list[RouteDefinition]:
    """The newest definition of each route of a study, in the study's order."""
    return [get_definition(work, one) for one in newest_versions(work, study).values()]


def opening_id(definition: RouteDefinition, clock: str) -> str | None:
    """The step that starts a lead time: `gate`, `application` or `total`."""
    return next((step.id for step in definition.steps if clock in step.starts), None)


def closing_id(definition: RouteDefinition, clock: str) -> str | None:
    """The step that ends a lead time."""
    return next((step.id for step in definition.steps if clock in step.ends), None)


@lru_cache(maxsize=64)
def _parsed(data: str, code: str) -> RouteDefinition:
    return route_from_data(json.loads(data), code)
