"""`journey rotate-keys`: seal everything with the first key of the ring, and say which keys may leave it."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from journey.operations.keys import Rotation


def _advice(found: "Rotation", key: str) -> str:
    if key in found.unused:
        return "nothing uses it any more; take it out of the ring once no back-up needs it."
    if key in found.passing:
        return (
            "only files of an import that somebody is looking at. They go within an hour: ask again then. Without the "
            "key, who is looking hands the file in again."
        )
    return "still in use, keep it."


def rotate_keys_command(
    check: Annotated[bool, typer.Option("--check", help="only count what is sealed with which key")] = False,
) -> None:
    """Seal everything again with the first key of JOURNEY_ENCRYPTION_KEYS, while the app runs.

    First put the new key in front of the ring and restart every process; an older process would go on sealing with the
    old key. When this is interrupted, run it again. Exit code 1 when something cannot be opened.

    JOURNEY_SECRET_KEY is not rotated: the guide for operators says what a change of it breaks.
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
        typer.echo(f"Key {key}: {_advice(found, key)}")
    if found.unreadable or found.missing:
        raise typer.Exit(1)
