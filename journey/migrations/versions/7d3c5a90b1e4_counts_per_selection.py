"""Counts per selection"""

from itertools import product
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "7d3c5a90b1e4"
down_revision = "5c1d7e90b2fa"
branch_labels = None
depends_on = None

COPIED = "study_id, route, measure, state, value"


def upgrade() -> None:
    with op.batch_alter_table("journey_summary", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moving_until", sa.Date(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_journey_summary_moving"))
    op.execute("UPDATE journey_summary SET moving_until = '2199-12-31' WHERE moving")
    with op.batch_alter_table("journey_summary", schema=None) as batch_op:
        batch_op.drop_column("moving")
        batch_op.create_index("ix_journey_summary_moving_until", ["study_id", "moving_until"], unique=False)
    _replace_counts(
        whose_first=True,
        bypassed=sa.Column("bypassed", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    )
    own = "CASE WHEN bypassed THEN 'yes' ELSE 'no' END"
    for place, month, bypassed in product((True, False), repeat=3):
        grouped = [
            name
            for name, kept in (("municipality_id", place), ("month", month), ("bypassed", bypassed))
            if kept
        ]
        into = (
            "INSERT INTO lead_time_count (municipality_id, month, bypassed, study_id, route, measure, state, value, n) "
            f"SELECT {'municipality_id' if place else '0'}, {'month' if month else repr('*')}, {own if bypassed else repr('*')}"
        )
        per = f"GROUP BY {', '.join([COPIED, *grouped])}"
        op.execute(f"{into}, {COPIED}, sum(n) FROM counts_before {per}")
        if not month:
            op.execute(
                f"{into}, study_id, route, 'month:' || month, state, value, sum(n) FROM counts_before "
                f"WHERE measure = 'application' AND state = 'ended' {per}, month"
            )
    everything = "INSERT INTO lead_time_count (municipality_id, month, bypassed, study_id, route, measure, state, value, n) SELECT 0, '*', '*'"
    op.execute(
        f"{everything}, study_id, route, 'places', 'ended', municipality_id, sum(n) FROM counts_before "
        "WHERE measure = 'journeys' GROUP BY study_id, route, municipality_id"
    )
    op.execute(
        f"{everything}, study_id, route, 'months', 'ended', CAST(replace(month, '-', '') AS INTEGER), sum(n) "
        "FROM counts_before WHERE measure = 'journeys' AND month <> '' GROUP BY study_id, route, month"
    )
    op.drop_table("counts_before")


def downgrade() -> None:
    _replace_counts(whose_first=False, bypassed=sa.Column("bypassed", sa.Boolean(), nullable=False))
    op.execute(
        "INSERT INTO lead_time_count (study_id, route, measure, state, value, municipality_id, month, bypassed, n) "
        "SELECT study_id, route, measure, state, value, municipality_id, month, bypassed = 'yes', n FROM counts_before "
        "WHERE municipality_id <> 0 AND month <> '*' AND bypassed <> '*'"
    )
    op.drop_table("counts_before")
    with op.batch_alter_table("journey_summary", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moving", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_index(batch_op.f("ix_journey_summary_moving_until"))
    op.execute("UPDATE journey_summary SET moving = (moving_until IS NOT NULL)")
    with op.batch_alter_table("journey_summary", schema=None) as batch_op:
        batch_op.alter_column("moving", server_default=None)
        batch_op.drop_column("moving_until")
        batch_op.create_index("ix_journey_summary_moving", ["study_id", "moving"], unique=False)


def _replace_counts(*, whose_first: bool, bypassed: sa.Column[Any]) -> None:
    """The same columns under another key; the rows stay behind in `counts_before`."""
    op.execute("CREATE TABLE counts_before AS SELECT * FROM lead_time_count")
    op.drop_table("lead_time_count")
    text = sqlmodel.sql.sqltypes.AutoString
    what: list[sa.Column[Any]] = [
        sa.Column("route", text(length=40), nullable=False),
        sa.Column("measure", text(length=140), nullable=False),
        sa.Column("state", text(length=8), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
    ]
    whose: list[sa.Column[Any]] = [
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("month", text(length=7), nullable=False),
        bypassed,
    ]
    columns = [*whose, *what] if whose_first else [*what, *whose]
    op.create_table(
        "lead_time_count",
        sa.Column("study_id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_lead_time_count_study_id_study")),
        sa.PrimaryKeyConstraint(
            "study_id", *(column.name for column in columns), name=op.f("pk_lead_time_count")
        ),
        sqlite_with_rowid=False,
    )
