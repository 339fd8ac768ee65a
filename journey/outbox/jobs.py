"""Sends what is due: claims a batch, lets go of the database, calls the gateway, writes down what became of each.

And finds out what became of what perhaps left. Both may ring as often as they like: rows say what is due.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from journey.outbox.gateways import Gateway, NotListed, Outcome, Parcel, gateway_for
from journey.outbox.quiet import is_quiet
from journey.outbox.sending import (
    Claimed,
    claim_batch,
    has_due,
    is_waiting,
    record_calm,
    record_outcomes,
    record_trouble,
    tidy,
)
from journey.outbox.uncertain import claim_search, list_to_look, settle_search
from journey.work import House

BATCH: Final = 32
AT_ONCE: Final = 16
BATCH_LASTS: Final = timedelta(seconds=5)
LONGEST_RUN: Final = timedelta(seconds=30)
MOST_LOOKED_FOR: Final = 50
TROUBLE: Final = ("halt", "busy", "uncertain")
log = logging.getLogger("journey.outbox")


def send_due(
    house: House, now: datetime, gateway: Gateway | None = None, ended: Callable[[], bool] = lambda: False
) -> int:
    """Send what is due at `now`; how many the gateway took. The first goes alone and feels the way, so that a gateway
    in trouble leaves one uncertain. A crash leaves a batch uncertain, so batches are small. A run is short and asks
    between batches whether the worker has `ended`."""
    with house.work(now=now, write=False) as work:
        if not has_due(work):
            return 0
    gateway = gateway or gateway_for(house.settings)
    moment = _moments(house, now)
    with house.work(now=now) as work:
        tidy(work)
    taken, most = 0, 1
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="journey-sender") as pool:
        while moment() <= now + LONGEST_RUN and not ended():
            with house.work(now=moment()) as work:
                batch = [] if is_waiting(work) else claim_batch(work, most)
            if not batch:
                break
            outcomes = _sent(pool, gateway, batch, moment)
            trouble = _worst(outcomes)
            with house.work(now=moment()) as work:
                record_outcomes(work, outcomes)
                if trouble:
                    record_trouble(work, trouble)
                elif any(claimed.parcel for claimed in batch):
                    record_calm(work)
            taken += sum(one is not None and one.result in ("accepted", "sent") for one in outcomes.values())
            if trouble:
                break
            most = BATCH
    return taken


def settle_uncertain(house: House, now: datetime, gateway: Gateway | None = None) -> int:
    """Ask the gateway what became of messages that perhaps left; how many are not uncertain any more."""
    with house.work(now=now, write=False) as work:
        waiting = [] if is_waiting(work) else list_to_look(work, MOST_LOOKED_FOR)
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


def _sent(
    pool: ThreadPoolExecutor, gateway: Gateway, batch: list[Claimed], moment: Callable[[], datetime]
) -> dict[int, Outcome | None]:
    """What became of each of a batch, None for what did not leave. What goes to one number goes in its order."""
    latest, trouble = moment() + BATCH_LASTS, Event()

    def may_leave(claimed: Claimed) -> bool:
        now = moment()
        return not trouble.is_set() and now <= latest and (claimed.asked or not is_quiet(now))

    def send(lane: list[Claimed]) -> dict[int, Outcome | None]:
        outcomes: dict[int, Outcome | None] = {}
        for claimed in lane:
            if claimed.parcel is None:
                outcome = Outcome("failed", error=claimed.error)
            elif may_leave(claimed):
                outcome = _tried(gateway, claimed.parcel)
            else:
                outcome = None
            outcomes[claimed.id] = outcome
            if outcome and outcome.result in TROUBLE:
                trouble.set()
        return outcomes

    lanes: dict[str, list[Claimed]] = {}
    for claimed in batch:
        lanes.setdefault(claimed.parcel.recipient if claimed.parcel else "", []).append(claimed)
    begun = [pool.submit(copy_context().run, send, lane) for lane in lanes.values()]
    return {number: outcome for one in begun for number, outcome in one.result().items()}


def _tried(gateway: Gateway, parcel: Parcel) -> Outcome:
    try:
        return gateway.send(parcel)
    except Exception as fault:  # whatever broke, the text may be on its way
        log.error("the SMS gateway broke on message %s: %s", parcel.id, type(fault).__name__)
        return Outcome("uncertain", error=type(fault).__name__)


def _worst(outcomes: dict[int, Outcome | None]) -> Outcome | None:
    """Of trouble with the gateway itself what says most."""
    troubles = [outcome for outcome in outcomes.values() if outcome and outcome.result in TROUBLE]
    return min(troubles, key=lambda outcome: TROUBLE.index(outcome.result), default=None)


def _moments(house: House, now: datetime) -> Callable[[], datetime]:
    """`now` and what passed since, by the clock of the house; a frozen date that begins again does not turn it back."""
    begun = house.clock.now()
    return lambda: now + max(house.clock.now() - begun, timedelta())
