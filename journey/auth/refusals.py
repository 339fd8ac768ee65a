"""A refusal by role leaves a line in the audit trail, so that who tries doors is seen. Only so many a quarter of an
hour for one actor: a loop of refusals fills no table."""

import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from journey.audit.service import record_act
from journey.auth.throttle import TooManyTries, count_try
from journey.logs import place_of
from journey.web.request_line import template_of
from journey.web.visit import Visit
from journey.work import House

log = logging.getLogger("journey.auth")

LINES_PER_QUARTER: Final = 10


def note_refusal(house: House, visit: Visit) -> None:
    """The actor and the address as the code knows it (`GET /participants/{code}`), never as it was sent; in a unit of
    work of its own, and what cannot be noted changes nothing about the refusal."""
    actor = visit.actor
    if actor is None:
        return
    what = f"{visit.request.method} {template_of(visit.request.scope)}"[:120]
    try:
        with house.work(actor, origin=visit.origin) as own:
            count_try(own, f"refused:{actor.label}"[:120], LINES_PER_QUARTER)
            record_act(own, "access.refuse", what, "refused")
    except TooManyTries:
        pass
    except SQLAlchemyError as fault:
        log.warning("refusal not noted %s", place_of(fault))
