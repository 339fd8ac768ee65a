"""What leaves and what comes in"""

import sqlalchemy as sa
from alembic import op

import journey.models

revision = "3482a2648f07"
down_revision = "b92e64d7f1a0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "language_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("texts_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=120), nullable=False),
        sa.Column("approved_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("withdrawn_at", journey.models.base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_approval")),
    )
    with op.batch_alter_table("language_approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_language_approval_language"), ["language"], unique=False)

    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.Column("approved_at", journey.models.base.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'approved', 'dropped')", name=op.f("ck_action_state_known")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_action_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_study_id"), ["study_id"], unique=False)

    op.create_table(
        "export_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_export_run_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_run")),
    )
    with op.batch_alter_table("export_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_run_study_id"), ["study_id"], unique=False)

    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_import_run_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_run_study_id"), ["study_id"], unique=False)

    op.create_table(
        "reference_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("entered_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_reference_group_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_group")),
    )
    with op.batch_alter_table("reference_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reference_group_study_id"), ["study_id"], unique=False)

    op.create_table(
        "report_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "audience IN ('manager', 'research')", name=op.f("ck_report_snapshot_audience_known")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_report_snapshot_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_snapshot")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_report_snapshot_study_id_number")),
    )
    with op.batch_alter_table("report_snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_snapshot_study_id"), ["study_id"], unique=False)

    op.create_table(
        "report_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("body", sa.String(length=20000), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.Column("written_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_report_text_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_text")),
    )
    with op.batch_alter_table("report_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_text_study_id"), ["study_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(length=40), nullable=False),
        sa.Column("uploaded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("deleted_at", journey.models.base.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('voice', 'photo')", name=op.f("ck_upload_kind_known")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_upload_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_upload_stored_as")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_expires_on"), ["expires_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "quote_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("body", sa.String(length=5000), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("edited_by", sa.String(length=80), nullable=False),
        sa.Column("edited_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", journey.models.base.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'taken_back')",
            name=op.f("ck_quote_edit_state_known"),
        ),
        sa.CheckConstraint("subject IN ('step', 'staff')", name=op.f("ck_quote_edit_subject_known")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_quote_edit_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_quote_edit_rating_id_rating")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_edit")),
    )
    with op.batch_alter_table("quote_edit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quote_edit_participant_id"), ["participant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quote_edit_rating_id"), ["rating_id"], unique=False)

    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("breakdowns", sa.JSON(), nullable=False, server_default="{}"))

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(sa.Column("photos", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_column("photos")

    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_column("breakdowns")

    with op.batch_alter_table("quote_edit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quote_edit_rating_id"))
        batch_op.drop_index(batch_op.f("ix_quote_edit_participant_id"))

    op.drop_table("quote_edit")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_participant_id"))
        batch_op.drop_index(batch_op.f("ix_upload_expires_on"))

    op.drop_table("upload")
    with op.batch_alter_table("report_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_text_study_id"))

    op.drop_table("report_text")
    with op.batch_alter_table("report_snapshot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_snapshot_study_id"))

    op.drop_table("report_snapshot")
    with op.batch_alter_table("reference_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reference_group_study_id"))

    op.drop_table("reference_group")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_run_study_id"))

    op.drop_table("import_run")
    with op.batch_alter_table("export_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_export_run_study_id"))

    op.drop_table("export_run")
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_study_id"))

    op.drop_table("action")
    with op.batch_alter_table("language_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_language_approval_language"))

    op.drop_table("language_approval")
