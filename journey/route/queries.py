"""Reads route versions as definitions."""

import json
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlmodel import col, select

from journey.db import reads_only
from journey.models import RouteVersion, Study, StudyRoute, stored_id
from journey.route.definition import RouteDefinition, route_from_data
from journey.rules.errors import Invalid, NotFound
from journey.work import Reading, Work

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


def get_newest(work: Work, code: str) -> RouteVersion:
    """NotFound when no version of the route was ever loaded."""
    statement = (
        select(RouteVersion).where(RouteVersion.code == code).order_by(col(RouteVersion.version).desc())
    )
    found = work.session.exec(statement).first()
    if found is None:
        raise NotFound("Deze route bestaat niet: %(route)s.", field="route", route=code)
    return found


def get_study_route(work: Work, study: Study, code: str) -> RouteVersion:
    """The newest version of a route that the study follows; Invalid at the field `route` for any other."""
    if work.session.get(StudyRoute, (study.id, code)) is None:
        raise Invalid("Deze route hoort niet bij dit onderzoek: %(route)s.", field="route", route=code)
    return get_newest(work, code)


def list_definitions(work: Work, study: Study) -> list[RouteDefinition]:
    """The newest definition of each route of a study, in the study's order."""
    codes = work.session.exec(
        select(StudyRoute.route_code)
        .where(StudyRoute.study_id == study.id)
        .order_by(col(StudyRoute.position))
    ).all()
    return [get_definition(work, stored_id(get_newest(work, code))) for code in codes]


def opening_id(definition: RouteDefinition, clock: str) -> str | None:
    """The step that starts a lead time: `gate`, `application` or `total`."""
    return next((step.id for step in definition.steps if clock in step.starts), None)


def closing_id(definition: RouteDefinition, clock: str) -> str | None:
    """The step that ends a lead time."""
    return next((step.id for step in definition.steps if clock in step.ends), None)


@lru_cache(maxsize=64)
def _parsed(data: str, code: str) -> RouteDefinition:
    return route_from_data(json.loads(data), code)
