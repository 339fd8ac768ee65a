"""`journey doctor`: whether this installation is in order, and what to do where it is not."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from journey.operations.doctor import Examination


def doctor_command(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object instead of sentences")] = False,
    gateway: Annotated[
        bool, typer.Option("--gateway", help="also ask the gateway of texts whether it knows us")
    ] = False,
) -> None:
    """Look at settings, database, files, keys, worker and back-ups; change nothing.

    Run it as the user of the service and with its settings. Exit code 1 when there is a fault; notices alone are 0.
    """
    found = _examine(gateway)
    notices = len(found.findings) - found.faults
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "faults": found.faults,
                    "notices": notices,
                    "looked_at": found.looked_at,
                    "findings": [asdict(one) for one in found.findings],
                },
                indent=2,
            )
        )
    else:
        for one in found.findings:
            typer.echo(f"{one.level.upper()} {one.check}: {one.sentence}\n  {one.remedy}")
        typer.echo(f"Checks: {len(found.looked_at)}. Faults: {found.faults}. Notices: {notices}.")
    if found.faults:
        raise typer.Exit(1)


def _examine(gateway: bool) -> "Examination":
    from pydantic import ValidationError

    from journey.operations.doctor import examine, examine_refused
    from journey.settings import Settings
    from journey.work import House

    try:
        settings = Settings()
    except ValidationError as wrong:
        return examine_refused(wrong)
    house = House.open(settings)
    try:
        return examine(house, gateway=gateway)
    finally:
        house.database.close()
