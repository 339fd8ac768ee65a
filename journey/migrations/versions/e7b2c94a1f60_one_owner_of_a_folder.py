"""The mark of an installation, by which it knows its folder of uploads"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "e7b2c94a1f60"
down_revision = "e5a90c41d7b8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.bulk_insert(table, [{"id": 1, "mark": secrets.token_hex(16)}])


def downgrade() -> None:
    op.drop_table("installation")
