"""Limits on tries, counted in a table so that they hold over several processes and restarts."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, update

from journey.models import Throttle
from journey.rules.errors import DomainError
from journey.work import Work

WINDOW_MINUTES = 15


class TooManyTries(DomainError):
    status = 429


def count_try(work: Work, key: str, most: int) -> None:
    """Count one try in the present quarter of an hour; TooManyTries beyond `most`."""
    if count(work, key, _window(work.now)) > most:
        raise TooManyTries("Te veel pogingen. Probeer het over een kwartier nog eens.")


def count(work: Work, key: str, window: datetime) -> int:
    """One try more in this window; how many there are now, also when two come at the same moment."""
    tries = _raise_count(work, key, window)
    if tries is None:
        try:
            with work.session.begin_nested():
                work.session.add(Throttle(key=key, window=window, tries=1))
            tries = 1
        except IntegrityError:  # another request counted the first try at this very moment
            tries = _raise_count(work, key, window) or 1
    return tries


def take_back_try(work: Work, key: str) -> None:
    """What was counted a moment ago was no failure after all."""
    work.session.exec(
        update(Throttle)
        .where(col(Throttle.key) == key, col(Throttle.window) == _window(work.now), col(Throttle.tries) > 0)
        .values(tries=col(Throttle.tries) - 1)
    )


def _raise_count(work: Work, key: str, window: datetime) -> int | None:
    return work.session.exec(
        update(Throttle)
        .where(col(Throttle.key) == key, col(Throttle.window) == window)
        .values(tries=col(Throttle.tries) + 1)
        .returning(col(Throttle.tries))
    ).scalar_one_or_none()


def clear_tries(work: Work, key: str) -> None:
    work.session.exec(delete(Throttle).where(col(Throttle.key) == key))


def _window(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % WINDOW_MINUTES, second=0, microsecond=0)
