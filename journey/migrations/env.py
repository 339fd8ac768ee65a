"""Run by Alembic for every command; `journey.migrations` gives the address.

On SQLite tables are rebuilt in batches; with foreign keys enforced, dropping the old copy would delete its children.
"""

from alembic import context

from journey.db import Database
from journey.models import metadata

database = Database(context.config.attributes["url"], enforce_keys=False)
with database.engine.begin() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
database.close()
