"""Appointments as calendars know them"""

import sqlalchemy as sa
from alembic import op

import journey.models

revision = "b84e2f61c0d7"
down_revision = "7d3c5a90b1e4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("until", journey.models.base.Moment(timezone=True), nullable=True),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("changed_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_calendar_entry_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entry")),
    )
    with op.batch_alter_table("calendar_entry") as batch_op:
        for column in ("participant_id", "starts_at"):
            batch_op.create_index(batch_op.f(f"ix_calendar_entry_{column}"), [column], unique=False)
    op.execute(
        "INSERT INTO calendar_entry (participant_id, starts_at, until, is_cancelled, changes, changed_at) "
        "SELECT participant_id, appointment_at, appointment_until, false, 0, created_at FROM call "
        "WHERE state = 'open' AND appointment_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("calendar_entry")
