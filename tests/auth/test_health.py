"""The probes that operators point at."""

from __future__ import annotations

from journey.settings import Settings
from tests.support.databases import Databases
from tests.support.pages import PageClient


def test_a_running_process_is_alive(client: PageClient) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


def test_a_migrated_database_is_ready(client: PageClient) -> None:
    assert client.get("/health/ready").status_code == 200


def test_a_database_without_tables_is_not_ready(databases: Databases, tmp_path: object) -> None:
    from journey.app import create_app

    with databases.bare(tmp_path) as url, PageClient(create_app(Settings(database_url=url))) as client:  # type: ignore[arg-type]
        answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["database is not migrated"]
