"""One question by text at a time; what came in says what became of it; who refused is held"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import journey.models

revision = "e5a90c41d7b8"
down_revision = "9b2e47d1c6f3"
branch_labels = None
depends_on = None

Moment = journey.models.base.Moment
AutoString = sqlmodel.sql.sqltypes.AutoString

STATE = "state IN ('waiting', 'asked', 'answered', 'skipped', 'expired', 'dropped')"
OCCASIONS = (
    "occasion IN ('link', 'call_announced', 'missed_call', 'step_to_rate', 'appointment', 'thanks', 'stop_confirmed', "
    "'digest', 'help_signal', 'answer')"
)
MEANING = "meaning IN ('kept', 'done', 'unclear', 'refuse', 'distress', 'wrong_number', 'stop')"
# A question that left before is open as it was, so that an answer that is under way still lands on it.
ASKED_BEFORE = """
    INSERT INTO text_question (participant_id, step, name, subject, about_on, state, times, wording, message_id,
                               correction, correction_words, created_at)
    SELECT participant_id, step, step, 'step', CAST(created_at AS DATE), 'asked', 1, '', id, '', '', created_at
    FROM message AS asked
    WHERE occasion = 'step_to_rate' AND step <> '' AND participant_id IS NOT NULL
      AND id = (SELECT max(id) FROM message WHERE occasion = 'step_to_rate' AND step <> ''
                AND participant_id = asked.participant_id)
"""


def upgrade() -> None:
    op.create_table(
        "text_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("step", AutoString(length=60), nullable=False),
        sa.Column("name", AutoString(length=200), nullable=False),
        sa.Column("subject", AutoString(length=10), nullable=False),
        sa.Column("about_on", sa.Date(), nullable=False),
        sa.Column("state", AutoString(length=10), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("wording", AutoString(length=40), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("reminder_id", sa.Integer(), nullable=True),
        sa.Column("helped_at", Moment(timezone=True), nullable=True),
        sa.Column("answered_at", Moment(timezone=True), nullable=True),
        sa.Column("correction", AutoString(length=16), nullable=False),
        sa.Column("correction_words", AutoString(), nullable=False),
        sa.Column("correction_until", Moment(timezone=True), nullable=True),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.CheckConstraint(STATE, name=op.f("ck_text_question_state_known")),
        sa.CheckConstraint("subject IN ('step', 'staff')", name=op.f("ck_text_question_subject_known")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_text_question_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_question")),
    )
    op.create_index("ix_text_question_person", "text_question", ["participant_id", "state"])
    created = "date(created_at)" if op.get_bind().dialect.name == "sqlite" else "CAST(created_at AS DATE)"
    op.execute(ASKED_BEFORE.replace("CAST(created_at AS DATE)", created))
    _occasions(OCCASIONS.replace("'appointment'", "'staff_to_rate', 'appointment'"))
    op.add_column("participant", sa.Column("held_at", Moment(timezone=True), nullable=True))
    op.add_column("rating", sa.Column("wording", AutoString(length=40), nullable=False, server_default=""))
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("meaning", AutoString(length=14), nullable=False, server_default="kept")
        )
        batch_op.create_check_constraint(batch_op.f("ck_reply_meaning_known"), MEANING)


def _occasions(condition: str) -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_message_occasion_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_message_occasion_known"), condition)


def downgrade() -> None:
    op.execute("UPDATE message SET occasion = 'step_to_rate' WHERE occasion = 'staff_to_rate'")
    _occasions(OCCASIONS)
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_reply_meaning_known"), type_="check")
        batch_op.drop_column("meaning")
    op.drop_column("rating", "wording")
    op.drop_column("participant", "held_at")
    op.drop_table("text_question")
