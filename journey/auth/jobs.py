"""Removes what has served its time: kept answers to retries, counted tries, sessions that ended."""

from datetime import datetime, timedelta

from sqlmodel import col, delete

from journey.models import Replay, Throttle, UserSession
from journey.work import House


def remove_old(house: House, now: datetime) -> int:
    """The number of rows removed. Ended sessions stay a while, for the question who was signed in."""
    settings = house.settings
    retries = now - timedelta(days=settings.keep_retries_days)
    sessions = now - timedelta(days=settings.keep_sessions_days)
    with house.work(now=now) as work:
        return sum(
            work.session.exec(delete(table).where(column < limit)).rowcount
            for table, column, limit in (
                (Replay, col(Replay.created_at), retries),
                (Throttle, col(Throttle.window), retries),
                (UserSession, col(UserSession.expires_at), sessions),
            )
        )
