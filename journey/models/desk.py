"""What surrounds the weekly call: promises to call back, the card after a call, what was read back, signals that
someone needs help, hand-overs, the codes given to quotes, and the calendar of a researcher.
"""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of
from journey.rules.ratings import Subject, Value

CALL_BACK_VIAS = ("page", "sms", "phone")
CONTINUES = ("", "yes", "unsure", "no")
TRUST = ("", "low", "middle", "high")
LANGUAGE_HELP = ("", "none", "family", "interpreter")
HAND_OVER_REASONS = ("asked", "language", "load", "absence", "left", "other")


class CallBack(SQLModel, table=True):
    """Somebody was promised a call back (rules, 41). Whether it was kept follows from the attempts after it."""

    __tablename__ = "call_back"
    __table_args__ = (one_of("via", CALL_BACK_VIAS),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    asked_at: datetime = Field(sa_type=Moment, index=True)
    via: str = Field(max_length=8)
    recorded_by: str = Field(max_length=80)


class AfterCall(SQLModel, table=True):
    """How the researcher thinks it stands, right after a talk; empty is not filled in."""

    __tablename__ = "after_call"
    __table_args__ = (
        one_of("continues", CONTINUES),
        one_of("trust", TRUST),
        one_of("language_help", LANGUAGE_HELP),
    )

    call_id: int = Field(foreign_key="call.id", primary_key=True)
    continues: str = Field(default="", max_length=8, description="will this person take part next week")
    trust: str = Field(default="", max_length=8)
    language_help: str = Field(default="", max_length=12, description="who helped with the language")
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)


class ReadBack(SQLModel, table=True):
    """Last week you said …: what was read aloud, and what the person makes of it now."""

    __tablename__ = "read_back"
    __table_args__ = (
        UniqueConstraint("call_id", "step", "subject"),
        one_of("subject", Subject),
        one_of("said", Value),
        one_of("now", Value),
    )

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    step: str = Field(max_length=60)
    subject: str = Field(max_length=10)
    said: str = Field(max_length=16)
    now: str = Field(max_length=16, description="the same as `said` when confirmed")
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)


class HelpSignal(SQLModel, table=True):
    """Someone needs help and agreed that one named colleague hears of it. No research data: `content` (sealed: name,
    number, words) is emptied when the signal is closed.
    """

    __tablename__ = "help_signal"

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    addressee_id: int = Field(foreign_key="staff.id", index=True)
    content: str = Field(description="sealed")
    agreed_at: datetime = Field(sa_type=Moment, description="the participant said yes to this signal")
    recorded_by: str = Field(max_length=80)
    seen_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class HandOver(SQLModel, table=True):
    """A participant goes to another researcher, with three lines on what to know."""

    __tablename__ = "hand_over"
    __table_args__ = (one_of("reason", HAND_OVER_REASONS),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    from_id: int | None = Field(default=None, foreign_key="staff.id")
    to_id: int = Field(foreign_key="staff.id")
    reason: str = Field(max_length=10)
    card: str = Field(default="", max_length=1000, description="at most three lines")
    handed_at: datetime = Field(sa_type=Moment)
    recorded_by: str = Field(max_length=80)


class RouteChange(SQLModel, table=True):
    """Someone went on along another route; the facts of the journey stay."""

    __tablename__ = "route_change"

    id: int | None = Field(default=None, primary_key=True)
    journey_id: int = Field(foreign_key="journey.id", index=True)
    from_version_id: int = Field(foreign_key="route_version.id")
    to_version_id: int = Field(foreign_key="route_version.id")
    changed_on: date
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)


class Theme(SQLModel, table=True):
    """A code that a study added to the codebook it started with."""

    __table_args__ = (UniqueConstraint("study_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    code: str = Field(max_length=60)
    name: str = Field(max_length=120)
    tone: str = Field(default="", max_length=8)


class QuoteTheme(SQLModel, table=True):
    """A theme given to the words of one person about one step."""

    __tablename__ = "quote_theme"
    __table_args__ = (one_of("subject", Subject),)

    participant_id: int = Field(foreign_key="participant.id", primary_key=True)
    step: str = Field(primary_key=True, max_length=60)
    subject: str = Field(primary_key=True, max_length=10)
    theme: str = Field(primary_key=True, max_length=60)
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)


class CalendarFeed(SQLModel, table=True):
    """The secret address of a researcher's calendar; only its hash is kept."""

    __tablename__ = "calendar_feed"

    user_id: int = Field(foreign_key="staff.id", primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=Moment)


class CalendarEntry(SQLModel, table=True):
    """An appointment as calendars know it: it keeps its id when it is moved, and counts its changes (RFC 5545,
    SEQUENCE). What is agreed now stands in the open call.
    """

    __tablename__ = "calendar_entry"

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    starts_at: datetime = Field(sa_type=Moment, index=True)
    until: datetime | None = Field(default=None, sa_type=Moment)
    is_cancelled: bool = False
    changes: int = 0
    changed_at: datetime = Field(sa_type=Moment)
