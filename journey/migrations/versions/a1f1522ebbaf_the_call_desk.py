"""The call desk"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import journey.models

revision = "a1f1522ebbaf"
down_revision = "04cbb24577e8"
branch_labels = None
depends_on = None

OLD_OCCASION = "occasion IN ('link', 'call_announced', 'missed_call', 'step_to_rate', 'appointment', 'thanks', 'stop_confirmed')"
OCCASION = OLD_OCCASION.replace("'stop_confirmed'", "'stop_confirmed', 'digest', 'help_signal'")


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["staff.id"], name=op.f("fk_calendar_feed_user_id_staff")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_meeting_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_study_id"), ["study_id"], unique=False)

    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("tone", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_theme_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("study_id", "code", name=op.f("uq_theme_study_id_code")),
    )
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_study_id"), ["study_id"], unique=False)

    op.create_table(
        "route_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Integer(), nullable=False),
        sa.Column("from_version_id", sa.Integer(), nullable=False),
        sa.Column("to_version_id", sa.Integer(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_version_id"],
            ["route_version.id"],
            name=op.f("fk_route_change_from_version_id_route_version"),
        ),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["journey.id"], name=op.f("fk_route_change_journey_id_journey")
        ),
        sa.ForeignKeyConstraint(
            ["to_version_id"], ["route_version.id"], name=op.f("fk_route_change_to_version_id_route_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_change")),
    )
    with op.batch_alter_table("route_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_route_change_journey_id"), ["journey_id"], unique=False)

    op.create_table(
        "approach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("route", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("answer IN ('yes', 'no', 'later')", name=op.f("ck_approach_answer_known")),
        sa.CheckConstraint(
            "reason IN ('', 'no_time', 'no_interest', 'no_trust', 'language', 'no_phone', 'too_much', 'not_eligible', 'other')",
            name=op.f("ck_approach_reason_known"),
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_approach_meeting_id_meeting")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_approach_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approach")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_approach_participant_id")),
    )
    with op.batch_alter_table("approach", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approach_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "call_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("via", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.CheckConstraint("via IN ('page', 'sms', 'phone')", name=op.f("ck_call_back_via_known")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_call_back_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_back")),
    )
    with op.batch_alter_table("call_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_back_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_back_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("card", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("handed_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.CheckConstraint(
            "reason IN ('asked', 'language', 'load', 'absence', 'left', 'other')",
            name=op.f("ck_hand_over_reason_known"),
        ),
        sa.ForeignKeyConstraint(["from_id"], ["staff.id"], name=op.f("fk_hand_over_from_id_staff")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_hand_over_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["staff.id"], name=op.f("fk_hand_over_to_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_over_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "help_signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("agreed_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("seen_at", journey.models.base.Moment(timezone=True), nullable=True),
        sa.Column("closed_at", journey.models.base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["staff.id"], name=op.f("fk_help_signal_addressee_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_help_signal_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_signal")),
    )
    with op.batch_alter_table("help_signal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_help_signal_addressee_id"), ["addressee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_help_signal_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "quote_theme",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("subject IN ('step', 'staff')", name=op.f("ck_quote_theme_subject_known")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_quote_theme_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("participant_id", "step", "subject", "theme", name=op.f("pk_quote_theme")),
    )
    op.create_table(
        "after_call",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("continues", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("trust", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("language_help", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "continues IN ('', 'yes', 'unsure', 'no')", name=op.f("ck_after_call_continues_known")
        ),
        sa.CheckConstraint(
            "language_help IN ('', 'none', 'family', 'interpreter')",
            name=op.f("ck_after_call_language_help_known"),
        ),
        sa.CheckConstraint("trust IN ('', 'low', 'middle', 'high')", name=op.f("ck_after_call_trust_known")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_after_call_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_after_call")),
    )
    op.create_table(
        "read_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("said", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("now", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", journey.models.base.Moment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "now IN ('negative', 'neutral', 'positive', 'not_applicable', 'no_answer')",
            name=op.f("ck_read_back_now_known"),
        ),
        sa.CheckConstraint(
            "said IN ('negative', 'neutral', 'positive', 'not_applicable', 'no_answer')",
            name=op.f("ck_read_back_said_known"),
        ),
        sa.CheckConstraint("subject IN ('step', 'staff')", name=op.f("ck_read_back_subject_known")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_read_back_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_back")),
        sa.UniqueConstraint("call_id", "step", "subject", name=op.f("uq_read_back_call_id_step_subject")),
    )
    with op.batch_alter_table("read_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_read_back_call_id"), ["call_id"], unique=False)

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("appointment_until", journey.models.base.Moment(timezone=True), nullable=True)
        )

    with op.batch_alter_table("closing_interview") as batch_op:
        batch_op.add_column(
            sa.Column(
                "incentive", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False, server_default=""
            )
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_closing_interview_incentive_known"),
            "incentive IN ('', 'offered', 'accepted', 'declined')",
        )

    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        batch_op.alter_column("participant_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_message_user_id"), ["user_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_message_user_id_staff"), "staff", ["user_id"], ["id"])
        batch_op.drop_constraint(batch_op.f("ck_message_occasion_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_message_occasion_known"), OCCASION)
        batch_op.create_check_constraint(
            batch_op.f("ck_message_one_reader"), "(participant_id IS NULL) <> (user_id IS NULL)"
        )

    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wants_other", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("study", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cadence", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("help_contact_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "incentive", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False, server_default=""
            )
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_study_help_contact_id_staff"), "staff", ["help_contact_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("study", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_study_help_contact_id_staff"), type_="foreignkey")
        batch_op.drop_column("incentive")
        batch_op.drop_column("help_contact_id")
        batch_op.drop_column("cadence")

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_column("digest")

    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_column("wants_other")

    op.execute("DELETE FROM message WHERE participant_id IS NULL")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_message_one_reader"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_message_occasion_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_message_occasion_known"), OLD_OCCASION)
        batch_op.drop_constraint(batch_op.f("fk_message_user_id_staff"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_message_user_id"))
        batch_op.alter_column("participant_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("user_id")

    with op.batch_alter_table("closing_interview") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_closing_interview_incentive_known"), type_="check")
        batch_op.drop_column("incentive")

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_column("appointment_until")

    with op.batch_alter_table("read_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_read_back_call_id"))

    op.drop_table("read_back")
    op.drop_table("after_call")
    op.drop_table("quote_theme")
    with op.batch_alter_table("help_signal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_help_signal_participant_id"))
        batch_op.drop_index(batch_op.f("ix_help_signal_addressee_id"))

    op.drop_table("help_signal")
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_over_participant_id"))

    op.drop_table("hand_over")
    with op.batch_alter_table("call_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_back_participant_id"))
        batch_op.drop_index(batch_op.f("ix_call_back_asked_at"))

    op.drop_table("call_back")
    with op.batch_alter_table("approach", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approach_meeting_id"))

    op.drop_table("approach")
    with op.batch_alter_table("route_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_route_change_journey_id"))

    op.drop_table("route_change")
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_study_id"))

    op.drop_table("theme")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_study_id"))

    op.drop_table("meeting")
    op.drop_table("calendar_feed")
