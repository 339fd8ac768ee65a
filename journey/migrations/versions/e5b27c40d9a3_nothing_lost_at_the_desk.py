"""The call desk loses nothing: notes per page, closing answers one by one, mistakes taken back, days nobody knows"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import journey.models

revision = "e5b27c40d9a3"
down_revision = "e7b2c94a1f60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("page", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_note_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_note")),
    )
    with op.batch_alter_table("call_note") as batch_op:
        batch_op.create_index(batch_op.f("ix_call_note_call_id"), ["call_id"], unique=False)
    op.create_table(
        "closing_answer",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("item", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_closing_answer_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("participant_id", "item", name=op.f("pk_closing_answer")),
    )
    op.create_table(
        "taken_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('attempt', 'rating')", name=op.f("ck_taken_back_kind_known")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_taken_back_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_back")),
    )
    with op.batch_alter_table("taken_back") as batch_op:
        batch_op.create_index(batch_op.f("ix_taken_back_participant_id"), ["participant_id"], unique=False)
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.add_column(sa.Column("before", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("rating") as batch_op:
        batch_op.add_column(sa.Column("words_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("progress") as batch_op:
        batch_op.add_column(
            sa.Column(
                "precision", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False, server_default="day"
            )
        )


def downgrade() -> None:
    op.execute("DELETE FROM rating WHERE words_only")
    for table, column in (("progress", "precision"), ("rating", "words_only"), ("attempt", "before")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
    for table in ("taken_back", "closing_answer", "call_note"):
        op.drop_table(table)
