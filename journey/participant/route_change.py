"""Somebody goes on along another route of the study: what was recorded and said stays, and so do the open call, the
appointment and the clock.
"""

from dataclasses import dataclass
from datetime import date

from journey.audit.service import record_act
from journey.models import Participant, RouteChange, RouteVersion, Study
from journey.participant.queries import get_journey, refuse_if_gone
from journey.progress.routes import list_route_changes, record_route_change
from journey.route.queries import get_study_route, list_definitions
from journey.work import Work


@dataclass(frozen=True)
class RouteMove:
    """One change as it is told: names of the routes."""

    on: date
    was: str
    became: str


def change_route(work: Work, participant: Participant, route: str) -> RouteChange:
    """From now on along the newest version of another route of the study.

    Conflict after a withdrawal, or at `route` when they follow it already; Invalid at `route` when the study has no
    such route.
    """
    refuse_if_gone(participant)
    study = work.session.get_one(Study, participant.study_id)
    change = record_route_change(work, get_journey(work, participant), get_study_route(work, study, route))
    record_act(work, "participant.route", participant.code)
    return change


def list_other_routes(work: Work, participant: Participant) -> list[tuple[str, str]]:
    """Code and name of the routes of the study that this person does not follow."""
    study = work.session.get_one(Study, participant.study_id)
    version = work.session.get_one(RouteVersion, get_journey(work, participant).route_version_id)
    return [(one.id, one.name) for one in list_definitions(work, study) if one.id != version.code]


def list_moves(work: Work, participant: Participant) -> list[RouteMove]:
    """Oldest first."""

    def name(version: int) -> str:
        return work.session.get_one(RouteVersion, version).name

    return [
        RouteMove(row.changed_on, name(row.from_version_id), name(row.to_version_id))
        for row in list_route_changes(work, get_journey(work, participant))
    ]
