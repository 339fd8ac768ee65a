"""`journey rotate-keys`: seal everything with the first key of the ring, and say which keys may leave it."""

from typing import Annotated

import typer


def rotate_keys_command(
    check: Annotated[bool, typer.Option("--check", help="only count what is sealed with which key")] = False,
) -> None:
    """Seal everything again with the first key of JOURNEY_ENCRYPTION_KEYS, while the app runs.

    First put the new key in front of the ring and restart every process; an older process would go on sealing with the
    old key. When this is interrupted, run it again. Exit code 1 when something cannot be opened.
    """
    from journey.cli.main import plain_errors
    from journey.operations.keys import count_keys, rotate_keys
    from journey.operations.version import refuse_unfit
    from journey.settings import Settings
    from journey.work import House

    with plain_errors():
        house = House.open(Settings())
        try:
            refuse_unfit(house.database)
            found = count_keys(house) if check else rotate_keys(house)
        finally:
            house.database.close()
    for place, keys in found.keys.items():
        counts = ", ".join(f"{count} with key {key}" for key, count in sorted(keys.items())) or "nothing"
        done = f"; {found.resealed[place]} sealed again" if found.resealed[place] else ""
        typer.echo(f"{place}: {counts}{done}")
    for place, count in found.unreadable.items():
        typer.echo(
            f"{place}: {count} cannot be opened with any key of the ring and were left alone", err=True
        )
    for key in found.missing:
        typer.echo(f"Key {key} is in use and not in JOURNEY_ENCRYPTION_KEYS: put it back.", err=True)
    for key in found.ring[1:]:
        typer.echo(
            f"Key {key}: nothing uses it any more; take it out of the ring once no back-up needs it."
            if key in found.unused
            else f"Key {key}: still in use, keep it. Files of an import go by themselves within an hour."
        )
    if found.unreadable or found.missing:
        raise typer.Exit(1)
