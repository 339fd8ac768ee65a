"""What every test can ask for: a database, settings, the app, a strict client, a browser at phone size.

`--database` (or JOURNEY_TEST_DATABASE) chooses SQLite or a real PostgreSQL for the whole run; tests that ask for no
database run on SQLite only. Nothing is skipped: a machine without PostgreSQL or Chromium fails.

The product is imported by the fixtures that need it: a test of a rule starts in a fraction of a second.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fastapi import FastAPI
    from playwright.sync_api import Browser, Page
    from sqlmodel import Session

    from journey.db import Database
    from journey.settings import Settings
    from journey.work import House
    from tests.support.databases import Databases
    from tests.support.pages import KnownPages, PageClient
    from tests.support.postgres import PostgresServer

pytest_plugins = ["tests.support.turns"]

MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 8 * 1024**3

gc.disable()  # until all is imported: nothing of that is ever thrown away

_server: pytest.StashKey[PostgresServer] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default=os.environ.get("JOURNEY_TEST_DATABASE", "sqlite"),
        help="what the suite runs on (default: JOURNEY_TEST_DATABASE, else sqlite)",
    )
    parser.addoption("--long", action="store_true", help="chaos and simulation at full length")


def pytest_configure() -> None:
    """What tests write is never read again: it stays in memory where there is room, which saves half the time."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('database')}"


def pytest_sessionstart(session: pytest.Session) -> None:
    # One server for all parallel workers: they get its address from the process that started them.
    config = session.config
    if config.getoption("database") == "postgresql" and not hasattr(config, "workerinput"):
        from tests.support.postgres import PostgresServer

        server = PostgresServer()
        config.stash[_server] = server
        server.start()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test without a database is the same on both: it has its turn in the run on SQLite."""
    if config.getoption("database") != "postgresql":
        return
    with_one: list[pytest.Item] = []
    without: list[pytest.Item] = []
    for item in items:
        asked = getattr(item, "fixturenames", ())
        (with_one if "databases" in asked or "database_url" in asked else without).append(item)
    items[:] = with_one
    config.hook.pytest_deselected(items=without)


def pytest_collection_finish(session: pytest.Session) -> None:
    """The product is made ready once for all tests of this process, where any of them meets it."""
    asked = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if "databases" in asked or "journey.settings" in sys.modules:
        from tests.support.process import prepare

        prepare(with_app=not asked.isdisjoint({"app", "live_server"}), record=session.config.option.record)
        _known_pages(session.config).load()
    gc.freeze()
    gc.enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if "tests.support.pages" in sys.modules:
        _known_pages(session.config).save()


def _known_pages(config: pytest.Config) -> KnownPages:
    from tests.support.pages import KnownPages

    return KnownPages(_kept(config, "pages"))


def _kept(config: pytest.Config, name: str) -> Path:
    """A folder that the next run finds again, where pytest keeps anything."""
    cache = getattr(config, "cache", None)
    return cache.mkdir(name) if cache else Path(tempfile.mkdtemp(prefix=f"journey-{name}-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    server = node.config.stash.get(_server, None)
    node.workerinput["postgres_url"] = server.url() if server else None


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(_server, None):
        server.stop()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's environment says nothing about what a test expects."""
    for name in [name for name in os.environ if name.startswith("JOURNEY_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def long_form(request: pytest.FixtureRequest) -> bool:
    """Whether what takes minutes is done at full length: `--long`."""
    return bool(request.config.option.long)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Where fresh databases come from; tests about migrations take `bare` ones from it."""
    from tests.support.databases import PostgresDatabases, SqliteDatabases

    config = request.config
    if config.getoption("database") == "sqlite":
        return SqliteDatabases(_kept(config, "databases"))
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return PostgresDatabases(config.stash[_server].url(), "main")
    return PostgresDatabases(worker["postgres_url"], worker["workerid"])


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of this test alone."""
    with databases.fresh(tmp_path) as url:
        yield url


@pytest.fixture
def today() -> date | None:
    """The frozen date of the installation, None for the real one; override it where a fixed day matters."""
    return None


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's clock stands still from its first look on: a count per quarter of an hour stays within one."""
    from journey.clock import Clock

    go_on, first = Clock.now, {}

    def stand(clock: Clock) -> datetime:
        return first.setdefault(clock._frozen, go_on(clock))

    monkeypatch.setattr(Clock, "now", stand)


@pytest.fixture
def settings(database_url: str, today: date | None, tmp_path: Path) -> Settings:
    from journey.settings import Settings

    return Settings(
        database_url=database_url, env="development", today=today, uploads=str(tmp_path / "uploads")
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The test's database as the product opens it: `with database.write() as session:` arranges, commits."""
    from journey.db import Database

    database = Database(settings.database_url)
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """For arranging and checking. Takes no lock until it writes: commit before the app has its turn."""
    from sqlmodel import Session

    with Session(database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    from journey.app import create_app

    app = create_app(settings)
    yield app
    app.state.house.database.close()


@pytest.fixture
def client(app: FastAPI, settings: Settings) -> Iterator[PageClient]:
    """An anonymous visitor who refuses invalid pages."""
    from tests.support.pages import PageClient

    with PageClient(app, base_url=settings.base_url) as client:
        yield client


@pytest.fixture
def live_server(settings: Settings) -> Iterator[str]:
    """Address of the product as a real server, on the database of the test."""
    from journey.app import create_app
    from tests.support.server import served

    with served(lambda address: create_app(settings.model_copy(update={"base_url": address}))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Per module, because its event loop occupies the thread of the tests while it is open."""
    from tests.support.browser import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page at phone size; the test fails on a script error or a refusal of the content security policy."""
    from tests.support.browser import phone_page

    with phone_page(browser) as page:
        yield page


@pytest.fixture
def page_without_scripts(browser: Browser) -> Iterator[Page]:
    """The same phone with JavaScript switched off: every page must work there too."""
    from tests.support.browser import phone_page

    with phone_page(browser, java_script=False) as page:
        yield page


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """The test's installation: `with house.work() as work:` arranges through the services."""
    from journey.work import House

    house = House.open(settings)
    yield house
    house.database.close()
