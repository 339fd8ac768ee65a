"""Why the second reader of a quote sent it back to who edited it"""

import sqlalchemy as sa
from alembic import op

revision = "a4c8e13f6d27"
down_revision = "3482a2648f07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("quote_edit") as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(length=300), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("quote_edit") as batch_op:
        batch_op.drop_column("reason")
