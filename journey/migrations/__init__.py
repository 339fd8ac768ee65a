"""Schema changes: forward with data in it, back for development, the same on both databases."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from journey.db import Database


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to a revision."""
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    command.downgrade(_config(url), revision)


def revise(url: str, message: str) -> None:
    """Write a new revision from the difference between the tables and the database at `url`."""
    command.revision(_config(url), message, autogenerate=True)


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest revision."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with database.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    return here == ScriptDirectory.from_config(_config(database.url)).get_current_head()
