"""First passwords end; a line of the trail cannot be put in the place of another on SQLite"""

import sqlalchemy as sa
from alembic import op

from journey.models.base import Moment

revision = "f1c8d20b7a35"
down_revision = "e5b27c40d9a3"
branch_labels = None
depends_on = None

# INSERT OR REPLACE deletes what stands there without a trigger for deleting.
SQLITE_TRIGGERS = {
    "audit_entry_apart": """
        CREATE TRIGGER audit_entry_apart BEFORE INSERT ON audit_entry
        WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    "deletion_apart": """
        CREATE TRIGGER deletion_apart BEFORE INSERT ON deletion
        WHEN EXISTS (SELECT 1 FROM deletion WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the proof of deletion is append-only'); END""",
}


def upgrade() -> None:
    op.add_column("staff", sa.Column("password_until", Moment(timezone=True), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_TRIGGERS.values():
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {trigger}")
    op.drop_column("staff", "password_until")
