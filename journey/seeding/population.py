"""The applications of a whole municipality without a person, as many as asked, spread over the last twelve months in
the shape that practice has: waits with a long tail, some late, some who leave, some still open.

The same seed gives the same data. Rows are written in bulk and go through no service: it is for measuring speed, and
for looking at charts of a size that no study has yet.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, func, select

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
    stored_id,
)
from journey.models.journey import BypassReason
from journey.municipality.service import get_or_create_municipality
from journey.progress.statement import StatedExtension, StatedFact, Statement
from journey.progress.summary import rebuild_summaries
from journey.route.queries import get_newest, list_definitions
from journey.rules.errors import Invalid
from journey.seeding.days import fitting_after
from journey.seeding.journeys import invent_journeys
from journey.study.queries import get_municipality
from journey.work import Work

YEAR = 365
CHUNK = 2000
MOST = 1_000_000
PREFIX = "bevolking"

Rows = dict[Any, list[dict[str, Any]]]


def add_population(work: Work, study: Study, journeys: int, seed: int) -> None:
    """Add so many journeys to a study, as they stand today.

    Invalid for a number that is not 1 to 1.000.000, and when the study has a population of this seed already.
    """
    if not 1 <= journeys <= MOST:
        raise Invalid("Kies een aantal van 1 tot en met %(most)s.", field="journeys", most=MOST)
    prefix = f"{PREFIX}-{seed}"
    known = select(func.count()).where(Journey.study_id == study.id, Journey.reference == f"{prefix}-1")
    if work.session.exec(known).one():
        raise Invalid("Dit onderzoek is al gevuld met seed %(seed)s.", field="seed", seed=seed)
    random = Random(seed)  # noqa: S311 (not a secret)
    routes = list_definitions(work, study)
    versions = {route.id: stored_id(get_newest(work, route.id)) for route in routes}
    own = get_municipality(work, study.municipality_id).name
    places = {
        name: stored_id(get_or_create_municipality(work, name)) for name in dict.fromkeys((own, "Zandvoort"))
    }
    shares = [own, own, own, "Zandvoort"]
    since = work.today - timedelta(days=YEAR)
    made: list[Statement] = []
    invented = invent_journeys(journeys, routes, shares, since, work.today, random)
    for number, statement in enumerate(invented, start=1):
        made.append(replace(_roughen(statement, work.today, random), reference=f"{prefix}-{number}"))
        if len(made) == CHUNK:
            _write(work, study, made, versions, places)
            made = []
    _write(work, study, made, versions, places)
    rebuild_summaries(work.session, study)


def _roughen(statement: Statement, today: date, random: Random) -> Statement:
    """Reality: one in twelve steps round the group meetings is taken away, some decisions are put off by a letter."""
    facts = list(statement.facts)
    if random.random() < 0.08:
        facts = [
            StatedFact(
                fact.step, fact.happened_on, "bypassed", category=random.choice(tuple(BypassReason)).value
            )
            if fact.step in ("workshop", "rechten-en-plichten")
            else fact
            for fact in facts
        ]
    extension = statement.extension
    received = statement.received_on
    if received is not None and random.random() < 0.02:
        sent = fitting_after(received + timedelta(days=random.randint(30, 50)))
        end = statement.decision.sent_on if statement.decision else today
        if sent <= end:
            extension = StatedExtension(
                sent, fitting_after(received + timedelta(days=random.randint(60, 80)))
            )
    return replace(statement, facts=tuple(facts), extension=extension)


def _write(
    work: Work, study: Study, made: Sequence[Statement], versions: dict[str, int], places: dict[str, int]
) -> None:
    if not made:
        return
    connection = work.session.connection()
    before = work.session.exec(select(func.max(Journey.id))).one() or 0
    connection.execute(
        insert(Journey),
        [
            {
                "study_id": study.id,
                "municipality_id": places[one.municipality or ""],
                "route_version_id": versions[one.route],
                "reference": one.reference,
                "created_at": work.now,
            }
            for one in made
        ],
    )
    found = select(Journey.reference, Journey.id).where(
        Journey.study_id == study.id, col(Journey.id) > before
    )
    keys = {str(reference): key or 0 for reference, key in work.session.exec(found).all()}
    rows: Rows = {}
    for one in made:
        for table, values in _facts(one):
            rows.setdefault(table, []).append({"journey_id": keys[one.reference], **values})
    origin = {
        "source": "import",
        "recorded_by": work.actor.label,
        "recorded_at": work.now,
        "replaced": False,
        "beside": False,
    }
    for table, made_rows in rows.items():
        connection.execute(insert(table), [{**row, **origin} for row in made_rows])


def _facts(one: Statement) -> list[tuple[Any, dict[str, Any]]]:
    found: list[tuple[Any, dict[str, Any]]] = [(Progress, vars(fact)) for fact in one.facts]
    if one.reported_on is not None:
        found.append((Melding, {"reported_on": one.reported_on}))
    if one.received_on is not None:
        found.append((Application, {"received_on": one.received_on}))
    found += [(Suspension, vars(suspension)) for suspension in one.suspensions or ()]
    if one.extension is not None:
        found.append((Extension, vars(one.extension)))
    if one.decision is not None:
        found.append((Decision, vars(one.decision)))
    if one.departure is not None:
        found.append((Departure, vars(one.departure)))
    return found
