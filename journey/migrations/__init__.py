"""Schema changes: forward with data in it, back for development, the same on both databases.

Alembic takes a process 10 MB, so it is imported by who changes a database; where one stands is read without it.
"""

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from journey.db import Database
from journey.rules.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

_NAMED = re.compile(r'^(revision|down_revision)(?:: [^=]+)? = "(\w+)"$', re.M)
NEWER = (
    "Deze database hoort bij een nieuwere versie van Journey. Start die versie, of zet een reservekopie terug die bij "
    "deze versie hoort. Er is niets veranderd."
)


def _config(url: str) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to a revision, all or nothing: what is interrupted is as if it never began. Conflict
    when the database belongs to newer code."""
    database = Database(url)
    try:
        stands = position(database)
        if stands == "newer":
            raise Conflict(NEWER)
    finally:
        database.close()
    from alembic import command

    command.upgrade(_config(url), revision)
    if stands == "older" and database.is_sqlite:
        _write_anew(url)


def _write_anew(url: str) -> None:
    """What a former version deleted without overwriting it is still in free pages of SQLite; so is what was moved."""
    database = Database(url)
    try:
        with contextlib.closing(database.engine.raw_connection()) as connection:
            connection.execute("VACUUM")
        database.empty_journal(always=True)
    finally:
        database.close()


def downgrade(url: str, revision: str) -> None:
    from alembic import command

    command.downgrade(_config(url), revision)


def revise(url: str, message: str) -> None:
    """Write a new revision from the difference between the tables and the database at `url`."""
    from alembic import command

    command.revision(_config(url), message, autogenerate=True)


def position(database: Database) -> str:
    """Where the database stands for this code: `empty` (no tables of ours), `older`, `current`, or `newer`: at a
    revision that this code has never heard of. OperationalError when it cannot be reached."""
    before = _revisions()
    with database.engine.connect() as connection:
        here = None
        if inspect(connection).has_table("alembic_version"):
            here = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if here is None:
        return "empty"
    if here not in before:
        return "newer"
    return "older" if here in before.values() else "current"


def knows(revision: str) -> bool:
    """Whether this code has ever heard of a revision."""
    return revision in _revisions()


def _revisions() -> dict[str, str | None]:
    """Each revision of this code with the one before it, as their files say; the newest comes before none."""
    found = {}
    for path in (Path(__file__).parent / "versions").glob("*.py"):
        said = dict(_NAMED.findall(path.read_text(encoding="utf-8")))
        found[said["revision"]] = said.get("down_revision")
    return found


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest revision."""
    return position(database) == "current"
