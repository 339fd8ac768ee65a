"""The ways out: what a gateway gets, what it tells back, and which one the settings choose."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from journey.models import Message, stored_id
from journey.settings import Settings
from journey.work import Work

Result = Literal["accepted", "sent", "retry", "busy", "uncertain", "failed", "stopped", "halt"]


@dataclass(frozen=True)
class Parcel:
    """A claimed message, opened: our id, the number (E.164) and the text."""

    id: int
    recipient: str
    body: str


def open_parcel(work: Work, row: Message) -> Parcel:
    """ValueError when the key that sealed it is not in the ring."""
    place = f"message:{row.dedup_key}"
    return Parcel(
        stored_id(row),
        work.vault.open(row.recipient, f"{place}:recipient"),
        work.vault.open(row.body, f"{place}:body"),
    )


@dataclass(frozen=True)
class Outcome:
    """What became of a parcel.

    `accepted`: the gateway has it; `sent`: it left; `uncertain`: perhaps sent, so looked for before anything else;
    `failed`: will never arrive; `stopped`: nor will anything else to this number, at its holder's wish. Certainly not
    sent and to be tried again: `retry` for reasons of this message, `busy` because the gateway is away or overloaded,
    `halt` because it refuses us altogether. `error` is a code or a word, never a number or text of anybody.
    """

    result: Result
    gateway_id: str | None = None
    error: str = ""


@dataclass(frozen=True)
class Trace:
    """A message as the gateway lists it: its name there, its status in the gateway's words, and when it got it."""

    gateway_id: str
    status: str
    created_at: datetime
    body: str
    error: str = ""


class NotListed(Exception):
    """The gateway could not list everything; `outcome` says why, as for a parcel."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.error)
        self.outcome = outcome


class Gateway(Protocol):
    def send(self, parcel: Parcel) -> Outcome: ...

    def list_sent(self, recipient: str) -> list[Trace]:
        """Everything it ever took from us for this number (E.164); NotListed when not all of it can be seen."""
        ...


class ConsoleGateway:
    """Sends nothing to anybody: the page with messages shows what would have been received. Never in production."""

    def send(self, parcel: Parcel) -> Outcome:
        return Outcome("sent")

    def list_sent(self, recipient: str) -> list[Trace]:
        return []


def gateway_for(settings: Settings) -> Gateway:
    if settings.gateway == "console":
        return ConsoleGateway()
    # Twilio's client takes a second to import, which nobody without it should wait for.
    from journey.outbox.twilio_gateway import TwilioGateway

    return TwilioGateway(settings)
