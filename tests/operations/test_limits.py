"""A database that is too slow or busy is said as something that passes; a worker finds its way past a pooler."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from journey.cli.running import worker_settings
from journey.db import Database, Limits, is_passing
from journey.rules.errors import Invalid
from journey.settings import Settings

pytestmark = pytest.mark.both

DIRECT = "postgresql://journey@db/journey"


@pytest.mark.parametrize("pooled", [False, True])
def test_a_page_may_not_ask_for_long_and_an_export_may(database: Database, pooled: bool) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite knows no limits")
    short = Database(database.url, limits=Limits(statement_seconds=0.05, pooled=pooled))
    with pytest.raises(SQLAlchemyError) as slow, short.read() as session:
        session.execute(text("SELECT pg_sleep(0.2)"))
    assert is_passing(slow.value)
    with short.read(long=True) as session:
        session.execute(text("SELECT pg_sleep(0.2)"))
    short.close()


def test_a_question_that_is_wrong_does_not_pass(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as wrong, database.read() as session:
        session.execute(text("SELECT nothing FROM nowhere"))
    assert not is_passing(wrong.value)


def test_the_worker_goes_past_the_pooler() -> None:
    settings = Settings(database_url="postgresql://journey@pooler/journey", pooled=True)
    with pytest.raises(Invalid, match="JOURNEY_WORKER_DATABASE_URL"):
        worker_settings(settings)
    past = worker_settings(settings.model_copy(update={"worker_database_url": DIRECT}))
    assert (past.database_url, past.pooled) == (DIRECT, False)
