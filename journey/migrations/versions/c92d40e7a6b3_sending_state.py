"""What the sender remembers: pauses, the leader's heart-beat, stopped numbers, the moment of a try"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import journey.models

revision = "c92d40e7a6b3"
down_revision = "b84e2f61c0d7"
branch_labels = None
depends_on = None

Moment = journey.models.base.Moment
AutoString = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "sending_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("troubles", sa.Integer(), nullable=False),
        sa.Column("wait_until", Moment(timezone=True), nullable=True),
        sa.Column("halted_at", Moment(timezone=True), nullable=True),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_state")),
    )
    op.create_table(
        "worker_beat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("leader", AutoString(length=80), nullable=False),
        sa.Column("beat_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_beat")),
    )
    op.create_table(
        "stopped_number",
        sa.Column("fingerprint", AutoString(length=64), nullable=False),
        sa.Column("stopped_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_stopped_number")),
    )
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("tried_at", Moment(timezone=True), nullable=True))
    # Until now a try was the last thing written on these.
    message = sa.table("message", sa.column("tried_at"), sa.column("updated_at"), sa.column("tries"))
    op.execute(message.update().where(message.c.tries > 0).values(tried_at=message.c.updated_at))


def downgrade() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("tried_at")
    for table in ("stopped_number", "worker_beat", "sending_state"):
        op.drop_table(table)
