"""Who is behind a batch is kept with each person, under a salt of that person; batches hold numbers only"""

import hashlib
import secrets
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "d3f7a1c5e982"
down_revision = "8c15d2f7a946"
branch_labels = None
depends_on = None

BATCH = sa.table(
    "batch",
    sa.column("id", sa.Integer),
    sa.column("people", sa.JSON),
    sa.column("counted", sa.JSON),
    sa.column("lead_times", sa.JSON),
)
PERSON = sa.table(
    "participant",
    sa.column("id", sa.Integer),
    sa.column("journey_id", sa.Integer),
    sa.column("state", sa.String),
    sa.column("mark_salt", sa.String),
)
MARK = sa.table(
    "batch_mark",
    sa.column("batch_id", sa.Integer),
    sa.column("participant_id", sa.Integer),
    sa.column("everything", sa.String),
    sa.column("measures", sa.JSON),
)


def upgrade() -> None:
    op.create_table(
        "batch_mark",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("everything", sa.String(length=32), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_mark_batch_id_batch")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_batch_mark_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("batch_id", "participant_id", name=op.f("pk_batch_mark")),
    )
    op.create_index("ix_batch_mark_participant_id", "batch_mark", ["participant_id"])
    op.add_column("participant", sa.Column("mark_salt", sa.String(length=32), nullable=True))
    connection = op.get_bind()
    salts, of_journey = _give_salts(connection)
    for row in connection.execute(sa.select(BATCH)).all():
        _move_people(connection, row, salts, of_journey)
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_column("people")


def downgrade() -> None:
    """Who was behind a batch cannot be told any more: the next one counts everybody as changed."""
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("people", sa.JSON(), nullable=False, server_default="{}"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(BATCH)).all():
        times = {**row.lead_times, "people": {}} if row.lead_times else {}
        kept = sa.update(BATCH).where(BATCH.c.id == row.id)
        connection.execute(kept.values(counted={}, lead_times=times))
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_column("mark_salt")
    op.drop_table("batch_mark")


def _give_salts(connection: sa.Connection) -> tuple[dict[str, str], dict[str, str]]:
    """Of everybody who is not erased; and whose journey is whose."""
    salts, of_journey = {}, {}
    people = sa.select(PERSON.c.id, PERSON.c.journey_id).where(PERSON.c.state != "erased")
    for person, journey in connection.execute(people).all():
        salts[str(person)] = secrets.token_hex(16)
        of_journey[str(journey)] = str(person)
    if salts:
        fill = sa.update(PERSON).where(PERSON.c.id == sa.bindparam("person"))
        connection.execute(
            fill.values(mark_salt=sa.bindparam("salt")),
            [{"person": int(person), "salt": salt} for person, salt in salts.items()],
        )
    return salts, of_journey


def _move_people(
    connection: sa.Connection, row: Any, salts: dict[str, str], of_journey: dict[str, str]
) -> None:
    """A mark is the salted fingerprint that stood in the batch, so nobody seems to have changed by the move."""
    sizes: dict[str, list[int]] = {}
    marks: dict[str, dict[str, str]] = defaultdict(dict)
    for measure, people, spoken in _measures(row, of_journey):
        sizes[measure] = [len(people), len(spoken & people.keys())]
        for person, fingerprint in people.items():
            if person in salts:
                salted = hashlib.sha256(f"{salts[person]}:{fingerprint}".encode()).hexdigest()[:32]
                marks[person][measure] = salted + "+" * (person in spoken)
    times = {name: kept for name, kept in row.lead_times.items() if name != "people"}
    connection.execute(
        sa.update(BATCH).where(BATCH.c.id == row.id).values(people={}, counted=sizes, lead_times=times)
    )
    rows = [
        {
            "batch_id": row.id,
            "participant_id": int(person),
            "everything": found.pop("everything", ""),
            "measures": found,
        }
        for person, found in marks.items()
    ]
    if rows:
        connection.execute(sa.insert(MARK), rows)


def _measures(row: Any, of_journey: dict[str, str]) -> list[tuple[str, dict[str, str], set[str]]]:
    nobody: set[str] = set()
    found = [("everything", row.people, nobody)]
    for one in row.counted.get("rows") or ():
        if one["people"]:
            found.append(("/".join(("bar", *one["key"])), one["people"], set(one["spoken"])))
    if row.counted.get("closing"):
        found.append(("closing", row.counted["closing"], nobody))
    for one in row.counted.get("voices") or ():
        if one["people"] is not None:
            found.append((f"voices/{one['route']}/{one['step']}", one["people"], nobody))
    if row.lead_times:
        # Who is gone has no journey any more; they keep counting as somebody who left.
        people = {of_journey.get(key, f"gone:{key}"): mark for key, mark in row.lead_times["people"].items()}
        found.append(("lead_times", people, nobody))
    return found
