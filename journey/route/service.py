"""Loads routes into the database; a changed route needs a higher version, people under way keep theirs."""

from pathlib import Path

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import RouteVersion
from journey.route.definition import RouteDefinition, load_route
from journey.rules.errors import Conflict
from journey.work import Work


def load_routes(work: Work, folder: Path) -> list[RouteVersion]:
    """Every `*.toml` in the folder; `Invalid` names file, line and field of what is wrong."""
    return [record_route(work, load_route(path)) for path in sorted(folder.glob("*.toml"))]


def record_route(work: Work, definition: RouteDefinition) -> RouteVersion:
    """Keep this version; the same version with other content is refused."""
    statement = select(RouteVersion).where(RouteVersion.code == definition.id)
    newest = work.session.exec(statement.order_by(col(RouteVersion.version).desc())).first()
    if newest is not None and newest.version == definition.version:
        if newest.definition != dict(definition.data):
            raise Conflict(
                "Route %(route)s is veranderd, maar heeft nog versie %(version)s. Verhoog het versienummer.",
                route=definition.id,
                version=definition.version,
            )
        return newest
    if newest is not None and newest.version > definition.version:
        raise Conflict(
            "Route %(route)s staat al op versie %(version)s.", route=definition.id, version=newest.version
        )
    row = RouteVersion(
        code=definition.id,
        version=definition.version,
        name=definition.name,
        definition=dict(definition.data),
        loaded_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    record_act(work, "route.load", f"{definition.id} {definition.version}")
    return row
