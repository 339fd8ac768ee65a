"""A number that turned out to be somebody else's"""

import sqlalchemy as sa
from alembic import op

import journey.models

revision = "6b0d93e7c418"
down_revision = "d3f7a1c5e982"
branch_labels = None
depends_on = None

Moment = journey.models.base.Moment

LAST_DIAL_WAS_WRONG = """
    UPDATE contact SET phone_wrong_at = (
        SELECT max(attempt.at) FROM attempt JOIN call ON call.id = attempt.call_id
        WHERE call.participant_id = contact.participant_id
    )
    WHERE phone IS NOT NULL AND 'wrong_number' = (
        SELECT attempt.outcome FROM attempt JOIN call ON call.id = attempt.call_id
        WHERE call.participant_id = contact.participant_id
        ORDER BY attempt.at DESC, attempt.id DESC LIMIT 1
    )
"""


def upgrade() -> None:
    op.add_column("contact", sa.Column("phone_wrong_at", Moment(timezone=True), nullable=True))
    op.execute(LAST_DIAL_WAS_WRONG)


def downgrade() -> None:
    op.drop_column("contact", "phone_wrong_at")
