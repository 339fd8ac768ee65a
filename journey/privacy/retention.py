"""The nightly deletion with its proof: a batch of rows and the line that says so are one transaction.

After every batch it looks again for what is from before the cutoff; that answer is the proof, not the number removed.
Batches are small, so that nobody who writes has to wait long.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlmodel import col

from journey.clock import AMSTERDAM, local_day
from journey.logs import place_of
from journey.models import AuditEntry, Deletion, JobRun, Upload
from journey.privacy.categories import CATEGORIES, Category
from journey.work import House, Work

log = logging.getLogger("journey.privacy")

BATCH: Final = 200
NIGHT_FROM_HOUR: Final = 3
LATE_AFTER: Final = timedelta(hours=26)


class NothingRemoved(RuntimeError):
    """A batch left what it should have removed: to go on would never end."""


def keep_terms(house: House, now: datetime) -> int:
    """Everything that is due, once for each local date from 03:00 on; the number of rows removed.

    A category that fails stops no other, is tried again at the next ring, and is raised at the end.
    """
    if now.astimezone(AMSTERDAM).hour < NIGHT_FROM_HOUR:
        return 0
    removed, failed = 0, []
    for category in CATEGORIES:
        try:
            removed += run_category(house, category, now)
        except Exception as fault:
            log.error("what is due of %s was not removed: %s", category.name, place_of(fault))
            failed.append(category.name)
    if failed:
        raise RuntimeError(f"not removed: {', '.join(failed)}")
    return removed


def run_category(house: House, category: Category, now: datetime, batch: int = BATCH) -> int:
    """One category of one night, in batches; 0 when this night was done.

    A night that was finished in what is still to come was done under a clock that ran ahead: it is done again.
    """
    key = (f"keep-{category.name}", local_day(now))
    total, more = 0, True
    while more:
        with house.work(now=now) as work:
            run = work.session.get(JobRun, key)
            if run is not None and run.finished_at <= now:
                return total
            removed, more = _remove_batch(work, category, batch)
            total += removed
            if not more:
                work.session.merge(JobRun(job=key[0], run_on=key[1], finished_at=now))
    return total


def _remove_batch(work: Work, category: Category, batch: int) -> tuple[int, bool]:
    """Rows removed, and whether something is still due."""
    cutoff = category.cutoff(work)
    if category.name == "audit":
        return _remove_trail(work, category, cutoff, batch)
    removed = 0
    for part in category.parts:
        due = part.due(cutoff)
        rows = list(work.session.execute(due.order_by(due.selected_columns[0]).limit(batch - removed)).all())
        if rows:
            part.remove(work, rows)
            if work.session.execute(due.order_by(due.selected_columns[0]).limit(1)).first() == rows[0]:
                raise NothingRemoved(category.name)
            removed += len(rows)
        if removed >= batch:
            break
    left = find_oldest_due(work, category, cutoff)
    counted = removed + (_uploads_gone_since(work) - removed if category.name == "uploads" else 0)
    _prove(work, category, cutoff, counted, left)
    return removed, left is not None


def _remove_trail(work: Work, category: Category, cutoff: datetime, batch: int) -> tuple[int, bool]:
    """The database lets a line of the trail go only when the proof stands before it; what is left is therefore
    foretold, and looked up after all the same."""
    (part,) = category.parts
    due = part.due(cutoff).order_by(col(AuditEntry.at), col(AuditEntry.id))
    rows = list(work.session.execute(due.limit(batch + 1)).all())
    going, left = rows[:batch], rows[batch][0] if len(rows) > batch else None
    _prove(work, category, cutoff, len(going), left)
    if going:
        part.remove(work, going)
    if find_oldest_due(work, category, cutoff) != left:
        raise NothingRemoved(category.name)
    return len(going), left is not None


def find_oldest_due(work: Work, category: Category, cutoff: datetime) -> datetime | None:
    """The oldest moment from before the cutoff that is still there; None is the proof that nothing is."""
    found = []
    for part in category.parts:
        due = part.due(cutoff)
        moment = due.selected_columns[0]
        row = work.session.execute(due.order_by(moment).limit(1)).first()
        if row is not None:
            found.append(row[0])
    return min(found, default=None)


def _prove(work: Work, category: Category, cutoff: datetime, removed: int, left: datetime | None) -> None:
    work.session.add(
        Deletion(
            ran_at=work.now,
            category=category.name,
            kept_days=category.days(work.settings),
            cutoff=cutoff,
            removed=removed,
            oldest_left=left,
        )
    )
    work.session.flush()


def _uploads_gone_since(work: Work) -> int:
    """Files are deleted by the hour too: all that went since the last proof."""
    last = work.session.execute(
        select(func.max(Deletion.ran_at)).where(col(Deletion.category) == "uploads")
    ).scalar()
    gone = select(func.count()).select_from(Upload).where(col(Upload.deleted_at).is_not(None))
    if last is not None:
        gone = gone.where(col(Upload.deleted_at) > last)
    return int(work.session.execute(gone).scalar_one())


@dataclass(frozen=True)
class Night:
    """What one night did with one category: its batches together."""

    ran_at: datetime
    category: str
    kept_days: int
    cutoff: datetime
    removed: int
    oldest_left: datetime | None


@dataclass(frozen=True)
class Standing:
    """One category now. `late_since` is set when the last night was not done, or left something."""

    category: Category
    days: int
    last: Night | None
    oldest_due: datetime | None
    is_late: bool

    @property
    def late_since(self) -> datetime | None:
        return self.last.ran_at if self.last else None


def list_nights(work: Work, *, category: str = "", most: int = 400) -> list[Night]:
    """Newest first; the batches of one night are one line, with what the last of them found left."""
    statement = (
        select(
            col(Deletion.ran_at),
            col(Deletion.category),
            func.max(Deletion.kept_days),
            func.max(Deletion.cutoff),
            func.sum(Deletion.removed),
            func.max(Deletion.id),
        )
        .group_by(col(Deletion.ran_at), col(Deletion.category))
        .order_by(col(Deletion.ran_at).desc(), func.max(Deletion.id).desc())
        .limit(most)
    )
    if category:
        statement = statement.where(col(Deletion.category) == category)
    rows = work.session.execute(statement).all()
    last = {row[5] for row in rows}
    left = dict(
        work.session.execute(
            select(col(Deletion.id), col(Deletion.oldest_left)).where(col(Deletion.id).in_(last))
        ).all()
    )
    return [Night(row[0], row[1], row[2], row[3], int(row[4]), left[row[5]]) for row in rows]


def list_standings(work: Work) -> list[Standing]:
    """Every category as it stands at this moment."""
    found = []
    for category in CATEGORIES:
        last = next(iter(list_nights(work, category=category.name, most=1)), None)
        # What came due after the last night is not late: that night's work looked at its own cutoff.
        cutoff = last.cutoff if last else category.cutoff(work)
        oldest = find_oldest_due(work, category, cutoff)
        is_late = oldest is not None or (last is not None and last.ran_at < work.now - LATE_AFTER)
        found.append(Standing(category, category.days(work.settings), last, oldest, is_late or last is None))
    return found
