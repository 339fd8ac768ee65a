"""Why a step was taken away: a category, with what was written as words beside it"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "5c1d7e90b2fa"
down_revision = "a1f1522ebbaf"
branch_labels = None
depends_on = None

CATEGORIES = ("other_route", "circumstances", "done_before", "urgent", "work_or_study", "other")

progress = sa.table(
    "progress",
    sa.column("state", sa.String),
    sa.column("category", sa.String),
    sa.column("reason", sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table("progress") as batch_op:
        batch_op.add_column(
            sa.Column(
                "category",
                sqlmodel.sql.sqltypes.AutoString(length=16),
                nullable=False,
                server_default="",
            )
        )
    bypassed = progress.c.state == "bypassed"
    known = progress.c.reason.in_(CATEGORIES)
    op.execute(progress.update().where(bypassed, known).values({"category": progress.c.reason, "reason": ""}))
    op.execute(progress.update().where(bypassed, progress.c.category == "").values(category="other"))
    with op.batch_alter_table("progress") as batch_op:
        batch_op.alter_column("category", server_default=None, existing_type=sa.String(16))
        listed = ", ".join(f"'{word}'" for word in ("", *CATEGORIES))
        batch_op.create_check_constraint(op.f("ck_progress_category_known"), f"category IN ({listed})")
        batch_op.create_check_constraint(
            op.f("ck_progress_category_of_bypass"), "(state = 'bypassed') = (category <> '')"
        )


def downgrade() -> None:
    bypassed = progress.c.state == "bypassed"
    op.execute(progress.update().where(bypassed, progress.c.reason == "").values(reason=progress.c.category))
    with op.batch_alter_table("progress") as batch_op:
        batch_op.drop_constraint(op.f("ck_progress_category_of_bypass"), type_="check")
        batch_op.drop_constraint(op.f("ck_progress_category_known"), type_="check")
        batch_op.drop_column("category")
