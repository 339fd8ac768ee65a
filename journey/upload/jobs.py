"""Deletes what has served its time, and files that no row knows. Rung every hour, so that what an erasure could
not delete at once is gone within two."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.belonging import refuse_others
from journey.clock import Clock
from journey.files import SealedFiles
from journey.models import Participant, Upload
from journey.upload.service import delete_upload
from journey.work import House, Work

# A file is written before its row is committed; after this time no request is still busy with it.
AT_LEAST_OLD = timedelta(hours=1)


def tidy_uploads(house: House, now: datetime) -> int:
    """The number of files deleted."""
    with house.work(now=now) as work:
        expired = _delete_expired(work)
    return expired + _sweep(house)


def _delete_expired(work: Work) -> int:
    statement = (
        select(Upload, Participant)
        .join(Participant)
        .where(col(Upload.deleted_at).is_(None), Upload.expires_on <= work.today)
    )
    expired = work.session.exec(statement).all()
    for upload, participant in expired:
        delete_upload(work, participant, upload)
    return len(expired)


def _sweep(house: House) -> int:
    """Files have the time of the machine, whatever day the house takes it for."""
    refuse_others(house)
    files = SealedFiles.of(house.settings, house.vault)
    old = list(files.list_older(Clock().now() - AT_LEAST_OLD))
    if not old:
        return 0
    with house.work(write=False) as work:
        kept = set(work.session.exec(select(Upload.stored_as).where(col(Upload.deleted_at).is_(None))).all())
    gone = [name for name in old if name not in kept]
    for name in gone:
        files.delete(name)
    if gone:
        with house.work() as work:
            record_act(work, "upload.sweep", f"{len(gone)}")
    return len(gone)
