"""Letters that were printed"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import journey.models

revision = "e41c7a9d5b08"
down_revision = "c92d40e7a6b3"
branch_labels = None
depends_on = None

AutoString = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("reason", AutoString(length=10), nullable=False),
        sa.Column("language", AutoString(length=5), nullable=False),
        sa.Column("printed_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("printed_by", AutoString(length=80), nullable=False),
        sa.CheckConstraint(
            "reason IN ('missed', 'paper', 'no_mobile', 'new_step', 'asked')",
            name=op.f("ck_letter_reason_known"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_letter_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter") as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_participant_id"), ["participant_id"], unique=False)


def downgrade() -> None:
    op.drop_table("letter")
