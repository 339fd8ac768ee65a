"""What `journey doctor` looks at in the database, and between it and the files and keys that belong to it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, DateTime, func, text
from sqlalchemy import select as select_rows
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from journey.clock import Clock
from journey.migrations import position
from journey.models import JobRun, Journey, JourneySummary, Study, Upload, User, WorkerBeat, metadata
from journey.operations.doctor_private import check_belonging, check_erasing, check_private
from journey.operations.doctor_secret import check_secret
from journey.operations.findings import FAULT, NOTICE, Check, Finding, first_line, sqlite_file, uploads_of
from journey.operations.keys import ANY_AGE, SEALED, count_keys
from journey.privacy.retention import list_standings
from journey.progress.queries import delivered
from journey.progress.summary import summarise
from journey.texts.approval import list_states
from journey.web.health import find_halt, worker_health
from journey.work import House, Work

SAMPLE: Final = 20
SWEPT_AFTER: Final = timedelta(hours=3)
QUEUE_SECONDS: Final = 15 * 60
CLOCK_OFF: Final = timedelta(seconds=30)
BACKUP: Final = "backup"
BACKUP_WITHIN: Final = timedelta(hours=50)
MOUNTS: Final = Path("/proc/mounts")
NETWORK: Final = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs", "afs")
MIGRATE: Final = "Make a back-up, then run: journey migrate"
UNFIT: Final = {
    "empty": ("The database is empty.", "Run: journey setup"),
    "older": ("The database is of an older version of Journey.", MIGRATE),
    "newer": (
        "The database belongs to a newer version of Journey.",
        "Start that version, or restore a back-up that belongs to this one.",
    ),
}


@dataclass(frozen=True)
class _Reader:
    session: Session


def check_database(house: House) -> Iterator[Finding]:
    file = sqlite_file(house)
    if file and not file.exists():
        yield Finding(
            FAULT,
            f"There is no database at {file.resolve()}.",
            "Mend JOURNEY_DATABASE_URL, or run for a new installation: journey setup",
        )
        return
    try:
        stands = position(house.database)
    except SQLAlchemyError as away:
        yield Finding(
            FAULT,
            f"The database does not answer: {first_line(away)}.",
            "See whether it runs and whether JOURNEY_DATABASE_URL is right. A damaged one: restore a back-up.",
        )
        return
    if stands in UNFIT:
        yield Finding(FAULT, *UNFIT[stands])


def check_sqlite(house: House) -> Iterator[Finding]:
    """Reads the whole file: minutes for gigabytes. PostgreSQL looks after this itself."""
    if not house.database.is_sqlite:
        return
    file = sqlite_file(house)
    if file and (kind := _filesystem_of(file)) in NETWORK:
        yield Finding(
            FAULT,
            f"The database lies on a network file system ({kind}), where locks of SQLite do not hold.",
            "Move it to a disk of this machine, or move to PostgreSQL: journey move",
        )
    with house.database.read(long=True) as session:
        connection = session.connection()
        mode = connection.execute(text("PRAGMA journal_mode")).scalar()
        damage = _list_damage(connection)
        asked = () if damage else connection.execute(text("PRAGMA foreign_key_check"))
        astray = {row[0] for row in asked}
    if file and mode != "wal":
        yield Finding(
            FAULT,
            f"SQLite keeps its journal as {mode} instead of wal, so readers and writers stop each other.",
            "Put the database on an ordinary disk, where the service may write in its folder.",
        )
    if damage:
        yield Finding(
            FAULT,
            f"The database is damaged: {'; '.join(damage)}.",
            "Stop the service, keep a copy of the file, and restore the last back-up.",
        )
    if astray:
        yield Finding(
            FAULT,
            f"Rows point at rows that are gone, in: {', '.join(sorted(astray))}.",
            "Somebody changed the database by other means than Journey. Restore the last back-up.",
        )


def check_clock(house: House) -> Iterator[Finding]:
    with house.work(write=False) as work:
        apart = abs(_database_now(work) - Clock.true_now())
        beat = work.session.get(WorkerBeat, 1)
        ahead = beat is not None and beat.beat_at - work.now > CLOCK_OFF
    remedy = "Let a time service set the clocks of all machines (chrony, systemd-timesyncd)."
    if apart > CLOCK_OFF:
        yield Finding(
            FAULT,
            f"The clocks of this machine and the database are {int(apart.total_seconds())} s apart.",
            remedy,
        )
    if ahead:
        yield Finding(
            FAULT, "The worker last rang in the future: a clock went back or JOURNEY_TODAY changed.", remedy
        )


def check_uploads(house: House) -> Iterator[Finding]:
    """Rows without a file, and files without a row that the hourly sweep left."""
    files = uploads_of(house)
    before = _list_uploads(house)
    present, old = set(files.list_older(ANY_AGE)), set(files.list_older(Clock.true_now() - SWEPT_AFTER))
    kept = _list_uploads(house)
    if gone := len((before & kept) - present):
        yield Finding(
            FAULT,
            f"{gone} uploads are in the database and not in {house.settings.uploads}.",
            "See whether JOURNEY_UPLOADS names the right place; else restore that folder from the back-up.",
        )
    if left := len(old - kept - before):
        yield Finding(
            NOTICE,
            f"{left} files in {house.settings.uploads} belong to nothing and were not swept.",
            "The worker sweeps every hour: see that it runs and may delete there.",
        )


def check_keys(house: House) -> Iterator[Finding]:
    """Every key in use is in the ring, and of each sealed place the newest values open."""
    for key in count_keys(house).missing:
        yield Finding(
            FAULT,
            f"Key {key} is in use and not in JOURNEY_ENCRYPTION_KEYS: what it sealed cannot be read.",
            "Put it back behind the first key. journey rotate-keys says when nothing uses it any more.",
        )
    closed = {
        f"{table}.{column}": _count_closed(house, table, column, at) for (table, column), at in SEALED.items()
    }
    for place, count in {**closed, "uploads": _count_closed_uploads(house)}.items():
        if count:
            yield Finding(
                FAULT,
                f"{place}: {count} of the last {SAMPLE} cannot be opened, though their key is in the ring.",
                "Another key has the name of the one they were sealed with, or rows were copied: find the old key.",
            )


def check_worker(house: House) -> Iterator[Finding]:
    with house.work(write=False) as work:
        health, halt = worker_health(work), find_halt(work)
        awaited = house.settings.is_production or work.session.exec(select(Study.id)).first() is not None
    start = "Start it (journey worker; on SQLite journey serve does), and read its log."
    if health.worker == "never":
        yield Finding(
            FAULT if awaited else NOTICE,
            "The worker never ran: no text is sent and nothing is removed in time.",
            start,
        )
    elif health.worker == "stale":
        yield Finding(FAULT, f"The worker has been silent for {health.age_seconds} seconds.", start)
    if halt:
        yield Finding(
            FAULT,
            f"Sending has stopped since {halt.since:%Y-%m-%d %H:%M} UTC: {halt.reason}.",
            "See the account at the gateway, run journey doctor --gateway; it is tried again by itself.",
        )
    elif health.queue_age_seconds > QUEUE_SECONDS:
        yield Finding(
            FAULT,
            f"A text that may go has waited for {health.queue_age_seconds // 60} minutes.",
            "Read the log of the worker for the job named send.",
        )


def check_backup(house: House) -> Iterator[Finding]:
    with house.work(write=False) as work:
        last = work.session.exec(select(func.max(JobRun.finished_at)).where(JobRun.job == BACKUP)).one()
        now = work.now
    if last is None:
        yield Finding(
            NOTICE,
            "No back-up was made with journey backup.",
            "Let journey backup FILE run every night, and keep the file and the keys on different machines.",
        )
    elif now - last > BACKUP_WITHIN:
        yield Finding(
            FAULT,
            f"The last back-up is of {last:%Y-%m-%d %H:%M} UTC.",
            "See why the nightly journey backup does not end well.",
        )


def check_retention(house: House) -> Iterator[Finding]:
    with house.work(write=False) as work:
        standings = list_standings(work)
    never = [one.category.name for one in standings if one.last is None]
    done = len(standings) - len(never)
    late = [one.category.name for one in standings if one.last is not None and one.is_late]
    if never:
        yield Finding(
            NOTICE,
            f"What has served its time was not looked for yet, of: {', '.join(never) if done else 'everything'}.",
            "The worker does so after 03:00 in Amsterdam; look again tomorrow.",
        )
    if late:
        yield Finding(
            FAULT,
            f"What has served its time was not removed, of: {', '.join(late)}.",
            "Read the log of the worker for the job named keep-terms, and the page on keeping in the app.",
        )


def check_summaries(house: House) -> Iterator[Finding]:
    """Counts a sample of journeys again. What differs is looked at twice: somebody may be writing."""
    with house.database.read(long=True) as session:
        ids = list(session.exec(select(Journey.id).where(delivered()).order_by(col(Journey.id))))
    sample = [one for one in ids[:: max(1, len(ids) // SAMPLE)] if one is not None]
    if wrong := _list_differing(house, _list_differing(house, sample)):
        yield Finding(
            FAULT,
            f"{len(wrong)} of {len(sample)} journeys are counted otherwise than their facts say.",
            "Run: journey rebuild",
        )


def check_languages(house: House) -> Iterator[Finding]:
    if not house.settings.is_production:
        return
    with house.work(write=False) as work:
        waiting = [one.code for one in list_states(work) if not one.approved]
    if waiting:
        yield Finding(
            NOTICE,
            f"Nobody approved the texts as they are now in: {', '.join(waiting)}. Participants get Dutch.",
            "Let somebody who knows the language read them on /admin/languages.",
        )


def check_staff(house: House) -> Iterator[Finding]:
    if not house.settings.is_production:
        return
    without = select(func.count()).where(col(User.active), col(User.second_step_since).is_(None))
    with house.work(write=False) as work:
        count = work.session.exec(without).one()
    if count:
        yield Finding(
            NOTICE,
            f"{count} users have no second step yet: who has such a password can set it up as their own.",
            "Let them sign in soon, or switch off who does not come.",
        )


def _list_damage(connection: Connection) -> list[str]:
    """What SQLite finds wrong in the file, at most three things."""
    try:
        lines = connection.execute(text("PRAGMA integrity_check(3)")).scalars().all()
    except SQLAlchemyError as fault:
        return [first_line(fault)]
    return [" ".join(line.removeprefix("*** in database main ***").split()) for line in lines if line != "ok"]


def _filesystem_of(path: Path) -> str:
    """Kind of file system as the kernel names it, "" where it does not tell."""
    if not MOUNTS.exists():
        return ""
    mounts = [line.split()[1:3] for line in MOUNTS.read_text().splitlines()]
    over = [(point, kind) for point, kind in mounts if path.resolve().is_relative_to(point)]
    return max(over, key=lambda one: len(one[0]))[1] if over else ""


def _database_now(work: Work) -> datetime:
    """Only to hold the clocks against each other: nothing is decided by it."""
    asked = text("SELECT CURRENT_TIMESTAMP AS moment").columns(moment=DateTime(timezone=True))
    moment: datetime = work.session.execute(asked).scalar_one()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _list_uploads(house: House) -> set[str]:
    with house.database.read(long=True) as session:
        return set(session.exec(select(Upload.stored_as).where(col(Upload.deleted_at).is_(None))))


def _count_closed(house: House, name: str, column: str, place: str) -> int:
    """How many of the newest values of a sealed column do not open although their key is in the ring."""
    table = metadata.tables[name]
    sealed, newest = table.c[column], next(iter(table.primary_key)).desc()
    wanted = select_rows(table).where(sealed.is_not(None), sealed != "").order_by(newest).limit(SAMPLE)
    with house.database.read() as session:
        rows = session.connection().execute(wanted).mappings().all()
    known = [row for row in rows if row[column].partition(":")[0] in house.vault.key_ids]
    return sum(_fails(house.vault.open, row[column], place.format_map(row)) for row in known)


def _count_closed_uploads(house: House) -> int:
    files = uploads_of(house)
    newest = select(Upload).where(col(Upload.deleted_at).is_(None)).order_by(col(Upload.id).desc())
    with house.database.read() as session:
        rows = session.exec(newest.limit(SAMPLE)).all()
    known = [row.stored_as for row in rows if files.key_of(row.stored_as) in house.vault.key_ids]
    places = {row.stored_as: f"upload:{row.participant_id}:{row.stored_as}" for row in rows}
    return sum(_fails(files.read, name, places[name]) for name in known)


def _fails(opening: Callable[[str, str], object], sealed: str, place: str) -> bool:
    try:
        opening(sealed, place)
    except ValueError:
        return True
    return False


def _list_differing(house: House, journeys: Sequence[int]) -> list[int]:
    """Those of which the stored summary is not what follows from the facts now."""
    with house.database.read(long=True) as session:
        wanted = select(Journey).where(col(Journey.id).in_(journeys))
        counted, _spans = summarise(_Reader(session), session.exec(wanted).all())
        stored = {row: session.get(JourneySummary, row) for row in journeys}
        return [
            row.journey_id
            for row in counted
            if (kept := stored[row.journey_id]) is None or kept.model_dump() != row.model_dump()
        ]


DATABASE: Final[Mapping[str, Check]] = {
    "sqlite": check_sqlite,
    "private": check_private,
    "erasing": check_erasing,
    "belonging": check_belonging,
    "clock": check_clock,
    "uploads": check_uploads,
    "keys": check_keys,
    "secret": check_secret,
    "worker": check_worker,
    "back-up": check_backup,
    "retention": check_retention,
    "summaries": check_summaries,
    "languages": check_languages,
    "staff": check_staff,
}
