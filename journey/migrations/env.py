"""Run by Alembic for every command; `journey.migrations` gives the address.

One transaction holds all of it, on both databases: an upgrade that is killed never happened. Whoever comes second
waits and finds nothing to do. On SQLite tables are rebuilt in batches; with foreign keys enforced, dropping the old
copy would delete its children, so keys are checked at the end instead.
"""

import contextlib

from alembic import context
from sqlalchemy import text

from journey.db import Database, Limits
from journey.models import metadata

MIGRATING = 7_405_318_265
WITHOUT_END = Limits(statement_seconds=0, lock_seconds=0, idle_seconds=0)

database = Database(context.config.attributes["url"], enforce_keys=False, limits=WITHOUT_END)
with (
    contextlib.closing(database),
    database.engine.execution_options(journey_writes=True).begin() as connection,
):
    if not database.is_sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    if database.is_sqlite and (lost := connection.execute(text("PRAGMA foreign_key_check")).first()):
        raise RuntimeError(
            f"after migrating, a row of {lost[0]} points at a row of {lost[2]} that is not there"
        )
