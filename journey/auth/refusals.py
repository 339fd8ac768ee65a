"""A refusal by role leaves a line in the audit trail, so that who tries doors is seen. Only so many a quarter of an
hour for one actor: a loop of refusals fills no table."""

import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from journey.audit.service import record_act
from journey.auth.guard import network_of
from journey.auth.throttle import TooManyTries, count_try
from journey.logs import place_of
from journey.models import User
from journey.web.request_line import template_of
from journey.web.visit import Visit
from journey.work import NOBODY, Actor, House

log = logging.getLogger("journey.auth")

LINES_PER_QUARTER: Final = 10


def note_throttled(house: House, visit: Visit, email: str) -> None:
    """That somebody tried to sign in too often: at which account, and from where."""
    with house.database.read() as session:
        user = session.exec(select(User.id).where(User.email == email.strip().lower())).first()
    account = f"user:{user}" if user else "sign-in"
    _note(house, NOBODY, visit.origin, f"throttled:{network_of(visit.origin)}", "session.throttle", account)


def note_foreign_form(house: House, visit: Visit) -> None:
    """That a form did not come from a page of ours, or from one of another session."""
    actor = visit.actor or NOBODY
    what = f"{visit.request.method} {template_of(visit.request.scope)}"[:120]
    _note(house, actor, visit.origin, f"csrf:{actor.label}:{network_of(visit.origin)}", "form.refuse", what)


def note_refusal(house: House, visit: Visit) -> None:
    """The actor and the address as the code knows it (`GET /participants/{code}`), never as it was sent; in a unit of
    work of its own, and what cannot be noted changes nothing about the refusal."""
    actor = visit.actor
    if actor is None:
        return
    what = f"{visit.request.method} {template_of(visit.request.scope)}"[:120]
    _note(house, actor, visit.origin, f"refused:{actor.label}", "access.refuse", what)


def _note(house: House, actor: Actor, origin: str, key: str, action: str, what: str) -> None:
    try:
        with house.work(actor, origin=origin) as own:
            count_try(own, key[:120], LINES_PER_QUARTER)
            record_act(own, action, what, "refused")
    except TooManyTries:
        pass
    except SQLAlchemyError as fault:
        log.warning("refusal not noted %s", place_of(fault))
