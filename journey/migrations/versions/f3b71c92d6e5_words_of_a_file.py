"""What a file last said of a journey"""

import sqlalchemy as sa
from alembic import op

import journey.models

revision = "f3b71c92d6e5"
down_revision = "a4c8e13f6d27"
branch_labels = None
depends_on = None

Moment = journey.models.base.Moment


def upgrade() -> None:
    op.create_table(
        "case_words",
        sa.Column("journey_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("stated_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["journey.id"], name=op.f("fk_case_words_journey_id_journey")
        ),
        sa.PrimaryKeyConstraint("journey_id", name=op.f("pk_case_words")),
    )


def downgrade() -> None:
    op.drop_table("case_words")
