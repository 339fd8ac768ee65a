"""Limits on tries, counted in a table so that they hold over several processes and restarts."""

from datetime import datetime

from sqlmodel import col, delete

from journey.models import Throttle
from journey.rules.errors import DomainError
from journey.work import Work

WINDOW_MINUTES = 15


class TooManyTries(DomainError):
    status = 429


def count_try(work: Work, key: str, most: int) -> None:
    """Count one try in the present quarter of an hour; TooManyTries beyond `most`."""
    window = _window(work.now)
    row = work.session.get(Throttle, (key, window))
    if row is None:
        row = Throttle(key=key, window=window, tries=0)
    if row.tries >= most:
        raise TooManyTries("Te veel pogingen. Probeer het over een kwartier nog eens.")
    row.tries += 1
    work.session.add(row)


def clear_tries(work: Work, key: str) -> None:
    work.session.exec(delete(Throttle).where(col(Throttle.key) == key))


def _window(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % WINDOW_MINUTES, second=0, microsecond=0)
