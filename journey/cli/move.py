"""`journey move`: to a database that several processes can write."""

from typing import Annotated

import typer


def move_command(
    to: Annotated[str, typer.Option("--to", help="postgresql://USER@HOST/DATABASE, empty")],
) -> None:
    """Move everything from the SQLite database of the settings to an empty PostgreSQL database, and compare every row.

    Stop the server and the worker first. Files that participants sent stay where they are.
    """
    from journey.cli.main import plain_errors
    from journey.operations.move import move
    from journey.settings import Settings

    with plain_errors():
        moved = move(Settings().database_url, to, typer.echo)
    typer.echo(f"{moved.total} rows in {len(moved.rows)} tables moved and compared: all equal.")
    typer.echo(
        "Now set JOURNEY_DATABASE_URL to the new address, start, and keep the old file until that works."
    )
