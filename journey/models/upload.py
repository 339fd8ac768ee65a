"""What participants send besides taps: a spoken message or a photo. The content lies outside the database, sealed."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from journey.models.base import Moment, one_of

UPLOAD_KINDS = ("voice", "photo")


class Upload(SQLModel, table=True):
    """One file of one person about a step. The row stays as proof of deletion until the person is erased."""

    __table_args__ = (one_of("kind", UPLOAD_KINDS),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    kind: str = Field(max_length=8)
    step: str = Field(default="", max_length=60)
    subject: str = Field(default="", max_length=10)
    media_type: str = Field(max_length=40)
    size: int = Field(description="bytes of the content before sealing")
    stored_as: str = Field(max_length=40, unique=True, description="name of the sealed file; random")
    uploaded_at: datetime = Field(sa_type=Moment)
    expires_on: date = Field(index=True, description="deleted by the nightly job on this day at the latest")
    deleted_at: datetime | None = Field(default=None, sa_type=Moment)
