"""Sends what is due: claims a row, lets go of the database, calls the gateway, writes down what became of it.

And finds out what became of what perhaps left. Both may ring as often as they like: rows say what is due.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from journey.outbox.gateways import Gateway, NotListed, Outcome, Parcel, gateway_for
from journey.outbox.sending import (
    claim_next,
    has_due,
    is_waiting,
    record_calm,
    record_outcome,
    record_trouble,
    tidy,
)
from journey.outbox.uncertain import claim_search, list_to_look, settle_search
from journey.work import House

MOST_PER_RUN: Final = 50
LONGEST_RUN: Final = timedelta(seconds=30)
TROUBLE: Final = ("busy", "uncertain", "halt")
log = logging.getLogger("journey.outbox")


def send_due(house: House, now: datetime, gateway: Gateway | None = None) -> int:
    """Send what is due at `now`; how many the gateway took. One row at a time: a crash leaves one uncertain, not
    fifty. A run is short, so that nothing begun before eight in the evening goes on after it and a worker that is
    asked to end does."""
    with house.work(now=now, write=False) as work:
        if not has_due(work):
            return 0
    gateway = gateway or gateway_for(house.settings)
    moment = _moments(house, now)
    with house.work(now=now) as work:
        tidy(work)
    taken = 0
    for _ in range(MOST_PER_RUN):
        if moment() > now + LONGEST_RUN:
            break
        with house.work(now=moment()) as work:
            claimed = None if is_waiting(work) else claim_next(work)
        if claimed is None:
            break
        outcome = _sent(gateway, claimed.parcel) if claimed.parcel else Outcome("failed", error=claimed.error)
        in_trouble = outcome.result in TROUBLE
        with house.work(now=moment()) as work:
            record_outcome(work, claimed.id, outcome)
            if in_trouble:
                record_trouble(work, outcome)
            elif claimed.parcel:
                record_calm(work)
        if in_trouble:
            break
        taken += outcome.result in ("accepted", "sent")
    return taken


def settle_uncertain(house: House, now: datetime, gateway: Gateway | None = None) -> int:
    """Ask the gateway what became of messages that perhaps left; how many are not uncertain any more."""
    with house.work(now=now, write=False) as work:
        waiting = [] if is_waiting(work) else list_to_look(work, MOST_PER_RUN)
    if not waiting:
        return 0
    gateway = gateway or gateway_for(house.settings)
    moment = _moments(house, now)
    settled = 0
    for message_id in waiting:
        if moment() > now + LONGEST_RUN:
            break
        with house.work(now=moment()) as work:
            search = claim_search(work, message_id)
        if search is None:
            continue
        listed_at = moment()
        try:
            traces = gateway.list_sent(search.parcel.recipient)
        except NotListed as refusal:
            log.warning("the SMS gateway did not list message %s: %s", message_id, refusal.outcome.error)
            if refusal.outcome.result in TROUBLE:
                break
            continue
        with house.work(now=moment()) as work:
            settled += settle_search(work, search, traces, listed_at) != "uncertain"
    return settled


def _sent(gateway: Gateway, parcel: Parcel) -> Outcome:
    try:
        return gateway.send(parcel)
    except Exception as fault:  # whatever broke, the text may be on its way
        log.error("the SMS gateway broke on message %s: %s", parcel.id, type(fault).__name__)
        return Outcome("uncertain", error=type(fault).__name__)


def _moments(house: House, now: datetime) -> Callable[[], datetime]:
    """`now` and what passed since, by the clock of the house; a frozen date that begins again does not turn it back."""
    begun = house.clock.now()
    return lambda: now + max(house.clock.now() - begun, timedelta())
