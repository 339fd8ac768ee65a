"""What a researcher arranges around the agenda: the secret address of the calendar, and the text in the morning."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlmodel import col, select

from journey.agenda.days import calling_hours, day_words
from journey.agenda.feed import Event, to_ics
from journey.agenda.queries import get_today
from journey.audit.service import record_act
from journey.auth.queries import actor_of
from journey.auth.scope import list_studies, scoped
from journey.call.appointments import own_people
from journey.clock import at_local
from journey.models import CalendarEntry, CalendarFeed, Participant, Study, User, stored_id
from journey.outbox.service import plan_staff_message
from journey.participant.phones import normal_number, takes_texts
from journey.rules.appointments import Slot
from journey.rules.errors import Conflict, DomainError, NotFound
from journey.rules.roles import LEAD, RESEARCHER
from journey.study.cadence import cadence_of
from journey.vault import token_hash
from journey.web.i18n import gettext as _
from journey.work import Work

SHOWN_BACK: Final = timedelta(days=31)
NOON: Final = 12
log = logging.getLogger("journey.agenda")


# --- The calendar feed ------------------------------------------------------------------------------


def create_feed(work: Work) -> str:
    """A new secret address of the actor's calendar, absolute; the former one stops working. It is shown once: only
    the hash of its token is kept.
    """
    token = secrets.token_urlsafe(32)
    user_id = stored_id(work.session.get_one(User, work.actor.id))
    row = work.session.get(CalendarFeed, user_id)
    if row is None:
        row = CalendarFeed(user_id=user_id, token_hash="", created_at=work.now)
    row.token_hash, row.created_at = token_hash(token), work.now
    work.session.add(row)
    work.session.flush()
    record_act(work, "feed.create", f"user:{user_id}")
    return f"{work.settings.base_url.rstrip('/')}/agenda/feed/{token}.ics"


def close_feed(work: Work) -> None:
    """The address stops working at once; nothing happens when there is none."""
    row = work.session.get(CalendarFeed, work.actor.id)
    if row is not None:
        work.session.delete(row)
        work.session.flush()
        record_act(work, "feed.close", f"user:{work.actor.id}")


def find_feed(work: Work, user: User) -> CalendarFeed | None:
    return work.session.get(CalendarFeed, user.id)


def get_feed(work: Work, token: str) -> str:
    """The calendar behind a secret address, as text. NotFound for an unknown token and for whoever has no desk any
    more: the account was closed or has another role.
    """
    user = work.session.exec(
        select(User)
        .join(CalendarFeed, col(CalendarFeed.user_id) == User.id)
        .where(
            CalendarFeed.token_hash == token_hash(token),
            col(User.active),
            col(User.role).in_((RESEARCHER, LEAD)),
        )
    ).first()
    if user is None:
        raise NotFound("Deze pagina bestaat niet.")
    return to_ics(_("Gesprekken"), _events(replace(work, actor=actor_of(work.session, user)), user))


def _events(work: Work, user: User) -> Sequence[Event]:
    host = urlsplit(work.settings.base_url).hostname or "journey"
    statement: Any = (
        select(CalendarEntry, Participant.code)
        .join(Participant, col(Participant.id) == CalendarEntry.participant_id)
        .join(Study, col(Study.id) == Participant.study_id)
        .where(
            CalendarEntry.starts_at >= work.now - SHOWN_BACK,
            Participant.state == "active",
            col(Study.closed_at).is_(None),
            own_people(user.id),
        )
        .order_by(col(CalendarEntry.starts_at), col(CalendarEntry.id))
    )
    return [
        Event(
            uid=f"gesprek-{entry.id}@{host}",
            summary=_("Gesprek %(code)s", code=code),
            starts_at=entry.starts_at,
            ends_at=Slot(entry.starts_at, entry.until).ends_at,
            sequence=entry.changes,
            changed_at=entry.changed_at,
            is_cancelled=entry.is_cancelled,
        )
        for entry, code in work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    ]


# --- The text in the morning ------------------------------------------------------------------------


def find_text_number(user: User) -> str | None:
    """The number of a colleague (E.164) when it can get texts."""
    try:
        number = normal_number(user.phone) if user.phone else None
    except DomainError:
        return None
    return number if number and takes_texts(number) else None


def change_digest(work: Work, *, wanted: bool) -> None:
    """The actor wants a text in the morning, or no longer. Conflict without a number that can get one."""
    user = work.session.get_one(User, work.actor.id)
    if wanted and find_text_number(user) is None:
        raise Conflict("Er is geen mobiel nummer van u bekend. Vraag de beheerder om het in te vullen.")
    if user.digest != wanted:
        user.digest = wanted
        work.session.add(user)
        work.session.flush()
        record_act(work, f"digest.{'on' if wanted else 'off'}", f"user:{user.id}")


def plan_digests(work: Work) -> int:
    """The text of this morning for everyone who wants it; how many. Who has nothing to do, or whose studies do not
    call today, gets none. One who fails stops nobody else.
    """
    statement = select(User).where(col(User.active), col(User.digest), col(User.role).in_((RESEARCHER, LEAD)))
    planned = 0
    for user in work.session.exec(statement.order_by(col(User.id))).all():
        try:
            with work.session.begin_nested():
                planned += _plan_digest(replace(work, actor=actor_of(work.session, user)), user)
        except Exception as fault:
            log.error("no digest for user %s: %s", user.id, type(fault).__name__)
    return planned


def _plan_digest(work: Work, user: User) -> bool:
    number = find_text_number(user)
    rhythms = [cadence_of(study) for study in list_studies(work, "journey") if study.closed_at is None]
    if number is None or calling_hours(work.today, rhythms) is None:
        return False
    words = day_words(get_today(work, stored_id(user)))
    if not words:
        return False
    key = f"digest:{user.id}:{work.today.isoformat()}"
    message = plan_staff_message(work, user, "digest", words, key, recipient=number)
    if message is not None:
        message.valid_until = _noon(work)
        work.session.add(message)
    return message is not None


def _noon(work: Work) -> datetime:
    return at_local(work.today, NOON)
