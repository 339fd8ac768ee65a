"""What one process of the tests does once, so that each test costs less and sees the same."""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Engine, event

from journey import db
from journey.auth import service
from journey.settings import Settings

STATEMENTS = 3000  # more than the product has; SQLAlchemy keeps 500 by itself
# As many places as there are values: the same statement for one row and for ten.
_PLACES, _ROWS = re.compile(r"\?(?:, \?)+"), re.compile(r"\(\?\)(?:, \(\?\))+")

sent: set[int] = set()  # statements since it was last cleared


@cache
def prepare(*, with_app: bool, record: bool) -> None:
    """Before the first test that meets the product; `with_app` where pages are asked for, `record` what is sent."""
    Settings.model_config["env_file"] = None  # a developer's own says nothing about what a test expects
    # Passwords are hashed on purpose slowly; thousands of tests sign in.
    service._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    service._nobody_hash.cache_clear()
    share_statements()
    if record:
        event.listen(Engine, "before_cursor_execute", _note)
    if with_app:
        import journey.app  # noqa: F401


def share_statements() -> None:
    """One dialect and one cache of compiled statements for all engines: each test opens a database of its own, and
    compiling every statement again was a third of the suite's time. Engines differ by their connections only."""
    make = db.create_engine
    first: dict[str, Engine] = {}

    def create_engine(url: str, **options: Any) -> Engine:
        engine = make(url, query_cache_size=STATEMENTS, **options)
        if shared := first.get(engine.dialect.name):
            engine.dialect.initialize = lambda _connection: None  # type: ignore[method-assign]
            engine.dialect = shared.dialect
            engine._compiled_cache = shared._compiled_cache
            return engine

        # A dialect learns on its first connection what the server can: only then is it ready to be shared.
        @event.listens_for(engine, "engine_connect")
        def connected(*_: Any) -> None:
            first.setdefault(engine.dialect.name, engine)

        return engine

    db.create_engine = create_engine  # type: ignore[assignment]


def _note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    sent.add(number_of(statement))


@cache
def number_of(statement: str) -> int:
    """The same for the same statement in every process."""
    shape = _ROWS.sub("(?)", _PLACES.sub("?", statement))
    return int.from_bytes(blake2b(shape.encode(), digest_size=6).digest())
