"""Sends what is due: claims a row, lets go of the database, calls the gateway, writes down what became of it."""

import logging
from datetime import datetime

from journey.outbox.gateways import Gateway, Outcome, Parcel, gateway_for
from journey.outbox.service import claim_next, close_stale, has_due, pause_sending, record_outcome
from journey.work import House

MOST_PER_RUN = 50
log = logging.getLogger("journey.outbox")


def send_due(house: House, now: datetime, gateway: Gateway | None = None) -> int:
    """Send what is due at `now`; how many the gateway took. One row at a time: a crash leaves one uncertain, not
    fifty."""
    with house.work(now=now, write=False) as work:
        if not has_due(work):
            return 0
    gateway = gateway or gateway_for(house.settings)
    with house.work(now=now) as work:
        close_stale(work)
    taken = 0
    for _ in range(MOST_PER_RUN):
        with house.work(now=now) as work:
            claimed = claim_next(work)
        if claimed is None:
            break
        parcel = claimed.parcel
        outcome = _sent(gateway, parcel) if parcel else Outcome("failed", error="no number")
        with house.work(now=now) as work:
            record_outcome(work, claimed.id, outcome)
            if outcome.result == "halt":
                pause_sending(work)
        if outcome.result == "halt":
            log.error("the SMS gateway refuses our account (%s); sending waits", outcome.error)
            break
        taken += outcome.result in ("accepted", "sent")
    return taken


def _sent(gateway: Gateway, parcel: Parcel) -> Outcome:
    try:
        return gateway.send(parcel)
    except Exception as fault:  # whatever broke, the text may be on its way
        log.error("the SMS gateway broke on message %s: %s", parcel.id, type(fault).__name__)
        return Outcome("uncertain", error=type(fault).__name__)
