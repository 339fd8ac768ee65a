"""Surveys: questionnaires, strata, answers of respondents and counts of them; a study says of which kind it is"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import journey.models

revision = "2d4f81c6e9b3"
down_revision = "b7d2e94c10f6"
branch_labels = None
depends_on = None

Moment = journey.models.base.Moment
Words = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "questionnaire_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", Words(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", Words(length=160), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("loaded_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_questionnaire_version_code_version")),
    )
    with op.batch_alter_table("questionnaire_version") as batch_op:
        batch_op.create_index(batch_op.f("ix_questionnaire_version_code"), ["code"], unique=False)

    op.create_table(
        "stratum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("code", Words(length=60), nullable=False),
        sa.Column("name", Words(length=120), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("approached", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_stratum_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stratum")),
        sa.UniqueConstraint("study_id", "code", name=op.f("uq_stratum_study_id_code")),
    )
    with op.batch_alter_table("stratum") as batch_op:
        batch_op.create_index(batch_op.f("ix_stratum_study_id"), ["study_id"], unique=False)

    op.create_table(
        "survey",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_survey_questionnaire_id_questionnaire_version"),
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_survey_study_id_study")),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_survey")),
    )
    with op.batch_alter_table("survey") as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_questionnaire_id"), ["questionnaire_id"], unique=False)

    op.create_table(
        "response_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("stratum_id", sa.Integer(), nullable=True),
        sa.Column("mode", Words(length=8), nullable=False),
        sa.Column("statuses", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_response_count_questionnaire_id_questionnaire_version"),
        ),
        sa.ForeignKeyConstraint(
            ["stratum_id"], ["stratum.id"], name=op.f("fk_response_count_stratum_id_stratum")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_response_count_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_count")),
    )
    with op.batch_alter_table("response_count") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_response_count_questionnaire_id"), ["questionnaire_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_response_count_stratum_id"), ["stratum_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_response_count_study_id"), ["study_id"], unique=False)

    op.create_table(
        "survey_response",
        sa.Column("id", Words(length=32), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("stratum_id", sa.Integer(), nullable=True),
        sa.Column("mode", Words(length=8), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("status", Words(length=8), nullable=False),
        sa.Column("state", Words(length=8), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.CheckConstraint("mode IN ('paper', 'web', '')", name=op.f("ck_survey_response_mode_known")),
        sa.CheckConstraint(
            "state IN ('valid', 'late', 'double')", name=op.f("ck_survey_response_state_known")
        ),
        sa.CheckConstraint(
            "status IN ('complete', 'partial', 'blank')", name=op.f("ck_survey_response_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_survey_response_questionnaire_id_questionnaire_version"),
        ),
        sa.ForeignKeyConstraint(
            ["stratum_id"], ["stratum.id"], name=op.f("fk_survey_response_stratum_id_stratum")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_survey_response_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_response")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_response") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_survey_response_questionnaire_id"), ["questionnaire_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_survey_response_stratum_id"), ["stratum_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_survey_response_study_id"), ["study_id"], unique=False)

    op.create_table(
        "open_answer",
        sa.Column("id", Words(length=32), nullable=False),
        sa.Column("response_id", Words(length=32), nullable=False),
        sa.Column("item", Words(length=60), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("quote", Words(length=5000), nullable=False),
        sa.Column("state", Words(length=12), nullable=False),
        sa.Column("edited_by", Words(length=80), nullable=False),
        sa.Column("decided_by", Words(length=80), nullable=False),
        sa.CheckConstraint(
            "state IN ('', 'proposed', 'approved', 'rejected')", name=op.f("ck_open_answer_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["survey_response.id"], name=op.f("fk_open_answer_response_id_survey_response")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_answer")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("open_answer") as batch_op:
        batch_op.create_index(batch_op.f("ix_open_answer_response_id"), ["response_id"], unique=False)

    with op.batch_alter_table("study") as batch_op:
        batch_op.add_column(sa.Column("kind", Words(length=10), nullable=False, server_default="journey"))


def downgrade() -> None:
    with op.batch_alter_table("study") as batch_op:
        batch_op.drop_column("kind")

    op.drop_table("open_answer")
    op.drop_table("survey_response")
    op.drop_table("response_count")
    op.drop_table("survey")
    op.drop_table("stratum")
    op.drop_table("questionnaire_version")
