"""Who is behind a bar of a batch stands apart from what pages read of it"""

import sqlalchemy as sa
from alembic import op

revision = "8c15d2f7a946"
down_revision = "291e94700590"
branch_labels = None
depends_on = None

BATCH = sa.table(
    "batch", sa.column("id", sa.Integer), sa.column("breakdowns", sa.JSON), sa.column("counted", sa.JSON)
)
PEOPLE = ("spoken", "people")


def upgrade() -> None:
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("counted", sa.JSON(), nullable=False, server_default="{}"))
    connection = op.get_bind()
    for key, shown in connection.execute(sa.select(BATCH.c.id, BATCH.c.breakdowns)).all():
        if "rows" not in shown:
            continue
        rows, steps = shown["rows"], (shown.get("voices") or {}).get("steps", [])
        counted = {
            "rows": [{name: row[name] for name in ("key", *PEOPLE)} for row in rows],
            "closing": shown.pop("closing", None),
            "voices": [{name: step[name] for name in ("route", "step", "people")} for step in steps],
        }
        shown["rows"] = [{name: row[name] for name in row if name not in PEOPLE} for row in rows]
        for step in steps:
            del step["people"]
        connection.execute(
            sa.update(BATCH).where(BATCH.c.id == key).values(breakdowns=shown, counted=counted)
        )


def downgrade() -> None:
    connection = op.get_bind()
    for key, shown, counted in connection.execute(sa.select(BATCH)).all():
        if "rows" not in shown:
            continue
        people = {tuple(row["key"]): {name: row[name] for name in PEOPLE} for row in counted.get("rows", [])}
        shown["rows"] = [{**row, **people[tuple(row["key"])]} for row in shown["rows"]]
        shown["closing"] = counted.get("closing")
        heard = {(one["route"], one["step"]): one["people"] for one in counted.get("voices", [])}
        for step in (shown.get("voices") or {}).get("steps", []):
            step["people"] = heard[step["route"], step["step"]]
        connection.execute(sa.update(BATCH).where(BATCH.c.id == key).values(breakdowns=shown))
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_column("counted")
