"""What surrounds figures on their way out: edited quotes, report texts and snapshots, exports, imports, reference
groups, and who approved the texts of a language.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of
from journey.rules.ratings import Subject

QUOTE_STATES = ("proposed", "approved", "rejected", "taken_back")
AUDIENCES = ("manager", "research")


class QuoteEdit(SQLModel, table=True):
    """The words of one person about a step, edited so that nobody can be recognised; a second reader decides."""

    __tablename__ = "quote_edit"
    __table_args__ = (one_of("state", QUOTE_STATES), one_of("subject", Subject))

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    rating_id: int = Field(foreign_key="rating.id", index=True)
    step: str = Field(max_length=60)
    subject: str = Field(max_length=10)
    body: str = Field(max_length=5000)
    state: str = Field(default="proposed", max_length=12)
    edited_by: str = Field(max_length=80)
    edited_at: datetime = Field(sa_type=Moment)
    decided_by: str = Field(default="", max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str = Field(default="", max_length=300, description="why the second reader sent it back")


class ReportText(SQLModel, table=True):
    """What a person wrote for one section of the report; the latest counts, history stays."""

    __tablename__ = "report_text"

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    section: str = Field(max_length=60)
    body: str = Field(max_length=20000)
    written_by: str = Field(max_length=80)
    written_at: datetime = Field(sa_type=Moment)


class ReportSnapshot(SQLModel, table=True):
    """A report as it was on a day: the same date gives the same numbers, whatever came later."""

    __tablename__ = "report_snapshot"
    __table_args__ = (UniqueConstraint("study_id", "number"), one_of("audience", AUDIENCES))

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    number: int
    as_of: date
    audience: str = Field(max_length=10)
    content: dict[str, Any] = Field(sa_type=JSON)
    made_by: str = Field(max_length=80)
    made_at: datetime = Field(sa_type=Moment)


class ExportRun(SQLModel, table=True):
    """That data left: what, for what purpose, by whom. Never the data itself."""

    __tablename__ = "export_run"

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    content: str = Field(max_length=20, description="answers, journeys, participants or figures")
    format: str = Field(max_length=8)
    purpose: str = Field(max_length=300)
    rows: int
    sha256: str = Field(max_length=64)
    made_by: str = Field(max_length=80)
    made_at: datetime = Field(sa_type=Moment)


class ImportRun(SQLModel, table=True):
    """One file that was taken in whole."""

    __tablename__ = "import_run"

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    content: str = Field(max_length=20, description="journeys or participants")
    sha256: str = Field(max_length=64)
    rows: int
    added: int
    changed: int
    unchanged: int
    made_by: str = Field(max_length=80)
    made_at: datetime = Field(sa_type=Moment)


class ReferenceGroup(SQLModel, table=True):
    """Figures from a published table, typed in by hand, to stand beside those of a study."""

    __tablename__ = "reference_group"

    id: int | None = Field(default=None, primary_key=True)
    study_id: int = Field(foreign_key="study.id", index=True)
    name: str = Field(max_length=120)
    source: str = Field(max_length=300, description="where the table was published, and when")
    figures: dict[str, Any] = Field(sa_type=JSON)
    entered_by: str = Field(max_length=80)
    entered_at: datetime = Field(sa_type=Moment)


class LanguageApproval(SQLModel, table=True):
    """A named person read all texts of a language as they were then (rules, 43)."""

    __tablename__ = "language_approval"

    id: int | None = Field(default=None, primary_key=True)
    language: str = Field(max_length=5, index=True)
    texts_hash: str = Field(
        max_length=64, description="of the texts that were read; other texts are not approved"
    )
    approved_by: str = Field(max_length=120, description="the name of who read them")
    approved_at: datetime = Field(sa_type=Moment)
    recorded_by: str = Field(max_length=80)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
