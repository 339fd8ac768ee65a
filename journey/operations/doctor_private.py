"""Whether what is kept is for the service alone, and what is deleted is gone: files, folders and the journal."""

import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from journey.belonging import is_ours
from journey.db import files_of
from journey.operations.findings import FAULT, Finding, sqlite_file
from journey.work import House

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_private(house: House) -> Iterator[Finding]:
    """Modes of the database and its journal; what lies in the folder of uploads is sealed."""
    file = sqlite_file(house)
    for place in [one for one in files_of(file) if one.exists()] if file else []:
        if (mode := stat.S_IMODE(place.stat().st_mode)) & OTHERS:
            yield Finding(
                FAULT,
                f"Other users of this machine may look into {place} (mode {mode:o}).",
                f"Make the service its owner and run: chmod go= {place}",
            )


def check_erasing(house: House) -> Iterator[Finding]:
    """SQLite must overwrite what is deleted; else it stays in the file until something else is written there."""
    if not house.database.is_sqlite:
        return
    with house.database.read() as session:
        overwrites = session.connection().execute(text("PRAGMA secure_delete")).scalar()
    if overwrites != 1:
        yield Finding(
            FAULT,
            "SQLite does not overwrite what is deleted, so an erasure leaves it in the file.",
            "Use a Python of which SQLite knows PRAGMA secure_delete, then run VACUUM once.",
        )


def check_belonging(house: House) -> Iterator[Finding]:
    with house.work(write=False) as work:
        ours = is_ours(work)
    if not ours:
        yield Finding(
            FAULT,
            f"The folder for uploads, {_shown(house)}, is of another installation: nothing is kept or swept there.",
            "Give each installation a folder of its own with JOURNEY_UPLOADS. If it is this one's (its database was "
            "made anew), remove what is named .installation-… in it.",
        )


def _shown(house: House) -> str:
    where = house.settings.uploads
    return where if where.startswith("s3://") else str(Path(where).resolve())
