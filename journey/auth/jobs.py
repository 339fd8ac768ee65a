"""Removes what has served its time: kept answers to retries, counted tries, sessions that ended."""

from datetime import datetime, timedelta

from sqlmodel import col, delete

from journey.models import Replay, Throttle, UserSession
from journey.work import House

ANSWERS_KEPT = timedelta(days=1)
TRIES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=7)


def remove_old(house: House, now: datetime) -> int:
    """The number of rows removed. Ended sessions stay a week, for the question who was signed in."""
    with house.work(now=now) as work:
        return sum(
            work.session.exec(delete(table).where(column < limit)).rowcount
            for table, column, limit in (
                (Replay, col(Replay.created_at), now - ANSWERS_KEPT),
                (Throttle, col(Throttle.window), now - TRIES_KEPT),
                (UserSession, col(UserSession.expires_at), now - SESSIONS_KEPT),
            )
        )
