"""What the sender of messages remembers between two runs and shares between two processes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from journey.models.base import Moment


class SendingState(SQLModel, table=True):
    """One row: how often in a row the gateway gave trouble, and until when everything waits.

    `halted_at` is set while somebody has to know: the account is refused, or the trouble does not pass.
    """

    __tablename__ = "sending_state"

    id: int = Field(default=1, primary_key=True)
    troubles: int = 0
    wait_until: datetime | None = Field(default=None, sa_type=Moment)
    halted_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str = Field(default="", max_length=200)


class WorkerBeat(SQLModel, table=True):
    """One row: the worker that leads, and when it last rang."""

    __tablename__ = "worker_beat"

    id: int = Field(default=1, primary_key=True)
    leader: str = Field(max_length=80)
    beat_at: datetime = Field(sa_type=Moment)


class Installation(SQLModel, table=True):
    """One row, made with the table: the mark of this installation, also in its folder of uploads."""

    id: int = Field(default=1, primary_key=True)
    mark: str = Field(max_length=32)


class StoppedNumber(SQLModel, table=True):
    """A number of which the gateway says that its holder stopped our messages; only its keyed hash."""

    __tablename__ = "stopped_number"

    fingerprint: str = Field(primary_key=True, max_length=64)
    stopped_at: datetime = Field(sa_type=Moment)
