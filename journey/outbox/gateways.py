"""The ways out: what a gateway gets, what it tells back, and which one the settings choose."""

from dataclasses import dataclass
from typing import Literal, Protocol

from journey.settings import Settings

Result = Literal["accepted", "sent", "retry", "uncertain", "failed", "halt"]


@dataclass(frozen=True)
class Parcel:
    """A claimed message, opened: our id, the number (E.164) and the text."""

    id: int
    recipient: str
    body: str


@dataclass(frozen=True)
class Outcome:
    """What became of a parcel.

    `accepted`: the gateway has it; `sent`: it left; `retry`: certainly not sent, may be tried again; `uncertain`:
    perhaps sent, so never sent again; `failed`: will never arrive; `halt`: the gateway refuses us altogether.
    `error` is a code or a word, never a number or text of anybody.
    """

    result: Result
    gateway_id: str | None = None
    error: str = ""


class Gateway(Protocol):
    def send(self, parcel: Parcel) -> Outcome: ...


class ConsoleGateway:
    """Sends nothing to anybody: the page with messages shows what would have been received. Never in production."""

    def send(self, parcel: Parcel) -> Outcome:
        return Outcome("sent")


def gateway_for(settings: Settings) -> Gateway:
    if settings.gateway == "console":
        return ConsoleGateway()
    # Twilio's client takes a second to import, which nobody without it should wait for.
    from journey.outbox.twilio_gateway import TwilioGateway

    return TwilioGateway(settings)
