"""`journey`: set-up, running and data. Heavy rooms are imported by the command that needs them, so that `journey term`
answers at once."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journey.cli.backup import backup_command, restore_command
from journey.cli.doctor import doctor_command
from journey.cli.export import export
from journey.cli.imports import import_command
from journey.cli.keys import rotate_keys_command
from journey.cli.move import move_command
from journey.cli.rebuild import rebuild
from journey.cli.report import report
from journey.cli.second_step import reset_second_step_command
from journey.cli.setup import setup_command
from journey.cli.term import PlainCommand, PlainGroup, reliability, term_app

if TYPE_CHECKING:
    from journey.work import Work

app = typer.Typer(cls=PlainGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(term_app, name="term")
app.command("reliability", cls=PlainCommand)(reliability)
app.command("setup", cls=PlainCommand)(setup_command)
app.command("rebuild", cls=PlainCommand)(rebuild)
app.command("move", cls=PlainCommand)(move_command)
app.command("reset-second-step", cls=PlainCommand)(reset_second_step_command)
app.command("rotate-keys", cls=PlainCommand)(rotate_keys_command)
app.command("backup", cls=PlainCommand)(backup_command)
app.command("restore", cls=PlainCommand)(restore_command)
app.command("doctor", cls=PlainCommand)(doctor_command)
app.command("import", cls=PlainCommand)(import_command)
app.command("report", cls=PlainCommand)(report)
app.command("export", cls=PlainCommand)(export)

Port = Annotated[int, typer.Option(min=1, max=65535)]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Bad input ends with exit code 2 and one sentence on stderr."""
    from pydantic import ValidationError
    from sqlalchemy.exc import DatabaseError, OperationalError

    from journey.rules.errors import DomainError
    from journey.web.forms import said

    try:
        yield
    except DomainError as refusal:
        typer.echo(said(refusal), err=True)
        raise typer.Exit(2) from None
    except ValidationError as wrong:
        typer.echo(
            "; ".join(_setting_refused(error["loc"], error["msg"]) for error in wrong.errors()), err=True
        )
        raise typer.Exit(2) from None
    except DatabaseError as closed:
        if type(closed) not in (DatabaseError, OperationalError):  # not away or damaged, but a fault of ours
            raise
        typer.echo(f"JOURNEY_DATABASE_URL: {_first_line(closed.orig or closed)}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def unit_of_work(today: datetime | None = None) -> "Iterator[Work]":
    """One unit of work on the database of the settings, which is let go at the end."""
    from journey.settings import Settings
    from journey.work import House

    with plain_errors():
        from journey.operations.version import refuse_unfit

        house = House.open(Settings(today=today.date()) if today else Settings())
        try:
            refuse_unfit(house.database)
            with house.work() as work:
                yield work
        finally:
            house.database.close()


def _first_line(failure: BaseException) -> str:
    return str(failure).strip().partition("\n")[0]


def _setting_refused(where: tuple[int | str, ...], said: str) -> str:
    """A refusal behind the name of its setting; one about several settings together names them itself."""
    sentence = said.removeprefix("Value error, ")
    return f"JOURNEY_{str(where[0]).upper()}: {sentence}" if where else sentence


@app.command(cls=PlainCommand)
def migrate() -> None:
    """Bring the database to the newest version of its tables, and count the journeys where a new one begins empty."""
    from journey.migrations import upgrade
    from journey.progress.summary import rebuild_missing
    from journey.settings import Settings

    with plain_errors():
        upgrade(Settings().database_url)
    with unit_of_work() as work:
        rebuild_missing(work.session)


@app.command(cls=PlainCommand)
def seed(folder: Path) -> None:
    """Load routes, consent texts, questionnaires or a study from a folder, or from one that comes with Journey by its
    name (seeds/routes)."""
    from journey.seeding.load import find_folder, load_folder

    with unit_of_work() as work:
        for line in load_folder(work, find_folder(folder)):
            typer.echo(line)


@app.command("create-user", cls=PlainCommand)
def create_user_command(
    email: str,
    role: Annotated[str, typer.Option()],
    study: Annotated[str | None, typer.Option(help="code; without it every study is in reach")] = None,
    name: Annotated[str, typer.Option()] = "",
    phone: Annotated[str, typer.Option(metavar="CALLER_ID")] = "",
) -> None:
    """Make a user; the first password is printed once, alone on the last line."""
    from journey.auth.service import create_user

    password = secrets.token_urlsafe(12)
    with unit_of_work() as work:
        create_user(
            work,
            email,
            role,
            password=password,
            study=study,
            name=name,
            phone=phone,
            first=work.settings.is_production,
        )
    typer.echo(f"{email}: {role}")
    typer.echo(password)


@app.command("create-token", cls=PlainCommand)
def create_token_command(
    role: Annotated[str, typer.Option()],
    study: Annotated[str | None, typer.Option(help="code; without it every study is in reach")] = None,
    name: Annotated[str, typer.Option(help="which system uses it")] = "",
    days: Annotated[int, typer.Option(help="days that it works, at most 730")] = 365,
) -> None:
    """Make an API token; it is printed once, alone on the last line."""
    from journey.auth.service import create_token

    with unit_of_work() as work:
        token = create_token(work, role, study, name=name, days=days)
    typer.echo(token)


@app.command("simulate", cls=PlainCommand)
def simulate_command(
    study: Annotated[str, typer.Option(help="code of the study to make")],
    participants: Annotated[int, typer.Option()],
    seed_number: Annotated[int, typer.Option("--seed")],
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
) -> None:
    """Make a synthetic study that has run for half a year; the same seed and day give the same data."""
    from journey.seeding.simulate import simulate

    with unit_of_work(today) as work:
        lines = simulate(work, study, participants, seed_number, tell=lambda line: typer.echo(line, err=True))
    for line in lines:
        typer.echo(line)


@app.command(cls=PlainCommand)
def serve(
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64)] = 1,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="do not start the scheduler and sender")
    ] = False,
) -> None:
    """The web process; on SQLite it starts the worker itself."""
    from journey.settings import Settings

    with plain_errors():
        settings = Settings()
    if "base_url" not in settings.model_fields_set and not settings.is_production:
        settings = settings.model_copy(
            update={"base_url": f"http://{f'[{host}]' if ':' in host else host}:{port}"}
        )
    if workers > 1 and settings.database_url.startswith("sqlite"):
        typer.echo(
            "SQLite kan maar één proces tegelijk laten schrijven: gebruik --workers 1, of PostgreSQL.",
            err=True,
        )
        raise typer.Exit(2)
    from journey.cli.running import refuse_public_secrets, refuse_unfit_database, serve_forever

    with plain_errors():
        refuse_public_secrets(settings, host)
        refuse_unfit_database(settings)
    serve_forever(settings, host, port, workers, with_worker=not no_worker)


@app.command(cls=PlainCommand)
def worker() -> None:
    """The scheduler and sender process."""
    from journey.cli.running import refuse_unfit_database, share_heap, worker_settings
    from journey.settings import Settings
    from journey.worker import run_forever

    share_heap()
    with plain_errors():
        settings = worker_settings(Settings())
        refuse_unfit_database(settings)
    run_forever(settings)


@app.command(cls=PlainCommand)
def demo(
    port: Port = 8000,
    db: Annotated[
        Path | None,
        typer.Option(
            help="database file; a new one gets the demo data "
            "(without it JOURNEY_DATABASE_URL, else journey-demo.db)"
        ),
    ] = None,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
) -> None:
    """Demo data, when the database is empty, and the server."""
    from journey.cli.running import serve_demo

    with plain_errors():
        serve_demo(db, port, today.date() if today else None)


if __name__ == "__main__":
    sys.exit(app())
