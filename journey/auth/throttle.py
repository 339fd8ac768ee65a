"""Limits on tries, counted in a table so that they hold over several processes and restarts.

The window slides: tries are kept by the second, and those of the last quarter of an hour count.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, func, select, update

from journey.models import Throttle
from journey.rules.errors import DomainError
from journey.work import Work

WINDOW = timedelta(minutes=15)


class TooManyTries(DomainError):
    status = 429


def count_try(work: Work, key: str, most: int) -> None:
    """Count one try; TooManyTries beyond `most` within a quarter of an hour. What is refused does not count, so that
    the limit ends a quarter after the tries that it let through."""
    count(work, key, _moment(work.now))
    if count_recent(work, key) > most:
        take_back_try(work, key)
        raise TooManyTries("Te veel pogingen. Probeer het over een kwartier nog eens.")


def count_anyway(work: Work, key: str) -> None:
    """One try more, whatever the limit."""
    count(work, key, _moment(work.now))


def count_recent(work: Work, key: str) -> int:
    """Tries in the last quarter of an hour."""
    counted = select(func.coalesce(func.sum(col(Throttle.tries)), 0)).where(*_recent(work, key))
    return int(work.session.exec(counted).one())


def count(work: Work, key: str, window: datetime) -> int:
    """One try more of this moment, or of whatever else `window` says; how many that has now, also when two come at the
    same time."""
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
    counted = col(Throttle.tries) > 0
    latest = select(func.max(Throttle.window)).where(*_recent(work, key), counted).scalar_subquery()
    work.session.exec(
        update(Throttle)
        .where(col(Throttle.key) == key, col(Throttle.window) == latest, counted)
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


def _recent(work: Work, key: str) -> tuple[ColumnElement[bool], ...]:
    """A clock that was put back leaves tries that are still to come: these do not count."""
    window = col(Throttle.window)
    return col(Throttle.key) == key, window > work.now - WINDOW, window <= work.now


def _moment(now: datetime) -> datetime:
    return now.replace(microsecond=0)
