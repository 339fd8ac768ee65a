"""Starts the server, with the worker beside it where one process does everything."""

import ctypes
import os
import socket
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypedDict
from urllib.parse import urlsplit

import typer
import uvicorn
from sqlalchemy.engine import make_url

from journey.db import Database
from journey.logs import configure
from journey.migrations import upgrade
from journey.operations.version import refuse_unfit
from journey.progress.summary import rebuild_missing
from journey.rules.errors import Invalid
from journey.settings import Settings, is_here
from journey.web.metrics import SHARED
from journey.work import House

if TYPE_CHECKING:
    from fastapi import FastAPI


class ServerOptions(TypedDict):
    access_log: bool
    log_config: None
    ws: Literal["none"]
    http: str
    server_header: bool
    forwarded_allow_ips: str
    timeout_graceful_shutdown: int
    timeout_worker_healthcheck: int


GRACE_SECONDS = 8
START_SECONDS = 60  # a process that imports on a busy machine is silent for long, and not dead
HEAPS: Final = "MALLOC_ARENA_MAX"
M_ARENA_MAX: Final = -8  # of glibc's malloc.h


def share_heap() -> None:
    """Let all threads of this process share one heap of the C library, unless the operator said how many. With a heap
    each, every thread keeps what its largest page ever took. Only glibc has several; call it before the first thread.
    """
    if sys.platform == "linux" and HEAPS not in os.environ:
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)
        if set_option:
            set_option(M_ARENA_MAX, 1)


def server_options(settings: Settings) -> ServerOptions:
    """What every server process gets: our own log lines, no name of the server, and whose forwarded addresses count."""
    return ServerOptions(
        access_log=False,
        log_config=None,
        ws="none",
        http="journey.web.connections:BoundedHttp",
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=START_SECONDS,
    )


def serve_forever(
    settings: Settings,
    host: str,
    port: int,
    workers: int,
    *,
    with_worker: bool,
    logins: tuple[tuple[str, str, str], ...] = (),
) -> None:
    """Serve until stopped. The worker runs in this process only on SQLite, where a second process would wait for it."""
    from journey.app import create_app
    from journey.worker import Worker

    configure(settings.log_shape)
    share_heap()
    if workers > 1:
        with tempfile.TemporaryDirectory(prefix="journey-metrics-") as shared:
            os.environ[SHARED] = shared  # read by the processes that are started below
            os.environ["JOURNEY_BASE_URL"] = settings.base_url  # which serve may have filled in
            uvicorn.run(
                "journey.cli.running:app_of_process",
                factory=True,
                host=host,
                port=port,
                workers=workers,
                **server_options(settings),
            )
        return
    app = create_app(settings)
    app.state.demo_logins = logins
    background = Worker(app.state.house) if with_worker and app.state.house.database.is_sqlite else None
    if background:
        background.start()
    try:
        uvicorn.run(app, host=host, port=port, **server_options(settings))
    finally:
        if background:
            background.stop()


def app_of_process() -> "FastAPI":
    """The application of one web process of several; each sets up its own heap and logging."""
    from journey.app import create_app

    share_heap()
    settings = Settings()
    configure(settings.log_shape)
    return create_app(settings)


def demo_settings(db: Path | None, port: int, today: date | None) -> Settings:
    """Of the file that is named, else of the database of the settings, else of a file beside us. What people send
    lies beside the file, never in the folder of another installation."""
    given = Settings()
    named = "database_url" in given.model_fields_set and db is None
    file = db or Path("journey-demo.db")
    return Settings(
        database_url=given.database_url if named else f"sqlite:///{file}",
        uploads=given.uploads if "uploads" in given.model_fields_set else f"{file.with_suffix('')}-uploads",
        env="demo",
        base_url=f"http://127.0.0.1:{port}",
        today=today or given.today,
    )


def serve_demo(db: Path | None, port: int, today: date | None) -> None:
    """Fill an empty database with the demo and serve it. Invalid when the port is taken."""
    from journey.seeding.demo import DEMO_LOGINS, fill_if_empty

    _refuse_taken(port)
    settings = demo_settings(db, port, today)
    upgrade(settings.database_url)
    house = House.open(settings)
    fill_if_empty(house)
    with house.work() as work:
        rebuild_missing(work.session)
    house.database.close()
    typer.echo(f"Journey: {settings.base_url} ({_shown_database(settings)})")
    for login in DEMO_LOGINS:
        typer.echo(f"  {login.label:<14} {login.email:<28} {login.password}")
    logins = tuple((login.email, login.password, login.label) for login in DEMO_LOGINS)
    serve_forever(settings, "127.0.0.1", port, 1, with_worker=True, logins=logins)


def _shown_database(settings: Settings) -> str:
    """Without a password."""
    return make_url(settings.database_url).render_as_string()


def refuse_public_secrets(settings: Settings, host: str) -> None:
    """Invalid where others than this machine could reach an installation of which everybody knows the keys."""
    reachable = not (is_here(host) and is_here(urlsplit(settings.base_url).hostname))
    if settings.env == "development" and settings.has_public_secrets and reachable:
        raise Invalid(
            "JOURNEY_ENV is development en de sleutels zijn die uit de broncode, die iedereen kent. Anderen kunnen dit "
            "adres bereiken: zet JOURNEY_ENV=production met eigen JOURNEY_SECRET_KEY en JOURNEY_ENCRYPTION_KEYS, of "
            "gebruik --host 127.0.0.1."
        )


def refuse_unfit_database(settings: Settings) -> None:
    """Conflict, with what to do, when these processes could not work on the database of the settings."""
    database = Database(settings.database_url)
    try:
        refuse_unfit(database)
    finally:
        database.close()


def worker_settings(settings: Settings) -> Settings:
    """The settings of the worker: past the pooler, because its lead is a lock of the database session. Invalid when
    there is a pooler and no way past it."""
    if settings.pooled and not settings.worker_database_url:
        raise Invalid(
            "JOURNEY_POOLED=true: zet JOURNEY_WORKER_DATABASE_URL op het adres van PostgreSQL zelf. De worker houdt "
            "een slot van zijn databasesessie vast, en dat kan niet door een pooler heen."
        )
    if not settings.worker_database_url:
        return settings
    return settings.model_copy(update={"database_url": settings.worker_database_url, "pooled": False})


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Invalid("Poort %(port)s is al in gebruik. Kies een andere met --port.", port=port) from None
