"""Whose the folder of uploads is: a folder serves one installation, and says which in a mark beside the files.

Two installations in one folder would each sweep away what the other keeps, so nothing is written to or removed from a
folder with the mark of another.
"""

from datetime import UTC, datetime
from typing import Final

from sqlmodel import col, select

from journey.files import WRITING, SealedFiles
from journey.models import Installation, Upload
from journey.work import House, Work

ANY_AGE: Final = datetime.max.replace(tzinfo=UTC)
NOT_OURS: Final = "the folder for uploads is of another installation"


def is_ours(work: Work) -> bool:
    """Whether the folder of the settings is of the installation of this database. One without a mark gets ours when it
    is empty or holds a file that this database knows. OSError when it cannot be looked into."""
    files, own = SealedFiles.of(work.settings, work.vault), work.session.get_one(Installation, 1).mark
    found = files.read_mark()
    if found is None and _may_take(work, files):
        files.write_mark(own)
        found = files.read_mark()
    return found == own


def refuse_others(house: House) -> None:
    """OSError when the folder is of another installation."""
    with house.work(write=False) as work:
        if not is_ours(work):
            raise OSError(NOT_OURS)


def _may_take(work: Work, files: SealedFiles) -> bool:
    present = [name for name in files.list_older(ANY_AGE) if not name.endswith(WRITING)]
    if not present:
        return True
    known = select(Upload.id).where(col(Upload.stored_as).in_(present[:500])).limit(1)
    return work.session.exec(known).first() is not None
