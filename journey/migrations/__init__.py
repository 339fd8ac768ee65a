"""Schema changes: forward with data in it, back for development, the same on both databases."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from journey.db import Database
from journey.rules.errors import Conflict

NEWER = (
    "Deze database hoort bij een nieuwere versie van Journey. Start die versie, of zet een reservekopie terug die bij "
    "deze versie hoort. Er is niets veranderd."
)


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to a revision, all or nothing: what is interrupted is as if it never began. Conflict
    when the database belongs to newer code."""
    database = Database(url)
    try:
        if position(database) == "newer":
            raise Conflict(NEWER)
    finally:
        database.close()
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    command.downgrade(_config(url), revision)


def revise(url: str, message: str) -> None:
    """Write a new revision from the difference between the tables and the database at `url`."""
    command.revision(_config(url), message, autogenerate=True)


def position(database: Database) -> str:
    """Where the database stands for this code: `empty` (no tables of ours), `older`, `current`, or `newer`: at a
    revision that this code has never heard of. OperationalError when it cannot be reached."""
    scripts = ScriptDirectory.from_config(_config(database.url))
    known = {script.revision for script in scripts.walk_revisions()}
    with database.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    if here is None:
        return "empty"
    if here not in known:
        return "newer"
    return "current" if here == scripts.get_current_head() else "older"


def knows(revision: str) -> bool:
    """Whether this code has ever heard of a revision."""
    scripts = ScriptDirectory.from_config(_config(""))
    return revision in {script.revision for script in scripts.walk_revisions()}


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest revision."""
    return position(database) == "current"
