"""The only caller of now: one aware UTC moment per request or job, frozen by a setting where that is allowed."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class Clock:
    """Gives the present moment; with `frozen` the date stands still while the time of day goes on."""

    def __init__(self, frozen: date | None = None) -> None:
        self._frozen = frozen

    def now(self) -> datetime:
        """Aware UTC moment."""
        now = datetime.now(UTC)
        if self._frozen is None:
            return now
        local = now.astimezone(AMSTERDAM)
        return datetime.combine(self._frozen, local.time(), tzinfo=AMSTERDAM).astimezone(UTC)

    @staticmethod
    def true_now() -> datetime:
        """The real moment, also where the date is frozen: codes of a phone follow the clock of the phone."""
        return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """The date in Europe/Amsterdam of an aware moment: what "today" means everywhere in the product."""
    return moment.astimezone(AMSTERDAM).date()


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """The aware UTC moment of a local wall-clock time."""
    return datetime.combine(day, time(hour, minute), tzinfo=AMSTERDAM).astimezone(UTC)
