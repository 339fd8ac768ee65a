"""Records many new journeys of a case system in a few writes: the same rows that `record_statement` makes of each.

There is nothing to compare with, so nothing is read back; who calls has checked every statement.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select

from journey.models import (
    Application,
    Decision,
    Departure,
    Extension,
    Journey,
    Melding,
    Progress,
    Study,
    Suspension,
)
from journey.progress.beside import IMPORT
from journey.progress.statement import Statement
from journey.progress.summary import mark_changed
from journey.route.queries import get_definition, opening_id
from journey.rules.signs import key
from journey.work import Work

CHUNK = 500


def record_new_statements(
    work: Work,
    study: Study,
    statements: Sequence[Statement],
    versions: Mapping[str, int],
    places: Mapping[str | None, int],
) -> dict[str, int]:
    """Journey ids by reference. `versions` has the route version of each route, `places` the municipality of each
    name that occurs (None: the study's own). IntegrityError when one of the references was known after all."""
    if not statements:
        return {}
    connection = work.session.connection()
    connection.execute(
        insert(Journey),
        [
            {
                "study_id": study.id,
                "municipality_id": places[one.municipality],
                "route_version_id": versions[one.route],
                "reference": one.reference,
                "reference_key": key(one.reference),
                "created_at": work.now,
            }
            for one in statements
        ],
    )
    keys = find_keys(work, study, [one.reference for one in statements])
    origin = {
        "source": IMPORT,
        "recorded_by": work.actor.label,
        "recorded_at": work.now,
        "replaced": False,
        "beside": False,
    }
    rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for one in statements:
        opening = opening_id(get_definition(work, versions[one.route]), "application")
        for table, values in _facts(one, opening):
            rows[table].append({"journey_id": keys[one.reference], **values, **origin})
    for table, made in rows.items():
        connection.execute(insert(table), made)
    mark_changed(work.session, *keys.values())
    return keys


def find_keys(work: Work, study: Study, references: Sequence[str]) -> dict[str, int]:
    """The ids of the journeys that have one of these references, in whatever spelling."""
    spelled = {reference: key(reference) for reference in references}
    keys = list(spelled.values())
    known: dict[str | None, int] = {}
    for start in range(0, len(keys), CHUNK):
        statement = select(Journey.reference_key, Journey.id).where(
            Journey.study_id == study.id, col(Journey.reference_key).in_(keys[start : start + CHUNK])
        )
        known.update({found: stored or 0 for found, stored in work.session.exec(statement).all()})
    return {reference: known[its_key] for reference, its_key in spelled.items() if its_key in known}


def _facts(one: Statement, opening: str | None) -> Iterator[tuple[Any, dict[str, Any]]]:
    for fact in one.facts:
        yield Progress, fact.row()
    if one.reported_on is not None:
        yield Melding, {"reported_on": one.reported_on}
    done = (fact.happened_on for fact in one.facts if fact.step == opening and fact.state == "done")
    received_on = one.received_on or next((day for day in done if day is not None), None)
    if received_on is not None:
        yield Application, {"received_on": received_on}
    for suspension in one.suspensions or ():
        yield Suspension, vars(suspension)
    if one.extension is not None:
        yield Extension, vars(one.extension)
    if one.decision is not None:
        yield Decision, vars(one.decision)
    if one.departure is not None:
        yield Departure, vars(one.departure)
