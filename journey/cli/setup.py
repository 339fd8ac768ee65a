"""`journey setup`: from an empty folder to something that can be served."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from journey.operations.setup import SetUp
    from journey.settings import Settings


def setup_command(
    municipality: Annotated[
        str | None, typer.Option(metavar="NAME", help="a municipality to begin with")
    ] = None,
    admin: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="address of the first administrator")
    ] = None,
    production: Annotated[
        bool,
        typer.Option(
            "--production",
            help="write .env with keys of its own and what is to be filled in, unless there is one",
        ),
    ] = False,
) -> None:
    """Everything an empty folder needs before journey serve; a second run changes nothing.

    Makes the tables, loads the routes, consent texts and questionnaires that come with Journey, and makes a first
    administrator, whose password is printed once, alone on the last line.
    """
    from journey.cli.main import plain_errors
    from journey.operations.setup import refuse_mistyped, set_up

    with plain_errors():
        refuse_mistyped(municipality, admin)
        if production:
            typer.echo(_write_env())
        settings = _read_settings()
        done = set_up(settings, municipality, admin)
    for line in (*done.lines, "", "Wat nu:", *_list_next(done, settings)):
        typer.echo(line)
    if done.password:
        typer.echo(
            "Het wachtwoord van de beheerder. Het staat hier één keer, geldt drie dagen en wordt bij het"
        )
        typer.echo("eerste inloggen vervangen:")
        typer.echo(done.password)


def _read_settings() -> "Settings":
    """Without what production asks of a service: that may still have to be filled in."""
    from journey.settings import Settings

    return Settings(env="development")


def _write_env() -> str:
    from journey.operations.production import write_production_settings
    from journey.work import House

    house = House.open(_read_settings())
    try:
        is_new = write_production_settings(house)
    finally:
        house.database.close()
    return ".env: geschreven, alleen voor u te lezen." if is_new else ".env: stond er al, niet veranderd."


def _list_next(done: "SetUp", settings: "Settings") -> list[str]:
    """What a person does now, numbered."""
    is_production, is_complete = _look_at_service()
    steps = []
    if not done.has_admin:
        steps.append("Maak een beheerder: journey setup --admin EMAIL")
    if not is_complete:
        steps.append("Vul .env aan. Wat er nog ontbreekt, zegt: journey doctor")
    elif not is_production:
        steps.append(
            "Doen er echte inwoners mee? Dan eerst eigen sleutels en instellingen: journey setup --production"
        )
    is_alone = settings.database_url.startswith("sqlite")
    steps.append("Start: journey serve" + ("" if is_alone else ", en ernaast: journey worker"))
    address = settings.base_url if is_complete else "het adres uit .env"
    steps.append(f"Log in op {address} en maak onder Beheer een onderzoek en de mensen die erin werken.")
    return [f"  {number}. {step}" for number, step in enumerate(steps, 1)]


def _look_at_service() -> tuple[bool, bool]:
    """Whether the service would run in production, and whether it would start with these settings."""
    from pydantic import ValidationError

    from journey.settings import Settings

    try:
        return Settings().is_production, True
    except ValidationError:
        return True, False
