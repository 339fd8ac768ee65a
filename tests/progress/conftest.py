"""What the tests of the term calculator share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from journey.app import create_app
from journey.settings import Settings
from tests.support.databases import Databases
from tests.support.pages import PageClient


@pytest.fixture(scope="module")
def calculator(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageClient]:
    """An anonymous visitor who refuses invalid pages. The calculator stores nothing: one serves a whole module."""
    with databases.fresh(tmp_path_factory.mktemp("term")) as url:
        settings = Settings(database_url=url, env="development", today=None)
        app = create_app(settings)
        with PageClient(app, base_url=settings.base_url) as client:
            yield client
        app.state.house.database.close()
