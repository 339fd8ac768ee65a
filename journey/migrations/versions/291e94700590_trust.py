"""A second step at sign-in, more purposes of consent, proof of deletion, a trail that nothing can change"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import journey.models

revision = "291e94700590"
down_revision = "f3b71c92d6e5"
branch_labels = None
depends_on = None

Moment = journey.models.base.Moment
Words = sqlmodel.sql.sqltypes.AutoString

# Lines of the trail go only when the proof that they go was written before.
SQLITE_TRIGGERS = {
    "audit_entry_stays": """
        CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    "audit_entry_kept": """
        CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry
        WHEN NOT EXISTS (SELECT 1 FROM deletion WHERE category = 'audit' AND cutoff > OLD.at)
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    "deletion_stays": """
        CREATE TRIGGER deletion_stays BEFORE UPDATE ON deletion
        BEGIN SELECT RAISE(ABORT, 'the proof of deletion is append-only'); END""",
    "deletion_kept": """
        CREATE TRIGGER deletion_kept BEFORE DELETE ON deletion
        BEGIN SELECT RAISE(ABORT, 'the proof of deletion is append-only'); END""",
}
POSTGRESQL = (
    """
    CREATE FUNCTION journey_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_entry' THEN
            IF EXISTS (SELECT 1 FROM deletion WHERE category = 'audit' AND cutoff > OLD.at) THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END $$""",
    """CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry
       FOR EACH ROW EXECUTE FUNCTION journey_append_only()""",
    """CREATE TRIGGER deletion_stays BEFORE UPDATE OR DELETE ON deletion
       FOR EACH ROW EXECUTE FUNCTION journey_append_only()""",
)


def new_columns() -> dict[str, tuple[sa.Column[object], ...]]:
    return {
        "api_token": (
            sa.Column("name", Words(length=80), nullable=False, server_default=""),
            sa.Column("created_by", Words(length=80), nullable=False, server_default=""),
            sa.Column("expires_at", Moment(timezone=True), nullable=True),
            sa.Column("last_used_on", sa.Date(), nullable=True),
        ),
        "audit_entry": (sa.Column("request", Words(length=32), nullable=False, server_default=""),),
        "consent": (
            sa.Column("calls", sa.Boolean(), nullable=False, server_default=sa.true()),
            sa.Column("texts", sa.Boolean(), nullable=False, server_default=sa.true()),
            sa.Column("file_dates", sa.Boolean(), nullable=False, server_default=sa.false()),
        ),
        "staff": (
            sa.Column("second_step", Words(), nullable=True),
            sa.Column("second_step_since", Moment(timezone=True), nullable=True),
            sa.Column("last_code_step", sa.Integer(), nullable=True),
        ),
        "user_session": (
            sa.Column("seen_at", Moment(timezone=True), nullable=True),
            sa.Column("device", Words(length=80), nullable=False, server_default=""),
            sa.Column("verified", sa.Boolean(), nullable=False, server_default=sa.true()),
        ),
    }


def upgrade() -> None:
    op.create_table(
        "deletion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ran_at", Moment(timezone=True), nullable=False),
        sa.Column("category", Words(length=40), nullable=False),
        sa.Column("kept_days", sa.Integer(), nullable=False),
        sa.Column("cutoff", Moment(timezone=True), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("oldest_left", Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion")),
    )
    op.create_index(op.f("ix_deletion_ran_at"), "deletion", ["ran_at"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_fingerprint", Words(length=64), nullable=False),
        sa.Column("used_at", Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["staff.id"], name=op.f("fk_recovery_code_user_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])
    for table, columns in new_columns().items():
        for column in columns:
            op.add_column(table, column)
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS.values() if on_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {trigger}")
    else:
        op.execute("DROP TRIGGER audit_entry_stays ON audit_entry")
        op.execute("DROP TRIGGER deletion_stays ON deletion")
        op.execute("DROP FUNCTION journey_append_only()")
    for table, columns in new_columns().items():
        with op.batch_alter_table(table) as batch:
            for column in reversed(columns):
                batch.drop_column(column.name)
    op.drop_table("recovery_code")
    op.drop_table("deletion")
