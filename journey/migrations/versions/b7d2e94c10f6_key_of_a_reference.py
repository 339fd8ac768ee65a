"""Two spellings of a reference are one application"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from journey.rules.signs import key

revision = "b7d2e94c10f6"
down_revision = "6b0d93e7c418"
branch_labels = None
depends_on = None

Words = sqlmodel.sql.sqltypes.AutoString
CHUNK = 1000


def upgrade() -> None:
    with op.batch_alter_table("journey") as table:
        table.add_column(sa.Column("reference_key", Words(length=200), nullable=True))
    _fill(op.get_bind())
    with op.batch_alter_table("journey") as table:
        table.drop_constraint("uq_journey_study_id_reference", type_="unique")
        table.create_unique_constraint("uq_journey_study_id_reference_key", ["study_id", "reference_key"])


def downgrade() -> None:
    with op.batch_alter_table("journey") as table:
        table.drop_constraint("uq_journey_study_id_reference_key", type_="unique")
        table.create_unique_constraint("uq_journey_study_id_reference", ["study_id", "reference"])
        table.drop_column("reference_key")


def _fill(connection: sa.Connection) -> None:
    """Of two that were stored under spellings of one reference the first has the key; nothing is merged behind
    anybody's back, and the second keeps a key that nobody can type."""
    journey = sa.table(
        "journey", sa.column("id"), sa.column("study_id"), sa.column("reference"), sa.column("reference_key")
    )
    stored = connection.execute(
        sa.select(journey.c.id, journey.c.study_id, journey.c.reference)
        .where(journey.c.reference.is_not(None))
        .order_by(journey.c.id)
    ).all()
    taken: set[tuple[int, str]] = set()
    keys = []
    for number, study, reference in stored:
        its_key = key(reference)
        if (study, its_key) in taken:
            its_key = f"{its_key}\n{number}"
        taken.add((study, its_key))
        keys.append({"of": number, "its_key": its_key})
    change = (
        sa.update(journey)
        .where(journey.c.id == sa.bindparam("of"))
        .values(reference_key=sa.bindparam("its_key"))
    )
    for start in range(0, len(keys), CHUNK):
        connection.execute(change, keys[start : start + CHUNK])
