"""Web processes beside each other behind a proxy: it does not matter which one answers. Here they are two applications
on one database; `tests/faults/fault_workers.py` does the same to the processes themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import col, func, select
from typer.testing import CliRunner
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from journey.app import create_app
from journey.cli.main import app as commands
from journey.cli.running import server_options
from journey.models import AuditEntry, Throttle
from journey.portal.letters import ALPHABET
from journey.settings import Settings
from journey.web.cookies import SESSION, cookie_name
from journey.work import House
from tests.support.build import PASSWORD, build_user
from tests.support.pages import PageClient

VISITOR = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
PROXY = ("10.0.0.1", 50000)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url, base_url="https://journey.example.org", trusted_proxies="10.0.0.1"
    )


@pytest.fixture
def processes(settings: Settings) -> Iterator[tuple[PageClient, PageClient]]:
    """Clients of two applications, as requests reach them that the proxy sends on."""
    apps = [create_app(settings), create_app(settings)]
    trusted = server_options(settings)["forwarded_allow_ips"]
    yield tuple(  # type: ignore[misc]
        PageClient(
            ProxyHeadersMiddleware(app, trusted), base_url=settings.base_url, client=PROXY, headers=VISITOR
        )
        for app in apps
    )
    for app in apps:
        app.state.house.database.close()


def test_a_session_of_one_process_holds_at_the_other(
    house: House, processes: tuple[PageClient, PageClient]
) -> None:
    build_user(house, "lead@example.org", "lead")
    first, second = processes
    first.post("/sign-in", data={"email": "lead@example.org", "password": PASSWORD})
    session = first.cookies[cookie_name(house.settings, SESSION)]
    assert second.get("/participants", follow_redirects=False).status_code != 200
    second.cookies.set(cookie_name(house.settings, SESSION), session)
    assert second.get("/participants", follow_redirects=False).status_code == 200
    with house.work(write=False) as work:
        assert "203.0.113.7" in work.session.exec(select(AuditEntry.origin)).all()


def test_tries_are_counted_over_processes_for_the_visitor_behind_the_proxy(
    house: House, processes: tuple[PageClient, PageClient]
) -> None:
    for number in range(6):
        for process in processes:
            process.post("/code", data={"code": "ACDEFGH" + ALPHABET[number]})
    codes = [process.post("/code", data={"code": "BCDEFGHJ"}).status_code for process in processes]
    other = processes[0].post("/code", data={"code": "CDEFGHJK"}, headers={"X-Forwarded-For": "203.0.113.8"})
    assert (codes, other.status_code) == ([429, 429], 422)
    with house.work(write=False) as work:
        tried = select(func.count()).where(col(Throttle.key).contains("203.0.113"))
        assert work.session.exec(tried).one() == 2


def test_who_is_no_proxy_chooses_no_origin(house: House) -> None:
    trusted = server_options(house.settings)["forwarded_allow_ips"]
    app = create_app(house.settings)
    stranger = PageClient(
        ProxyHeadersMiddleware(app, trusted), client=("198.51.100.9", 50000), headers=VISITOR
    )
    stranger.post("/code", data={"code": "ACDEFGHJ"})
    app.state.house.database.close()
    with house.work(write=False) as work:
        keys = work.session.exec(select(Throttle.key)).all()
    assert any("198.51.100.9" in key for key in keys)
    assert not any("203.0.113" in key for key in keys)


def test_more_processes_on_sqlite_are_refused_with_the_reason() -> None:
    said = CliRunner().invoke(
        commands, ["serve", "--workers", "2"], env={"JOURNEY_DATABASE_URL": "sqlite:///x.db"}
    )
    assert said.exit_code == 2
    assert "SQLite kan maar één proces" in said.stderr
