"""How many paid parts a message takes: its text is sealed, and costs are added up over thousands"""

import sqlalchemy as sa
from alembic import op

revision = "b92e64d7f1a0"
down_revision = "d71b3f08c5e2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("parts", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("parts")
