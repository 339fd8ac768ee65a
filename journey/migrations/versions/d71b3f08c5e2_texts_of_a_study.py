"""Texts of a study, the step that a text asks about, and answers to texts, also to numbers that nobody has"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "d71b3f08c5e2"
down_revision = "f0a6d25c83b7"
branch_labels = None
depends_on = None

OLD_OCCASION = "occasion IN ('link', 'call_announced', 'missed_call', 'step_to_rate', 'appointment', 'thanks', 'stop_confirmed', 'digest', 'help_signal')"
OCCASION = OLD_OCCASION.replace("'help_signal'", "'help_signal', 'answer'")
OLD_READER = "(participant_id IS NULL) <> (user_id IS NULL)"
READER = "participant_id IS NULL OR user_id IS NULL"


def upgrade() -> None:
    with op.batch_alter_table("study") as batch_op:
        batch_op.add_column(sa.Column("texts", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(
            sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False, server_default="")
        )
    _replace_checks(OCCASION, READER)


def downgrade() -> None:
    op.execute("DELETE FROM message WHERE occasion = 'answer'")
    _replace_checks(OLD_OCCASION, OLD_READER)
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("step")
    with op.batch_alter_table("study") as batch_op:
        batch_op.drop_column("texts")


def _replace_checks(occasion: str, reader: str) -> None:
    with op.batch_alter_table("message") as batch_op:
        for name, condition in (("ck_message_occasion_known", occasion), ("ck_message_one_reader", reader)):
            batch_op.drop_constraint(batch_op.f(name), type_="check")
            batch_op.create_check_constraint(batch_op.f(name), condition)
