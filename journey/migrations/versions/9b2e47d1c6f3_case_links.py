"""Case links: which delivered application is that of which participant. All applications are from now on what a case
system delivered and nothing else, so what is counted goes, and is counted again after the migration.
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import journey.models.base

revision = "9b2e47d1c6f3"
down_revision = "2d4f81c6e9b3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_link",
        sa.Column("participant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("journey_id", sa.Integer(), nullable=False),
        sa.Column("linked_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("linked_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_case_link_journey_id_journey")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_case_link_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_case_link")),
        sa.UniqueConstraint("journey_id", name=op.f("uq_case_link_journey_id")),
    )
    _count_again()


def downgrade() -> None:
    op.drop_table("case_link")
    _count_again()


def _count_again() -> None:
    for counted in ("lead_time_count", "journey_summary", "clock_span"):
        op.execute(f"DELETE FROM {counted}")  # noqa: S608
