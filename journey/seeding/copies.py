"""Makes a study of a few hundred invented people one of many thousands, in bulk: each new person has the facts, calls
and answers of one of them, with a pseudonym, name and number of their own. The journeys of nobody grow along.

It goes through no service, leaves no trail and is for measuring only: a pattern of some hundreds keeps the shape of
practice, and writing a hundred thousand people one by one takes hours.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, and_, func, insert, literal, select, text, union_all, update
from sqlmodel import col

from journey.models import Contact, Journey, Municipality, Participant, Study, stored_id
from journey.models.base import metadata
from journey.models.participant import new_salt
from journey.progress.summary import recount, settle
from journey.work import Work

# Parents before children; a column with a foreign key to one of these points at the copy.
COPIED = (
    "journey",
    "melding",
    "application",
    "suspension",
    "extension",
    "decision",
    "departure",
    "progress",
    "participant",
    "consent",
    "withdrawal",
    "rating",
    "quote_theme",
    "closing_interview",
    "closing_statement",
    "call",
    "attempt",
    "call_back",
    "journey_summary",
    "clock_span",
)
MADE_HERE = ("participant",)  # each has something of their own
LANGUAGES = ("nl",) * 8 + ("ar", "tr", "en")
LARGEST = 5_000  # until the pattern has so many people, what was copied becomes the pattern of the next copy

Steps = Mapping[str, int]


@dataclass(frozen=True)
class _Pattern:
    """The part of the pattern that is copied: people and journeys of nobody, each from the first to the last number."""

    study: int
    people: tuple[int, int]
    loose: tuple[int, int]
    journeys: tuple[int, int]

    @classmethod
    def of(cls, study: Study, people: list[dict[str, Any]], loose: list[int]) -> "_Pattern":
        journeys = [one["journey_id"] for one in people] + loose
        return cls(
            stored_id(study),
            (people[0]["id"], people[-1]["id"]) if people else (0, 0),
            (loose[0], loose[-1]) if loose else (0, 0),
            (min(journeys), max(journeys)),
        )


@dataclass(frozen=True)
class _Whole:
    """All that the study has; `steps` is what is added to a number for each copy of it."""

    people: list[dict[str, Any]]
    loose: list[int]
    contacts: Mapping[int, dict[str, Any]]
    steps: Steps


def _read(connection: Connection, study: Study) -> _Whole:
    tables = metadata.tables
    if connection.dialect.name == "postgresql":  # it does not know yet what this transaction wrote
        for name in (*COPIED, "contact"):
            connection.execute(text(f'ANALYZE "{name}"'))
    people = [dict(row) for row in connection.execute(_people(study)).mappings()]
    return _Whole(
        people,
        list(connection.execute(_loose(study)).scalars()),
        _contacts(connection, people),
        {name: _span(connection, tables[name]) for name in COPIED if "id" in tables[name].c},
    )


def copy_people(work: Work, study: Study, total: int, journeys: int, tell: Callable[[str], None]) -> None:
    """Copy the people that the study has, and its journeys of nobody, until there are `total` and `journeys` of them.

    What the pattern was counted as is copied along, which costs a fraction of counting again (`progress.summary`).
    """
    settle(work.session)
    connection = work.session.connection()
    random = Random(f"{study.code}:copies")  # noqa: S311 (not a secret)
    whole = _read(connection, study)
    made, followed, copy = len(whole.people), len(whole.loose), 0
    while made < total or followed < journeys:
        if copy and len(whole.people) < LARGEST:
            whole, copy = _read(connection, study), 0
        copy += 1
        chosen, others = whole.people[: max(total - made, 0)], whole.loose[: max(journeys - followed, 0)]
        pattern = _Pattern.of(study, chosen, others)
        for name in COPIED:
            if name not in MADE_HERE:
                _copy(connection, metadata.tables[name], pattern, whole.steps, copy)
            elif chosen:
                _add_people(work, connection, chosen, whole, copy, random)
        made, followed = made + len(chosen), followed + len(others)
        tell(f"{made} van {total} deelnemers, {followed} van {journeys} reizen zonder persoon")
    if connection.dialect.name == "postgresql":
        for name in whole.steps:
            following = (
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM \"{name}\"))"  # noqa: S608
            )
            connection.execute(text(following))
    work.session.expire_all()
    tell("de doorlooptijden worden opgeteld")
    recount(work.session, study)


def _people(study: Study) -> Any:
    return (
        select(metadata.tables["participant"])
        .where(col(Participant.study_id) == study.id)
        .order_by(col(Participant.id))
    )


def _loose(study: Study) -> Any:
    """Those of nobody have the key of a case system."""
    return (
        select(col(Journey.id))
        .where(col(Journey.study_id) == study.id, col(Journey.reference).is_not(None))
        .order_by(col(Journey.id))
    )


def _contacts(connection: Connection, people: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    first, last = people[0]["id"], people[-1]["id"]
    rows = connection.execute(
        select(metadata.tables["contact"]).where(col(Contact.participant_id).between(first, last))
    )
    return {row["participant_id"]: dict(row) for row in rows.mappings()}


def _span(connection: Connection, table: Table) -> int:
    """What is added to a number for each copy: no copy meets a row that is there."""
    lowest, highest = connection.execute(select(func.min(table.c.id), func.max(table.c.id))).one()
    return int(highest) - int(lowest) + 1 if highest else 1


def _copy(connection: Connection, table: Table, pattern: _Pattern, steps: Steps, copy: int) -> None:
    columns: list[Any] = []
    moved_by = steps["journey"] * copy  # unlike that of any other copy, of copies too
    for column in table.c:
        target = next((key.column.table.name for key in column.foreign_keys), None)
        own = table.name if column.name == "id" else "journey" if column.name == "journey_id" else target
        moved = steps.get(own or "", 0) * copy
        if table.name == "journey" and column.name in ("reference", "reference_key"):
            columns.append((column + literal(f"/{moved_by}")).label(column.name))
        else:
            columns.append((column + literal(moved)).label(column.name) if moved else column)
    chosen = select(*columns).where(_belongs(table, pattern))
    connection.execute(insert(table).from_select([column.name for column in table.c], chosen))


def _belongs(table: Table, pattern: _Pattern) -> Any:
    """Whether a row is of the pattern, along the way that the table has to its people or journeys."""
    tables = metadata.tables
    people, journeys = tables["participant"], tables["journey"]
    of_people = select(people.c.journey_id).where(
        people.c.study_id == pattern.study, people.c.id.between(*pattern.people)
    )
    of_nobody = select(journeys.c.id).where(
        journeys.c.study_id == pattern.study,
        journeys.c.reference.is_not(None),
        journeys.c.id.between(*pattern.loose),
    )
    either = union_all(of_people, of_nobody)
    if table.name == "journey":
        return and_(table.c.id.between(*pattern.journeys), table.c.id.in_(either))
    if "journey_id" in table.c:
        return and_(table.c.journey_id.between(*pattern.journeys), table.c.journey_id.in_(either))
    if "participant_id" in table.c:
        return table.c.participant_id.between(*pattern.people)
    key = "call_id" if "call_id" in table.c else "interview_id"
    parent = tables["call" if key == "call_id" else "closing_interview"]
    return table.c[key].in_(select(parent.c.id).where(parent.c.participant_id.between(*pattern.people)))


def _add_people(
    work: Work,
    connection: Connection,
    chosen: list[dict[str, Any]],
    whole: _Whole,
    copy: int,
    random: Random,
) -> None:
    prefix = chosen[0]["code"].rpartition("-")[0]
    raised = connection.execute(
        update(Municipality)
        .where(col(Municipality.prefix) == prefix)
        .values(last_number=col(Municipality.last_number) + len(chosen))
        .returning(col(Municipality.last_number))
    ).scalar_one()
    people, found = [], []
    for number, one in enumerate(chosen, start=raised - len(chosen) + 1):
        own = one["id"] + whole.steps["participant"] * copy
        people.append(
            {
                **one,
                "id": own,
                "code": f"{prefix}-{number:03d}",
                "journey_id": one["journey_id"] + whole.steps["journey"] * copy,
                "language": random.choice(LANGUAGES),
                "mark_salt": new_salt(),
            }
        )
        if one["id"] in whole.contacts:
            found.append(_contact(work, whole.contacts[one["id"]], own, number))
    connection.execute(insert(Participant), people)
    connection.execute(insert(Contact), found)


def _contact(work: Work, pattern: dict[str, Any], own: int, number: int) -> dict[str, Any]:
    vault, place = work.vault, f"contact:{own}"
    phone = f"+3160{number:07d}" if pattern["phone"] else None
    address = f"Verzonnenlaan {number}, 2000 SS Voorbeeldstad" if pattern["postal_address"] else None
    return {
        "participant_id": own,
        "call_name": vault.seal(f"Persoon {number}", f"{place}:call_name") if pattern["call_name"] else None,
        "phone": vault.seal(phone, f"{place}:phone") if phone else None,
        "phone_fingerprint": vault.fingerprint(phone, "phone") if phone else None,
        "postal_address": vault.seal(address, f"{place}:postal_address") if address else None,
        "good_times": pattern["good_times"],
    }
