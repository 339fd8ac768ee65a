"""Clock spans. What is counted follows from the facts: it goes, and is counted again after the migration."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "f0a6d25c83b7"
down_revision = "e41c7a9d5b08"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_span",
        sa.Column("journey_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_on", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("route", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("month", sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
        sa.Column("bypassed", sa.Boolean(), nullable=False),
        sa.Column("started", sa.Integer(), nullable=True),
        sa.Column("near", sa.Integer(), nullable=True),
        sa.Column("due", sa.Integer(), nullable=True),
        sa.Column("net_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_clock_span_study_id_study")),
        sa.PrimaryKeyConstraint("journey_id", "first_on", "n", name=op.f("pk_clock_span")),
    )
    op.create_index("ix_clock_span_study_id_last_on", "clock_span", ["study_id", "last_on"])
    op.execute("DELETE FROM lead_time_count")
    op.execute("DELETE FROM journey_summary")
    with op.batch_alter_table("journey_summary", schema=None) as batch_op:
        batch_op.drop_index("ix_journey_summary_moving_until")
        batch_op.drop_column("moving_until")
        batch_op.create_index("ix_journey_summary_study_id", ["study_id"])


def downgrade() -> None:
    with op.batch_alter_table("journey_summary", schema=None) as batch_op:
        batch_op.drop_index("ix_journey_summary_study_id")
        batch_op.add_column(sa.Column("moving_until", sa.Date(), nullable=True))
        batch_op.create_index("ix_journey_summary_moving_until", ["study_id", "moving_until"])
    op.execute("DELETE FROM lead_time_count")
    op.execute("DELETE FROM journey_summary")
    op.drop_table("clock_span")
