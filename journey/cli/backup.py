"""`journey backup` and `journey restore`."""

from pathlib import Path
from typing import Annotated

import typer


def backup_command(file: Annotated[Path, typer.Argument(help="a new file")]) -> None:
    """Write everything to one sealed file, while the app runs. Only the keys of the installation open it: keep them
    elsewhere."""
    from journey.cli.main import plain_errors
    from journey.operations.backup import backup
    from journey.settings import Settings
    from journey.work import House

    with plain_errors():
        house = House.open(Settings())
        try:
            made = backup(house, file)
        except OSError as fault:
            typer.echo(f"{file}: {fault.strerror or fault}. Nothing was kept.", err=True)
            raise typer.Exit(2) from None
        finally:
            house.database.close()
    typer.echo(f"{file}: {made.rows} rows and {made.files} files.")


def restore_command(
    file: Path,
    replace: Annotated[bool, typer.Option("--replace", help="what the database holds now is lost")] = False,
) -> None:
    """Fill an empty database from a back-up, and withdraw again who stopped since.

    Stop the server and the worker first.
    """
    from journey.cli.main import plain_errors
    from journey.operations.restore import restore
    from journey.settings import Settings

    with plain_errors():
        try:
            done = restore(Settings(), file, replace=replace)
        except OSError as fault:
            typer.echo(f"{file}: {fault.strerror or fault}.", err=True)
            raise typer.Exit(2) from None
    typer.echo(f"Back-up of {done.made_at[:16]} UTC: {done.rows} rows and {done.files} files.")
    again = done.reapplied
    typer.echo(
        f"Withdrawn again since then: {again.withdrawals}; choices taken back again: {again.choices}; "
        f"of people this back-up does not know: {again.unknown}."
    )
